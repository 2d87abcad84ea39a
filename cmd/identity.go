package cmd

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"wscope/cmd/internal/auth"
	"wscope/cmd/internal/cookies"
	"wscope/cmd/internal/netrc"
	"wscope/render"
	"wscope/sse"
	"wscope/wsproto"
)

// An identity says who we are to the servers of a session, over redirects and
// reconnections: with credentials, and with cookies. It is used by one goroutine
// at a time.
//
// What is meant for the server that the user has named stays with it. Another
// one, which a redirect leads to, gets the cookies that it has set itself, or
// that a file has for it, and what netrc has in an entry with its name.
type identity struct {
	home   wsproto.URL
	method auth.Method
	login  login
	netrc  *netrc.File // nil if none is asked for

	cookie string // of --cookie, for home
	jar    *cookies.Jar
	notes  []string // about what is not there

	clients map[wsproto.URL]*auth.Client // by origin
	// rejected is why the last 401 was not answered, nil if that is not known.
	rejected error
}

// identity returns what the flags and the URL say we are.
func (d *dialOptions) identity(t target, s streams) (*identity, error) {
	id := &identity{home: t.url, method: d.auth.method()}
	var err error
	if id.cookie, err = d.cookies.data(); err != nil {
		return nil, err
	}
	if err = d.cookies.checkJar(); err != nil {
		return nil, err
	}
	if id.jar, id.notes, err = d.cookies.load(t.url); err != nil {
		return nil, err
	}
	if id.login, id.netrc, err = d.auth.login(t, s); err != nil {
		return nil, err
	}
	return id, nil
}

// maxClients bounds to how many servers a session remembers how to authenticate:
// redirects can lead to ever new ones.
const maxClients = 100

// origin returns what a URL has of an origin.
func origin(u wsproto.URL) wsproto.URL {
	return wsproto.URL{Secure: u.Secure, Host: strings.ToLower(u.Host), Port: u.Port}
}

// client returns what authenticates us to the server at u, nil if nothing does.
func (id *identity) client(u wsproto.URL, away bool) *auth.Client {
	key := origin(u)
	if away && key.SameOrigin(id.home) {
		return nil // a server that is not trusted has sent us home
	}
	if c := id.clients[key]; c != nil {
		return c
	}
	l := id.login
	if away {
		l = id.loginElsewhere(u)
	}
	if !l.given {
		return nil
	}
	c := &auth.Client{Method: id.method, User: l.user, Password: l.password, Token: l.token}
	if l.token != "" {
		c.Method = auth.Bearer
	}
	if id.clients == nil || len(id.clients) == maxClients {
		id.clients = map[wsproto.URL]*auth.Client{}
	}
	id.clients[key] = c
	return c
}

// loginElsewhere returns what netrc says of a server that a redirect has led to. An
// entry for all hosts is not meant for whoever that is, and one for the host of
// the user's own URL not for its other ports.
func (id *identity) loginElsewhere(u wsproto.URL) login {
	if id.netrc == nil || id.home.Secure && !u.Secure || strings.EqualFold(u.Host, id.home.Host) {
		return login{}
	}
	e, named, ok := id.netrc.Find(u.Host, "")
	l := login{given: ok && named, user: e.Login, password: e.Password}
	if checkLogin(l, "", 0) != nil {
		return login{}
	}
	return l
}

// fields returns the Authorization and the Cookie of a request to u. Away tells
// that a redirect has led to another origin on the way to it.
func (id *identity) fields(u wsproto.URL, method string, away bool) (fields wsproto.Fields) {
	if c := id.client(u, away); c != nil {
		if v := c.Authorization(method, u.Target); v != "" {
			fields = append(fields, wsproto.Field{Name: "Authorization", Value: v})
		}
	}
	cookie := id.cookie
	if away {
		cookie = ""
	}
	if cookie = cookies.Join(cookie, id.jar.Header(cookies.RequestURL(u))); cookie != "" {
		fields = append(fields, wsproto.Field{Name: "Cookie", Value: cookie})
	}
	return fields
}

// received keeps the cookies of a response from u. It returns why some are not
// kept.
func (id *identity) received(u wsproto.URL, setCookie []string) (ignored []error) {
	return id.jar.Set(cookies.RequestURL(u), setCookie)
}

var errWithheld = errors.New("the credentials are for another server and were not sent here: --location-trusted sends them")

// challenged reports whether a request is worth sending again after a 401 response
// with these values of WWW-Authenticate. With byHand the user has set the field by
// hand.
func (id *identity) challenged(u wsproto.URL, away, byHand bool, challenges []string) (again bool) {
	c := id.client(u, away)
	id.rejected = nil
	switch {
	case away && c == nil && (byHand || id.login.given):
		id.rejected = errWithheld
	case c == nil, byHand:
	default:
		id.rejected = c.Challenged(challenges)
		return id.rejected == nil
	}
	return false
}

// rejectedHint says why a 401 response was not answered, "" if there is nothing
// to be said about it.
func (id *identity) rejectedHint() string {
	if other, ok := errors.AsType[*auth.SchemeError](id.rejected); ok {
		return other.Error() + otherScheme(other.Want)
	}
	switch {
	case id.rejected == nil:
		return ""
	case id.rejected == errWithheld:
		return id.rejected.Error()
	case errors.Is(id.rejected, auth.ErrRejected):
		return "the server has seen the credentials and does not accept them"
	}
	return id.rejected.Error() + ", and the credentials were not sent"
}

// otherScheme returns how to authenticate by the first of some schemes that we
// know, to be put behind a sentence, or "".
func otherScheme(schemes []string) string {
	for _, s := range schemes {
		switch strings.ToLower(s) {
		case "digest":
			return ": --digest does that"
		case "basic":
			return ": -u user:password does that"
		case "bearer":
			return ": --oauth2-bearer TOKEN does that"
		}
	}
	return ""
}

// A streamIdentity is the identity of an opener for the requests of an event
// stream.
type streamIdentity struct {
	*opener
	o *streamObserver
}

// Sign adds what the user has not set by a field of the same name.
func (s *streamIdentity) Sign(r *http.Request, away bool) {
	for _, f := range s.id.fields(streamURL(r.URL), r.Method, away) {
		have := headerValues(r.Header, f.Name)
		switch {
		case s.omits(f.Name):
		case len(have) == 0:
			r.Header[f.Name] = []string{f.Value}
		case f.Name == "Cookie":
			have[len(have)-1] = cookies.Join(have[len(have)-1], f.Value)
		}
	}
}

// Answered keeps the cookies of a response and answers a challenge.
func (s *streamIdentity) Answered(resp *http.Response, away bool) bool {
	u := streamURL(resp.Request.URL)
	for _, err := range s.id.received(u, resp.Header["Set-Cookie"]) {
		s.o.note(err.Error())
	}
	if resp.StatusCode != http.StatusUnauthorized || !s.id.challenged(u, away, s.user.Has("Authorization"), resp.Header["Www-Authenticate"]) {
		return false
	}
	s.o.detour(&render.Detour{Status: resp.StatusCode})
	return true
}

// redirected is told of each redirect that is followed.
func (s *streamIdentity) redirected(r *sse.Redirect) {
	e := &render.Detour{Status: r.Response.StatusCode, To: r.URL.String(), Number: r.Number, Max: max(s.redirect.max, 0)}
	if r.Leaves {
		e.Withheld = s.withheld(streamURL(r.URL))
	}
	s.o.detour(e)
}

// headerValues returns the values of a field, however its name is spelled.
func headerValues(h http.Header, name string) []string {
	for n, values := range h {
		if strings.EqualFold(n, name) {
			return values
		}
	}
	return nil
}

// streamURL returns the URL of a request for an event stream.
func streamURL(u *url.URL) wsproto.URL {
	t := wsproto.URL{Secure: u.Scheme == "https", Host: u.Hostname(), Port: u.Port(), Target: u.RequestURI()}
	if t.Port == "" {
		t.Port = "80"
		if t.Secure {
			t.Port = "443"
		}
	}
	return t
}
