package record

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"wscope/render"
)

func first() *render.Recording {
	return &render.Recording{Meta: render.Meta{Time: time.Now()}, Program: "test"}
}

func note(conn int, text string) render.Event {
	return &render.Note{Meta: render.Meta{Time: time.Now(), Conn: conn}, Text: text}
}

// count returns how many events each connection has in a transcript, and fails
// the test if it is not whole.
func count(t *testing.T, r io.Reader) map[int]int {
	t.Helper()
	n := map[int]int{}
	transcript := render.NewTranscriptReader(r)
	for {
		e, err := transcript.Next()
		switch e := e.(type) {
		case *render.Recording:
		case *render.Note:
			n[e.Conn]++
		default:
			if err != io.EOF {
				t.Fatalf("%T, %v", e, err)
			}
			return n
		}
	}
}

func open(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// A file that is there is replaced by one that nobody else can read, through a
// link and with what others have of the old one left alone.
func TestOpenReplaces(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "record")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	old := open(t, path)
	link := filepath.Join(dir, "link")
	if err := os.Symlink("record", link); err != nil {
		t.Skip(err)
	}
	f, err := Open(link, nil, first())
	if err != nil {
		t.Fatal(err)
	}
	f.Render(note(1, "x"))
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f.Render(note(1, "too late"))
	if n := count(t, open(t, path)); n[1] != 1 {
		t.Errorf("the file has %d events, want 1", n[1])
	}
	if text, err := io.ReadAll(old); err != nil || string(text) != "old" {
		t.Errorf("the old file has %q, %v", text, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is no link: %v, %v", info, err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
}

func TestOpenFails(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "missing", "record")} {
		if f, err := Open(path, nil, first()); err == nil || f != nil {
			t.Errorf("%s is opened", path)
		}
	}
}

func TestOpenStderr(t *testing.T) {
	var stderr bytes.Buffer
	f, err := Open("/dev/stderr", &stderr, first())
	if err != nil {
		t.Fatal(err)
	}
	f.Render(note(1, "x"))
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if n := count(t, &stderr); n[1] != 1 {
		t.Errorf("%d events, want 1", n[1])
	}
}

// Connections beside each other do not cut each other's lines.
func TestFileShared(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record")
	f, err := Open(path, nil, first())
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for conn := 1; conn <= 8; conn++ {
		wg.Go(func() {
			for range 100 {
				f.Render(note(conn, "some text"))
				f.Flush()
			}
		})
	}
	wg.Wait()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	n := count(t, open(t, path))
	for conn := 1; conn <= 8; conn++ {
		if n[conn] != 100 {
			t.Errorf("connection %d has %d events, want 100", conn, n[conn])
		}
	}
}

// A fullDisk has room for some writes.
type fullDisk struct{ room int }

var errFull = errors.New("no space left on device")

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.room == 0 {
		return 0, errFull
	}
	d.room--
	return len(p), nil
}

// What goes wrong when the file is closed is told, too.
func TestFileCloseFails(t *testing.T) {
	f, err := Open(filepath.Join(t.TempDir(), "record"), nil, first())
	if err != nil {
		t.Fatal(err)
	}
	var told []error
	f.Failed = func(err error) { told = append(told, err) }
	f.file.Close()
	for range 2 {
		if err := f.Close(); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("Close returns %v", err)
		}
	}
	if len(told) != 1 || !errors.Is(told[0], fs.ErrClosed) {
		t.Errorf("told of %v", told)
	}
}

// A failure is told once, and ends nothing but the recording.
func TestFileFull(t *testing.T) {
	if _, err := Open("/dev/stderr", &fullDisk{}, first()); err != errFull {
		t.Errorf("Open returns %v, want %v", err, errFull)
	}
	f, err := Open("/dev/stderr", &fullDisk{2}, first())
	if err != nil {
		t.Fatal(err)
	}
	var told []error
	f.Failed = func(err error) {
		told = append(told, err)
		f.Render(note(0, "about the failure"))
	}
	for range 5 {
		if err := f.Render(note(1, "x")); err != nil {
			t.Errorf("Render returns %v", err)
		}
	}
	if len(told) != 1 || told[0] != errFull {
		t.Errorf("told of %v, want %v once", told, errFull)
	}
	for range 2 {
		if err := f.Close(); err != errFull {
			t.Errorf("Close returns %v, want %v", err, errFull)
		}
	}
}
