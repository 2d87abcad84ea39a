package deflate

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"

	"wscope/wsproto"
)

// messageTail is put after the payload of a message: the end of the empty block
// that was not sent, and a final block that ends the stream for the inflater.
//
// RFC 7692, Section 7.2.2.
const messageTail = "\x00\x00\xff\xff" + "\x01\x00\x00\xff\xff"

// An inflater is a decompressor with what it reads from. A message that has
// arrived whole is read from memory, which is the fast way.
type inflater struct {
	fl    io.Reader
	whole bytes.Reader
	data  []byte // of whole
	parts *bufio.Reader
	feed  feed
	split bool // parts is read, not whole
}

// maxWhole is the longest payload that is copied to be read from memory.
const maxWhole = 64 << 10

var inflaters = sync.Pool{New: func() any {
	f := &inflater{}
	f.fl = flate.NewReader(&f.whole)
	f.parts = bufio.NewReader(&f.feed)
	return f
}}

// source is what the decompressor reads. The library has code of its own for
// each of the two types.
func (f *inflater) source() flate.Reader {
	if f.split {
		return f.parts
	}
	return &f.whole
}

func (f *inflater) restart(dict []byte) {
	f.fl.(flate.Resetter).Reset(f.source(), dict) // never fails
}

// more reports whether there is more of the payload.
func (f *inflater) more() (bool, error) {
	if !f.split {
		return f.whole.Len() > len(messageTail), nil
	}
	for !f.feed.ended && f.parts.Buffered() == 0 && len(f.feed.chunk) == 0 {
		if err := f.feed.pull(); err != nil {
			return false, err
		}
	}
	return f.parts.Buffered()+len(f.feed.chunk)+len(f.feed.tail) > len(messageTail), nil
}

// A feed is a payload that arrives bit by bit, and the tail.
type feed struct {
	codec *Codec
	wire  wsproto.WireReader
	chunk []byte
	tail  string
	ended bool  // chunk is the last
	err   error // of the wire
}

// pull waits for more of the payload.
func (f *feed) pull() error {
	f.chunk = nil
	chunk, err := f.wire.Next()
	switch {
	case err == io.EOF:
		f.ended = true
		return nil
	case err != nil:
		f.err = err
		return err
	}
	f.chunk = chunk
	f.codec.received.wire.Add(uint64(len(chunk)))
	return nil
}

func (f *feed) Read(p []byte) (int, error) {
	for len(f.chunk) == 0 && !f.ended {
		if err := f.pull(); err != nil {
			return 0, err
		}
	}
	n := copy(p, f.chunk)
	if f.chunk = f.chunk[n:]; n > 0 {
		return n, nil
	}
	if f.tail == "" {
		return 0, io.EOF
	}
	n = copy(p, f.tail)
	f.tail = f.tail[n:]
	return n, nil
}

// A reader inflates one message after the other.
type reader struct {
	codec *Codec
	first wsproto.Header
	wire  wsproto.WireReader
	inf   *inflater // nil before the first Read and after the end
	final bool      // a block with BFINAL has ended
	err   error     // of every further Read
}

func (r *reader) reset(first wsproto.Header, wire wsproto.WireReader) {
	r.release()
	r.first, r.wire, r.final, r.err = first, wire, false, nil
	r.codec.received.context.Store(int64(len(r.codec.received.bytes())))
}

// release gives the inflater back. What it refers to is not kept alive.
func (r *reader) release() {
	f := r.inf
	r.inf, r.wire = nil, nil
	if f == nil {
		return
	}
	f.feed = feed{}
	f.whole.Reset(nil)
	inflaters.Put(f)
}

// Read returns what is inflated of the message. Of a fragmented one it returns
// each block as soon as that has arrived.
//
// RFC 7692, Section 7.2.2.
func (r *reader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.read(p)
	if err != nil {
		r.err = err
		if err == io.EOF {
			r.codec.received.messages.Add(1)
		}
		r.release()
	}
	return n, err
}

func (r *reader) read(p []byte) (int, error) {
	in := &r.codec.received
	if r.inf == nil {
		if err := r.begin(); err != nil {
			return 0, err
		}
	}
	for {
		if r.final {
			// "The next DEFLATE block follows the padded data if any." It may
			// still refer to what was before.
			more, err := r.inf.more()
			switch {
			case err != nil:
				return 0, err
			case !more:
				return 0, io.EOF
			}
			r.final = false
			r.inf.restart(in.bytes())
		}
		n, err := r.inf.fl.Read(p)
		in.plain.Add(uint64(n))
		if r.codec.receive.Takeover {
			in.add(p[:n])
		}
		switch {
		case err == io.EOF:
			r.final = true
		case err != nil:
			return n, r.broken(err)
		}
		if n > 0 {
			return n, nil
		}
	}
}

// begin waits for the beginning of the payload and makes the inflater ready.
func (r *reader) begin() error {
	f := inflaters.Get().(*inflater)
	r.inf = f
	f.feed = feed{codec: r.codec, wire: r.wire, tail: messageTail}
	if err := f.feed.pull(); err != nil {
		return err
	}
	dict := r.codec.received.bytes()
	chunk := f.feed.chunk
	f.split = !r.first.FIN || uint64(len(chunk)) < r.first.PayloadLen || len(chunk) > maxWhole
	switch {
	case !f.split:
		f.data = append(append(f.data[:0], chunk...), messageTail...)
		f.whole.Reset(f.data)
	default:
		f.parts.Reset(&f.feed)
		if !r.first.FIN {
			// Only a new one hands a block out when it is complete. It forgets
			// that with the next restart.
			f.fl = flate.NewReaderOpts(f.parts, flate.WithDict(dict), flate.WithPartialBlock())
			return nil
		}
	}
	f.restart(dict)
	return nil
}

// broken makes a broken rule of an error of the decompressor. Errors of the
// wire stay as they are.
func (r *reader) broken(err error) error {
	if r.inf.feed.err != nil {
		return r.inf.feed.err
	}
	reason := "the compressed data of the message is corrupt"
	if errors.Is(err, io.ErrUnexpectedEOF) {
		reason = "the compressed data of the message ends inside a block"
	}
	return &wsproto.ProtocolError{Code: wsproto.CloseInvalidPayload, RFC: 7692, Section: "7.2.2", Reason: reason}
}
