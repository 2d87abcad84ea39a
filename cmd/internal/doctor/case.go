package doctor

import (
	"bytes"
	"strings"

	"wscope/render"
	"wscope/wsproto"
)

// A Case is an opening handshake of ours that has failed.
type Case struct {
	URL wsproto.URL
	Err *wsproto.HandshakeError
	// Received are the bytes of the heads that came, interim responses included.
	// Nil stands for those of the response in Err.
	Received []byte
	// Proxy is the address of the proxy that the connection goes through, or "".
	Proxy string
	// NoClientCert tells that the server has asked for a client certificate in the
	// TLS handshake, and there was none to send.
	NoClientCert bool
}

// Diagnose explains a handshake that failed. It returns nil if there is nothing
// to explain: it was given up from our side, or it was one of a server.
func Diagnose(c Case) *render.Diagnosis {
	if c.Err == nil {
		return nil
	}
	x := newExam(c)
	for _, table := range tables(c.Err) {
		for _, r := range table() {
			if r.match(x) {
				return r.diagnosis(x)
			}
		}
	}
	return nil
}

// tables returns the tables in which a failure can stand, in order.
func tables(e *wsproto.HandshakeError) []func() []row {
	switch e.Kind {
	case wsproto.HandshakeRefused:
		return []func() []row{redirects, successes, badRequests, denials, clientErrors, serverErrors}
	case wsproto.HandshakeInvalid:
		if e.Rule == "response" {
			return []func() []row{strangers, badHeads}
		}
		return []func() []row{badUpgrades}
	case wsproto.HandshakeEmpty, wsproto.HandshakeTimeout, wsproto.HandshakeDropped:
		return []func() []row{silences}
	}
	return nil
}

// A row is a symptom and what to say about it. In its texts a word in braces
// stands for something of the case, see [exam.value].
type row struct {
	symptom string
	match   func(*exam) bool
	rfc     int
	section string
	hint    string
	meaning string
	causes  []string
	next    []string
	// tell adds to the diagnosis what takes more than filling in; may be nil.
	tell func(*exam, *render.Diagnosis)
}

func (r row) diagnosis(x *exam) *render.Diagnosis {
	d := &render.Diagnosis{
		Symptom: r.symptom,
		RFC:     r.rfc, Section: r.section,
		Facts:   x.facts(),
		Meaning: expand(r.meaning, x.value),
		Causes:  expandAll(r.causes, x.value),
		Next:    expandAll(r.next, x.value),
		Hint:    expand(r.hint, x.value),
	}
	if r.tell != nil {
		r.tell(x, d)
	}
	return d
}

// An exam is a case as the rows look at it.
type exam struct {
	Case
	req  *wsproto.Request  // never nil
	resp *wsproto.Response // never nil; its status is 0 if there was none
	text string            // the beginning of the body in lower case
}

// lookAt is how much of a body is looked at. What names a server or a library
// stands at the beginning.
const lookAt = 8 << 10

func newExam(c Case) *exam {
	x := &exam{Case: c, req: c.Err.Request, resp: c.Err.Response}
	if x.req == nil {
		x.req = &wsproto.Request{}
	}
	if x.resp == nil {
		x.resp = &wsproto.Response{}
	}
	if x.Received == nil {
		x.Received = x.resp.Raw
	}
	x.text = strings.ToLower(string(x.resp.Body[:min(len(x.resp.Body), lookAt)]))
	return x
}

// got returns the values of a field of the response, joined.
func (x *exam) got(field string) string { return strings.Join(x.resp.Fields.Values(field), ", ") }

// sent returns the values of a field of the request, joined.
func (x *exam) sent(field string) string { return strings.Join(x.req.Fields.Values(field), ", ") }

// isHTML reports whether the body is a page, by what it says or by its looks.
func (x *exam) isHTML() bool {
	body := strings.TrimSpace(x.text)
	return isType(x.got("Content-Type"), "text/html") || strings.HasPrefix(body, "<!doctype html") || strings.HasPrefix(body, "<html")
}

// isJSON reports whether the body is JSON, by what it says or by its looks.
func (x *exam) isJSON() bool {
	essence, _, _ := strings.Cut(x.got("Content-Type"), ";")
	essence = strings.ToLower(strings.TrimSpace(essence))
	body := bytes.TrimSpace(x.resp.Body)
	return essence == "application/json" || strings.HasSuffix(essence, "+json") ||
		essence == "" && len(body) > 0 && (body[0] == '{' || body[0] == '[')
}

// isType reports whether a Content-Type is of a media type, whatever its
// parameters.
func isType(value, media string) bool {
	essence, _, _ := strings.Cut(value, ";")
	return strings.EqualFold(strings.TrimSpace(essence), media)
}

// gateway names who stands in front of the server, as far as the response tells.
func (x *exam) gateway() string {
	var names []string
	if s := x.got("Server"); s != "" {
		names = append(names, clip(s)+" by its Server field")
	}
	if s := x.got("Via"); s != "" {
		names = append(names, clip(s)+" by its Via field")
	}
	if x.Proxy != "" {
		names = append(names, "the proxy "+clip(x.Proxy))
	}
	if len(names) == 0 {
		return "it does not name itself"
	}
	return strings.Join(names, ", ")
}

// The conditions that rows are made of.

// always is no condition.
func always(*exam) bool { return true }

// all is the condition that each of several holds.
func all(conditions ...func(*exam) bool) func(*exam) bool {
	return func(x *exam) bool {
		for _, ok := range conditions {
			if !ok(x) {
				return false
			}
		}
		return true
	}
}

// status is the condition that the response has one of these statuses.
func status(codes ...int) func(*exam) bool {
	return func(x *exam) bool {
		for _, code := range codes {
			if x.resp.Status == code {
				return true
			}
		}
		return false
	}
}

// class is the condition that the status begins with a digit.
func class(digit int) func(*exam) bool {
	return func(x *exam) bool { return x.resp.Status/100 == digit }
}

// says is the condition that the body contains one of these texts, which are in
// lower case.
func says(texts ...string) func(*exam) bool {
	return func(x *exam) bool {
		for _, s := range texts {
			if strings.Contains(x.text, s) {
				return true
			}
		}
		return false
	}
}

// has is the condition that the response has a field.
func has(field string) func(*exam) bool {
	return func(x *exam) bool { return x.resp.Fields.Has(field) }
}

// kind is the condition that the handshake failed in one of these ways.
func kind(kinds ...wsproto.HandshakeKind) func(*exam) bool {
	return func(x *exam) bool {
		for _, k := range kinds {
			if x.Err.Kind == k {
				return true
			}
		}
		return false
	}
}
