package wstest

import (
	"fmt"
	"strings"
	"sync"
)

// A Log is what a [Peer] sent and received, a line for each frame. It is safe
// for concurrent use.
type Log struct {
	mu    sync.Mutex
	first []string
	last  []string
	cut   int // lines left out between first and last
}

// logHead and logTail are how many lines of a long log are kept.
const logHead, logTail = 40, 40

func (l *Log) add(dir, format string, args ...any) {
	line := dir + " " + fmt.Sprintf(format, args...)
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.first) < logHead {
		l.first = append(l.first, line)
		return
	}
	if l.last = append(l.last, line); len(l.last) > logTail {
		l.last = l.last[1:]
		l.cut++
	}
}

func (l *Log) sent(format string, args ...any)     { l.add("->", format, args...) }
func (l *Log) received(format string, args ...any) { l.add("<-", format, args...) }
func (l *Log) note(format string, args ...any)     { l.add("* ", format, args...) }

// String returns the lines, each indented and ended by a newline.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var b strings.Builder
	for _, s := range l.first {
		b.WriteString("    " + s + "\n")
	}
	if l.cut > 0 {
		fmt.Fprintf(&b, "    ... (%d more lines)\n", l.cut)
	}
	for _, s := range l.last {
		b.WriteString("    " + s + "\n")
	}
	return b.String()
}
