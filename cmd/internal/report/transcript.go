package report

import (
	"bytes"
	"fmt"
	"sync"
)

// The bounds of a Transcript.
const (
	maxTranscriptHead = 192 << 10
	maxTranscriptTail = 64 << 10
)

// A Transcript is a text in lines. Of a very long one the middle is left out. It
// may be written to by several goroutines.
type Transcript struct {
	mu      sync.Mutex
	head    []byte
	tail    []byte // at most twice as long as it has to be
	dropped int    // lines
	full    bool   // the head is
}

// Write adds to the text. It never fails.
func (t *Transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(p)
	if !t.full {
		if len(t.head)+len(p) <= maxTranscriptHead {
			t.head = append(t.head, p...)
			return n, nil
		}
		t.full = true
		// The head ends with a line.
		cut := bytes.LastIndexByte(p[:maxTranscriptHead-len(t.head)], '\n') + 1
		t.head = append(t.head, p[:cut]...)
		p = p[cut:]
	}
	t.tail = append(t.tail, p...)
	if len(t.tail) > 2*maxTranscriptTail {
		t.shorten()
	}
	return n, nil
}

// shorten drops the beginning of the tail, up to the end of a line.
func (t *Transcript) shorten() {
	if len(t.tail) <= maxTranscriptTail {
		return
	}
	cut := len(t.tail) - maxTranscriptTail
	if i := bytes.IndexByte(t.tail[cut:], '\n'); i >= 0 {
		cut += i + 1
	}
	t.dropped += bytes.Count(t.tail[:cut], []byte("\n"))
	t.tail = append(t.tail[:0], t.tail[cut:]...)
}

// String returns the text.
func (t *Transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.shorten()
	if t.dropped == 0 {
		return string(t.head) + string(t.tail)
	}
	return fmt.Sprintf("%s... (%d lines left out)\n%s", t.head, t.dropped, t.tail)
}
