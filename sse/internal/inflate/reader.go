package inflate

import (
	"hash"
	"io"
)

// A Reader decodes a stream. It is not for several goroutines at once, and starts
// none. All the memory that it ever takes is the 80 KiB or so that it has.
type Reader struct {
	src    source
	window window
	err    error // comes after what is in the window; final

	begin, end func(*Reader) error // a member: its header, its trailer
	sum        hash.Hash32         // of what was handed out of the member; nil for none
	size       uint32              // of that

	next   func(*Reader) error // decodes what comes next
	inData bool                // which is of the blocks of a member
	begun  int64               // where the block begins
	last   bool                // no block of the member comes after it
	stored int                 // bytes that a stored block still has
	codes  *codes              // of the block
	own    codes               // those that a block described
	fixed  *fixed
	header lengthCodes // scratch
}

// newReader returns a Reader of members that begin and end that way.
func newReader(r io.Reader, begin, end func(*Reader) error) *Reader {
	return &Reader{src: source{r: r}, begin: begin, end: end, next: begin, fixed: theFixed()}
}

// Read hands out what has been decoded: all of what has arrived, before it waits
// for more.
//
// The error is [io.EOF] if the input ends where it may, also if it is empty, and
// [io.ErrUnexpectedEOF] if it ends elsewhere; an [*Error] if the input is wrong;
// and otherwise the error of the input. It stays the same.
func (z *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for z.err == nil && (z.window.pending() == 0 || z.ready()) {
		z.err = z.next(z)
	}
	if z.window.pending() == 0 {
		return 0, z.err
	}
	n := z.window.take(p)
	if z.sum != nil {
		z.sum.Write(p[:n])
		z.size += uint32(n)
	}
	return n, nil
}

// ready reports whether what comes next can be decoded without a wait, at least in
// part: blocks wait only in their header.
func (z *Reader) ready() bool {
	return z.inData && z.src.arrived() >= maxBlockHeader && z.window.free() >= outputRoom
}

// beginData begins the blocks of a member.
func (z *Reader) beginData() {
	z.window.reset()
	if z.sum != nil {
		z.sum.Reset()
	}
	z.size, z.inData, z.next = 0, true, (*Reader).nextBlock
}
