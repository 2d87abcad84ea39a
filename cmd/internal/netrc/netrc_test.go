package netrc

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []Entry
	}{
		{"empty", "", nil},
		{"one line", "machine example.com login alice password secret", []Entry{{"example.com", "alice", "secret"}}},
		{"many lines", "machine example.com\r\n\tlogin alice\r\n\tpassword secret\r\n", []Entry{{"example.com", "alice", "secret"}}},
		{"several", "machine a login x password y\nmachine b password z\ndefault login d password e\n",
			[]Entry{{"a", "x", "y"}, {"b", "", "z"}, {"", "d", "e"}}},
		{"any order, any case", "MACHINE a Password y account acc user x", []Entry{{"a", "x", "y"}}},
		{"comments", "# a machine b\nmachine a # login no\nlogin x\n#password no\npassword #y\n", []Entry{{"a", "x", "#y"}}},
		{"quotes", `machine a login "x y" password "a\"\\\t#b"`, []Entry{{"a", "x y", "a\"\\\t#b"}}},
		{"keywords as values", "machine a login machine password login", []Entry{{"a", "machine", "login"}}},
		{"macro", "machine a login x password y\nmacdef init\nmachine evil login z\n\nmachine b login c password d", []Entry{{"a", "x", "y"}, {"b", "c", "d"}}},
		{"macro at the end", "machine a login x\nmacdef init\nput x", []Entry{{"a", "x", ""}}},
	} {
		got, bad := parse(test.text)
		if bad != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, %v, want %q", test.name, got, bad, test.want)
		}
	}
}

func TestParseFaults(t *testing.T) {
	for _, test := range []struct {
		text   string
		line   int
		reason string
	}{
		{"machine", 1, "nothing follows machine"},
		{"machine a\nlogin x\npassword\n", 3, "nothing follows password"},
		{"machine a login x password my secret\n", 1, "a word that is none of machine"},
		{"\n\nlogin x", 3, "login comes before the first machine"},
		{"machine a\n\tpassword \"x\n", 2, "double quote"},
		{"machine a\n\tpassword \"x", 2, "double quote"},
		{"macdef m\nx\n\nnonsense", 4, "a word that is none of machine"},
		{`machine ""`, 1, "machine has no name"},
		{"# comment\nx", 2, "a word that is none of machine"},
	} {
		_, bad := parse(test.text)
		if bad == nil || bad.Line != test.line || !strings.Contains(bad.Reason, test.reason) {
			t.Errorf("%q: %+v, want line %d and %q", test.text, bad, test.line, test.reason)
		}
		if bad != nil && strings.Contains(bad.Reason, "secret") {
			t.Errorf("%q: the fault quotes a password: %s", test.text, bad.Reason)
		}
	}
}

func TestFind(t *testing.T) {
	f := &File{[]Entry{{"a", "x", "1"}, {"", "any", "2"}, {"a", "y", "3"}, {"b", "z", "4"}}}
	for _, test := range []struct {
		host, login, password string
	}{
		{"a", "", "1"},
		{"A", "x", "1"},
		{"a", "y", "3"},
		{"a", "any", ""}, // it has entries of its own
		{"b", "", "4"},
		{"c", "", "2"},
		{"c", "any", "2"},
		{"c", "z", ""},
	} {
		got, named, ok := f.Find(test.host, test.login)
		if got.Password != test.password || ok != (test.password != "") || named != (test.host != "c") {
			t.Errorf("Find(%q, %q) = %q, %v, %v, want the password %q", test.host, test.login, got, named, ok, test.password)
		}
	}
	if _, _, ok := new(File).Find("a", ""); ok {
		t.Error("an empty file has an entry")
	}
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "netrc")
	if _, err := Read(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Read of no file = %v, want fs.ErrNotExist", err)
	}
	if err := os.WriteFile(path, []byte("machine a\nlogin\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path); err == nil || err.Error() != path+", line 2: nothing follows login" {
		t.Errorf("Read = %v, want the file, the line and the fault", err)
	}
}

func TestPath(t *testing.T) {
	home := t.TempDir()
	env := map[string]string{"HOME": home}
	if err := os.WriteFile(filepath.Join(home, ".netrc"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	getenv := func(name string) string { return env[name] }
	if got, want := Path(getenv), filepath.Join(home, ".netrc"); got != want {
		t.Errorf("Path = %q, want %q", got, want)
	}
	env["NETRC"] = "other"
	if got := Path(getenv); got != "other" {
		t.Errorf("Path with NETRC=other = %q", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("machine a login \"x\\n\" password y\nmacdef m\n\ndefault login b")
	f.Fuzz(func(t *testing.T, text string) {
		entries, bad := parse(text)
		if bad != nil && (bad.Line < 1 || bad.Line > strings.Count(text, "\n")+1) {
			t.Errorf("%q: line %d", text, bad.Line)
		}
		if len(entries) > len(text) {
			t.Errorf("%q: %d entries", text, len(entries))
		}
	})
}
