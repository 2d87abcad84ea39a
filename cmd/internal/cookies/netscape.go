package cookies

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// The columns of a line are the domain, whether hosts below it get the cookie,
// the path, whether it is for TLS only, the time at which it expires, the name
// and the value.
const (
	columns        = 7
	httpOnlyPrefix = "#HttpOnly_"
)

// parseLine takes a line of a Netscape file apart. It is not ok if the line is
// empty or a comment. The error does not quote the value.
func parseLine(line string) (c Cookie, ok bool, err error) {
	fail := func(reason string) (Cookie, bool, error) { return c, false, errors.New(reason) }
	line, c.HTTPOnly = strings.CutPrefix(line, httpOnlyPrefix)
	if strings.TrimSpace(line) == "" || line[0] == '#' {
		return c, false, nil
	}
	f := strings.Split(line, "\t")
	if len(f) == columns-1 {
		f = append(f, "") // the value
	}
	switch len(f) {
	case columns:
	case 1:
		return fail("no tabs; expected 7 columns with a tab between each two")
	default:
		return fail(strconv.Itoa(len(f)) + " columns, expected 7 with a tab between each two")
	}
	c.Domain = strings.ToLower(strings.TrimPrefix(f[0], "."))
	c.Path, c.Name, c.Value = f[2], f[5], f[6]
	below, known := parseBool(f[1])
	if !known {
		return fail("column 2 says whether hosts below the domain get the cookie, expected TRUE or FALSE")
	}
	c.HostOnly = !below
	if c.Secure, known = parseBool(f[3]); !known {
		return fail("column 4 says whether the cookie is for TLS only, expected TRUE or FALSE")
	}
	seconds, _, _ := strings.Cut(f[4], ".") // some browsers' tools write fractions
	expires, err := strconv.ParseInt(seconds, 10, 64)
	switch {
	case err != nil || expires < 0:
		return fail("column 5 is the time at which the cookie expires, expected seconds since 1970, or 0 for the end of the session")
	case expires > 0:
		c.Expires = time.Unix(expires, 0)
	}
	switch {
	case c.Domain == "":
		return fail("column 1 is the domain, and it is empty")
	case !strings.HasPrefix(c.Path, "/"):
		return fail("column 3 is the path, expected it to begin with a slash")
	case c.Name == "":
		return fail("column 6 is the name, and it is empty")
	case strings.ContainsFunc(c.Domain+c.Path+c.Name+c.Value, func(r rune) bool { return r < ' ' || r == 0x7F }):
		return fail("a control character")
	}
	return c, true, nil
}

func parseBool(s string) (v, ok bool) {
	v = strings.EqualFold(s, "TRUE")
	return v, v || strings.EqualFold(s, "FALSE")
}

// appendLine appends the cookie as a line of a Netscape file.
func (c *Cookie) appendLine(b []byte) []byte {
	if c.HTTPOnly {
		b = append(b, httpOnlyPrefix...)
	}
	if !c.HostOnly {
		b = append(b, '.')
	}
	b = append(append(b, c.Domain...), '\t')
	b = append(appendBool(b, !c.HostOnly), '\t')
	b = append(append(b, c.Path...), '\t')
	b = append(appendBool(b, c.Secure), '\t')
	if c.Expires.IsZero() {
		b = append(b, '0')
	} else {
		b = strconv.AppendInt(b, max(1, c.Expires.Unix()), 10)
	}
	b = append(append(append(b, '\t'), c.Name...), '\t')
	return append(append(b, c.Value...), '\n')
}

func appendBool(b []byte, v bool) []byte {
	return append(b, strings.ToUpper(strconv.FormatBool(v))...)
}
