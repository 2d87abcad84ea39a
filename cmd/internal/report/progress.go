package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/clipperhouse/displaywidth"

	"wscope/render"
)

// A Progress is a line at the bottom of a terminal that says what is going on. It
// is a writer, too: what is written through it goes above the line.
type Progress struct {
	w       io.Writer
	columns func() int // of the terminal, 0 if unknown

	mu      sync.Mutex
	start   time.Time
	total   int
	over    int
	failed  int
	running []string
	shown   bool
	done    chan struct{}
	stopped sync.WaitGroup
}

// NewProgress returns a line for so many cases. The caller has to stop it.
func NewProgress(w io.Writer, total int, columns func() int) *Progress {
	p := &Progress{w: w, columns: columns, start: time.Now(), total: total, done: make(chan struct{})}
	p.stopped.Go(p.tick)
	return p
}

// tick draws the line anew while time passes.
func (p *Progress) tick() {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-ticker.C:
			p.mu.Lock()
			p.draw()
			p.mu.Unlock()
		}
	}
}

// Started notes that a case has begun.
func (p *Progress) Started(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = append(p.running, name)
}

// Finished notes that a case is over.
func (p *Progress) Finished(name string, failed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over++
	if failed {
		p.failed++
	}
	if i := slices.Index(p.running, name); i >= 0 {
		p.running = slices.Delete(p.running, i, i+1)
	}
}

// Write writes above the line.
func (p *Progress) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	n, err := p.w.Write(b)
	if err == nil && n > 0 && b[n-1] == '\n' {
		p.draw()
	}
	return n, err
}

// Stop takes the line away.
func (p *Progress) Stop() {
	close(p.done)
	p.stopped.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	p.total = 0 // nothing is drawn any more
}

func (p *Progress) erase() {
	if p.shown {
		io.WriteString(p.w, "\r\x1b[K")
		p.shown = false
	}
}

// draw draws the line, which fits into the terminal.
func (p *Progress) draw() {
	if p.total == 0 {
		return
	}
	text := fmt.Sprintf("%d of %d", p.over, p.total)
	if p.failed > 0 {
		text += fmt.Sprintf(", %d failed", p.failed)
	}
	text += fmt.Sprintf(", %ds", int(time.Since(p.start).Seconds()))
	if len(p.running) > 0 {
		text += ": " + render.Escape(strings.Join(p.running, ", "))
	}
	columns := 80
	if p.columns != nil && p.columns() > 0 {
		columns = p.columns()
	}
	io.WriteString(p.w, "\r"+displaywidth.TruncateString(text, max(columns-1, 1), "…")+"\x1b[K")
	p.shown = true
}
