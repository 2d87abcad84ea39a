package wsproto_test

import (
	"slices"
	"strings"
	"testing"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// TestLenient breaks every rule. A lenient connection shows that and goes on,
// so that the message "after" still arrives, unless the framing is lost.
func TestLenient(t *testing.T) {
	long := strings.Repeat("x", 130)
	for _, tt := range []struct {
		name     string
		frames   []wstest.Frame
		messages []string
		trace    []string
	}{
		{"unmasked", []wstest.Frame{wstest.Text("a").Unlike()}, []string{"a"}, []string{`<- text "a" !5.1`}},
		{"RSV", []wstest.Frame{wstest.Text("a").WithRSV(wsproto.RSV2)}, []string{"a"}, []string{`<- text "a" !5.2`}},
		{"length not minimal", []wstest.Frame{wstest.Text("a").WithLenBytes(8)}, []string{"a"}, []string{`<- text "a" !5.2`}},
		{"reserved data opcode", []wstest.Frame{{Op: 5, Payload: []byte("abc")}}, nil, []string{`<- reserved 0x5 "abc" !5.2`}},
		{"reserved control opcode", []wstest.Frame{{Op: 0xB, Payload: []byte(long)}}, nil, []string{`<- reserved 0xb "` + long + `" !5.2`}},
		{"fragmented ping", []wstest.Frame{wstest.Ping("p").AndMore()}, nil, []string{`<- ping "p" !5.5`}},
		{"long ping", []wstest.Frame{wstest.Ping(long)}, nil, []string{`<- ping "` + long + `" !5.5`}},
		{"very long pong", []wstest.Frame{wstest.Pong(strings.Repeat("x", 5000))}, nil, []string{`<- pong "` + strings.Repeat("x", 140) + `" of 5000 !5.5`}},
		{"stray continuation", []wstest.Frame{wstest.Middle("a"), wstest.Last("b")}, nil,
			[]string{`<- continuation "a" !5.4`, `<- continuation "b" !5.4`}},
		{"new message inside", []wstest.Frame{wstest.StartText("a"), wstest.Text("b")}, []string{"b"}, []string{`<- text "a" #1`, `<- text "b" !5.4`}},
		{"new fragmented message inside", []wstest.Frame{wstest.StartText("a"), wstest.StartBinary("b"), wstest.Last("c")}, []string{"bc"},
			[]string{`<- text "a" #1`, `<- binary "b" #1 !5.4`, `<- continuation "c" #2`}},
		{"not UTF-8", []wstest.Frame{wstest.StartText("a\xff"), wstest.Last("\xffb")}, []string{"a\xff\xffb"},
			[]string{`<- text "a\xff" #1 !8.1`, `<- continuation "\xffb" #2`}},
		{"not UTF-8 at the end", []wstest.Frame{wstest.Text("\xc3")}, []string{"\xc3"}, []string{`<- text "\xc3" !8.1`}},
		{"two rules at once", []wstest.Frame{wstest.Text("\xff").Unlike()}, []string{"\xff"}, []string{`<- text "\xff" !5.1`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, inPieces := range []bool{false, true} {
				if inPieces && strings.Contains(tt.name, "inside") {
					continue // has a test of its own
				}
				frames := append(slices.Clone(tt.frames), wstest.Text("after"), wstest.CloseWith("x"))
				r, messages, err := traceOf(wsproto.Config{Lenient: true, NoPong: true}, inPieces, frames...)
				if e := closeError(t, err); e.Code != wsproto.CloseNoStatus || !e.Remote {
					t.Errorf("ended with %v", err)
				}
				if want := append(slices.Clone(tt.messages), "after"); !slices.Equal(messages, want) {
					t.Errorf("messages %q, want %q", messages, want)
				}
				r.expect(t, append(slices.Clone(tt.trace), `<- text "after"`, `<- close 1005 !5.5.1`, `-> close 1005`)...)
			}
		})
	}
}

// TestLenientLost is where no lenience helps: the length is not to be believed.
func TestLenientLost(t *testing.T) {
	r, _, err := traceOf(wsproto.Config{Lenient: true}, false, wstest.Text("a").Declaring(1<<63|1), wstest.Text("after"))
	if e, ok := err.(*wsproto.ProtocolError); !ok || e.Code != wsproto.CloseProtocolError {
		t.Errorf("ended with %v", err)
	}
	if len(r.lines) != 2 || !strings.HasSuffix(r.lines[0], "!5.2") || r.lines[1] != "-> close 1002" {
		t.Errorf("traced %q", r.lines)
	}
}

// TestLenientPieces has a message begin inside another that is read in pieces.
func TestLenientPieces(t *testing.T) {
	var wire []byte
	for _, f := range []wstest.Frame{wstest.StartText("a"), wstest.StartBinary("b"), wstest.Last("c")} {
		wire = f.AppendTo(wire, wsproto.Client)
	}
	c := wsproto.NewConn(&feed{r: strings.NewReader(string(wire))}, wsproto.Server, wsproto.Config{Lenient: true}, nil)
	type piece struct {
		op          wsproto.Opcode
		payload     string
		start, done bool
	}
	for _, want := range []piece{
		{wsproto.OpText, "a", true, false}, {wsproto.OpBinary, "b", true, false}, {wsproto.OpBinary, "c", false, true},
	} {
		p, err := c.ReadPiece()
		if got := (piece{p.Opcode, string(p.Payload), p.Start, p.Done}); err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
}

// TestReadPieceThenMessage reads the rest of a message whole.
func TestReadPieceThenMessage(t *testing.T) {
	var wire []byte
	for _, f := range []wstest.Frame{wstest.StartText("a"), wstest.Middle("b"), wstest.Last("c"), wstest.Text("next")} {
		wire = f.AppendTo(wire, wsproto.Client)
	}
	c := wsproto.NewConn(&feed{r: strings.NewReader(string(wire))}, wsproto.Server, wsproto.Config{}, nil)
	if p, err := c.ReadPiece(); err != nil || string(p.Payload) != "a" {
		t.Errorf("ReadPiece = %q, %v", p.Payload, err)
	}
	expectMessage(t, c, wsproto.OpText, "bc")
	expectMessage(t, c, wsproto.OpText, "next")
}
