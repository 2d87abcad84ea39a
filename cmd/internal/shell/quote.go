// Package shell writes words for a POSIX shell.
package shell

import "strings"

// Quote returns s as one word of a command line: as it is if it has nothing in
// it that means something to a shell, otherwise in single quotes.
func Quote(s string) string {
	if s != "" && strings.IndexFunc(s, special) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// special reports whether r may mean something to a shell. Whatever is no ASCII
// is taken to: it could be a white space in disguise.
func special(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return false
	}
	return !strings.ContainsRune("-_./:@%+=,^", r)
}
