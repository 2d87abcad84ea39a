package cookies

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const fileHeader = "# Netscape HTTP Cookie File\n# Written by wscope.\n\n"

// Load adds the cookies of a file: one in the form of Netscape, or lines that
// begin with Set-Cookie, among others that do not matter. Cookies of the second
// form that name no domain are those of the host of u. An error that is not of
// reading names the file, the line and what is wrong with it, and nothing has
// been added then.
func (j *Jar) Load(path string, u *url.URL) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	header := slices.ContainsFunc(strings.Split(string(text), "\n"), isSetCookie)
	all := NewJar()
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if header {
			err = all.addField(line, u)
		} else {
			err = all.addColumns(line)
		}
		if err != nil {
			return fmt.Errorf("%s, line %d: %w", path, n, err)
		}
	}
	for _, c := range all.All() {
		h, u := c.netHTTP()
		if err := j.set(u, h); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

const setCookie = "Set-Cookie:"

func isSetCookie(line string) bool {
	return len(line) >= len(setCookie) && strings.EqualFold(line[:len(setCookie)], setCookie)
}

// addColumns adds the cookie in a line of the Netscape form.
func (j *Jar) addColumns(line string) error {
	c, ok, err := parseLine(line)
	if !ok {
		return err
	}
	h, u := c.netHTTP()
	return j.set(u, h)
}

// addField adds the cookie in a line that may be a Set-Cookie field.
func (j *Jar) addField(line string, u *url.URL) error {
	if !isSetCookie(line) {
		return nil
	}
	c, err := parseSetCookie(line[len(setCookie):])
	if err != nil {
		return err
	}
	// It may have come over TLS, and from any host of its domain.
	from := plainURL(u)
	from.Scheme = "https"
	if c.Domain != "" {
		from.Host = urlHost(cookieDomain(c))
	}
	return j.set(from, c)
}

// Save writes the cookies to a file of mode 0600, in the form of Netscape. A file
// of that name is replaced at once or not at all; what is no regular file, such
// as a pipe, is written to.
func (j *Jar) Save(path string) error {
	text := []byte(fileHeader)
	for _, c := range j.All() {
		text = c.appendLine(text)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return os.WriteFile(path, text, 0o600)
	default:
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return err
		}
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp") // mode 0600
	if err != nil {
		return err
	}
	_, err = tmp.Write(text)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
}
