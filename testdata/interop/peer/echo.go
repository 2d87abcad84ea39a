package peer

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"time"
)

// patience bounds every wait. Only a test that fails gets to it.
const patience = 30 * time.Second

// Echo sends every message back. The path of the URL says how:
//
//	/                        as it came
//	/fragments               in several frames
//	/ping                    after a ping has been answered
//	/close?code=N&reason=S   and begins the closing handshake after the first
//
// It returns how the connection ended.
func Echo(c Conn, u *url.URL) *End {
	for {
		m, err := receive(c)
		if err == nil {
			err = echo(c, u, m)
		}
		if err != nil {
			var end *End
			if !errors.As(err, &end) {
				end = &End{Code: Unknown, Err: err}
			}
			return end
		}
	}
}

func receive(c Conn) (Message, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return c.Receive(ctx)
}

func echo(c Conn, u *url.URL, m Message) error {
	switch u.Path {
	case "/fragments":
		return c.SendFragmented(m)
	case "/ping":
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := c.Ping(ctx); err != nil {
			return err
		}
	case "/close":
		if err := c.Send(m); err != nil {
			return err
		}
		code, err := strconv.Atoi(u.Query().Get("code"))
		if err != nil {
			return err
		}
		return c.Close(code, u.Query().Get("reason"))
	}
	return c.Send(m)
}
