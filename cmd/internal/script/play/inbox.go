package play

import (
	"bytes"
	"context"
	"sync"

	"wscope/cmd/internal/expect"
)

// A bell wakes all who wait for something to happen.
type bell struct {
	mu   sync.Mutex
	rung chan struct{}
}

// next returns a channel that is closed when the bell rings.
func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung == nil {
		b.rung = make(chan struct{})
	}
	return b.rung
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung != nil {
		close(b.rung)
		b.rung = nil
	}
}

// The limits of what waits in an inbox. A peer that sends more is not listened to
// until some of it has been looked at.
const (
	maxWaitingBytes    = 64 << 20
	maxWaitingMessages = 10_000
	maxWaitingControls = 1024 // older ones are forgotten
)

// An inbox has what has come over a connection and was not looked at. Messages
// and events are in one row, pings and pongs in another.
type inbox struct {
	bell *bell
	over chan struct{} // closed when nothing more can come

	mu       sync.Mutex
	messages []*expect.Message
	controls []*expect.Message
	size     int           // bytes in messages
	room     chan struct{} // closed when there is room again; nil if nobody waits
	end      *expect.Message
	why      error // of the end
	guards   []*guard
}

// A guard is a message that must not come.
type guard struct {
	x   *expect.Matcher
	hit func(*expect.Message) // with the inbox locked
}

func newInbox(b *bell) *inbox { return &inbox{bell: b, over: make(chan struct{})} }

// isControl tells which row a message is in.
func isControl(k expect.Kind) bool { return k == expect.Ping || k == expect.Pong }

// put adds a message, whose data are copied. It waits while the inbox is full.
func (b *inbox) put(ctx context.Context, m *expect.Message) {
	m.Data = bytes.Clone(m.Data)
	defer b.bell.ring()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.look(m)
	if isControl(m.Kind) {
		if len(b.controls) == maxWaitingControls {
			b.controls = b.controls[1:]
		}
		b.controls = append(b.controls, m)
		return
	}
	for len(b.messages) > 0 && (b.size+len(m.Data) > maxWaitingBytes || len(b.messages) >= maxWaitingMessages) {
		if b.room == nil {
			b.room = make(chan struct{})
		}
		room := b.room
		b.mu.Unlock()
		select {
		case <-room:
		case <-ctx.Done():
			b.mu.Lock()
			return
		}
		b.mu.Lock()
	}
	b.messages = append(b.messages, m)
	b.size += len(m.Data)
}

// finish notes that nothing more can come, and why.
func (b *inbox) finish(end *expect.Message, why error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.end != nil {
		return
	}
	b.end, b.why = end, why
	b.look(end)
	close(b.over)
	b.bell.ring()
}

// look shows a message to the guards.
func (b *inbox) look(m *expect.Message) {
	for _, g := range b.guards {
		if g.x.Match(m) == nil {
			g.hit(m)
		}
	}
}

// take returns the next message of the row in which kind is. Without one it
// returns nil, and ended once nothing more can come. For a Close the messages
// before it are passed over.
func (b *inbox) take(kind expect.Kind) (m *expect.Message, ended bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	row := &b.messages
	if isControl(kind) {
		row = &b.controls
	}
	if kind == expect.Close {
		b.messages, b.size = nil, 0
		b.makeRoom()
		return b.end, b.end != nil
	}
	if len(*row) == 0 {
		return nil, b.end != nil
	}
	m = (*row)[0]
	(*row)[0] = nil
	*row = (*row)[1:]
	if row == &b.messages {
		b.size -= len(m.Data)
		b.makeRoom()
	}
	return m, false
}

func (b *inbox) makeRoom() {
	if b.room != nil {
		close(b.room)
		b.room = nil
	}
}

// watch adds a guard, which looks at what waits, too. The returned function takes
// it away.
func (b *inbox) watch(g *guard) (remove func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.guards = append(b.guards, g)
	for _, row := range [][]*expect.Message{b.messages, b.controls} {
		for _, m := range row {
			if g.x.Match(m) == nil {
				g.hit(m)
			}
		}
	}
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for i := range b.guards {
			if b.guards[i] == g {
				b.guards = append(b.guards[:i:i], b.guards[i+1:]...)
				return
			}
		}
	}
}

// disarm takes all guards away.
func (b *inbox) disarm() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.guards = nil
}

// cause returns why nothing more can come, nil if more can.
func (b *inbox) cause() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.why
}
