package lineedit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// reportTo collects what a history has to report.
func reportTo(errs *[]error) func(error) {
	return func(err error) { *errs = append(*errs, err) }
}

func mustNotReport(t *testing.T) func(error) {
	return func(err error) { t.Errorf("reported: %v", err) }
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestHistoryKeys(t *testing.T) {
	s := newSession(t, Config{})
	for _, line := range []string{"one", "two", "two", " secret", "", "three"} {
		s.enter(line)
	}
	for _, c := range []struct{ name, keys, want string }{
		{"last", up, "three"},
		{"one more", up + up, "two"}, // and is now the last once more
		{"oldest", strings.Repeat(up, 20), "one"},
		{"there and back", "new" + up + up + down + down + "er", "newer"},
		{"too far forward", "new" + down + down + "er", "newer"},
		{"edited on the way", up + "X" + up + down + "Y", "newerXY"},
		{"not left behind", up + up, "newer"},
	} {
		s.read()
		s.keys(c.keys + "\r")
		got := <-s.results
		if got.line != c.want || got.err != nil {
			t.Errorf("%s: %q, %v, want %q", c.name, got.line, got.err, c.want)
		}
	}
}

func TestHistoryDraft(t *testing.T) {
	s := newSession(t, Config{})
	s.enter("one")
	s.read()
	s.keys("draft" + up + ctrlC)
	s.want("", ErrInterrupt)
	s.read()
	s.keys(up + down + "x\r") // of the draft before nothing is left
	s.want("x", nil)
}

func TestHistoryMax(t *testing.T) {
	for _, c := range []struct {
		max  int
		want string
	}{{2, "three"}, {-1, ""}, {0, "one"}} {
		s := newSession(t, Config{History: History{Max: c.max}})
		for _, line := range []string{"one", "two", "three", "four"} {
			s.enter(line)
		}
		s.read()
		s.keys(strings.Repeat(up, 4) + "\r")
		s.want(c.want, nil)
	}
}

func TestHistoryOverTwoSessions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "wscope", "history")
	c := Config{History: History{Path: path, Report: mustNotReport(t)}}
	first := newSession(t, c)
	first.enter("one")
	first.enter(" secret")
	first.read()
	first.keys(pasteBegin + "{\n\t\"a\": \"\\n\"\r\n}" + pasteEnd + "\r")
	first.want("{\n\t\"a\": \"\\n\"\n}", nil)
	first.Close()

	second := newSession(t, c)
	second.read()
	second.keys(up + "\r")
	second.want("{\n\t\"a\": \"\\n\"\n}", nil)
	second.read()
	second.keys(up + up + "\r")
	second.want("one", nil)
	second.Close()

	if got, want := read(t, path), "one\n{\\n\t\"a\": \"\\\\n\"\\n}\none\n"; got != want {
		t.Errorf("file is %q, want %q", got, want)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for p, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700 | fs.ModeDir} {
		info, err := os.Stat(p)
		if err != nil || info.Mode() != want {
			t.Errorf("mode of %s is %v, %v, want %v", p, info.Mode(), err, want)
		}
	}
}

func TestHistoryFileIsMadePrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(path, []byte("one\ntwo"), 0o644); err != nil {
		t.Fatal(err)
	}
	h := newHistory(History{Path: path, Report: mustNotReport(t)})
	h.add("three")
	if got, want := read(t, path), "one\ntwo\nthree\n"; got != want {
		t.Errorf("file is %q, want %q", got, want)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("mode is %v, %v, want 0600", info.Mode(), err)
	}
}

func TestHistoryFileIsTrimmed(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "history")
	if err := os.WriteFile(path, []byte("1\n2\n\n3\n4\n5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := newHistory(History{Path: path, Max: 10, Report: mustNotReport(t)})
	h := newHistory(History{Path: path, Max: 3, Report: mustNotReport(t)})
	if diff := cmp.Diff([]string{"3", "4", "5"}, h.entries); diff != "" {
		t.Error(diff)
	}
	// A session that was there before goes on in the new file.
	before.add("6")
	h.add("7")
	if got, want := read(t, path), "3\n4\n5\n6\n7\n"; got != want {
		t.Errorf("file is %q, want %q", got, want)
	}
	if diff := cmp.Diff([]string{"4", "5", "7"}, h.entries); diff != "" {
		t.Error(diff)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("directory has %v, %v, want the file alone", files, err)
	}
}

func TestHistoryFileIsShared(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no locks")
	}
	path := filepath.Join(t.TempDir(), "history")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			h := newHistory(History{Path: path, Report: mustNotReport(t)})
			for j := range 25 {
				h.add(fmt.Sprintf("session %d\nentry %d", i, j))
			}
			// One that comes later shortens the file, or would.
			newHistory(History{Path: path, Max: 500, Report: mustNotReport(t)})
		})
	}
	wg.Wait()
	h := newHistory(History{Path: path, Report: mustNotReport(t)})
	seen := make(map[string]bool)
	for _, entry := range h.entries {
		seen[entry] = true
	}
	if len(h.entries) != 200 || len(seen) != 200 {
		t.Errorf("%d entries, %d of them different, want 200", len(h.entries), len(seen))
	}
}

// Sessions that shorten the file while others append to it lose nothing of the
// end.
func TestHistoryFileIsTrimmedByOthers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no locks")
	}
	path := filepath.Join(t.TempDir(), "history")
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for range 50 {
				newHistory(History{Path: path, Max: 20, Report: mustNotReport(t)})
			}
		})
	}
	h := newHistory(History{Path: path, Report: mustNotReport(t)})
	var want []string
	for j := range 100 {
		entry := fmt.Sprint("entry ", j)
		h.add(entry)
		want = append(want, entry)
	}
	wg.Wait()
	got := newHistory(History{Path: path, Max: 20}).entries
	if diff := cmp.Diff(want[len(want)-20:], got); diff != "" {
		t.Error(diff)
	}
}

func TestHistoryFileFails(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, filepath.Join(file, "history")} {
		var errs []error
		h := newHistory(History{Path: path, Report: reportTo(&errs)})
		h.add("one")
		h.add("two")
		if len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), "history: ") {
			t.Errorf("%s: reported %v, want one error", path, errs)
		}
		var pathErr *fs.PathError
		if len(errs) > 0 && !errors.As(errs[0], &pathErr) {
			t.Errorf("%v does not name the file", errs[0])
		}
		if diff := cmp.Diff([]string{"one", "two"}, h.entries); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

func TestHistoryFileIsADevice(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("os.DevNull is no link target")
	}
	path := filepath.Join(t.TempDir(), "history")
	if err := os.Symlink(os.DevNull, path); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	h := newHistory(History{Path: path, Report: mustNotReport(t)})
	h.add("one")
	if after, err := os.Stat(os.DevNull); err != nil || after.Mode() != before.Mode() {
		t.Errorf("mode of the device is %v, %v, was %v", after.Mode(), err, before.Mode())
	}
}

func TestHistoryFileIsLarge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(maxHistoryFile); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("\none\ntwo\n"), maxHistoryFile); err != nil {
		t.Fatal(err)
	}
	h := newHistory(History{Path: path, Report: mustNotReport(t)})
	if diff := cmp.Diff([]string{"one", "two"}, h.entries); diff != "" {
		t.Error(diff)
	}
	h.add(strings.Repeat("x", maxSaved+1)) // in memory only
	if got, want := read(t, path), "one\ntwo\n"; got != want {
		t.Errorf("file is %.100q, want %q", got, want)
	}
	if n := h.len(); n != 3 {
		t.Errorf("%d entries, want 3", n)
	}
}

func TestEscape(t *testing.T) {
	for _, c := range []struct{ entry, line string }{
		{"plain", "plain"},
		{"a\nb\r\nc", `a\nb\r\nc`},
		{`a\nb`, `a\\nb`},
		{"\\\n\\\\n", `\\\n\\\\n`},
		{"\t日\x00", "\t日\x00"},
	} {
		if got := escape(c.entry); got != c.line {
			t.Errorf("escape(%q) = %q, want %q", c.entry, got, c.line)
		}
		if got := unescape(c.line); got != c.entry {
			t.Errorf("unescape(%q) = %q, want %q", c.line, got, c.entry)
		}
	}
	if got := unescape(`C:\dir\`); got != `C:\dir\` {
		t.Errorf(`unescape("C:\\dir\\") = %q`, got)
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("a\n\\n\\\\\r")
	f.Fuzz(func(t *testing.T, entry string) {
		line := escape(entry)
		if strings.ContainsAny(line, "\r\n") {
			t.Errorf("escape(%q) = %q is not one line", entry, line)
		}
		if got := unescape(line); got != entry {
			t.Errorf("%q comes back as %q", entry, got)
		}
	})
}

func TestSearch(t *testing.T) {
	s := newSession(t, Config{})
	for _, line := range []string{"/ping one", "hello", "/ping two", "日本語 hello"} {
		s.enter(line)
	}
	s.read()
	s.keys("draft" + ctrlR)
	s.waitLast(t, "(search) : draft", 16)
	s.keys("ping")
	s.waitLast(t, "(search) ping: /ping two", 16)
	s.keys(ctrlR)
	s.waitLast(t, "(search) ping: /ping one", 16)
	s.keys(ctrlR)
	s.waitLast(t, "(no match) ping: /ping one", 18)
	s.keys(ctrlS)
	s.waitLast(t, "(search forward) ping: /ping two", 24)
	s.keys(backspace + backspace + backspace + backspace)
	s.waitLast(t, "(search forward) : draft", 24)
	s.keys(ctrlR + "hello")
	s.waitLast(t, "(search) hello: 日本語 hello", 23)
	fmt.Fprintln(s, "output")
	s.waitLast(t, "(search) hello: 日本語 hello", 23)
	s.keys(ctrlG)
	s.waitLast(t, "> draft", 7)
	s.keys(ctrlR + ctrlR + ctrlR) // the last query again
	s.waitLast(t, "(search) hello: hello", 16)
	s.keys(end + "!" + down)
	s.waitLast(t, "> /ping two", 11)
	s.keys(up + "\r")
	s.want("hello!", nil)

	s.read()
	s.keys(ctrlR + "two\r")
	s.want("/ping two", nil)
	s.read()
	s.keys(ctrlR + "two" + ctrlC)
	s.want("", ErrInterrupt)
	s.read()
	s.keys("draft" + ctrlR + "one" + pasteBegin + "x" + pasteEnd + "\r")
	s.want("/ping xone", nil)
}
