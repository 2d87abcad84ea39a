package doctor

import (
	"strconv"
	"strings"

	"wscope/render"
	"wscope/wsproto"
)

// facts are what every diagnosis of a kind shows: what was got, and what was
// expected.
func (x *exam) facts() []render.Fact {
	fact := func(name, text string) render.Fact { return render.Fact{Name: name, Text: text} }
	const upgrade = "101 Switching Protocols"
	switch e := x.Err; {
	case e.Kind == wsproto.HandshakeRefused:
		status := strings.TrimSpace(strconv.Itoa(x.resp.Status) + " " + clip(x.resp.Reason))
		facts := []render.Fact{fact("got", status)}
		if l := x.got("Location"); l != "" {
			facts = append(facts, fact("got", "Location: "+clip(l)))
		}
		return append(facts, fact("expected", upgrade))
	case e.Kind != wsproto.HandshakeInvalid:
		facts := []render.Fact{fact("sent", clip(x.req.Method+" "+x.req.Target)+" and the rest of the request")}
		switch {
		case len(x.resp.Raw) > 0:
			facts = append(facts, fact("got", strconv.Quote(clip(string(render.RedactHead(x.resp.Raw))))))
		case interim(x):
			facts = append(facts, fact("got", "interim responses: "+strconv.Quote(clip(string(render.RedactHead(x.Received))))))
		default:
			facts = append(facts, fact("got", "nothing"))
		}
		return append(facts, fact("expected", upgrade))
	case e.Rule == "response":
		return []render.Fact{fact("got", clip(e.Got)), fact("expected", clip(e.Want))}
	case e.Rule == "HTTP version":
		return []render.Fact{fact("got", clip(e.Got)), fact("expected", e.Want)}
	case e.Got == "" && x.resp.Fields.Has(e.Rule):
		return []render.Fact{fact("got", e.Rule+": (empty)"), fact("expected", clip(e.Want))}
	case e.Got == "":
		return []render.Fact{fact("got", "no "+e.Rule), fact("expected", e.Rule+": "+clip(e.Want))}
	default:
		return []render.Fact{fact("got", e.Rule+": "+clip(e.Got)), fact("expected", clip(e.Want))}
	}
}
