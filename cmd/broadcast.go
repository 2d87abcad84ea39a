package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"wscope/cmd/internal/lineedit"
	"wscope/cmd/internal/rawframe"
	"wscope/render"
	"wscope/wsproto"
)

// maxOutbox bounds what waits for a client that does not read.
const maxOutbox = 64

// sendFrom does what is put into an outbox, until that is closed. Each client has
// a goroutine for it, so that one that does not read holds up nobody else.
func (s *server) sendFrom(cl *client, outbox <-chan func(*wsproto.Conn) error) {
	for send := range outbox {
		cl.deflate.sending.Lock()
		err := send(cl.c)
		cl.deflate.sending.Unlock()
		if err == nil {
			s.view.flush()
		}
	}
}

// startInput begins to send what is typed or piped in to every client.
func (s *server) startInput(ctx context.Context, leave func()) (stop func(), err error) {
	b := &broadcast{server: s, leave: leave, payloads: payloadReader{}, over: make(chan struct{})}
	if !s.streams.interactive() {
		go b.feed(ctx)
		return func() {}, nil
	}
	history := sessionHistory(s.streams, !s.noHistory, s.view, s.colorMode, s.display.quiet)
	con, err := s.newConsole(s.streams, consoleOptions{prompt: "> ", history: history, complete: completeSlash, complain: b.fail})
	if err != nil {
		return nil, err
	}
	s.view.out.to(con)
	if s.errTTY {
		s.view.err.to(con)
	}
	typed := make(chan struct{})
	go func() {
		defer close(typed)
		defer s.guard()
		b.readConsole(con)
	}()
	return func() {
		defer close(b.over)
		con.Close()
		<-typed
		s.view.out.to(s.out)
		s.view.err.to(s.err)
	}, nil
}

// A broadcast sends to all clients at once.
type broadcast struct {
	*server
	leave    func()
	payloads payloadReader
	work     *background
	over     chan struct{} // closed when what is typed is of no interest any more
}

var _ talker = (*broadcast)(nil)

func (b *broadcast) readConsole(con console) {
	b.work = newBackground(b.streams)
	for leaving := false; ; {
		line, err := con.ReadLine()
		switch {
		case err == nil:
			if !b.work.do(func() { b.typed(line) }) {
				b.fail(errBusy)
			}
		case errors.Is(err, io.EOF), errors.Is(err, lineedit.ErrInterrupt):
			within := b.protocol.closeTimeout + closeReserve
			if leaving {
				within = closeReserve
				b.abortAll()
			}
			leaving = true
			go b.leaveUnless(b.over, within, exitInterrupted, &interruptError{os.Interrupt})
			b.leave()
		default:
			if !errors.Is(err, lineedit.ErrClosed) {
				b.fail(err)
				b.leave()
			}
			return
		}
	}
}

// typed does what a line asks for. A mistake is shown and the server goes on.
func (b *broadcast) typed(line string) {
	var err error
	if isCommand(line) {
		err = runCommand(b, line)
	} else {
		err = sendText(b, unslash(line))
	}
	if err != nil {
		b.fail(err)
	}
}

// feed sends lines of a pipe. They wait until there is a client.
func (b *broadcast) feed(ctx context.Context) {
	in := splitter{in: b.in, delimiter: []byte("\n")}
	for {
		p, err := in.next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				b.fail(err)
			}
			return
		}
		if err := checkText(p); err != nil {
			b.fail(fmt.Errorf("%s: %w", in.where(), err))
			continue
		}
		for {
			err = b.send(wsproto.OpText, p)
			if !errors.Is(err, errNoClient) {
				break
			}
			select {
			case <-b.arrived:
			case <-ctx.Done():
				return
			}
		}
		if err != nil {
			b.fail(err)
		}
	}
}

var errNoClient = errors.New("no client is connected: nothing was sent")

// all has every client do something.
func (b *broadcast) all(send func(*wsproto.Conn) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.clients) == 0 {
		return errNoClient
	}
	var behind []string
	for n, cl := range b.clients {
		select {
		case cl.outbox <- send:
		default:
			behind = append(behind, fmt.Sprintf("#%d", n))
		}
	}
	if behind != nil {
		slices.Sort(behind)
		return fmt.Errorf("not sent to %s: the client does not read", strings.Join(behind, ", "))
	}
	return nil
}

func (b *broadcast) send(op wsproto.Opcode, p []byte) error {
	p = slices.Clone(p)
	return b.all(func(c *wsproto.Conn) error { return c.WriteMessage(op, p) })
}

func (b *broadcast) sendFragments(op wsproto.Opcode, p []byte, size int) error {
	return b.all(func(c *wsproto.Conn) error { return c.WriteFragmented(op, p, size) })
}

func (b *broadcast) sendFrame(f rawframe.Frame) error { return b.all(f.On) }

func (b *broadcast) ping(p []byte) error {
	return b.all(func(c *wsproto.Conn) error { return c.Ping(p) })
}

func (b *broadcast) pong(p []byte) error {
	return b.all(func(c *wsproto.Conn) error { return c.Pong(p) })
}

func (b *broadcast) closeWith(how closing) error {
	return b.all(func(c *wsproto.Conn) error { return c.Close(how.code, how.reason) })
}

func (b *broadcast) payload(arg string) ([]byte, error) { return b.payloads.read(arg) }

func (b *broadcast) setFormat(f render.Format) { b.view.setFormat(f) }

func (b *broadcast) say(text string) {
	io.WriteString(b.view.err, strings.TrimRight(text, "\n")+"\n")
}

func (b *broadcast) fail(err error) {
	newObserver(b.view, wsproto.Server, 0).fail(err, "")
}

// each returns a line for each client, in the order of their numbers.
func (b *broadcast) each(line func(*client) string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.clients) == 0 {
		return "no client is connected"
	}
	var numbers []int
	for n := range b.clients {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	var text strings.Builder
	for _, n := range numbers {
		fmt.Fprintf(&text, "#%d %s\n", n, line(b.clients[n]))
	}
	return text.String()
}

func (b *broadcast) showStats() {
	b.say(b.each(func(cl *client) string { return cl.peer + ": " + statsText(cl.observer, cl.c) }))
}

func (b *broadcast) showHeaders() {
	b.say(b.each(func(cl *client) string {
		return cl.peer + "\n" + render.HandshakeText(cl.role, cl.request, cl.response, b.display.showSecrets)
	}))
}

func (b *broadcast) reconnect() error {
	return errors.New("a server waits for its clients; /close ends their sessions")
}

func (b *broadcast) quit() { b.leave() }
