package zstd

import "io"

// MaxWindowSize is the largest window of a frame, 8 MiB.
//
// RFC 9659, Section 3.
const MaxWindowSize = 8 << 20

// A Reader decodes a series of frames. It is not for several goroutines at once,
// and starts none.
//
// It holds a window of at most [MaxWindowSize], and the content of one block as
// it came, its literals, and what it is decoded to, each at most 128 KiB; all of
// it grows with what the frames really have.
type Reader struct {
	src source
	out []byte // decoded and not yet handed out
	err error  // comes after out; final

	skipping uint32 // bytes of a skippable frame
	inFrame  bool
	frame    frame
	hash     xxhash

	last     bool // no block of the frame comes after
	raw      int  // bytes of a raw block
	window   window
	block    []byte // what a block is decoded to
	literals []byte

	offsets [3]uint32 // the last ones, most recent first
	huffman huffman
	tables  [kinds]*table // of the last sequences; nil before the first
	own     [kinds]table  // those that a block described
	dist    distribution  // scratch
}

// NewReader returns a Reader of the frames in r. It reads ahead what r has, but
// waits for nothing that it does not need.
func NewReader(r io.Reader) *Reader {
	return &Reader{src: source{r: r}}
}

// Read hands out what has been decoded, from one block at a time: each as soon
// as it is there, and a raw block as it arrives.
//
// The error is [io.EOF] if the input ends between frames, also if it is empty,
// and [io.ErrUnexpectedEOF] if it ends elsewhere; an [*Error] if the input is
// wrong; and otherwise the error of the input. It stays the same.
func (z *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(z.out) == 0 {
		if z.err == nil {
			z.err = z.step()
		}
		if z.err != nil {
			return 0, z.err
		}
	}
	n := copy(p, z.out)
	z.out = z.out[n:]
	return n, nil
}

// step decodes what comes next. What there is to hand out is then in z.out,
// until the next step; with an error it is nothing.
func (z *Reader) step() error {
	switch {
	case z.skipping > 0:
		return z.skip()
	case !z.inFrame:
		return z.beginFrame()
	case z.raw > 0:
		return z.rawBytes()
	case z.last:
		return z.endFrame()
	}
	return z.nextBlock()
}
