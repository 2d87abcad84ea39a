package cmd

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// split returns all messages of in, which is read in pieces of the given size.
func split(t *testing.T, in, delimiter string, size int) []string {
	t.Helper()
	s := splitter{in: &pieceReader{[]byte(in), size}}
	if delimiter != "" {
		s.delimiter = []byte(delimiter)
	}
	var messages []string
	for {
		p, err := s.next()
		if errors.Is(err, io.EOF) {
			if _, err := s.next(); !errors.Is(err, io.EOF) {
				t.Errorf("after the end comes %v", err)
			}
			return messages
		}
		if err != nil {
			t.Fatalf("next: %v", err)
		}
		messages = append(messages, string(p))
	}
}

// A pieceReader reads so many bytes at a time, all that fit for 0.
type pieceReader struct {
	b    []byte
	size int
}

func (r *pieceReader) Read(p []byte) (int, error) {
	if len(r.b) == 0 {
		return 0, io.EOF
	}
	if r.size > 0 {
		p = p[:min(r.size, len(p))]
	}
	n := copy(p, r.b)
	r.b = r.b[n:]
	return n, nil
}

func TestSplitter(t *testing.T) {
	long := strings.Repeat("0123456789", 30_000)
	for _, tt := range []struct {
		name, in, delimiter string
		want                []string
	}{
		{"nothing", "", "\n", nil},
		{"a line", "a\n", "\n", []string{"a"}},
		{"without an end", "a\nb", "\n", []string{"a", "b"}},
		{"empty lines", "\n\na\n\n", "\n", []string{"", "", "a", ""}},
		{"CR LF", "a\r\n\r\nb\r\r\n", "\n", []string{"a", "", "b\r"}},
		{"CR alone", "a\rb\r", "\n", []string{"a\rb\r"}},
		{"NUL", "a\n\x00\x00b", "\x00", []string{"a\n", "", "b"}},
		{"CR before another delimiter", "a\r;b", ";", []string{"a\r", "b"}},
		{"several bytes", "a, b,, c, ", ", ", []string{"a", "b,", "c"}},
		{"beginnings of the delimiter", "a--b---c--->", "-->", []string{"a--b---c-"}},
		{"not split", "a\nb\r\n", "", []string{"a\nb\r\n"}},
		{"nothing, not split", "", "", nil},
		{"long lines", long + "\n" + long + "x\n", "\n", []string{long, long + "x"}},
		{"long, not split", long, "", []string{long}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, size := range []int{0, 1, 2, 3, 7, 4096} {
				if size == 1 && len(tt.in) > 1000 {
					size = 65_535
				}
				if got := split(t, tt.in, tt.delimiter, size); !slices.Equal(got, tt.want) {
					t.Errorf("in pieces of %d: %.200q, want %.200q", size, got, tt.want)
				}
			}
		})
	}
}

// TestSplitterIdle has the splitter say that it is about to wait, with no
// message left that it could hand out.
func TestSplitterIdle(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	idle := make(chan struct{})
	s := splitter{in: r, delimiter: []byte("\n"), idle: func() error { idle <- struct{}{}; return nil }}
	got := make(chan string)
	go func() {
		for {
			p, err := s.next()
			if err != nil {
				close(got)
				return
			}
			got <- string(p)
		}
	}()
	<-idle
	io.WriteString(w, "a\nb\nc")
	if a, b := <-got, <-got; a != "a" || b != "b" {
		t.Errorf("got %q and %q", a, b)
	}
	<-idle
	w.Close()
	if c := <-got; c != "c" {
		t.Errorf("got %q at the end", c)
	}
	if _, more := <-got; more {
		t.Error("there is more after the end")
	}
}

func TestSplitterErrors(t *testing.T) {
	broken := errors.New("broken")
	s := splitter{in: io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken)), delimiter: []byte("\n")}
	if p, err := s.next(); string(p) != "a" || err != nil {
		t.Errorf("next = %q, %v", p, err)
	}
	var file *fileError
	if p, err := s.next(); !errors.Is(err, broken) || !errors.As(err, &file) {
		t.Errorf("next = %q, %v, want a fileError", p, err)
	}
	s = splitter{in: strings.NewReader("a"), delimiter: []byte("\n"), idle: func() error { return broken }}
	if _, err := s.next(); !errors.Is(err, broken) || errors.As(err, &file) {
		t.Errorf("next = %v, want the error of idle", err)
	}
}

func TestSplitterWhere(t *testing.T) {
	for delimiter, want := range map[string]string{"\n": "stdin, line 2", "\x00": "stdin, message 2"} {
		s := splitter{in: strings.NewReader("a" + delimiter + "b"), delimiter: []byte(delimiter)}
		s.next()
		s.next()
		if got := s.where(); got != want {
			t.Errorf("where = %q, want %q", got, want)
		}
	}
}

// FuzzSplitter holds the splitter against strings.Split, however its input comes.
func FuzzSplitter(f *testing.F) {
	f.Add("a\nb\r\n\nc", "\n", 1)
	f.Add("a--b---c", "--", 2)
	f.Add("aaaa", "aa", 3)
	f.Fuzz(func(t *testing.T, in, delimiter string, size int) {
		if delimiter == "" || size < 0 || len(in)/max(size, 1) > 10_000 {
			return
		}
		want := strings.Split(in, delimiter)
		last := len(want) - 1
		if delimiter == "\n" {
			for i := range want[:last] {
				want[i] = strings.TrimSuffix(want[i], "\r")
			}
		}
		if want[last] == "" {
			want = want[:last]
		}
		if got := split(t, in, delimiter, size); !slices.Equal(got, want) {
			t.Errorf("%q by %q in pieces of %d: %q, want %q", in, delimiter, size, got, want)
		}
		if in != "" {
			if got := split(t, in, "", size); len(got) != 1 || !bytes.Equal([]byte(got[0]), []byte(in)) {
				t.Errorf("%q not split: %q", in, got)
			}
		}
	})
}
