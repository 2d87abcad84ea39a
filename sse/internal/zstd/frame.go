package zstd

import "io"

const (
	magic          = 0xFD2FB528
	skippableMagic = 0x184D2A50 // to 0x184D2A5F
)

const (
	// maxBlock is the largest block of any frame.
	maxBlock = 128 << 10
	// minWindow is the least window of a frame that is not a single segment. A
	// segment may be smaller, but its blocks are only held to its size when they
	// are decoded: encoders do not take more care.
	minWindow = 1 << 10
)

// A frame is what the header of a frame says.
//
// RFC 8878, Section 3.1.1.1.
type frame struct {
	offset   int64 // of the frame in the input
	window   int
	maxBlock int
	sized    bool   // size is known
	size     uint64 // of the content
	checksum bool

	decoded uint64 // bytes so far
}

// beginFrame reads what stands before the content of a frame of either kind. The
// input may end before it.
func (z *Reader) beginFrame() error {
	p, err := z.src.peek(4)
	if err == io.EOF && len(p.data) > 0 {
		return io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	start := p
	switch v, _ := p.number(4); {
	case v == magic:
		return z.beginZstandard()
	case v&^0xF == skippableMagic:
		return z.beginSkippable()
	}
	return start.errorf("3.1.1", "a frame begins with %x, expected 28b52ffd", start.data)
}

// beginSkippable reads the header of a frame that means nothing to us.
//
// RFC 8878, Section 3.1.2.
func (z *Reader) beginSkippable() error {
	p, err := z.src.inside(8)
	if err != nil {
		return err
	}
	z.src.skip(8)
	p.take(4)
	size, _ := p.number(4)
	z.skipping = uint32(size)
	return nil
}

func (z *Reader) skip() error {
	p, err := z.src.some(int(min(z.skipping, 1<<20)))
	z.skipping -= uint32(len(p.data))
	return err
}

// beginZstandard reads the header of a frame, and starts with nothing that
// frames before it have left.
func (z *Reader) beginZstandard() error {
	p, err := z.src.inside(5)
	if err != nil {
		return err
	}
	length := headerLength(p.data[4])
	if p, err = z.src.inside(4 + length); err != nil {
		return err
	}
	f := frame{offset: p.offset}
	p.take(4)
	if err := f.parse(p); err != nil {
		return err
	}
	z.src.skip(4 + length)
	z.frame, z.inFrame, z.last = f, true, false
	z.hash.reset()
	z.window.reset(f.window)
	z.offsets = [3]uint32{1, 4, 8}
	z.huffman.present = false
	z.tables = [kinds]*table{}
	return nil
}

// The fields of Frame_Header_Descriptor.
//
// RFC 8878, Section 3.1.1.1.1.
func sizeFlag(descriptor byte) int       { return int(descriptor >> 6) }
func singleSegment(descriptor byte) bool { return descriptor&0x20 != 0 }
func dictionaryFlag(descriptor byte) int { return int(descriptor & 3) }

// sizeLength returns how many bytes Frame_Content_Size has.
func sizeLength(descriptor byte) int {
	n := 1 << sizeFlag(descriptor)
	if n == 1 && !singleSegment(descriptor) {
		return 0
	}
	return n
}

// dictionaryLength returns how many bytes Dictionary_ID has.
func dictionaryLength(descriptor byte) int { return 1 << dictionaryFlag(descriptor) >> 1 }

// headerLength returns how many bytes a frame header with this descriptor has.
func headerLength(descriptor byte) int {
	n := 1 + dictionaryLength(descriptor) + sizeLength(descriptor)
	if !singleSegment(descriptor) {
		n++
	}
	return n
}

// parse reads a whole frame header.
func (f *frame) parse(p part) error {
	start := p
	v, _ := p.number(1)
	descriptor := byte(v)
	if descriptor&8 != 0 {
		return start.errorf("3.1.1.1.1.4", "the reserved bit of frame header descriptor 0x%02x is set, expected 0", descriptor)
	}
	f.checksum = descriptor&4 != 0

	var window uint64
	windowAt := p
	if !singleSegment(descriptor) {
		v, _ := p.number(1)
		window = 1 << (10 + v>>3)
		window += window / 8 * (v & 7)
	}
	dictionaryAt := p
	if id, _ := p.number(dictionaryLength(descriptor)); id != 0 {
		return dictionaryAt.errorf("3.1.1.1.3", "the frame needs the dictionary %d, expected a frame without one", id)
	}
	n := sizeLength(descriptor)
	f.sized = n > 0
	f.size, _ = p.number(n)
	if n == 2 {
		f.size += 256
	}
	if singleSegment(descriptor) {
		window = f.size
	}
	if window > MaxWindowSize {
		e := windowAt.errorf("", "the window of the frame has %d bytes, expected at most %d", window, MaxWindowSize)
		e.Section = "RFC 9659, Section 3"
		return e
	}
	f.window = int(window)
	f.maxBlock = min(max(f.window, minWindow), maxBlock)
	return nil
}

// add counts decoded bytes of the block at offset.
func (f *frame) add(offset int64, n int) error {
	f.decoded += uint64(n)
	if f.sized && f.decoded > f.size {
		return errorAt(offset, "3.1.1.1.4", "the content of the frame is longer than the %d bytes of its header", f.size)
	}
	return nil
}

// endFrame reads and checks what stands after the content.
func (z *Reader) endFrame() error {
	f := &z.frame
	if f.sized && f.decoded < f.size {
		return errorAt(z.src.offset, "3.1.1.1.4", "the content of the frame ends after %d bytes, expected %d", f.decoded, f.size)
	}
	if f.checksum {
		p, err := z.src.inside(4)
		if err != nil {
			return err
		}
		start := p
		got, _ := p.number(4)
		if want := uint32(z.hash.sum()); uint32(got) != want {
			return start.errorf("3.1.1", "the checksum is %08x, expected %08x for the content that came", got, want)
		}
		z.src.skip(4)
	}
	z.inFrame = false
	return nil
}
