package render

// An Underway is how far the opening of a connection has come. It is for those
// who watch: the [Handshake], the [Detour] or the [Exchange] that comes after it
// has all of it.
type Underway struct {
	Meta
	Route *Route
	// Waiting says what is done next, as in "connecting to 127.0.0.1:8080", or is
	// "".
	Waiting string
	// Request is the head of the request to the server, nil before it is sent.
	Request []byte
}

func (e *Underway) event() *Meta { return &e.Meta }

// A shownPart is what has been shown of the opening of a connection while it was
// under way.
type shownPart struct {
	hops    []shownHop
	request bool
}

// A shownHop is what has been shown of a hop.
type shownHop struct {
	source, lookup, request, reply, tls bool
	attempts                            []bool
}

// hop returns the part about the hop at place i.
func (p *shownPart) hop(i int) *shownHop {
	for len(p.hops) <= i {
		p.hops = append(p.hops, shownHop{})
	}
	return &p.hops[i]
}

// attempt notes that the attempt at place i is shown, and reports whether it had
// not been.
func (h *shownHop) attempt(i int) bool {
	for len(h.attempts) <= i {
		h.attempts = append(h.attempts, false)
	}
	return unshown(&h.attempts[i])
}

// unshown notes that a part is shown, and reports whether it had not been.
func unshown(shown *bool) bool {
	before := *shown
	*shown = true
	return !before
}

// appendUnderway shows with -v what is known of the opening of a connection and
// has not been shown yet, and what is waited for now.
func (s *status) appendUnderway(b []byte, e *Underway) []byte {
	if s.o.Verbose == 0 || s.o.Quiet {
		return b
	}
	shown := s.underway[e.Conn]
	if shown == nil {
		shown = &shownPart{}
		s.underway[e.Conn] = shown
	}
	if e.Route != nil {
		b = s.appendRouteLines(b, e.Route, &e.Meta, shown, false)
	}
	if e.Request != nil && unshown(&shown.request) {
		b = s.appendHead(b, parseHead(e.Request, s.o.ShowSecrets), '>', e.Conn)
	}
	if e.Waiting != "" {
		b = append(s.appendText(s.appendStar(b, e.Conn), e.Waiting), '\n')
	}
	return b
}

// arrived returns what has been shown of the opening of a connection, which is no
// longer under way.
func (s *status) arrived(conn int) *shownPart {
	shown := s.underway[conn]
	if shown == nil {
		return &shownPart{}
	}
	delete(s.underway, conn)
	return shown
}
