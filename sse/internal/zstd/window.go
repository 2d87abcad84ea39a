package zstd

// A window is what was decoded last, up to its size. It takes room as it fills.
type window struct {
	size int
	buf  []byte // a ring once it has size bytes
	next int    // where in a ring the oldest byte is
}

// reset empties the window. It keeps the room.
func (w *window) reset(size int) {
	w.size, w.buf, w.next = size, w.buf[:0], 0
}

// add appends p. What is then too far back is dropped.
func (w *window) add(p []byte) {
	if len(p) > w.size {
		p = p[len(p)-w.size:]
	}
	if room := w.size - len(w.buf); room > 0 {
		n := min(room, len(p))
		w.grow(n)
		w.buf = append(w.buf, p[:n]...)
		p = p[n:]
	}
	for len(p) > 0 {
		n := copy(w.buf[w.next:], p)
		p = p[n:]
		if w.next += n; w.next == len(w.buf) {
			w.next = 0
		}
	}
}

// grow makes room for n more bytes, which the size allows.
func (w *window) grow(n int) {
	if need := len(w.buf) + n; need > cap(w.buf) {
		buf := make([]byte, len(w.buf), min(max(need, 2*cap(w.buf), minBuffer), w.size))
		copy(buf, w.buf)
		w.buf = buf
	}
}

// copy fills dst with what begins back bytes before the end of the window, as
// far as that goes, and returns how much it was. The window has as many bytes.
func (w *window) copy(dst []byte, back int) int {
	dst = dst[:min(len(dst), back)]
	at := w.next - back
	if at < 0 {
		at += len(w.buf)
	}
	if n := copy(dst, w.buf[at:]); n < len(dst) {
		copy(dst[n:], w.buf)
	}
	return len(dst)
}
