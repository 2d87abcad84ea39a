package record

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"wscope/cmd/internal/netdial/certfile"
	"wscope/render"
)

const redacted = "[redacted]"

// Command returns the arguments of a command line without credentials, for a
// [render.Recording]. Flags are those that the arguments may have: the values of
// such as hold credentials are redacted, the others and what is no flag are kept
// apart from the user information of URLs. Messages are kept, as they are in the
// recording itself.
func Command(flags *pflag.FlagSet, args []string) []string {
	out := make([]string, 0, len(args))
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		prefix, f, value := cutFlag(flags, arg)
		switch {
		case arg == "--":
			out = append(out, arg)
			for _, arg := range args {
				out = append(out, render.RedactURL(arg))
			}
			return out
		case f == nil:
			out = append(out, render.RedactURL(arg))
		case prefix != "":
			out = append(out, prefix+redactValue(f.Name, value))
		case f.NoOptDefVal == "" && len(args) > 0:
			out = append(out, arg, redactValue(f.Name, args[0]))
			args = args[1:]
		default:
			out = append(out, arg)
		}
	}
	return out
}

// cutFlag returns the flag that an argument is, nil if it is none. If it has a
// value in it, that stands behind the prefix. Of short flags in one argument it
// is the last, which alone can have a value.
func cutFlag(flags *pflag.FlagSet, arg string) (prefix string, f *pflag.Flag, value string) {
	if name, ok := strings.CutPrefix(arg, "--"); ok {
		name, value, ok := strings.Cut(name, "=")
		if ok {
			prefix = "--" + name + "="
		}
		return prefix, flags.Lookup(name), value
	}
	if !strings.HasPrefix(arg, "-") {
		return "", nil, ""
	}
	for i := 1; i < len(arg); i++ {
		if arg[i] >= 0x80 {
			return "", nil, "" // which the flag set would refuse
		}
		f = flags.ShorthandLookup(arg[i : i+1])
		rest := arg[i+1:]
		if f == nil || f.NoOptDefVal == "" && rest == "" {
			return "", f, ""
		}
		if f.NoOptDefVal == "" || strings.HasPrefix(rest, "=") {
			at := i + 1
			if rest[0] == '=' {
				at++
			}
			return arg[:at], f, arg[at:]
		}
	}
	return "", f, ""
}

// secretFlags are the flags whose values are credentials, secretWords what others
// are named after.
var (
	secretFlags = []string{"user", "auth", "proxy-user"}
	secretWords = []string{"pass", "bearer", "cookie", "token", "secret", "credential"}
)

func redactValue(flag, value string) string {
	holds := func(word string) bool { return strings.Contains(flag, word) }
	switch name, rest, ok := strings.Cut(value, ":"); {
	case holds("header") && ok:
		blanks := rest[:len(rest)-len(strings.TrimLeft(rest, " \t"))]
		return name + ":" + blanks + render.RedactField(name, rest[len(blanks):])
	case flag == "cookie-jar":
	case value != "" && (slices.Contains(secretFlags, flag) || slices.ContainsFunc(secretWords, holds)):
		return redacted
	case flag == "cert":
		if path, _, ok := certfile.SplitPassphrase(value); ok {
			return path + ":" + redacted
		}
		return value
	case flag == "proxy":
		return render.RedactURL(value)
	}
	return render.RedactURLs(value)
}
