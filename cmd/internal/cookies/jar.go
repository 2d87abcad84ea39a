package cookies

import (
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"
)

// What a jar keeps and sends at most, since servers fill it.
const (
	maxCookies = 3000 // as RFC 6265, Section 6.1 has it
	maxSize    = 4096 // bytes of a name and a value
	maxSent    = 150  // cookies in a request, as curl has it
	maxHeader  = 8190 // bytes of their field
)

// A Cookie is a cookie with all that was said about it.
type Cookie struct {
	Name, Value string // as they are sent, quotes included
	Domain      string // in lower case, without a dot before it
	HostOnly    bool   // hosts below the domain do not get it
	Path        string
	Secure      bool // it is for TLS only
	HTTPOnly    bool
	Expires     time.Time // zero for one that ends with the session
}

// A Jar has the cookies of a client. Its methods may be called by several
// goroutines.
type Jar struct {
	mu      sync.Mutex
	jar     *cookiejar.Jar
	cookies []Cookie // the oldest first
}

// NewJar returns an empty jar.
func NewJar() *Jar { return &Jar{jar: newCookieJar()} }

func newCookieJar() *cookiejar.Jar {
	jar, _ := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List}) // there is no error to be had
	return jar
}

// Header returns the value of the Cookie field for a request to u, whose scheme
// is one of http, https, ws and wss, or "" if no cookie belongs to it.
//
// RFC 6265, Section 5.4.
func (j *Jar) Header(u *url.URL) string {
	var b strings.Builder
	for i, c := range j.jar.Cookies(plainURL(u)) {
		if i == maxSent || b.Len()+len("; =")+len(c.Name)+len(c.Value) > maxHeader {
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(c.Name + "=" + c.Value)
	}
	return b.String()
}

// Set takes the values of the Set-Cookie fields of a response from u. It returns
// why some of them are not kept.
//
// RFC 6265, Section 5.3.
func (j *Jar) Set(u *url.URL, fields []string) (ignored []error) {
	u = plainURL(u)
	for _, field := range fields {
		c, err := parseSetCookie(field)
		if err == nil && c.Secure && !getsSecure(u) {
			err = fmt.Errorf(`the cookie "%.60s" is Secure and does not come over TLS`, c.Name)
		}
		if err == nil {
			err = j.set(u, c)
		}
		if err != nil {
			ignored = append(ignored, err)
		}
	}
	return ignored
}

// All returns a copy of the cookies that have not expired, the oldest first.
func (j *Jar) All() []Cookie {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := time.Now()
	return slices.DeleteFunc(slices.Clone(j.cookies), func(c Cookie) bool { return !c.Expires.IsZero() && !c.Expires.After(now) })
}

// set keeps a cookie that was set by u, or forgets one.
func (j *Jar) set(u *url.URL, c *http.Cookie) error {
	if len(c.Name)+len(c.Value) > maxSize {
		return fmt.Errorf(`the cookie "%.60s" has %d bytes, at most %d are kept`, c.Name, len(c.Name)+len(c.Value), maxSize)
	}
	hostOnly, err := scope(u, c)
	if err != nil {
		return fmt.Errorf(`the cookie "%.60s" %w`, c.Name, err)
	}
	kept := Cookie{
		Name: c.Name, Value: c.Value, Domain: strings.ToLower(u.Hostname()), HostOnly: hostOnly,
		Path: c.Path, Secure: c.Secure, HTTPOnly: c.HttpOnly, Expires: c.Expires,
	}
	if !hostOnly {
		kept.Domain = cookieDomain(c)
	}
	if !strings.HasPrefix(kept.Path, "/") {
		kept.Path = defaultPath(u.Path)
	}
	now := time.Now()
	if c.MaxAge > 0 {
		kept.Expires = now.Add(time.Duration(c.MaxAge) * time.Second)
	}

	j.mu.Lock()
	defer j.mu.Unlock()
	j.jar.SetCookies(u, []*http.Cookie{c})
	j.cookies = slices.DeleteFunc(j.cookies, func(old Cookie) bool {
		return old.Name == kept.Name && old.Domain == kept.Domain && old.Path == kept.Path
	})
	if c.MaxAge < 0 || !kept.Expires.IsZero() && !kept.Expires.After(now) {
		return nil
	}
	if len(j.cookies) == maxCookies {
		oldest, url := j.cookies[0].netHTTP()
		oldest.MaxAge = -1
		j.jar.SetCookies(url, []*http.Cookie{oldest})
		j.cookies = slices.Delete(j.cookies, 0, 1)
	}
	j.cookies = append(j.cookies, kept)
	return nil
}

// scope asks the library whether u may set c, and whether for its own host only.
// It tells by giving a cookie like it back.
func scope(u *url.URL, c *http.Cookie) (hostOnly bool, err error) {
	jar := newCookieJar()
	jar.SetCookies(u, []*http.Cookie{{Name: "x", Domain: c.Domain, Path: "/"}})
	sentTo := func(host string) bool {
		return len(jar.Cookies(&url.URL{Scheme: u.Scheme, Host: host, Path: "/"})) > 0
	}
	if sentTo(u.Host) {
		return !sentTo("x." + u.Host), nil
	}
	host, domain := strings.ToLower(u.Hostname()), cookieDomain(c)
	if host == domain || strings.HasSuffix(host, "."+domain) {
		return false, fmt.Errorf("is for all hosts below %.100q, which are not one site's", domain)
	}
	return false, fmt.Errorf("is for the domain %.100q, which %.100q is not in", domain, host)
}

// getsSecure asks the library whether a request to u has cookies that are Secure:
// over TLS, and to this machine.
func getsSecure(u *url.URL) bool {
	jar := newCookieJar()
	jar.SetCookies(u, []*http.Cookie{{Name: "x", Path: "/", Secure: true}})
	return len(jar.Cookies(u)) > 0
}

// netHTTP returns a cookie for the library, and the URL of somebody who may set
// it.
func (c *Cookie) netHTTP() (*http.Cookie, *url.URL) {
	h := &http.Cookie{
		Name: c.Name, Value: c.Value, Path: c.Path, Secure: c.Secure, HttpOnly: c.HTTPOnly, Expires: c.Expires,
	}
	if !c.HostOnly {
		h.Domain = c.Domain
	}
	return h, &url.URL{Scheme: "https", Host: urlHost(c.Domain), Path: c.Path}
}

func cookieDomain(c *http.Cookie) string {
	return strings.ToLower(strings.TrimPrefix(c.Domain, "."))
}

// defaultPath is the path of a cookie that has none.
//
// RFC 6265, Section 5.1.4.
func defaultPath(path string) string {
	i := strings.LastIndexByte(path, '/')
	if i <= 0 || path[0] != '/' {
		return "/"
	}
	return path[:i]
}

// urlHost returns a host as the library takes it in a URL: an address of IPv6
// always with a port.
func urlHost(host string) string {
	if strings.Contains(host, ":") {
		return net.JoinHostPort(host, "80")
	}
	return host
}

// plainURL returns u with the schemes of HTTP, with the path as it is sent, and without
// a port, which cookies do not care about.
func plainURL(u *url.URL) *url.URL {
	p := &url.URL{Scheme: u.Scheme, Host: urlHost(u.Hostname()), Path: u.EscapedPath()}
	if path, _, _ := strings.Cut(u.Opaque, "?"); path != "" {
		p.Path = path
	}
	switch u.Scheme {
	case "ws":
		p.Scheme = "http"
	case "wss":
		p.Scheme = "https"
	}
	return p
}
