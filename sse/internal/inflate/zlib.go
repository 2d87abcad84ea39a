package inflate

import (
	"hash/adler32"
	"io"
	"math/bits"
)

const (
	methodDeflate = 8
	maxWindowInfo = 7 // CINFO of a window of 32 KiB
	flagDict      = 1 << 5
)

// NewDeflateReader returns a Reader of the deflate coding, which is the zlib
// format, and also what many send in its name, bare deflate data. What comes after
// its end is not looked at. It reads ahead what r has, but waits for nothing that
// it does not need.
//
// RFC 9110, Section 8.4.1.2.
func NewDeflateReader(r io.Reader) *Reader {
	return newReader(r, (*Reader).beginDeflate, nil)
}

// beginDeflate tells the formats apart. The low bits of the first byte are no
// sensible beginning of bare data if they are those of zlib: a stored block with a
// padding that is not zero.
//
// RFC 1950, Section 2.2.
func (z *Reader) beginDeflate() error {
	if err := z.src.need(8); err != nil {
		return err
	}
	if z.src.acc&0x0F == methodDeflate {
		if err := inside(z.src.need(16)); err != nil {
			return err
		}
		method, flags := z.src.acc&0xFF, z.src.acc>>8&0xFF
		if (method<<8|flags)%31 == 0 {
			return z.beginZlib(byte(method), byte(flags))
		}
	}
	z.end = (*Reader).endBare
	z.beginData()
	return nil
}

// beginZlib takes the header of the zlib format, which is loaded.
func (z *Reader) beginZlib(method, flags byte) error {
	const section = "2.2"
	offset := z.src.offset()
	z.src.drop(16)
	if info := method >> 4; info > maxWindowInfo {
		return zlibError(offset, section, "the window has %d bytes, expected at most %d", 1<<(info+8), windowSize)
	}
	if flags&flagDict != 0 {
		id, err := z.src.take(32)
		if err != nil {
			return err
		}
		return zlibError(offset, section, "the stream needs the dictionary %08x, expected a stream without one", bits.ReverseBytes32(id))
	}
	z.end, z.sum = (*Reader).endZlib, adler32.New()
	z.beginData()
	return nil
}

// endZlib checks the trailer of the zlib format.
func (z *Reader) endZlib() error {
	z.src.align()
	offset := z.src.offset()
	v, err := z.src.take(32)
	if err != nil {
		return err
	}
	if got, want := bits.ReverseBytes32(v), z.sum.Sum32(); got != want {
		return zlibError(offset, "2.2", "the Adler-32 is %08x, expected %08x for the content that came", got, want)
	}
	return io.EOF
}

// endBare ends data without a trailer.
func (*Reader) endBare() error { return io.EOF }
