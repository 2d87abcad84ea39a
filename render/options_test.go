package render

import (
	"testing"

	"wscope/wsproto"
)

func TestParseNames(t *testing.T) {
	for _, f := range []Format{Frames, Messages, Hex, JSON} {
		if got, err := ParseFormat(f.String()); got != f || err != nil {
			t.Errorf("ParseFormat(%q) = %v, %v", f, got, err)
		}
	}
	for _, k := range []Timestamps{Relative, Delta, Wall, None} {
		if got, err := ParseTimestamps(k.String()); got != k || err != nil {
			t.Errorf("ParseTimestamps(%q) = %v, %v", k, got, err)
		}
	}
	for _, a := range []BinaryAs{BinaryRaw, BinaryHex, BinaryBase64} {
		if got, err := ParseBinaryAs(a.String()); got != a || err != nil {
			t.Errorf("ParseBinaryAs(%q) = %v, %v", a, got, err)
		}
	}
	const want = `no format is called "xml", expected frames, messages, hex or json`
	if _, err := ParseFormat("xml"); err == nil || err.Error() != want {
		t.Errorf("ParseFormat(xml): %v, want %s", err, want)
	}
	if got := Format(9).String(); got != "invalid (9)" {
		t.Errorf("Format(9) = %q", got)
	}
}

func TestParseOpcodes(t *testing.T) {
	all := func(ops ...wsproto.Opcode) (s OpcodeSet) {
		for _, op := range ops {
			s |= opcodes(op)
		}
		return s
	}
	for in, want := range map[string]OpcodeSet{
		"ping":           all(wsproto.OpPing),
		"ping,PONG":      all(wsproto.OpPing, wsproto.OpPong),
		" text , binary": all(wsproto.OpText, wsproto.OpBinary),
		"cont":           all(wsproto.OpContinuation),
		"continuation":   all(wsproto.OpContinuation),
		"close":          all(wsproto.OpClose),
		"reserved":       all(3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF),
		"control":        all(8, 9, 0xA, 0xB, 0xC, 0xD, 0xE, 0xF),
		"data,control":   0xFFFF,
	} {
		if got, err := ParseOpcodes(in); got != want || err != nil {
			t.Errorf("ParseOpcodes(%q) = %04x, %v, want %04x", in, got, err, want)
		}
	}
	for _, in := range []string{"", "pin", "ping,", "0x9"} {
		if got, err := ParseOpcodes(in); err == nil {
			t.Errorf("ParseOpcodes(%q) = %04x, want an error", in, got)
		}
	}
	for op := wsproto.Opcode(0); op < 16; op++ {
		if got, want := OpcodeSet(0xF8F8).Has(op), op.IsReserved(); got != want {
			t.Errorf("reserved has %v: %v", op, got)
		}
	}
}
