package render

import (
	"bufio"
	"io"
)

const (
	dataBuffer   = 64 << 10
	statusBuffer = 4 << 10
)

// New returns a renderer of data in the format that o names. What it writes is
// buffered until [Renderer.Flush]; payloads larger than the buffer of Messages
// go past it.
func New(w io.Writer, o Options) Renderer {
	out := bufio.NewWriterSize(w, dataBuffer)
	r := newRenderer(out, o)
	if o.Include && o.Format != JSON {
		return &includer{Renderer: r, out: out, terminal: o.Terminal, secrets: o.ShowSecrets}
	}
	return r
}

func newRenderer(out *bufio.Writer, o Options) Renderer {
	switch o.Format {
	case Messages:
		return newMessages(out, o)
	case JSON:
		return newJSONWriter(out, o)
	case Hex:
		return &frameWriter{out: out, framer: newHexPrinter(o)}
	}
	return &frameWriter{out: out, framer: newFramePrinter(o)}
}

// A framer shows a frame.
type framer interface {
	append(b []byte, f *Frame) []byte
	appendStream(b []byte, e Event) []byte // what of an event stream is shown
	forget(conn int)                       // the connection has ended
}

// A frameWriter shows frames, and what comes on an event stream.
type frameWriter struct {
	out *bufio.Writer
	buf []byte
	framer
}

func (w *frameWriter) Render(e Event) error {
	switch e := e.(type) {
	case *Frame:
		w.buf = w.append(w.buf[:0], e)
		_, err := w.out.Write(w.buf)
		w.buf = shrink(w.buf)
		return err
	case *End:
		w.forget(e.Conn)
	case *StreamEvent, *StreamLine, *StreamRetry:
		w.buf = w.appendStream(w.buf[:0], e)
		_, err := w.out.Write(w.buf)
		w.buf = shrink(w.buf)
		return err
	}
	return nil
}

func (w *frameWriter) Flush() error { return w.out.Flush() }

// shrink lets go of a buffer that a single huge event has made huge.
func shrink(b []byte) []byte {
	if cap(b) > 1<<20 {
		return nil
	}
	return b
}

// Multi returns a renderer that hands every event to each of rs in turn, also
// after one of them has failed; the first error is returned. An event other
// than a frame, a message or a part of a stream is flushed at once, one renderer after the other,
// so that what several streams write to one terminal keeps its order.
func Multi(rs ...Renderer) Renderer { return multi(rs) }

type multi []Renderer

func (m multi) Render(e Event) error {
	var first error
	keep := func(err error) {
		if first == nil {
			first = err
		}
	}
	flush := true
	switch e.(type) {
	case *Frame, *Message, *StreamEvent, *StreamLine, *StreamRetry:
		flush = false
	}
	for _, r := range m {
		keep(r.Render(e))
		if flush {
			keep(r.Flush())
		}
	}
	return first
}

func (m multi) Flush() error {
	var first error
	for _, r := range m {
		if err := r.Flush(); err != nil && first == nil {
			first = err
		}
	}
	return first
}
