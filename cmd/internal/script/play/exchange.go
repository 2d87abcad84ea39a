package play

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"wscope/cmd/internal/expect"
	"wscope/cmd/internal/script"
	"wscope/render"
	"wscope/wsproto"
)

// maxBody bounds the body of an HTTP message that is kept.
const maxBody = 16 << 20

// header returns the fields of a message: those that were there, without and with
// what the options say.
func (l *link) header(fields wsproto.Fields, omit []string) (wsproto.Fields, []string, error) {
	fields, omit = slices.Clone(fields), slices.Clone(omit)
	for _, o := range l.open.Options {
		switch o.Name {
		case "header":
			s, err := l.vars.expand(o.Texts[0])
			if err != nil {
				return nil, nil, err
			}
			f, err := script.ParseField(s)
			if err != nil {
				return nil, nil, err
			}
			fields = append(fields, f)
		case "without":
			name, err := l.vars.expand(o.Texts[0])
			if err != nil {
				return nil, nil, err
			}
			omit = append(omit, name)
			fields = slices.DeleteFunc(fields, func(f wsproto.Field) bool { return strings.EqualFold(f.Name, name) })
		}
	}
	return fields, omit, nil
}

func setField(fields wsproto.Fields, name, value string) wsproto.Fields {
	fields = slices.DeleteFunc(fields, func(f wsproto.Field) bool { return strings.EqualFold(f.Name, name) })
	return append(fields, wsproto.Field{Name: name, Value: value})
}

// request sends an HTTP request and waits for the response.
func (l *link) request() error {
	peer, err := l.resolve()
	if err != nil {
		return err
	}
	header, host, err := l.httpHeader(peer)
	if err != nil {
		return err
	}
	body, _, err := l.bodyOption()
	if err != nil {
		return err
	}
	ctx, done := l.bounded(peer)
	defer done()
	url := httpURL(peer.URL)
	r, err := http.NewRequestWithContext(ctx, l.open.Method, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if r.Header = header; host != "" {
		r.Host = host
	}
	httpCookies{l}.Sign(r, false)
	t := &tap{}
	resp, err := l.transport(peer, t).RoundTrip(r)
	if err != nil {
		l.showExchange(url, t, err)
		return l.explain(ctx, peer, err)
	}
	defer resp.Body.Close()
	l.showExchange(url, t, nil)
	l.response(resp)
	httpCookies{l}.Answered(resp, false)
	if l.body, err = readBody(resp.Body); err != nil {
		return fmt.Errorf("reading the body of the response: %w", l.explain(ctx, peer, err))
	}
	l.inbox.finish(&expect.Message{Kind: expect.Close}, errors.New("the exchange is over"))
	return nil
}

// httpURL returns the http: form of a ws: URL.
func httpURL(url string) string { return "http" + strings.TrimPrefix(url, "ws") }

// response keeps the head of a response.
func (l *link) response(r *http.Response) {
	l.status = r.StatusCode
	l.fields = nil
	for name, values := range r.Header {
		for _, v := range values {
			l.fields = append(l.fields, wsproto.Field{Name: name, Value: v})
		}
	}
}

// httpHeader returns the header of a request in the form of net/http, where nil
// values leave out what is sent by default, and its Host, if the script says.
func (l *link) httpHeader(peer *Peer) (header http.Header, host string, err error) {
	fields, omit, err := l.header(peer.Dialer.Header, peer.Dialer.Omit)
	if err != nil {
		return nil, "", err
	}
	header = http.Header{}
	for _, name := range omit {
		header[http.CanonicalHeaderKey(name)] = nil
	}
	for _, f := range fields {
		header[f.Name] = append(header[f.Name], f.Value)
	}
	return header, fields.Value("Host"), nil
}

// bodyOption returns the body that the script gives, if it does.
func (l *link) bodyOption() (body []byte, ok bool, err error) {
	o := l.open.Option("body")
	if o == nil {
		return nil, false, nil
	}
	body, err = l.bytes(o.Content, o.Pos)
	return body, true, err
}

func readBody(r io.Reader) ([]byte, error) {
	p, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	if err == nil && len(p) > maxBody {
		err = fmt.Errorf("it is longer than %d bytes", maxBody)
	}
	return p, err
}

// transport returns a transport for HTTP/1.1 that shows t what is on the wire.
// Each exchange has a connection of its own.
func (l *link) transport(peer *Peer, t *tap) *http.Transport {
	dial := func(secure bool) func(context.Context, string, string) (net.Conn, error) {
		return func(ctx context.Context, _, addr string) (net.Conn, error) {
			host, port, err := net.SplitHostPort(addr)
			if err != nil {
				return nil, err
			}
			nc, err := peer.Open(ctx, host, port, secure)
			if err != nil {
				return nil, err
			}
			return t.on(nc), nil
		}
	}
	return &http.Transport{
		DisableKeepAlives:  true,
		DisableCompression: true,
		DialContext:        dial(false),
		DialTLSContext:     dial(true),
	}
}

// showExchange shows the heads that have passed the tap.
func (l *link) showExchange(url string, t *tap, err error) {
	request, response := t.heads()
	l.observer.Show(&render.Exchange{Meta: l.meta(), URL: url, Request: request, Response: response, Err: err})
}

func (l *link) meta() render.Meta { return render.Meta{Time: time.Now(), Conn: l.number} }

// note shows a remark about the link.
func (l *link) note(format string, args ...any) {
	l.observer.Show(&render.Note{Meta: l.meta(), Text: fmt.Sprintf(format, args...)})
}
