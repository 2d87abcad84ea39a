package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// detours are the ways by which a connection is reached by a redirect, and by a
// challenge.
func detours() []Event {
	const request = "GET /a HTTP/1.1\r\nHost: example.com\r\nAuthorization: Basic dXNlcjpwYXNz\r\nCookie: sid=1\r\n\r\n"
	return []Event{
		&Detour{
			Meta: at(1), URL: "ws://u:p@example.com/a", Status: 302, To: "wss://other.example/\x1b[2J", Number: 1, Max: 50,
			Request:  []byte(request),
			Response: []byte("HTTP/1.1 302 Found\r\nLocation: https://other.example/\r\nSet-Cookie: sid=2\r\nX-Evil: \x1b[2J\r\n\r\n<a>\x1b]0;moved\a</a>"),
			Withheld: []string{"Authorization", "Proxy-Authorization", "Cookie"},
		},
		&Detour{Meta: at(2), URL: "ws://example.com/b", Status: 307, To: "ws://example.com:81/", Number: 2, Max: 50, Withheld: []string{"Cookie"}},
		&Detour{Meta: at(3), URL: "ws://example.com/b", Status: 308, To: "ws://example.com/c", Number: 3, Max: 50},
		withConn(7, &Detour{
			Meta: at(4), URL: "wss://other.example/", Status: 401, Cut: true,
			Request:  []byte("GET / HTTP/1.1\r\nHost: other.example\r\n\r\n"),
			Response: []byte("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n\r\nno"),
		}),
	}
}

func TestDetourStatus(t *testing.T) {
	for name, o := range map[string]StatusOptions{
		"detour":       {},
		"detour-quiet": {Quiet: true, Verbose: 1},
		"detour-v":     {Verbose: 1},
	} {
		o.Start = start
		golden(t, name, show(t, func(b *bytes.Buffer) Renderer { return NewStatus(b, o) }, detours()...))
	}
}

func TestDetourJSON(t *testing.T) {
	schema := compileSchema(t)
	make := func(b *bytes.Buffer) Renderer { return New(b, Options{Format: JSON, Start: start}) }
	want := show(t, make, detours()...)
	golden(t, "detour-json", want)
	for line := range bytes.Lines(want) {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%v\n%s", err, line)
		}
	}
	got := show(t, make, replay(t, want)...)
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("-JSON +replayed JSON:\n%s", diff)
	}
}

func TestDetourSecrets(t *testing.T) {
	for _, secrets := range []bool{false, true} {
		out := show(t, func(b *bytes.Buffer) Renderer {
			return NewStatus(b, StatusOptions{Verbose: 1, ShowSecrets: secrets, Start: start})
		}, detours()...)
		out = append(out, show(t, func(b *bytes.Buffer) Renderer {
			return New(b, Options{Format: JSON, ShowSecrets: secrets, Start: start})
		}, detours()...)...)
		for _, s := range []string{"dXNlcjpwYXNz", "sid=1", "sid=2", "u:p@"} {
			if strings.Contains(string(out), s) && !secrets {
				t.Errorf("%q is shown", s)
			} else if !strings.Contains(string(out), s) && secrets {
				t.Errorf("%q is not shown, though secrets are asked for", s)
			}
		}
		for line := range strings.Lines(string(out)) {
			checkHarmless(t, strings.TrimSuffix(line, "\n"))
		}
	}
}
