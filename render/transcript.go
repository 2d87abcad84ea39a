package render

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
)

// DefaultMaxLine is how long a line of a transcript may be in bytes if nothing
// else is said. Messages of up to 64 MiB fit, whatever is in them, also as the
// format [JSON] shows them.
const DefaultMaxLine = 512 << 20

// readyPrefix begins the line that wscope listen writes in front of its data.
const readyPrefix = "listening on "

// A TranscriptReader reads events back from a transcript, or from what the
// format [JSON] shows. Apart from the line that it is at it keeps nothing, so
// that a transcript can be of any length. It is not for use by several
// goroutines.
type TranscriptReader struct {
	// MaxLine bounds the length of a line in bytes, and by that the memory that
	// the reader takes. Zero means [DefaultMaxLine].
	MaxLine int

	in      *bufio.Reader
	long    []byte // a line that does not fit the buffer of in
	line    int
	err     error
	skipped int
	stream  bool // the events are those of an event stream, as far as is known
}

// NewTranscriptReader returns a reader of the transcript in r.
func NewTranscriptReader(r io.Reader) *TranscriptReader {
	return &TranscriptReader{in: bufio.NewReaderSize(r, dataBuffer)}
}

// A TranscriptError is a line that is none of a transcript.
type TranscriptError struct {
	Line   int // from 1
	Reason string
	// Cut tells that the input ends inside the line: whatever was recording has
	// been stopped while it wrote.
	Cut bool
}

func (e *TranscriptError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// Next returns the next event, which is the caller's to keep. After the last it
// returns io.EOF. A line that is none of a transcript gives a [*TranscriptError],
// and nothing can be read after it; another error is one of the reader below.
//
// Events that this version does not know are passed over. What an event tells is
// not judged, since a peer may break any rule: it is as fit for a [Renderer] as
// one that has just happened.
func (t *TranscriptReader) Next() (Event, error) {
	for t.err == nil {
		text, whole, err := t.next()
		if err != nil {
			t.err = err
			break
		}
		if text == nil {
			continue
		}
		e, err := t.decode(text)
		switch {
		case err != nil && !whole:
			t.err = &TranscriptError{Line: t.line, Cut: true,
				Reason: fmt.Sprintf("the recording was cut off: the line ends after %d bytes", len(text))}
		case err != nil:
			t.err = &TranscriptError{Line: t.line, Reason: err.Error()}
		case e != nil:
			return e, nil
		default:
			t.skipped++
		}
	}
	return nil, t.err
}

// Line returns the number of the line that was read last, from 1.
func (t *TranscriptReader) Line() int { return t.line }

// Skipped returns how many lines were passed over since their event is not known.
func (t *TranscriptReader) Skipped() int { return t.skipped }

// Waiting reports whether Next is going to read from the reader below, and may
// have to wait for it.
func (t *TranscriptReader) Waiting() bool {
	p, _ := t.in.Peek(t.in.Buffered())
	return t.err == nil && bytes.IndexByte(p, '\n') < 0
}

// next returns the next line without its end, nil for one that is to be passed
// over. Whole tells that it had an end.
func (t *TranscriptReader) next() (text []byte, whole bool, err error) {
	if cap(t.long) > 1<<20 {
		t.long = nil
	}
	t.long = t.long[:0]
	t.line++
	for first := true; ; first = false {
		part, err := t.in.ReadSlice('\n')
		if err != nil && err != bufio.ErrBufferFull && err != io.EOF {
			return nil, false, err
		}
		if first {
			switch start := bytes.TrimLeft(part, " \t\r\n"); {
			case err == io.EOF && len(part) == 0:
				t.line--
				return nil, false, io.EOF
			case len(start) == 0 && err != bufio.ErrBufferFull, t.line == 1 && bytes.HasPrefix(start, []byte(readyPrefix)):
				return nil, true, nil
			case len(start) == 0 || start[0] != '{':
				// Nothing is gained by looking for the end of such a line.
				return nil, false, &TranscriptError{Line: t.line,
					Reason: fmt.Sprintf("this is no transcript: the line begins with %.20q, expected {", start)}
			}
		}
		if limit := t.limit(); len(t.long)+len(part) > limit {
			return nil, false, &TranscriptError{Line: t.line, Reason: fmt.Sprintf("the line has more than %d bytes", limit)}
		}
		whole = err == nil
		switch {
		case first && err != bufio.ErrBufferFull:
			return bytes.TrimSuffix(part, []byte{'\n'}), whole, nil
		case err != bufio.ErrBufferFull:
			return bytes.TrimSuffix(append(t.long, part...), []byte{'\n'}), whole, nil
		}
		t.long = append(t.long, part...)
	}
}

func (t *TranscriptReader) limit() int {
	if t.MaxLine > 0 {
		return t.MaxLine
	}
	return DefaultMaxLine
}
