package sse

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// An eagerIdentity counts requests, and answers every 401.
type eagerIdentity struct{ signed int }

func (id *eagerIdentity) Sign(r *http.Request, away bool) {
	id.signed++
	r.Header.Set("Authorization", fmt.Sprintf("Test n=%d, away=%v", id.signed, away))
}

func (id *eagerIdentity) Answered(resp *http.Response, _ bool) bool {
	return resp.StatusCode == http.StatusUnauthorized
}

func authorizations(s *scripted) (got []string) {
	for _, r := range s.requests {
		got = append(got, strings.TrimPrefix(r.Header.Get("Authorization"), "Test "))
	}
	return got
}

func TestIdentity(t *testing.T) {
	refuse := respond(401, strings.NewReader(""))
	to := func(location string) step { return respond(302, strings.NewReader(""), "Location: "+location) }
	for _, test := range []struct {
		name  string
		trust bool
		steps []step
		want  []string
	}{
		{"no challenge", false, []step{stream("data: x\n\n"), noContent}, []string{"n=1, away=false", "n=2, away=false"}},
		{"a challenge", false, []step{refuse, stream("data: x\n\n"), noContent}, []string{"n=1, away=false", "n=2, away=false", "n=3, away=false"}},
		{"away and back", false, []step{to("https://example.com/"), refuse, to("http://example.com/b"), noContent},
			[]string{"n=1, away=false", "n=2, away=true", "n=3, away=true", "n=4, away=true"}},
		{"away with trust", true, []step{to("http://other.example/"), noContent}, []string{"n=1, away=false", "n=2, away=false"}},
	} {
		s := &scripted{steps: test.steps}
		follow(t, &Client{Identity: &eagerIdentity{}, TrustRedirects: test.trust}, s)
		if got := authorizations(s); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestIdentityGivesUp(t *testing.T) {
	s := &scripted{steps: []step{respond(401, strings.NewReader(""))}}
	_, _, err := follow(t, &Client{Identity: &eagerIdentity{}}, s)
	if err == nil || len(s.requests) != 1+maxAnswers {
		t.Errorf("%d requests, %v; want %d and an error", len(s.requests), err, 1+maxAnswers)
	}
}

// Without trust the fields of the user stay at home, with it they go along; the
// name of a virtual host never does.
func TestRedirectTrace(t *testing.T) {
	for _, trust := range []bool{false, true} {
		s := &scripted{steps: []step{
			respond(302, strings.NewReader(""), "Location: /b"),
			respond(302, strings.NewReader(""), "Location: http://other.example/c"),
			respond(302, strings.NewReader(""), "Location: http://third.example/d"),
			noContent,
		}}
		var got []string
		c := &Client{TrustRedirects: trust, Header: http.Header{
			"authorization": {"a"}, "Cookie": {"c=1"}, "Proxy-Authorization": {"p"}, "Host": {"virtual"}, "X-Other": {"x"},
		}}
		c.Trace.Redirect = func(r *Redirect) {
			got = append(got, fmt.Sprintf("%d: %d %s %v", r.Number, r.Response.StatusCode, r.URL, r.Leaves))
		}
		follow(t, c, s)
		want := []string{"1: 302 http://example.com/b false", "2: 302 http://other.example/c true", "3: 302 http://third.example/d false"}
		if trust {
			want[1] = "2: 302 http://other.example/c false"
		}
		if !slices.Equal(got, want) {
			t.Errorf("trust %v: %q, want %q", trust, got, want)
		}
		last := s.requests[3]
		for _, name := range []string{"authorization", "Cookie", "Proxy-Authorization"} {
			if (last.Header[name] != nil) != trust {
				t.Errorf("trust %v: %s is %q", trust, name, last.Header[name])
			}
		}
		if last.Host != "" || last.Header.Get("X-Other") != "x" {
			t.Errorf("trust %v: the host is %q, the header %v", trust, last.Host, last.Header)
		}
	}
}
