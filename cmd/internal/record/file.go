package record

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"wscope/render"
)

// A File is a transcript that is being written. It is a [render.Renderer] that
// several connections may share: Render and Flush may be called by any goroutine
// at any time, and each event is one whole line of the file when Render returns.
// Events of connections that run beside each other are told apart by the Conn of
// their Meta.
//
// A failure to write ends the recording and nothing else: Render goes on to
// return nil, and [File.Close] tells.
type File struct {
	// Failed, if it is not nil, is called once when the file cannot be written
	// to, by the Render or the Close that met the error and before it returns. It
	// may render events itself. It has to be set before the first event.
	Failed func(error)

	mu     sync.Mutex
	to     render.Renderer
	file   io.Closer // nil for what is not ours to close
	err    error     // the first failure
	closed bool
}

var _ render.Renderer = (*File)(nil)

// Open begins a transcript in the file at path, with first as its first line. A
// regular file that is there is replaced by a new one; the mode of a new file is
// 0600. A pipe or a device is written to as it is. The path /dev/stderr stands for
// stderr.
//
// An error is one of the path or of the first line.
func Open(path string, stderr io.Writer, first *render.Recording) (*File, error) {
	f := &File{}
	w := stderr
	if path != "/dev/stderr" {
		file, err := create(path)
		if err != nil {
			return nil, err
		}
		w, f.file = file, file
	}
	var err error
	if f.to, err = render.NewRecorder(w, first); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// create opens the file at path for writing, as Open says it.
func create(path string) (*os.File, error) {
	there, err := os.Stat(path)
	switch {
	case err == nil && there.IsDir():
		return nil, &fs.PathError{Op: "open", Path: path, Err: errors.New("is a directory")}
	case err == nil && (!there.Mode().IsRegular() || isDescriptor(path)):
		return os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	case err == nil:
		// What a link leads to is replaced, and not the link.
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return nil, err
		}
		// A new file has the mode that a file of secrets needs, and whoever has
		// the old one open does not see them.
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// isDescriptor reports whether path names a file that is open already, as those
// of /dev/fd do. It cannot be made anew.
func isDescriptor(path string) bool {
	path = filepath.ToSlash(filepath.Clean(path))
	return strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/proc/")
}

// Render records an event. It returns nil.
func (f *File) Render(e render.Event) error {
	f.mu.Lock()
	if f.err != nil || f.closed {
		f.mu.Unlock()
		return nil
	}
	err := f.to.Render(e)
	f.err = err
	f.mu.Unlock()
	f.tell(err)
	return nil
}

// tell calls Failed, with mu free.
func (f *File) tell(err error) {
	if err != nil && f.Failed != nil {
		f.Failed(err)
	}
}

// Flush does nothing, since there is nothing that waits. It returns nil.
func (f *File) Flush() error { return nil }

// Close ends the recording and returns the first error of writing it. Events that
// come later are lost. A second Close returns the same.
func (f *File) Close() error {
	f.mu.Lock()
	var late error
	if !f.closed && f.file != nil {
		late = f.file.Close()
	}
	f.closed = true
	if f.err != nil {
		late = nil // the first has been told
	} else {
		f.err = late
	}
	err := f.err
	f.mu.Unlock()
	f.tell(late)
	return err
}
