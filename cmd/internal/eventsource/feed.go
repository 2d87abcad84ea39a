package eventsource

import "context"

// pieceSize is about how many bytes of several events are written at once.
const pieceSize = 32 << 10

// A Feed is what one client of a stream gets. It belongs to one goroutine.
type Feed interface {
	// Next appends what comes next, of events not more than most unless that is
	// 0. It waits until there is something. When ctx is done it returns what
	// cannot wait, and then the error of ctx; after the last event it returns
	// io.EOF.
	Next(ctx context.Context, b []byte, most int) ([]byte, Count, error)
}

// A Count is how much of a stream there was.
type Count struct {
	Events, Comments uint64
	// Lost are the events that a client has missed for good.
	Lost uint64
}

func (c *Count) add(n Count) {
	c.Events += n.Events
	c.Comments += n.Comments
	c.Lost += n.Lost
}

// full reports whether enough has been appended for a piece.
func (c *Count) full(size, most int) bool {
	return size >= pieceSize || most > 0 && c.Events >= uint64(most)
}
