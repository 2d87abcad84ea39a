package eventsource

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"wscope/wsproto"
)

func tcp(s string) net.Addr {
	a, err := net.ResolveTCPAddr("tcp", s)
	if err != nil {
		panic(err)
	}
	return a
}

// request returns a GET of HTTP/1.1 with fields such as "Host: x".
func request(lines ...string) *wsproto.Request {
	r := &wsproto.Request{Method: "GET", Target: "/", Proto: "HTTP/1.1"}
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		r.Fields = append(r.Fields, wsproto.Field{Name: name, Value: value})
	}
	return r
}

func status(refusal *Refusal) int {
	if refusal == nil {
		return 200
	}
	return refusal.Status
}

func TestGuardHost(t *testing.T) {
	const misdirected = 421
	for _, tt := range []struct {
		listener, host string
		want           int
	}{
		{"127.0.0.1:8080", "127.0.0.1:8080", 200},
		{"127.0.0.1:8080", "127.1.2.3:8080", 200},
		{"127.0.0.1:8080", "localhost:8080", 200},
		{"127.0.0.1:8080", "LocalHost.:8080", 200},
		{"127.0.0.1:8080", "a.b.localhost:8080", 200},
		{"127.0.0.1:8080", "[::1]:8080", 200},
		{"127.0.0.1:8080", "[::ffff:127.0.0.1]:8080", 200},
		{"127.0.0.1:8080", "more.example:1", 200},
		{"127.0.0.1:8080", "MORE.example", 200},
		{"127.0.0.1:8080", "one.example:8443", 200},
		{"127.0.0.1:8080", "one.example:8080", misdirected},
		{"127.0.0.1:8080", "one.example", misdirected},
		{"127.0.0.1:8080", "127.0.0.1", misdirected},
		{"127.0.0.1:8080", "127.0.0.1:8081", misdirected},
		{"127.0.0.1:8080", "evil.example:8080", misdirected},
		{"127.0.0.1:8080", "localhost.evil.example:8080", misdirected},
		{"127.0.0.1:8080", "evillocalhost:8080", misdirected},
		{"127.0.0.1:8080", "127.0.0.1.evil.example:8080", misdirected},
		{"127.0.0.1:8080", "192.0.2.1:8080", misdirected},
		{"127.0.0.1:8080", "", misdirected},
		{"127.0.0.1:8080", ":8080", misdirected},
		{"127.0.0.1:80", "localhost", 200},
		{"[::1]:8080", "localhost:8080", 200},
		{"192.0.2.1:8080", "192.0.2.1:8080", 200},
		{"192.0.2.1:8080", "localhost:8080", misdirected},
		{"192.0.2.1:8080", "192.0.2.2:8080", misdirected},
		{"0.0.0.0:8080", "192.0.2.2:8080", 200},
		{"0.0.0.0:8080", "192.0.2.2:9000", 200},
		{"[::]:8080", "[2001:db8::1]:8080", 200},
		{"[::]:8080", "localhost:8080", 200},
		{"[::]:8080", "evil.example:8080", misdirected},
	} {
		g := NewGuard(tcp(tt.listener), []string{"More.example", "one.example:8443"}, nil)
		_, refusal := g.Check(request("Host: " + tt.host))
		if status(refusal) != tt.want {
			t.Errorf("at %s, Host %q: %v, want %d", tt.listener, tt.host, refusal, tt.want)
		}
		if refusal != nil && !strings.Contains(refusal.Body(), "--allow-host") {
			t.Errorf("the body says %q", refusal.Body())
		}
	}
}

func TestGuardHostElsewhere(t *testing.T) {
	g := NewGuard(tcp("127.0.0.1:8080"), nil, nil)
	absolute := request("Host: localhost:8080")
	absolute.Target = "http://evil.example:8080/"
	old := request()
	old.Proto = "HTTP/1.0"
	for _, tt := range []struct {
		name  string
		guard *Guard
		r     *wsproto.Request
		want  int
	}{
		{"target is a URL", g, absolute, 421},
		{"no Host", g, request(), 400},
		{"two Hosts", g, request("Host: localhost:8080", "Host: localhost:8080"), 400},
		{"no Host in HTTP/1.0", g, old, 200},
		{"socket", NewGuard(&net.UnixAddr{Name: "x", Net: "unix"}, nil, nil), request("Host: whatever"), 200},
	} {
		if _, refusal := tt.guard.Check(tt.r); status(refusal) != tt.want {
			t.Errorf("%s: %v, want %d", tt.name, refusal, tt.want)
		}
	}
}

func TestGuardOrigin(t *testing.T) {
	const host = "Host: localhost:8080"
	vary := "Vary: Origin"
	for _, tt := range []struct {
		name    string
		origins []string
		lines   []string
		want    int
		fields  []string
	}{
		{"no page", nil, nil, 200, nil},
		{"own page", nil, []string{"Origin: http://localhost:8080"}, 200, nil},
		{"own page behind TLS", nil, []string{"Origin: https://LOCALHOST:8080"}, 200, nil},
		{"other port", nil, []string{"Origin: http://localhost:3000"}, 403, nil},
		{"other name", nil, []string{"Origin: http://127.0.0.1:8080"}, 403, nil},
		{"other site", nil, []string{"Origin: https://evil.example"}, 403, nil},
		{"opaque", nil, []string{"Origin: null"}, 403, nil},
		{"cross-site without an Origin", nil, []string{"Sec-Fetch-Site: cross-site"}, 403, nil},
		{"typed into the address bar", nil, []string{"Sec-Fetch-Site: none"}, 200, nil},
		{"same-origin", nil, []string{"Sec-Fetch-Site: same-origin"}, 200, nil},
		{"allowed", []string{"https://A.example"}, []string{"Origin: https://a.example", "Sec-Fetch-Site: cross-site"}, 200, []string{vary, "Access-Control-Allow-Origin: https://a.example"}},
		{"not among the allowed", []string{"https://a.example"}, []string{"Origin: https://b.example"}, 403, nil},
		{"allowed, but for no page", []string{"https://a.example"}, nil, 200, []string{vary}},
		{"allowed, but not known", []string{"https://a.example"}, []string{"Sec-Fetch-Site: cross-site"}, 403, nil},
		{"all", []string{"*"}, []string{"Origin: null", "Sec-Fetch-Site: cross-site"}, 200, []string{"Access-Control-Allow-Origin: *"}},
		{"all, without an Origin", []string{"*"}, []string{"Sec-Fetch-Site: cross-site"}, 200, []string{"Access-Control-Allow-Origin: *"}},
	} {
		g := NewGuard(tcp("127.0.0.1:8080"), nil, tt.origins)
		fields, refusal := g.Check(request(append(tt.lines, host)...))
		if status(refusal) != tt.want || fmt.Sprint(fields) != fmt.Sprint(request(tt.fields...).Fields) {
			t.Errorf("%s: %v, %v, want %d, %v", tt.name, fields, refusal, tt.want, tt.fields)
		}
		if refusal != nil && !strings.Contains(refusal.Body(), "--cors") {
			t.Errorf("the body says %q", refusal.Body())
		}
	}
}

func TestPreflight(t *testing.T) {
	question := func(lines ...string) *wsproto.Request {
		r := request(append(lines, "Host: localhost:8080", "Access-Control-Request-Method: GET")...)
		r.Method = "OPTIONS"
		return r
	}
	g := NewGuard(tcp("127.0.0.1:8080"), nil, []string{"https://a.example"})
	asked, fields, refusal := g.Preflight(question("Origin: https://a.example", "Access-Control-Request-Headers: last-event-id"))
	if !asked || refusal != nil || fields.Value("Access-Control-Allow-Origin") != "https://a.example" ||
		fields.Value("Access-Control-Allow-Methods") != "GET, HEAD" || fields.Value("Access-Control-Allow-Headers") != "last-event-id" {
		t.Errorf("answered %t, %v, %v", asked, fields, refusal)
	}
	if asked, _, refusal := g.Preflight(question("Origin: https://b.example")); !asked || status(refusal) != 403 {
		t.Errorf("another origin: %t, %v", asked, refusal)
	}
	if asked, _, _ := g.Preflight(question()); asked {
		t.Error("OPTIONS without an Origin is taken for a preflight")
	}
	if asked, _, _ := NewGuard(tcp("127.0.0.1:8080"), nil, nil).Preflight(question("Origin: https://a.example")); asked {
		t.Error("a preflight is answered although no origin is allowed")
	}
}

func TestCheckHostAndOrigin(t *testing.T) {
	for s, ok := range map[string]bool{"a.example": true, "a.example:80": true, "[::1]:80": true, "::1": true, "": false, ":80": false,
		"http://a": false, "a:x": false, "a b": false, "*": false} {
		if err := CheckHost(s); (err == nil) != ok {
			t.Errorf("CheckHost(%q) = %v", s, err)
		}
	}
	for s, ok := range map[string]bool{"*": true, "null": true, "https://a.example": true, "http://localhost:3000": true,
		"": false, "a.example": false, "https://a.example/": false, "https://": false, "https://u@a.example": false} {
		if err := CheckOrigin(s); (err == nil) != ok {
			t.Errorf("CheckOrigin(%q) = %v", s, err)
		}
	}
}
