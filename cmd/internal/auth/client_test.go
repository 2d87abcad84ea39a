package auth

import (
	"errors"
	"strings"
	"testing"
)

func TestClient(t *testing.T) {
	const (
		basic  = `Basic realm="r"`
		digest = `Digest realm="r", nonce="n", qop="auth"`
		stale  = `Digest realm="r", nonce="n2", qop="auth", stale=TRUE`
		fresh  = `Digest realm="r", nonce="n3", qop="auth"`
		strong = `Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256`
		sha1   = `Digest realm="r", nonce="n", algorithm=SHA-1`
	)
	// A step is a challenge and how the next request begins, or why there is
	// none.
	type step struct{ challenge, want string }
	for _, test := range []struct {
		name   string
		method Method
		first  string
		steps  []step
	}{
		{"basic", Basic, "Basic YWxpY2U6czpl", []step{{basic, "does not accept"}}},
		{"basic, asked for digest", Basic, "Basic YWxpY2U6czpl", []step{{digest, "the server asks for Digest, and Basic was sent"}}},
		{"bearer", Bearer, "Bearer t0ken", []step{{`Bearer error="invalid_token"`, "does not accept"}}},
		{"digest", Digest, "", []step{{digest, `Digest username="alice", realm="r", nonce="n"`}}},
		{"digest, wrong", Digest, "", []step{{digest, "Digest "}, {fresh, "does not accept"}}},
		{"digest, stale", Digest, "", []step{{digest, "Digest "}, {stale, `Digest username="alice", realm="r", nonce="n2"`}}},
		{"digest, run out", Digest, "", []step{{digest, "Digest "}, {"", "Digest "}, {fresh, `Digest username="alice", realm="r", nonce="n3"`}}},
		{"digest, the first that is known", Digest, "", []step{{sha1 + ", " + strong + ", " + digest, "SHA-256"}}},
		{"digest, none that is known", Digest, "", []step{{sha1, `asks for the algorithm "SHA-1" of Digest`}}},
		{"digest, asked for basic", Digest, "", []step{{basic + ", Negotiate", "asks for Basic or Negotiate"}}},
		{"digest, asked for nothing", Digest, "", []step{{"", "how to authenticate"}}},
		{"any, digest", Any, "", []step{{basic + ", " + digest, "Digest "}}},
		{"any, basic", Any, "", []step{{basic, "Basic "}, {basic, "does not accept"}}},
		{"any, digest that is not known", Any, "", []step{{sha1 + ", " + basic, "Basic "}}},
		{"any, negotiate", Any, "", []step{{"Negotiate", "asks for Negotiate"}}},
	} {
		c := &Client{Method: test.method, User: "alice", Password: "s:e", Token: "t0ken"}
		if got := c.Authorization("GET", "/"); got != test.first {
			t.Errorf("%s: the first request has %q, want %q", test.name, got, test.first)
		}
		for _, step := range test.steps {
			var got string
			var err error
			if step.challenge != "" || !strings.HasPrefix(step.want, "Digest") {
				err = c.Challenged([]string{step.challenge})
			}
			if err != nil {
				got = err.Error()
			} else {
				got = c.Authorization("GET", "/")
			}
			if !strings.Contains(got, step.want) {
				t.Errorf("%s: after %q %q, want %q", test.name, step.challenge, got, step.want)
			}
		}
	}
}

func TestClientRejected(t *testing.T) {
	c := &Client{Method: Bearer, Token: "t"}
	if err := c.Challenged([]string{"Bearer"}); !errors.Is(err, ErrRejected) {
		t.Errorf("Challenged = %v, want ErrRejected", err)
	}
	err := c.Challenged([]string{`Negotiate, Basic realm="x"`})
	if other, ok := errors.AsType[*SchemeError](err); !ok || other.Sent != "Bearer" || len(other.Want) != 2 || !errors.Is(err, ErrRejected) {
		t.Errorf("Challenged = %v, want a SchemeError", err)
	}
}
