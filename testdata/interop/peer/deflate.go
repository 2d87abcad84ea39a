package peer

import (
	"bufio"
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"

	"github.com/coder/websocket"
	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
	"github.com/gobwas/ws/wsutil"
	gorilla "github.com/gorilla/websocket"
	"github.com/lxzan/gws"

	"wscope/wsproto"
	"wscope/wsproto/deflate"
)

// A Deflate is how both sides of a connection compress. Every implementation of
// this package compresses even the shortest messages.
type Deflate struct {
	ServerTakeover, ClientTakeover bool
	ServerBits, ClientBits         int // 15 stands for no limit
}

// Params returns the parameters that ask for d, whoever asks.
func (d Deflate) Params() deflate.Params {
	p := deflate.Params{
		ServerNoContextTakeover: !d.ServerTakeover,
		ClientNoContextTakeover: !d.ClientTakeover,
	}
	if d.ServerBits < 15 {
		p.ServerMaxWindowBits = d.ServerBits
	}
	if d.ClientBits < 15 {
		p.ClientMaxWindowBits = d.ClientBits
	}
	return p
}

// A DeflateLibrary is an implementation that compresses.
type DeflateLibrary struct {
	Name string
	// Serves and Dials tell what the implementation can agree to as a server
	// and as a client.
	Serves, Dials func(Deflate) bool
	Dial          func(ctx context.Context, url string, d Deflate) (Conn, error)
	// Serve is as in [Library].
	Serve func(l net.Listener, d Deflate, handle func(Conn, *url.URL))
}

// DeflateLibraries returns the libraries that compress.
func DeflateLibraries() []DeflateLibrary {
	return []DeflateLibrary{deflateGorilla(), deflateCoder(), deflateGobwas(), deflateGWS()}
}

func unlimited(d Deflate) bool { return d.ServerBits == 15 && d.ClientBits == 15 }

// deflateGorilla carries no context over.
func deflateGorilla() DeflateLibrary {
	can := func(d Deflate) bool { return unlimited(d) && !d.ServerTakeover && !d.ClientTakeover }
	return DeflateLibrary{
		Name: "gorilla", Serves: can, Dials: can,
		Dial: func(ctx context.Context, url string, _ Deflate) (Conn, error) {
			c, _, err := (&gorilla.Dialer{EnableCompression: true}).DialContext(ctx, url, nil)
			if err != nil {
				return nil, err
			}
			return newGorilla(c), nil
		},
		Serve: func(l net.Listener, _ Deflate, handle func(Conn, *url.URL)) {
			u := gorilla.Upgrader{EnableCompression: true}
			serveHTTP(l, func(w http.ResponseWriter, r *http.Request) (Conn, error) {
				c, err := u.Upgrade(w, r, nil)
				if err != nil {
					return nil, err
				}
				return newGorilla(c), nil
			}, handle)
		},
	}
}

// deflateCoder has a mode for both sides at once.
func deflateCoder() DeflateLibrary {
	mode := func(d Deflate) websocket.CompressionMode {
		if d.ServerTakeover {
			return websocket.CompressionContextTakeover
		}
		return websocket.CompressionNoContextTakeover
	}
	can := func(d Deflate) bool { return unlimited(d) && d.ServerTakeover == d.ClientTakeover }
	return DeflateLibrary{
		Name: "coder", Serves: can, Dials: can,
		Dial: func(ctx context.Context, url string, d Deflate) (Conn, error) {
			c, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{CompressionMode: mode(d), CompressionThreshold: 1})
			if err != nil {
				return nil, err
			}
			return newCoder(c), nil
		},
		Serve: func(l net.Listener, d Deflate, handle func(Conn, *url.URL)) {
			serveHTTP(l, func(w http.ResponseWriter, r *http.Request) (Conn, error) {
				c, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: mode(d), CompressionThreshold: 1})
				if err != nil {
					return nil, err
				}
				return newCoder(c), nil
			}, handle)
		},
	}
}

// deflateGobwas negotiates everything, but its helper starts anew with each
// message and compresses with the largest window.
func deflateGobwas() DeflateLibrary {
	params := func(d Deflate) wsflate.Parameters {
		p := d.Params()
		return wsflate.Parameters{
			ServerNoContextTakeover: p.ServerNoContextTakeover, ClientNoContextTakeover: p.ClientNoContextTakeover,
			ServerMaxWindowBits: wsflate.WindowBits(p.ServerMaxWindowBits), ClientMaxWindowBits: wsflate.WindowBits(p.ClientMaxWindowBits),
		}
	}
	none := func(d Deflate) bool { return !d.ServerTakeover && !d.ClientTakeover }
	return DeflateLibrary{
		Name:   "gobwas",
		Serves: func(d Deflate) bool { return none(d) && d.ServerBits == 15 },
		Dials:  func(d Deflate) bool { return none(d) && d.ClientBits == 15 },
		Dial: func(ctx context.Context, url string, d Deflate) (Conn, error) {
			dialer := ws.Dialer{Extensions: []httphead.Option{params(d).Option()}}
			nc, br, _, err := dialer.Dial(ctx, url)
			if err != nil {
				return nil, err
			}
			if br == nil {
				br = bufio.NewReader(nc)
			}
			return newGobwasDeflate(nc, br, ws.StateClientSide), nil
		},
		Serve: func(l net.Listener, d Deflate, handle func(Conn, *url.URL)) {
			serveHTTP(l, func(w http.ResponseWriter, r *http.Request) (Conn, error) {
				x := wsflate.Extension{Parameters: params(d)}
				nc, rw, _, err := ws.HTTPUpgrader{Negotiate: x.Negotiate}.Upgrade(r, w)
				if err != nil {
					return nil, err
				}
				return newGobwasDeflate(nc, rw.Reader, ws.StateServerSide), nil
			}, handle)
		},
	}
}

// gobwasHelper is the helper of the library at a level that is not the slowest.
var gobwasHelper = wsflate.Helper{
	Compressor: func(w io.Writer) wsflate.Compressor {
		f, _ := flate.NewWriter(w, flate.BestSpeed) // fails only for levels that do not exist
		return f
	},
	Decompressor: wsflate.DefaultHelper.Decompressor,
}

type gobwasDeflate struct{ *gobwasConn }

func newGobwasDeflate(nc net.Conn, br *bufio.Reader, state ws.State) *gobwasDeflate {
	g := &gobwasDeflate{&gobwasConn{inbox: newInbox(), nc: nc, br: br, state: state}}
	go g.read()
	return g
}

func (g *gobwasDeflate) read() {
	defer g.nc.Close()
	var compressed wsflate.MessageState
	r := &wsutil.Reader{
		Source: g.br, State: g.state | ws.StateExtended, CheckUTF8: false,
		Extensions: []wsutil.RecvExtension{&compressed}, OnIntermediate: g.control, MaxFrameSize: MaxMessage,
	}
	inflated := wsflate.NewReader(nil, func(r io.Reader) wsflate.Decompressor { return flate.NewReader(r) })
	for {
		h, err := r.NextFrame()
		if err == nil && h.OpCode.IsControl() {
			if err = g.control(h, r); err == nil {
				continue
			}
		}
		var src io.Reader = r
		var p []byte
		if err == nil {
			if compressed.IsCompressed() {
				inflated.Reset(r)
				src = inflated
			}
			p, err = io.ReadAll(src)
		}
		if err != nil {
			g.ended(gobwasEnd(err))
			return
		}
		g.message(h.OpCode == ws.OpText, p)
	}
}

func (g *gobwasDeflate) Send(m Message) error {
	f, err := gobwasHelper.CompressFrame(ws.NewFrame(gobwasOp(m), true, m.Data))
	if err != nil {
		return err
	}
	if g.state.ClientSide() {
		f = ws.MaskFrameInPlace(f)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return ws.WriteFrame(g.nc, f)
}

// SendFragmented cuts the compressed message into three frames.
func (g *gobwasDeflate) SendFragmented(m Message) error {
	p, err := gobwasHelper.Compress(m.Data)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	size := len(p)/3 + 1
	for i, op := 0, gobwasOp(m); ; i, op = i+1, ws.OpContinuation {
		n := min(size, len(p))
		f := ws.NewFrame(op, n == len(p), bytes.Clone(p[:n]))
		if i == 0 {
			f.Header.Rsv = ws.Rsv(true, false, false)
		}
		if g.state.ClientSide() {
			f = ws.MaskFrameInPlace(f)
		}
		if err := ws.WriteFrame(g.nc, f); err != nil || n == len(p) {
			return err
		}
		p = p[n:]
	}
}

// deflateGWS has it all.
func deflateGWS() DeflateLibrary {
	options := func(d Deflate) gws.PermessageDeflate {
		return gws.PermessageDeflate{
			Enabled: true, Threshold: 1,
			ServerContextTakeover: d.ServerTakeover, ClientContextTakeover: d.ClientTakeover,
			ServerMaxWindowBits: d.ServerBits, ClientMaxWindowBits: d.ClientBits,
		}
	}
	all := func(Deflate) bool { return true }
	return DeflateLibrary{
		Name: "gws", Serves: all, Dials: all,
		Dial: func(_ context.Context, url string, d Deflate) (Conn, error) {
			g := newGWS()
			c, _, err := gws.NewClient(g, &gws.ClientOption{
				Addr: url, ReadMaxPayloadSize: MaxMessage, WriteMaxPayloadSize: MaxMessage, PermessageDeflate: options(d),
			})
			if err != nil {
				return nil, err
			}
			return g.over(c), nil
		},
		Serve: func(l net.Listener, d Deflate, handle func(Conn, *url.URL)) {
			serveHTTP(l, func(w http.ResponseWriter, r *http.Request) (Conn, error) {
				g := newGWS()
				c, err := gws.NewUpgrader(g, &gws.ServerOption{
					ReadMaxPayloadSize: MaxMessage, WriteMaxPayloadSize: MaxMessage, PermessageDeflate: options(d),
				}).Upgrade(w, r)
				if err != nil {
					return nil, err
				}
				return g.over(c), nil
			}, handle)
		},
	}
}

// DeflateNpm returns the ws package of npm: a server on which each connection
// chooses by the query of its URL, and a client that is told with each. Both get
// what argument returns. dir is the folder with node_modules.
func DeflateNpm(dir string) (server Process, client *Clients, argument func(Deflate) string) {
	script := filepath.Join(dir, "scripts", "ws-deflate.mjs")
	server = Process{Name: "ws", Server: []string{"node", script, "server"}}
	client = &Clients{Name: "ws", Argv: []string{"node", script, "client"}}
	return server, client, func(d Deflate) string {
		o := map[string]any{
			"serverNoContextTakeover": !d.ServerTakeover, "clientNoContextTakeover": !d.ClientTakeover, "threshold": 0,
		}
		// A limit of 15 would be demanded of those who offer none.
		if d.ServerBits < 15 {
			o["serverMaxWindowBits"] = d.ServerBits
		}
		if d.ClientBits < 15 {
			o["clientMaxWindowBits"] = d.ClientBits
		}
		b, err := json.Marshal(o)
		if err != nil {
			panic(err) // flags and numbers
		}
		return string(b)
	}
}

// DialDeflate opens a connection of wscope's own package with one offer, and
// returns what was agreed on, or nil.
func DialDeflate(ctx context.Context, url string, offer deflate.Params) (Conn, *deflate.Codec, error) {
	w := &wsprotoConn{inbox: newInbox()}
	var codec *deflate.Codec
	x := &deflate.Extension{Offers: []deflate.Params{offer}, Agreed: func(c *deflate.Codec) { codec = c }}
	d := wsproto.Dialer{Config: w.config(), Extensions: []wsproto.Extension{x}}
	c, _, err := d.Dial(ctx, url)
	if err != nil {
		return nil, nil, err
	}
	return w.over(c), codec, nil
}

// ServeDeflate serves with wscope's own package, and tells what was agreed on
// with each client, or nil.
func ServeDeflate(l net.Listener, limit deflate.Params, agreed func(*deflate.Codec), handle func(Conn, *url.URL)) {
	for {
		nc, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			w := &wsprotoConn{inbox: newInbox()}
			var codec *deflate.Codec
			x := &deflate.Extension{Limit: limit, Agreed: func(c *deflate.Codec) { codec = c }}
			a := wsproto.Acceptor{Config: w.config(), Extensions: []wsproto.Extension{x}}
			c, r, err := a.Accept(nc)
			if err != nil {
				return
			}
			agreed(codec)
			u, err := url.ParseRequestURI(r.Target)
			if err != nil {
				c.Abort(err)
				return
			}
			handle(w.over(c), u)
		}()
	}
}
