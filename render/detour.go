package render

import "strconv"

// A Detour is a request whose response leads to another request: a redirect that
// is followed, or a challenge that is answered.
type Detour struct {
	Meta
	URL string // of the request
	// Route is how the connection was opened, nil if there was one already.
	Route *Route
	// Request and Response are the heads on the wire, the response with its body.
	// They are nil for an event stream, where an [Exchange] has them. Cut tells
	// that there was more of the body.
	Request, Response []byte
	Cut               bool
	Status            int    // of the response
	To                string // the URL that a redirect leads to, "" for a challenge
	// Number counts the redirects on the way to a connection, of which at most
	// Max are followed, any number if that is 0.
	Number, Max int
	// Withheld are the names of the fields that are not sent from here on, since
	// they are for another server.
	Withheld []string
}

func (e *Detour) event() *Meta { return &e.Meta }

// appendDetour shows the two halves with -v, and what comes of them.
func (s *status) appendDetour(b []byte, e *Detour) []byte {
	if s.o.Verbose == 0 || s.o.Quiet {
		return b
	}
	shown := s.arrived(e.Conn)
	if e.Route != nil {
		b = s.appendRoute(b, e.Route, &e.Meta, shown)
	}
	if !shown.request {
		b = s.appendHead(b, parseHead(e.Request, s.o.ShowSecrets), '>', e.Conn)
	}
	b = s.appendHead(b, e.response(s.o.ShowSecrets), '<', e.Conn)
	b = s.appendStar(b, e.Conn)
	if e.To == "" {
		return append(b, "the challenge of the server is answered\n"...)
	}
	b = append(s.appendText(append(b, "redirected to "...), e.To), " ("...)
	b = strconv.AppendInt(b, int64(e.Number), 10)
	if e.Max > 0 {
		b = strconv.AppendInt(append(b, " of at most "...), int64(e.Max), 10)
	} else {
		b = append(b, " of any number"...)
	}
	b = append(b, ")\n"...)
	if len(e.Withheld) == 0 {
		return b
	}
	b = append(s.appendStar(b, e.Conn), "not sent there, since it is another server: "...)
	for i, name := range e.Withheld {
		switch i {
		case 0:
		case len(e.Withheld) - 1:
			b = append(b, " and "...)
		default:
			b = append(b, ", "...)
		}
		b = s.appendText(b, name)
	}
	return append(b, '\n')
}

func (e *Detour) response(secrets bool) head {
	h := parseHead(e.Response, secrets)
	h.more = h.more || e.Cut
	return h
}

func (w *jsonWriter) detour(e *Detour) {
	w.text("url", w.public(e.URL))
	w.route(e.Route)
	w.head("request", parseHead(e.Request, w.secrets))
	w.head("response", e.response(w.secrets))
	w.int("status", int64(e.Status))
	if e.To == "" {
		w.text("reason", "challenge")
		return
	}
	w.text("reason", "redirect")
	w.text("to", w.public(e.To))
	w.int("number", int64(e.Number))
	if e.Max > 0 {
		w.int("max", int64(e.Max))
	}
	if len(e.Withheld) > 0 {
		w.strings("withheld", e.Withheld)
	}
}
