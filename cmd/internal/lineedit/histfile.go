package lineedit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	// maxHistoryFile is how much of a file is read, its end.
	maxHistoryFile = 16 << 20
	// maxSaved is the longest line that goes to the file.
	maxSaved = 64 << 10
)

// A historyFile has one entry on each line, oldest first, its backslashes and
// line ends escaped. It is open only while something is done with it, and
// locked meanwhile, so that sessions may share it.
type historyFile struct {
	path string
	max  int
}

// load returns the last entries. If there are too many it shortens the file to
// what it returns.
func (h *historyFile) load() (entries []string, err error) {
	if err := os.MkdirAll(filepath.Dir(h.path), 0o700); err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	err = h.with(func(f *os.File) error {
		mode := makePrivate(f)
		b, cut, err := readTail(f, maxHistoryFile)
		if err != nil {
			return errors.Join(mode, err)
		}
		for line := range strings.Lines(string(b)) {
			if entry := unescape(strings.TrimSuffix(line, "\n")); entry != "" {
				entries = append(entries, entry)
			}
		}
		if n := len(entries) - h.max; n > 0 || cut {
			entries = entries[max(0, n):]
			return h.replace(entries)
		}
		return mode
	})
	return entries, err
}

func makePrivate(f *os.File) error {
	info, err := f.Stat()
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	return f.Chmod(0o600)
}

// readTail reads the last limit bytes of f from the beginning of a line, and
// says whether there was more.
func readTail(f *os.File, limit int64) (b []byte, cut bool, err error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, false, err
	}
	cut = size > limit
	if _, err := f.Seek(max(0, size-limit), io.SeekStart); err != nil {
		return nil, false, err
	}
	b, err = io.ReadAll(f)
	if cut {
		b = b[bytes.IndexByte(b, '\n')+1:]
	}
	return b, cut, err
}

// replace puts a new file in the place of the old one.
func (h *historyFile) replace(entries []string) error {
	path, err := filepath.EvalSymlinks(h.path)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp") // mode 0600
	if err != nil {
		return err
	}
	var b []byte
	for _, entry := range entries {
		b = append(b, escape(entry)...)
		b = append(b, '\n')
	}
	_, err = tmp.Write(b)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
}

// append adds an entry behind those of all sessions.
func (h *historyFile) append(entry string) error {
	if len(entry) > maxSaved {
		return nil
	}
	return h.with(func(f *os.File) error {
		size, err := f.Seek(0, io.SeekEnd)
		if err != nil {
			return err
		}
		b := []byte(escape(entry) + "\n")
		last := make([]byte, 1)
		if size > 0 {
			if _, err := f.ReadAt(last, size-1); err != nil {
				return err
			}
			if last[0] != '\n' { // another program was cut off
				b = append([]byte{'\n'}, b...)
			}
		}
		if _, err = f.Write(b); err != nil {
			// Half an entry is worth nothing.
			err = errors.Join(err, f.Truncate(size))
		}
		return err
	})
}

// with calls f with the file open for reading and appending, and locked. A
// device instead of a file, as in a link to /dev/null, stands for no history.
func (h *historyFile) with(f func(*os.File) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("history: %w", err)
		}
	}()
	// Another session may have put a new file in place while we waited for the
	// lock of the old one.
	for range 10 {
		switch info, err := os.Stat(h.path); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case info.Mode()&fs.ModeDevice != 0:
			return nil
		case !info.Mode().IsRegular(): // opening a pipe would wait
			return &fs.PathError{Op: "open", Path: h.path, Err: errors.New("not a regular file")}
		}
		file, err := os.OpenFile(h.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		lock(file)
		if h.current(file) {
			return errors.Join(f(file), file.Close())
		}
		_ = file.Close()
	}
	return &fs.PathError{Op: "open", Path: h.path, Err: errors.New("it is replaced all the time")}
}

func (h *historyFile) current(file *os.File) bool {
	opened, err1 := file.Stat()
	named, err2 := os.Stat(h.path)
	return err1 == nil && err2 == nil && os.SameFile(opened, named)
}

var escaper = strings.NewReplacer("\\", "\\\\", "\n", "\\n", "\r", "\\r")

func escape(entry string) string { return escaper.Replace(entry) }

// unescape leaves a backslash alone that escape would not have written.
func unescape(line string) string {
	if !strings.Contains(line, "\\") {
		return line
	}
	return unescaper.Replace(line)
}

var unescaper = strings.NewReplacer("\\\\", "\\", "\\n", "\n", "\\r", "\r")
