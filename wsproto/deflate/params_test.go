package deflate

import (
	"errors"
	"strings"
	"testing"

	"wscope/wsproto"
)

// element decodes one element of a header field.
func element(t testing.TB, s string) wsproto.ExtensionParams {
	t.Helper()
	list, err := wsproto.ParseExtensions([]string{s})
	if err != nil || len(list) != 1 {
		t.Fatalf("ParseExtensions(%q) = %v, %v", s, list, err)
	}
	return list[0]
}

func TestParse(t *testing.T) {
	const both = Name + "; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=15"
	for _, tt := range []struct {
		in            string
		offer, answer Params
		notOffer      string // part of the error, if it is not legal
		notAnswer     string
	}{
		{in: Name},
		{in: both, offer: Params{true, true, 9, 15}, answer: Params{true, true, 9, 15}},
		{in: Name + "; client_max_window_bits=8; server_max_window_bits=8", offer: Params{false, false, 8, 8}, answer: Params{false, false, 8, 8}},
		{in: Name + `; server_max_window_bits="10"; client_max_window_bits="1\2"`, offer: Params{false, false, 10, 12}, answer: Params{false, false, 10, 12}},
		{in: Name + "; client_max_window_bits", offer: Params{ClientMaxWindowBits: NoValue}, notAnswer: "a client_max_window_bits of 8 to 15"},
		{in: Name + "; server_max_window_bits", notOffer: "a server_max_window_bits of 8 to 15", notAnswer: "a server_max_window_bits of 8 to 15"},
		{in: Name + "; server_max_window_bits=7", notOffer: "8 to 15", notAnswer: "8 to 15"},
		{in: Name + "; server_max_window_bits=16", notOffer: "8 to 15", notAnswer: "8 to 15"},
		{in: Name + "; server_max_window_bits=010", notOffer: "8 to 15", notAnswer: "8 to 15"},
		{in: Name + "; server_max_window_bits=+10", notOffer: "8 to 15", notAnswer: "8 to 15"},
		{in: Name + "; server_max_window_bits=1e1", notOffer: "8 to 15", notAnswer: "8 to 15"},
		{in: Name + "; client_max_window_bits=7", notOffer: "8 to 15", notAnswer: "8 to 15"},
		{in: Name + "; client_max_window_bits=16", notOffer: "8 to 15", notAnswer: "8 to 15"},
		{in: Name + "; client_max_window_bits=09", notOffer: "8 to 15", notAnswer: "8 to 15"},
		{in: Name + "; client_max_window_bits=0x9", notOffer: "8 to 15", notAnswer: "8 to 15"},
		{in: Name + "; server_no_context_takeover=1", notOffer: "without a value", notAnswer: "without a value"},
		{in: Name + "; client_no_context_takeover=true", notOffer: "without a value", notAnswer: "without a value"},
		{in: Name + "; server_no_context_takeover; server_no_context_takeover", notOffer: "only once", notAnswer: "only once"},
		{in: Name + "; client_no_context_takeover; client_no_context_takeover", notOffer: "only once", notAnswer: "only once"},
		{in: Name + "; server_max_window_bits=9; server_max_window_bits=9", notOffer: "only once", notAnswer: "only once"},
		{in: Name + "; client_max_window_bits; client_max_window_bits=9", notOffer: "only once", notAnswer: "8 to 15"},
		{in: Name + "; mux", notOffer: `no parameter "mux"`, notAnswer: `no parameter "mux"`},
		{in: Name + "; SERVER_NO_CONTEXT_TAKEOVER", notOffer: "no parameter", notAnswer: "no parameter"},
	} {
		e := element(t, tt.in)
		for _, side := range []struct {
			name  string
			parse func(wsproto.ExtensionParams) (Params, error)
			want  Params
			wrong string
		}{
			{"ParseOffer", ParseOffer, tt.offer, tt.notOffer},
			{"ParseAnswer", ParseAnswer, tt.answer, tt.notAnswer},
		} {
			got, err := side.parse(e)
			var bad *ParamError
			switch {
			case side.wrong == "" && (err != nil || got != side.want):
				t.Errorf("%s(%s) = %+v, %v, want %+v", side.name, tt.in, got, err, side.want)
			case side.wrong != "" && (!errors.As(err, &bad) || !strings.Contains(err.Error(), side.wrong)):
				t.Errorf("%s(%s) = %+v, %v, want an error with %q", side.name, tt.in, got, err, side.wrong)
			}
		}
	}
}

func TestParamsString(t *testing.T) {
	for want, p := range map[string]Params{
		Name:                              {},
		Name + "; client_max_window_bits": {ClientMaxWindowBits: NoValue},
		Name + "; server_no_context_takeover; client_no_context_takeover": {true, true, 0, 0},
		Name + "; server_max_window_bits=8; client_max_window_bits=15":    {ServerMaxWindowBits: 8, ClientMaxWindowBits: 15},
		Name + "; client_no_context_takeover; server_max_window_bits=12":  {ClientNoContextTakeover: true, ServerMaxWindowBits: 12},
	} {
		if got := p.String(); got != want {
			t.Errorf("%+v is %q, want %q", p, got, want)
		}
	}
}

// What a server makes of any header is either declined or an answer that a
// client with the same offers confirms.
func FuzzParams(f *testing.F) {
	for _, s := range []string{
		Name, Name + "; client_max_window_bits", Name + "; server_max_window_bits=9, " + Name,
		Name + `; server_max_window_bits="10"; client_no_context_takeover`, Name + "; a=b;", ", ;=",
		Name + "; client_max_window_bits=8; server_no_context_takeover; server_max_window_bits=8",
	} {
		f.Add(s, byte(0), byte(0))
		f.Add(s, byte(0x9F), byte(0x3A))
	}
	f.Fuzz(func(t *testing.T, header string, bits, flags byte) {
		list, err := wsproto.ParseExtensions([]string{header})
		if err != nil {
			return
		}
		limit := Params{ServerNoContextTakeover: flags&1 != 0, ClientNoContextTakeover: flags&2 != 0}
		if n := int(bits & 15); n >= MinWindowBits {
			limit.ServerMaxWindowBits = n
		}
		if n := int(bits >> 4); n >= MinWindowBits {
			limit.ClientMaxWindowBits = n
		}
		for _, e := range list {
			if e.Name != Name {
				continue
			}
			var server *Codec
			x := &Extension{Limit: limit, Agreed: func(c *Codec) { server = c }}
			offer, err := ParseOffer(e)
			answer, codec, acceptErr := x.Accept(e)
			if acceptErr != nil || (codec == nil) != (err != nil) {
				t.Fatalf("Accept(%v) = %v, %v, ParseOffer says %v", e, codec, acceptErr, err)
			}
			if codec == nil {
				continue
			}
			if again, err := ParseOffer(offer.Element()); err != nil || again != offer {
				t.Fatalf("%+v comes back as %+v, %v", offer, again, err)
			}
			back, err := wsproto.ParseExtensions([]string{answer.String()})
			if err != nil {
				t.Fatalf("the answer is %q: %v", answer, err)
			}
			client, err := (&Extension{Offers: []Params{offer}}).Confirm(back[0])
			if err != nil {
				t.Fatalf("offer %v, limit %v: the answer %q is not confirmed: %v", offer, limit, answer, err)
			}
			c := client.(*Codec)
			if c.Receive() != server.Send() {
				t.Errorf("offer %v, answer %q: the server compresses with %+v, the client expects %+v", offer, answer, server.Send(), c.Receive())
			}
			// A client may do with less than it is allowed.
			ours, allowed := c.Send(), server.Receive()
			if ours.WindowBits > allowed.WindowBits || ours.Takeover && !allowed.Takeover {
				t.Errorf("offer %v, answer %q: the client compresses with %+v, the server expects %+v", offer, answer, ours, allowed)
			}
		}
	})
}
