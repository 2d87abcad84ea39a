package deflate

import (
	"strings"
	"testing"

	"wscope/wsproto"
)

func TestAccept(t *testing.T) {
	for _, tt := range []struct {
		offer  string
		limit  Params
		answer string // "" if the offer is declined
	}{
		{Name, Params{}, Name},
		{Name + "; client_max_window_bits", Params{}, Name},
		{Name + "; client_max_window_bits=10", Params{}, Name + "; client_max_window_bits=10"},
		{Name + "; server_max_window_bits=10", Params{}, Name + "; server_max_window_bits=10"},
		{Name + "; server_max_window_bits=8", Params{}, Name + "; server_max_window_bits=8"},
		{Name + "; server_max_window_bits=15", Params{}, Name + "; server_max_window_bits=15"},
		{Name + "; server_no_context_takeover", Params{}, Name + "; server_no_context_takeover"},
		{Name + "; client_no_context_takeover", Params{}, Name + "; client_no_context_takeover"},
		{Name + "; mux=1", Params{}, ""},
		{Name + "; server_max_window_bits=16", Params{}, ""},
		{Name + "; server_max_window_bits", Params{}, ""},
		{Name + "; client_max_window_bits; client_max_window_bits", Params{}, ""},

		{Name, Params{true, true, 0, 0}, Name + "; server_no_context_takeover; client_no_context_takeover"},
		{Name, Params{ServerMaxWindowBits: 11}, Name + "; server_max_window_bits=11"},
		{Name + "; server_max_window_bits=9", Params{ServerMaxWindowBits: 11}, Name + "; server_max_window_bits=9"},
		{Name + "; server_max_window_bits=13", Params{ServerMaxWindowBits: 11}, Name + "; server_max_window_bits=11"},
		{Name, Params{ClientMaxWindowBits: 11}, Name}, // the client has not said that it can
		{Name + "; client_max_window_bits", Params{ClientMaxWindowBits: 11}, Name + "; client_max_window_bits=11"},
		{Name + "; client_max_window_bits=9", Params{ClientMaxWindowBits: 11}, Name + "; client_max_window_bits=9"},
		{Name + "; client_max_window_bits=13", Params{ClientMaxWindowBits: 11}, Name + "; client_max_window_bits=11"},
		{Name + "; client_max_window_bits", Params{ClientMaxWindowBits: NoValue}, Name},
	} {
		declined := 0
		x := &Extension{Limit: tt.limit, Declined: func(_ wsproto.ExtensionParams, why error) {
			if declined++; why == nil {
				t.Errorf("%s is declined without a reason", tt.offer)
			}
		}}
		answer, codec, err := x.Accept(element(t, tt.offer))
		switch {
		case err != nil:
			t.Errorf("Accept(%s) fails: %v", tt.offer, err)
		case (codec == nil) != (tt.answer == "") || (codec == nil) != (declined == 1):
			t.Errorf("Accept(%s) = %v, told %d times that it is declined; want %q", tt.offer, codec, declined, tt.answer)
		case codec != nil && answer.String() != tt.answer:
			t.Errorf("Accept(%s) with %+v answers %q, want %q", tt.offer, tt.limit, answer, tt.answer)
		}
	}
}

func TestConfirm(t *testing.T) {
	full := Context{15, true}
	for _, tt := range []struct {
		offers, answer string // offers are separated by commas
		send, receive  Context
		wrong          string // part of the error
	}{
		{offers: Name, answer: Name, send: full, receive: full},
		{offers: "", answer: Name + "; client_max_window_bits=9", send: Context{9, true}, receive: full}, // what is offered by default
		{offers: Name, answer: Name + "; server_no_context_takeover", send: full, receive: Context{15, false}},
		{offers: Name, answer: Name + "; client_no_context_takeover", send: Context{15, false}, receive: full},
		{offers: Name, answer: Name + "; server_max_window_bits=8", send: full, receive: Context{8, true}},
		{offers: Name, answer: Name + "; client_max_window_bits=10", wrong: "no client_max_window_bits, which was not offered"},
		{offers: Name + "; client_max_window_bits", answer: Name + "; client_max_window_bits", wrong: "of 8 to 15"},
		{offers: Name + "; client_max_window_bits=10", answer: Name + "; client_max_window_bits=11", wrong: "at most 10"},
		{offers: Name + "; client_max_window_bits=10", answer: Name + "; client_max_window_bits=9", send: Context{9, true}, receive: full},
		{offers: Name + "; client_max_window_bits=10", answer: Name, send: Context{10, true}, receive: full},
		{offers: Name + "; client_no_context_takeover", answer: Name, send: Context{15, false}, receive: full},
		{offers: Name + "; server_no_context_takeover", answer: Name, wrong: "server_no_context_takeover, which was demanded"},
		{offers: Name + "; server_max_window_bits=10", answer: Name, wrong: "at most 10"},
		{offers: Name + "; server_max_window_bits=10", answer: Name + "; server_max_window_bits=11", wrong: "at most 10"},
		{offers: Name + "; server_max_window_bits=10", answer: Name + "; server_max_window_bits=9", send: full, receive: Context{9, true}},
		{offers: Name, answer: Name + "; foo", wrong: `no parameter "foo"`},
		{offers: Name, answer: Name + "; server_max_window_bits=16", wrong: "8 to 15"},
		{offers: Name, answer: Name + "; server_max_window_bits=9; server_max_window_bits=9", wrong: "only once"},
		// The first offer cannot be the accepted one.
		{offers: Name + "; server_max_window_bits=9; client_no_context_takeover, " + Name, answer: Name, send: full, receive: full},
		// Either can.
		{offers: Name + "; client_max_window_bits=12, " + Name + "; client_no_context_takeover", answer: Name, send: Context{12, false}, receive: full},
		{offers: Name + "; server_max_window_bits=9, " + Name + "; server_max_window_bits=10", answer: Name, wrong: "at most 9"},
	} {
		x := &Extension{}
		if tt.offers != "" {
			list, err := wsproto.ParseExtensions([]string{tt.offers})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range list {
				p, err := ParseOffer(e)
				if err != nil {
					t.Fatal(err)
				}
				x.Offers = append(x.Offers, p)
			}
		}
		codec, err := x.Confirm(element(t, tt.answer))
		if tt.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("offered %q, answered %q: %v, want an error with %q", tt.offers, tt.answer, err, tt.wrong)
			}
			continue
		}
		if err != nil {
			t.Errorf("offered %q, answered %q: %v", tt.offers, tt.answer, err)
			continue
		}
		if c := codec.(*Codec); c.Send() != tt.send || c.Receive() != tt.receive {
			t.Errorf("offered %q, answered %q: we send with %+v and receive with %+v, want %+v and %+v",
				tt.offers, tt.answer, c.Send(), c.Receive(), tt.send, tt.receive)
		}
	}
}

func TestOffer(t *testing.T) {
	for _, tt := range []struct {
		offers []Params
		want   []string
	}{
		{nil, []string{Name + "; client_max_window_bits"}},
		{[]Params{{}}, []string{Name}},
		{[]Params{{ServerMaxWindowBits: 10}, {}}, []string{Name + "; server_max_window_bits=10", Name}},
	} {
		var got []string
		for _, e := range (&Extension{Offers: tt.offers}).Offer() {
			got = append(got, e.String())
		}
		if strings.Join(got, ", ") != strings.Join(tt.want, ", ") {
			t.Errorf("%+v is offered as %q, want %q", tt.offers, got, tt.want)
		}
	}
}
