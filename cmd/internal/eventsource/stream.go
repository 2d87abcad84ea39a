package eventsource

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"time"
)

// Defaults of a [Stream].
const (
	DefaultKeepAlive  = 15 * time.Second
	DefaultEndTimeout = time.Second
)

// Why the stream of one client has ended; see [Stream.Serve].
var (
	ErrGone    = errors.New("the client has ended the connection, or it was lost")
	ErrDropped = errors.New("the connection was dropped on purpose")
	ErrStuck   = errors.New("the client did not read to the end of the stream")
)

// A Body is where the stream of one client is written to, such as a
// [wscope/wsproto.BodyWriter].
type Body interface {
	io.WriteCloser
	SetWriteDeadline(time.Time) error
	Wait()  // until the client has gone
	Abort() // ends the connection without the end of the body
}

// A Stream carries a [Feed] to one client.
type Stream struct {
	Body Body
	Feed Feed
	// Retry is the reconnection time that the stream begins with, in whole
	// milliseconds; nil leaves it to the client.
	Retry *time.Duration
	// KeepAlive is after how much silence a comment is sent. Zero means
	// DefaultKeepAlive.
	KeepAlive time.Duration
	// DropAfter drops the connection after so many events. Zero does not.
	DropAfter int
	// EndTimeout is how long a client has to read what is left when the stream
	// ends. Zero means DefaultEndTimeout.
	EndTimeout time.Duration

	// The counters are there for whoever has called Serve.
	Count
	Bytes uint64
}

// Serve writes the feed until it or ctx ends or the client leaves, and closes the
// body. The error is nil in the first case, in the second the cause of ctx or
// [ErrStuck], and [ErrGone] in the third. With DropAfter it can be [ErrDropped].
func (s *Stream) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	endTimeout := cmp.Or(s.EndTimeout, DefaultEndTimeout)
	var wg sync.WaitGroup
	wg.Go(func() {
		s.Body.Wait()
		cancel(ErrGone)
	})
	unhook := context.AfterFunc(ctx, func() { s.Body.SetWriteDeadline(time.Now().Add(endTimeout)) })
	err := s.write(ctx)
	unhook()
	if err == ErrDropped {
		s.Body.Abort()
	} else {
		s.Body.SetWriteDeadline(time.Now().Add(endTimeout))
		s.Body.Close()
	}
	wg.Wait()
	cancel(nil)
	return err
}

func (s *Stream) write(ctx context.Context) error {
	silence := cmp.Or(s.KeepAlive, DefaultKeepAlive)
	var b []byte
	if s.Retry != nil {
		b = appendRetry(b, *s.Retry)
		if err := s.send(b); err != nil {
			return err
		}
	}
	for {
		most := 0
		if s.DropAfter > 0 {
			most = s.DropAfter - int(s.Events)
		}
		limited, done := context.WithTimeout(ctx, silence)
		piece, n, err := s.Feed.Next(limited, b[:0], most)
		done()
		switch {
		case context.Cause(ctx) == ErrGone:
			return ErrGone
		case err == nil:
		case err == io.EOF:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		default:
			piece = append(appendComment(piece, "keep-alive"), '\n')
			n.Comments++
		}
		if err := s.send(piece); err != nil {
			return err
		}
		s.add(n)
		if s.DropAfter > 0 && s.Events >= uint64(s.DropAfter) {
			return ErrDropped
		}
		if b = piece; cap(b) > 1<<20 {
			b = nil // a single large event has made it so
		}
	}
}

// send writes a part of the stream. There is a deadline only at the end.
func (s *Stream) send(b []byte) error {
	n, err := s.Body.Write(b)
	s.Bytes += uint64(n)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return ErrStuck
	}
	return ErrGone
}
