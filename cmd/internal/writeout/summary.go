package writeout

import (
	"bytes"
	"net/url"
	"strings"
	"time"

	"wscope/render"
	"wscope/wsproto"
)

// A Summary collects what the variables stand for. With several connections they
// are about the last one, but for what is counted. The fields are for the caller to
// set before the format is printed.
type Summary struct {
	Start    time.Time // of the session
	URL      string    // as it was meant, without user information
	ExitCode int
	// Secrets shows the values of fields that are credentials.
	Secrets bool

	end     time.Time
	failure error

	reached       string // the URL of the last request
	local, remote string
	proto         string
	status        int
	tunnel        int // status of the last proxy's answer to CONNECT
	fields        wsproto.Fields
	verify        int
	times         times
	next          time.Time // when the next request begins, if it is known

	// Bytes of the heads that were sent and received, and connections to servers or
	// proxies, on all ways.
	requestSize, headerSize uint64
	connects                int

	redirects, detours int
	connections        uint64
	subprotocol        string
	extensions         []string

	stats       render.Stats
	events      uint64
	closeBy     string
	closeCode   wsproto.CloseCode
	closeReason string
}

// times are those since the start at which the phases of opening the last
// connection were over, zero for what did not happen.
type times struct{ begin, name, connect, tls, route, response, open, first time.Duration }

// Add takes an event of the session into account.
func (s *Summary) Add(e render.Event) {
	switch e := e.(type) {
	case *render.Handshake:
		s.exchanged(e.Route, e.Request, e.Response)
		s.request(e.URL, e.Time.Add(-e.Took), e.Time, e.Route, e.Response)
		s.settle()
		if e.Err == nil {
			s.local, s.remote = e.Local, e.Peer
			s.times.open = e.Time.Sub(s.Start)
			s.connections++
			s.subprotocol, s.extensions = e.Subprotocol, append([]string(nil), e.Extensions...)
		}
	case *render.Detour:
		s.exchanged(e.Route, e.Request, e.Response)
		if e.To != "" {
			s.detours = e.Number
		}
		s.next = e.Time
	case *render.Exchange:
		s.exchanged(e.Route, e.Request, e.Response)
		s.request(e.URL, s.next, e.Time, e.Route, e.Response)
		s.next = e.Time
	case *render.StreamOpen:
		s.settle()
		s.times.open = e.Meta.Time.Sub(s.Start)
		s.connections++
	case *render.StreamLoss:
		s.next = e.Meta.Time.Add(e.Wait)
	case *render.End:
		s.end = e.Time
		s.add(&e.Stats)
		s.came(e.Stats.FirstFrame)
		s.closeBy, s.closeCode, s.closeReason = e.By.String(), e.Code, e.Reason
		if !e.Normal() {
			s.failure = e.Err
		}
	case *render.StreamEnd:
		s.end = e.Time
		s.events, s.stats.BytesReceived = e.Stats.Events, e.Stats.Bytes
		s.came(e.Stats.FirstEvent)
		s.closeBy = e.By.String()
		if !e.Normal() {
			s.failure = e.Err
		}
	case *render.Failure:
		s.failure = e.Err
	}
}

// came is told when the first frame or event of a connection came, counted from
// its opening, or 0 if none did.
func (s *Summary) came(after time.Duration) {
	if after != 0 {
		s.times.first = s.times.open + after
	}
}

// Finish notes how and when the session has ended.
func (s *Summary) Finish(now time.Time, exitCode int) {
	s.end, s.ExitCode = now, exitCode
}

// exchanged counts a request and its response, and the connection if it is a new
// one.
func (s *Summary) exchanged(route *render.Route, request, response []byte) {
	if len(request) == 0 {
		return
	}
	s.requestSize += uint64(len(request))
	if end := bytes.Index(response, []byte("\r\n\r\n")); end >= 0 {
		response = response[:end+4]
	}
	s.headerSize += uint64(len(response))
	if route != nil {
		s.connects++
	}
}

// speed returns how many bytes a second n bytes were.
func (s *Summary) speed(n uint64) uint64 {
	if took := s.end.Sub(s.Start); took > 0 {
		return uint64(float64(n) / took.Seconds())
	}
	return 0
}

// settle is told that there are no more redirects on the way to a connection.
func (s *Summary) settle() { s.redirects, s.detours = s.detours, 0 }

// add adds what was counted on one connection.
func (s *Summary) add(n *render.Stats) {
	s.stats.FramesSent += n.FramesSent
	s.stats.FramesReceived += n.FramesReceived
	s.stats.BytesSent += n.BytesSent
	s.stats.BytesReceived += n.BytesReceived
	s.stats.MessagesSent += n.MessagesSent
	s.stats.MessagesReceived += n.MessagesReceived
	if n.RTT != 0 {
		s.stats.RTT = n.RTT
	}
}

// request takes in a request that has begun and got an answer, or none, at these
// times.
func (s *Summary) request(url string, begin, end time.Time, route *render.Route, response []byte) {
	s.reached = url
	s.proto, s.status, s.fields = parseHead(response)
	if begin.IsZero() {
		begin = s.Start
	}
	t := times{begin: max(0, begin.Sub(s.Start))}
	if route != nil {
		s.follow(route, &t)
		s.verify = verifyResult(route)
	} else {
		t.route = t.begin // the connection was there
	}
	if s.status != 0 {
		t.response = end.Sub(s.Start)
	}
	if s.detours == 0 {
		t.begin = 0
	}
	s.times = t
}

// follow adds up the phases of a route, and notes its ends.
func (s *Summary) follow(r *render.Route, t *times) {
	at := t.begin
	for _, hop := range r.Hops {
		if hop.Lookup != nil {
			at += hop.Lookup.Took
			t.name = at
		}
		for _, a := range hop.Attempts {
			if a.Err == nil && !a.Lost {
				at += a.Start + a.Took
				t.connect = at
				s.local, s.remote = a.Local, a.Addr
			}
		}
		if hop.Tunnel != nil {
			at += hop.Tunnel.Took
			_, s.tunnel, _ = parseHead(hop.Tunnel.Response)
		}
		if hop.TLS != nil {
			if at += hop.TLS.Took; !hop.Proxy && hop.TLS.Err == nil {
				t.tls = at
			}
		}
	}
	t.route = max(at, t.begin+r.Took)
}

// parseHead takes the head of a response apart as far as that is possible.
func parseHead(raw []byte) (proto string, code int, fields wsproto.Fields) {
	head, _, _ := strings.Cut(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n\n")
	first, rest, _ := strings.Cut(head, "\n")
	proto, after, ok := strings.Cut(first, " ")
	if !ok || !strings.HasPrefix(proto, "HTTP/") {
		return "", 0, nil
	}
	for _, digit := range []byte(after[:min(3, len(after))]) {
		if digit < '0' || digit > '9' {
			return "", 0, nil
		}
		code = code*10 + int(digit-'0')
	}
	for line := range strings.SplitSeq(rest, "\n") {
		if name, value, ok := strings.Cut(line, ":"); ok {
			fields = append(fields, wsproto.Field{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
		}
	}
	return proto, code, fields
}

// field returns the value of the first field of the response with that name.
func (s *Summary) field(name string) string {
	for _, f := range s.fields {
		if strings.EqualFold(f.Name, name) {
			return s.public(f)
		}
	}
	return ""
}

func (s *Summary) public(f wsproto.Field) string {
	if s.Secrets {
		return f.Value
	}
	return render.RedactField(f.Name, f.Value)
}

// message returns what went wrong, "" if all went well.
func (s *Summary) message() string {
	switch {
	case s.ExitCode == 0 || s.failure == nil:
		return ""
	case s.Secrets:
		return s.failure.Error()
	}
	return render.RedactURLs(s.failure.Error())
}

func (s *Summary) httpVersion() string {
	version := strings.TrimPrefix(s.proto, "HTTP/")
	if version == "" {
		return "0"
	}
	return strings.TrimSuffix(version, ".0")
}

func (s *Summary) effectiveURL() string {
	if s.reached == "" {
		return s.URL
	}
	return s.reached
}

func (s *Summary) scheme() string {
	scheme, _, _ := strings.Cut(s.effectiveURL(), "://")
	return scheme
}

// redirectURL returns where the last response leads to, if it was not followed.
func (s *Summary) redirectURL() string {
	if s.status/100 != 3 {
		return ""
	}
	location := ""
	for _, f := range s.fields {
		if strings.EqualFold(f.Name, "Location") {
			location = f.Value
			break
		}
	}
	base, err := url.Parse(s.effectiveURL())
	if location == "" || err != nil {
		return ""
	}
	to, err := base.Parse(location)
	if err != nil {
		return location
	}
	to.User = nil
	return to.String()
}
