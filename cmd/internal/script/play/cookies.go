package play

import (
	"net/http"
	"slices"
	"strings"

	"wscope/cmd/internal/cookies"
	"wscope/wsproto"
)

// keepCookies has the clients of the test keep cookies from here on.
func (p *player) keepCookies() { p.jar.CompareAndSwap(nil, cookies.NewJar()) }

// withCookies adds the cookies for a URL to the fields of a request, behind those
// that it has, but for one that is to be without them.
func (l *link) withCookies(fields wsproto.Fields, omit []string, url string) (wsproto.Fields, error) {
	jar := l.jar.Load()
	if jar == nil {
		return fields, nil
	}
	u, err := wsproto.ParseURL(url)
	if err != nil {
		return nil, err
	}
	value := cookies.Join(strings.Join(fields.Values("Cookie"), "; "), jar.Header(cookies.RequestURL(u)))
	if value == "" || slices.ContainsFunc(omit, func(name string) bool { return strings.EqualFold(name, "Cookie") }) {
		return fields, nil
	}
	return setField(fields, "Cookie", value), nil
}

// gotCookies keeps the cookies of a response from a URL.
func (l *link) gotCookies(url string, setCookie []string) {
	if jar := l.jar.Load(); jar != nil {
		if u, err := wsproto.ParseURL(url); err == nil {
			l.noteIgnored(jar.Set(cookies.RequestURL(u), setCookie))
		}
	}
}

func (l *link) noteIgnored(ignored []error) {
	for _, err := range ignored {
		l.note("%v", err)
	}
}

// An httpCookies has the requests of a link send and keep cookies; those of an
// event stream over redirects and reconnections, too.
type httpCookies struct{ *link }

// Sign adds the cookies for the URL of a request.
func (s httpCookies) Sign(r *http.Request, _ bool) {
	have, there := r.Header["Cookie"]
	jar := s.jar.Load()
	if jar == nil || there && len(have) == 0 {
		return
	}
	if value := cookies.Join(strings.Join(have, "; "), jar.Header(r.URL)); value != "" {
		r.Header["Cookie"] = []string{value}
	}
}

// Answered keeps the cookies of a response.
func (s httpCookies) Answered(r *http.Response, _ bool) bool {
	if jar := s.jar.Load(); jar != nil {
		s.noteIgnored(jar.Set(r.Request.URL, r.Header["Set-Cookie"]))
	}
	return false
}
