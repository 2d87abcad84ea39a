package cmd

import (
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"strings"
	"syscall"
	"testing"

	"wscope/sse"
	"wscope/wsproto"
)

// failingTransport fails each request with an error.
type failingTransport struct{ err error }

func (t failingTransport) RoundTrip(*http.Request) (*http.Response, error) { return nil, t.err }

// What comes of a connection before the request gets a sentence: net/http has
// the name of a function, and of bytes that came no error.
func TestWordedTransport(t *testing.T) {
	const inside = "readLoopPeekFailLocked: "
	silent := errors.New(inside + "%!w(<nil>)")
	reset := fmt.Errorf(inside+"%w", syscall.ECONNRESET)
	for _, test := range []struct {
		err  error
		want string
		exit int
	}{
		{silent, errSpeaksFirst.Error(), exitProtocol},
		{fmt.Errorf("net/http: HTTP/1.x transport connection broken: %w", silent), errSpeaksFirst.Error(), exitProtocol},
		{reset, syscall.ECONNRESET.Error(), exitReceive},
		{fmt.Errorf("broken: %w", reset), syscall.ECONNRESET.Error(), exitReceive},
		{fmt.Errorf("net/http: HTTP/1.x transport connection broken: %w", textproto.ProtocolError(`malformed MIME header line: "Set-Cookie: S3CRET\x01"`)), badLineError("Set-Cookie").Error(), exitProtocol},
		{textproto.ProtocolError(`malformed MIME header: missing colon: "Set-Cookie S3CRET"`), badLineError("Set-Cookie").Error(), exitProtocol},
		{textproto.ProtocolError(`malformed MIME header initial line: " S3CRET"`), badLineError("").Error(), exitProtocol},
		{syscall.EPIPE, syscall.EPIPE.Error(), exitReceive},
	} {
		c := &sse.Client{Transport: wordedTransport{failingTransport{test.err}}, FailFirst: true}
		stream, err := c.Stream(t.Context(), "http://h/")
		if err != nil {
			t.Fatal(err)
		}
		defer stream.Close()
		_, err = stream.Next()
		if got := strings.TrimPrefix(err.Error(), "no response: "); got != test.want {
			t.Errorf("%v: got %q, want %q", test.err, got, test.want)
		}
		if got := streamFailure(err, wsproto.URL{}).code; got != test.exit {
			t.Errorf("%v: exit status %d, want %d", test.err, got, test.exit)
		}
	}
}
