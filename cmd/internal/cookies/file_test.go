package cookies

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestParseLine(t *testing.T) {
	for _, test := range []struct {
		line string
		want Cookie // without a name if it is a comment
		back string // how it is written, "" if as it was
	}{
		{"", Cookie{}, ""},
		{"# Netscape HTTP Cookie File", Cookie{}, ""},
		{"#", Cookie{}, ""},
		{".example.com\tTRUE\t/\tFALSE\t0\tk\tv", Cookie{Name: "k", Value: "v", Domain: "example.com", Path: "/"}, ""},
		{"Example.com\tfalse\t/a\ttrue\t4102444800\tk\tv w", Cookie{Name: "k", Value: "v w", Domain: "example.com", HostOnly: true, Path: "/a", Secure: true, Expires: time.Unix(4102444800, 0)}, "example.com\tFALSE\t/a\tTRUE\t4102444800\tk\tv w"},
		{"#HttpOnly_127.0.0.1\tFALSE\t/\tFALSE\t0\tk\t", Cookie{Name: "k", Domain: "127.0.0.1", HostOnly: true, Path: "/", HTTPOnly: true}, ""},
		{"h\tFALSE\t/\tFALSE\t0\tk", Cookie{Name: "k", Domain: "h", HostOnly: true, Path: "/"}, "h\tFALSE\t/\tFALSE\t0\tk\t"},
		{"h\tFALSE\t/\tFALSE\t4102444800.25\tk\tv", Cookie{Name: "k", Value: "v", Domain: "h", HostOnly: true, Path: "/", Expires: time.Unix(4102444800, 0)}, "h\tFALSE\t/\tFALSE\t4102444800\tk\tv"},
		{"::1\tFALSE\t/\tFALSE\t0\tk\tv", Cookie{Name: "k", Value: "v", Domain: "::1", HostOnly: true, Path: "/"}, ""},
	} {
		got, ok, err := parseLine(test.line)
		if err != nil || ok != (test.want.Name != "") || ok && got != test.want {
			t.Errorf("parseLine(%q) = %+v, %v, %v, want %+v", test.line, got, ok, err, test.want)
			continue
		}
		if test.back == "" {
			test.back = test.line
		}
		if back := strings.TrimSuffix(string(got.appendLine(nil)), "\n"); ok && back != test.back {
			t.Errorf("%q is written as %q, want %q", test.line, back, test.back)
		}
	}
}

func TestParseLineFaults(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{"example.com FALSE / FALSE 0 k secret", "no tabs; expected 7 columns"},
		{`{"name":"k"}`, "no tabs"},
		{"h\tFALSE\t/\tFALSE\t0", "5 columns, expected 7"},
		{"h\tFALSE\t/\tFALSE\t0\tk\tsecret\tx", "8 columns, expected 7"},
		{"\tFALSE\t/\tFALSE\t0\tk\tsecret", "column 1"},
		{"h\tyes\t/\tFALSE\t0\tk\tsecret", "column 2"},
		{"h\tFALSE\tx\tFALSE\t0\tk\tsecret", "column 3"},
		{"h\tFALSE\t/\t1\t0\tk\tsecret", "column 4"},
		{"h\tFALSE\t/\tFALSE\tnever\tk\tsecret", "column 5"},
		{"h\tFALSE\t/\tFALSE\t-1\tk\tsecret", "column 5"},
		{"h\tFALSE\t/\tFALSE\t0\t\tsecret", "column 6"},
		{"h\tFALSE\t/\tFALSE\t0\tk\tsecret\x00", "a control character"},
		{"h\tFALSE\t/\tFALSE\t0\tk\tsecret\r", "a control character"},
	} {
		_, ok, err := parseLine(test.line)
		if ok || err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("parseLine(%q) = %v, %v, want %q", test.line, ok, err, test.want)
		}
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cookies")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoad(t *testing.T) {
	for _, test := range []struct {
		name, text string
		sent       string // to ws://h.example.com/, behind what was there
	}{
		{"nothing", "", ""},
		{"columns", "# x\n\n.example.com\tTRUE\t/\tFALSE\t0\ta\tb\r\nh.example.com\tFALSE\t/\tFALSE\t0\tc\td\nother\tFALSE\t/\tFALSE\t0\te\tf", "; a=b; c=d"},
		{"expired", "h.example.com\tFALSE\t/\tFALSE\t1\ta\tb\n", ""},
		{"header", "HTTP/1.1 200 OK\r\nServer: x\r\nset-cookie: a=b; HttpOnly\r\nSet-Cookie:c=d; Domain=example.com; Path=/\r\nSet-Cookie: e=f; Domain=other.com\r\nSet-Cookie: s=t; Secure\r\n\r\n", "; a=b; c=d"},
	} {
		j := NewJar()
		u := parseURL(t, "ws://h.example.com/x")
		j.Set(u, []string{"old=1"})
		if err := j.Load(write(t, test.text), u); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if got := j.Header(u); got != "old=1"+test.sent {
			t.Errorf("%s: %q is sent, want %q", test.name, got, "old=1"+test.sent)
		}
	}
}

func TestLoadFaults(t *testing.T) {
	u := parseURL(t, "ws://h.example.com/")
	const good = "h.example.com\tFALSE\t/\tFALSE\t0\ta\tb\n"
	for _, test := range []struct{ text, want string }{
		{"# x\n" + good + "nonsense\n", ", line 3: no tabs"},
		{good + "h\tFALSE\t/\tFALSE\t0\tk\t" + strings.Repeat("v", 5000), `, line 2: the cookie "k" has 5001 bytes`},
		{"Set-Cookie: a=b\nSet-Cookie: nonsense\n", ", line 2: a Set-Cookie field does not begin with"},
	} {
		j := NewJar()
		path := write(t, test.text)
		err := j.Load(path, u)
		if err == nil || !strings.HasPrefix(err.Error(), path+test.want) {
			t.Errorf("Load of %.60q = %v, want %q", test.text, err, test.want)
		}
		if all := j.All(); len(all) > 0 {
			t.Errorf("Load of %.60q has added %v", test.text, all)
		}
	}
	if err := NewJar().Load(filepath.Join(t.TempDir(), "none"), u); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load of no file = %v, want fs.ErrNotExist", err)
	}
}

func TestSave(t *testing.T) {
	j := NewJar()
	j.Set(parseURL(t, "ws://h/"), []string{"a=b; HttpOnly", "c=d; Expires=Wed, 01 Jan 2200 00:00:00 GMT"})
	const want = fileHeader + "#HttpOnly_h\tFALSE\t/\tFALSE\t0\ta\tb\nh\tFALSE\t/\tFALSE\t7258118400\tc\td\n"
	dir := t.TempDir()
	fresh, old, link := filepath.Join(dir, "new"), write(t, "x"), filepath.Join(dir, "link")
	paths := []string{fresh, old}
	if err := os.Symlink(old, link); err == nil {
		paths = append(paths, link)
	}
	for _, path := range paths {
		if err := j.Save(path); err != nil {
			t.Errorf("Save(%s): %v", path, err)
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Errorf("Save(%s) has written %q, %v, want %q", path, got, err, want)
		}
		if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
			t.Errorf("%s: mode %v, %v, want 0600", path, info.Mode(), err)
		}
	}
	if info, err := os.Lstat(link); err == nil && info.Mode().IsRegular() {
		t.Error("the link was replaced")
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*.tmp")); names != nil {
		t.Errorf("%v was left behind", names)
	}
	if err := j.Save(filepath.Join(dir, "nothing", "here")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Save into no folder = %v, want fs.ErrNotExist", err)
	}
	if err := j.Save(os.DevNull); err != nil {
		t.Errorf("Save to %s: %v", os.DevNull, err)
	}
}

func FuzzParseLine(f *testing.F) {
	f.Add(".example.com\tTRUE\t/\tFALSE\t0\tk\tv")
	f.Add("#HttpOnly_h\tFALSE\t/a\tTRUE\t4102444800\tk")
	f.Fuzz(func(t *testing.T, line string) {
		c, ok, err := parseLine(line)
		if !ok || err != nil || net.ParseIP(c.Domain) == nil && strings.HasPrefix(c.Domain, ".") {
			return
		}
		text := string(c.appendLine(nil))
		again, ok, err := parseLine(strings.TrimSuffix(text, "\n"))
		if !ok || err != nil || again != c {
			t.Errorf("%q is %+v, written as %q that is %+v, %v", line, c, text, again, err)
		}
	})
}
