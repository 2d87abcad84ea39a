// Package netrc reads the file in which curl, ftp and others look up who a user
// is on a host.
package netrc

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// An Entry is a login of a host.
type Entry struct {
	Host     string // "" in the entry for all other hosts
	Login    string // "" if it has none
	Password string
}

// A File is what a netrc file says.
type File struct{ entries []Entry }

// A SyntaxError is something in a file that cannot be understood. It does not
// quote the file, which has passwords in it.
type SyntaxError struct {
	Path   string
	Line   int
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s, line %d: %s", e.Path, e.Line, e.Reason)
}

// Path returns where the file of the user is: what NETRC names, or .netrc at home;
// on Windows that can be _netrc, too.
func Path(getenv func(string) string) string {
	if path := getenv("NETRC"); path != "" {
		return path
	}
	if runtime.GOOS != "windows" {
		return filepath.Join(getenv("HOME"), ".netrc")
	}
	home := getenv("HOME")
	if home == "" {
		home = getenv("USERPROFILE")
	}
	path := filepath.Join(home, ".netrc")
	if _, err := os.Stat(path); err != nil {
		path = filepath.Join(home, "_netrc")
	}
	return path
}

// Read reads a file. The error is that of opening it, or a *SyntaxError.
func Read(path string) (*File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	entries, bad := parse(string(text))
	if bad != nil {
		bad.Path = path
		return nil, bad
	}
	return &File{entries}, nil
}

// Find returns the first entry for a host. If login is not "", it is that of
// the entry. Only if no entry names the host, the one for all others is looked
// at, which named tells from the rest.
func (f *File) Find(host, login string) (e Entry, named, ok bool) {
	for _, e := range f.entries {
		if e.Host != "" && strings.EqualFold(e.Host, host) {
			named = true
			if login == "" || login == e.Login {
				return e, true, true
			}
		}
	}
	for _, e := range f.entries {
		if e.Host == "" && !named && (login == "" || login == e.Login) {
			return e, false, true
		}
	}
	return Entry{}, named, false
}
