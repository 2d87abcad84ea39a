package cmd

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wscope/cmd/internal/cookies"
	"wscope/cmd/internal/netdial"
	"wscope/render"
	"wscope/sse"
	"wscope/wsproto"
)

// redirectOptions are the flags of redirects.
type redirectOptions struct {
	follow  bool
	max     int
	trusted bool // credentials go along, wherever that is
}

// defaultMaxRedirects is curl's.
const defaultMaxRedirects = 50

func (o *redirectOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVarP(&o.follow, "location", "L", false, "follow redirects; credentials and cookies stay with the server that they are for")
	flags.BoolVar(&o.trusted, "location-trusted", false, "follow redirects, and send credentials to every server that they lead to")
	o.max = defaultMaxRedirects
	flags.Var(countFlag{&o.max}, "max-redirs", "follow at most this `number` of redirects; 0 follows none, -1 any number")
	setFlagExample(flags, "max-redirs", "5")
	setGroup(flags, "Connection", "location", "location-trusted", "max-redirs")
}

// follows reports whether redirects are followed at all.
func (o *redirectOptions) follows() bool { return o.follow || o.trusted }

// unlimited is a number of things without an end, on the command line -1.
const unlimited = -1

// A countFlag is a number of things, 0 for none and -1 for any number.
type countFlag struct{ n *int }

func (f countFlag) Type() string { return "int" }

func (f countFlag) String() string {
	if f.n == nil {
		return "0"
	}
	return strconv.Itoa(*f.n)
}

func (f countFlag) Set(s string) error {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < unlimited {
		return errors.New("expected a number such as 5, 0 for none or -1 for any number")
	}
	*f.n = int(n)
	return nil
}

// printNotes tells what was assumed of the command line.
func (op *opener) printNotes(s streams, colorMode string) {
	for _, note := range append([]string{op.target.note}, op.id.notes...) {
		if note != "" {
			printDiagnostic(s, colorMode, levelNote, note)
		}
	}
}

// finish writes the cookies to their file. It returns err, with which the session
// has ended, or why there is no such file.
func (op *opener) finish(view *display, err error) error {
	saved := op.save()
	if err == nil {
		return saved
	}
	if saved != nil {
		view.show(&render.Failure{Meta: render.Meta{Time: time.Now()}, Err: saved})
	}
	return err
}

func (op *opener) save() error {
	if op.cookies.jar == "" {
		return nil
	}
	if err := op.id.jar.Save(op.cookies.jar); err != nil {
		return failure(exitWrite, fmt.Errorf("--cookie-jar: %w", err), "")
	}
	return nil
}

// isRedirect reports whether a status says that something is elsewhere.
//
// RFC 9110, Section 15.4.
func isRedirect(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// An opener opens the connections of a session, over redirects and challenges.
type opener struct {
	*dialOptions
	target target
	// dialer has what is the same for all requests, but for the header: own are
	// the fields that we add, before those of the user.
	dialer    wsproto.Dialer
	own, user wsproto.Fields
	id        *identity
}

// maxAnswers bounds how often one request is sent again to answer a challenge.
const maxAnswers = 3

// A hop is a request on the way to a connection.
type hop struct {
	url     wsproto.URL
	away    bool // a redirect has led to another origin
	n       int  // redirects before it
	answers int  // to challenges, before it
}

// open opens a connection with the dialer, which is that of the opener with what
// is to be used on this connection, and shows how that went. The error is one
// that knows its exit status.
func (op *opener) open(ctx context.Context, dialer *wsproto.Dialer, o *observer) (*wsproto.Conn, error) {
	whole := ctx // of the session
	if t := op.net.connectTimeout; t > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, t)
		defer cancel()
	}
	h := hop{url: op.target.url}
	for {
		start := time.Now()
		d := *dialer
		d.Header = op.header(h)
		c, resp, err := op.attempt(ctx, &d, h.url, o)
		if resp != nil {
			for _, err := range op.id.received(h.url, resp.Fields.Values("Set-Cookie")) {
				o.note(err.Error())
			}
		}
		next, more, err := op.next(h, resp, err)
		if !more {
			o.handshake(c, time.Since(start), err)
			if err != nil {
				return nil, op.failure(whole, err, h, o)
			}
			return c, nil
		}
		e := &render.Detour{Status: resp.Status}
		if next.n > h.n {
			e.To, e.Number, e.Max = next.url.String(), next.n, max(op.redirect.max, 0)
			if next.away && !h.away {
				e.Withheld = op.withheld(next.url)
			}
		}
		o.detour(e)
		h = next
	}
}

// next returns the hop that comes after h, if there is one, or why it is not
// taken. Otherwise the error is that of h.
func (op *opener) next(h hop, resp *wsproto.Response, err error) (next hop, more bool, _ error) {
	var refused *wsproto.HandshakeError
	if !errors.As(err, &refused) || refused.Kind != wsproto.HandshakeRefused {
		return h, false, err
	}
	switch {
	case resp.Status == http.StatusUnauthorized:
		again := op.id.challenged(h.url, h.away, op.user.Has("Authorization"), resp.Fields.Values("WWW-Authenticate"))
		if again && h.answers < maxAnswers {
			h.answers++
			return h, true, nil
		}
	case isRedirect(resp.Status) && op.redirect.follows():
		limit := 0
		url, why := h.url.Resolve(resp.Fields.Value("Location"))
		if why == nil {
			url.Host, why = netdial.ASCIIHost(url.Host)
		}
		switch {
		case !resp.Fields.Has("Location"):
			why = errors.New("there is no Location")
		case h.n == op.redirect.max:
			why, limit = fmt.Errorf("too many redirects, at most %d are followed", h.n), h.n
		}
		if why != nil {
			return h, false, redirectError(resp, why.Error(), limit)
		}
		away := h.away || !op.redirect.trusted && !url.SameOrigin(h.url)
		return hop{url: url, away: away, n: h.n + 1}, true, nil
	}
	return h, false, err
}

// redirectError is why a redirect is not followed, in the form that event streams
// have it in, too.
func redirectError(resp *wsproto.Response, reason string, limit int) error {
	return &sse.RedirectError{
		Response: &http.Response{
			StatusCode: resp.Status,
			Status:     strings.TrimSpace(fmt.Sprintf("%d %s", resp.Status, resp.Reason)),
			Header:     http.Header{"Location": {resp.Fields.Value("Location")}},
		},
		Reason: reason,
		Limit:  limit,
	}
}

// redirectFailure gives a redirect that is not followed its exit status.
func redirectFailure(e *sse.RedirectError) *exitError {
	hint := ""
	if e.Limit > 0 {
		hint = "--max-redirs sets how many are followed"
	}
	return &exitError{exitRedirects, e, hint}
}

// failure gives what a connection was not opened for its exit status. The context
// is that of the session.
func (op *opener) failure(ctx context.Context, err error, h hop, o *observer) error {
	var (
		redirect *sse.RedirectError
		refused  *wsproto.HandshakeError
	)
	switch cause := context.Cause(ctx); {
	case overTime(ctx, err):
		return failure(exitTimeout, &errMaxTime{after: op.net.maxTime, unopened: err}, "")
	case ctx.Err() == context.Canceled:
		return cause
	case errors.As(err, &redirect):
		return redirectFailure(redirect)
	case errors.As(err, &refused) && refused.Kind == wsproto.HandshakeRefused && refused.Response.Status == http.StatusUnauthorized:
		if hint := op.id.rejectedHint(); hint != "" {
			return failure(exitRefused, err, hint)
		}
	}
	return explained(dialFailure(err, h.url), o.diagnosis)
}

// secretFields are the fields of the user that are for one server only. The name
// of a virtual host is no secret, but is that server's, too.
var secretFields = [...]string{"Authorization", "Proxy-Authorization", "Cookie"}

func isSecret(name string) bool {
	return slices.ContainsFunc(secretFields[:], func(secret string) bool { return strings.EqualFold(secret, name) })
}

// header returns the header of the request of a hop.
func (op *opener) header(h hop) (fields wsproto.Fields) {
	elsewhere := !h.url.SameOrigin(op.target.url)
	var user wsproto.Fields
	for _, f := range op.user {
		if h.away && isSecret(f.Name) || elsewhere && strings.EqualFold(f.Name, "Host") {
			continue
		}
		user = append(user, f)
	}
	fields = append(fields, op.own...)
	for _, f := range op.id.fields(h.url, http.MethodGet, h.away) {
		switch {
		case op.omits(f.Name):
		case !user.Has(f.Name):
			fields = append(fields, f)
		case f.Name == "Cookie":
			i := slices.IndexFunc(user, func(u wsproto.Field) bool { return strings.EqualFold(u.Name, f.Name) })
			user[i].Value = cookies.Join(user[i].Value, f.Value)
		}
	}
	return append(fields, user...)
}

// omits reports whether the user wants no field of that name.
func (op *opener) omits(name string) bool {
	return slices.ContainsFunc(op.dialer.Omit, func(omitted string) bool { return strings.EqualFold(omitted, name) })
}

// withheld returns the names of the fields that are not sent to u, to which a
// redirect leads, since they are for another server.
func (op *opener) withheld(u wsproto.URL) (names []string) {
	for _, name := range secretFields {
		if op.user.Has(name) || name == "Authorization" && op.id.login.given && op.id.client(u, true) == nil || name == "Cookie" && op.id.cookie != "" {
			names = append(names, name)
		}
	}
	return names
}
