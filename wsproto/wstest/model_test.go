package wstest

import (
	"slices"
	"testing"
	"unicode/utf8"

	"wscope/wsproto"
)

// Each case says by hand what the model works out: two opinions on one stream.
func TestCasesAgreeWithModel(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Cases() {
		if seen[c.Name] {
			t.Errorf("two cases have the name %q", c.Name)
		}
		seen[c.Name] = true
		for _, from := range []wsproto.Role{wsproto.Client, wsproto.Server} {
			if size(c) > 1<<20 {
				continue // others do the same with less
			}
			limit := c.Limit
			if limit == 0 {
				limit = 16 << 20
			}
			m := &Model{From: from, Limit: limit}
			m.Feed(c.Stream(from))
			got := WantOf(m)
			for _, d := range c.Want.diff(got.Messages, got.Pongs) {
				t.Errorf("%s: %s: the model: %s", from, c.Name, d)
			}
			if got.Close != c.Want.Close || got.ByPeer != c.Want.ByPeer {
				t.Errorf("%s: %s: the model closes with %d (by peer %t; %s), the case wants %d (by peer %t)",
					from, c.Name, got.Close, got.ByPeer, m.Broken, c.Want.Close, c.Want.ByPeer)
			}
			if i := slices.Index(c.Send, Step(Await{Close: true})); i >= 0 && !c.Want.ByPeer {
				early := &Model{From: from, Limit: limit}
				early.Feed(Case{Send: c.Send[:i]}.Stream(from))
				if !early.Closed {
					t.Errorf("%s: %s: waits for a Close frame that is not due yet", from, c.Name)
				}
			}
		}
	}
	t.Logf("%d cases", len(seen))
	if len(seen) < 700 {
		t.Errorf("only %d cases", len(seen))
	}
}

func TestUTF8(t *testing.T) {
	for _, group := range utf8Sequences() {
		for _, s := range group.all {
			if got := validUTF8([]byte(s)); got != group.valid || got != utf8.ValidString(s) {
				t.Errorf("%s: validUTF8(%x) = %t, want %t, unicode/utf8 says %t", group.name, s, got, group.valid, utf8.ValidString(s))
			}
		}
	}
	for r := rune(0); r <= 0x10FFFF+1; r++ {
		if s := string(r); s != "\ufffd" || r == 0xFFFD {
			if !validUTF8([]byte(s)) {
				t.Fatalf("validUTF8(%x) = false", s)
			}
		}
	}
	var b [4]byte
	for i := range 1 << 24 {
		b = [4]byte{byte(i >> 16), byte(i >> 8), byte(i), 0x80}
		if b[0] >= 0xC0 && validUTF8(b[:]) != utf8.Valid(b[:]) {
			t.Fatalf("validUTF8(%x) = %t", b, validUTF8(b[:]))
		}
	}
}

func TestFrameBits(t *testing.T) {
	hello := Text("Hello").WithKey(0x37, 0xfa, 0x21, 0x3d)
	for _, tt := range []struct {
		name string
		f    Frame
		from wsproto.Role
		want string
	}{
		// RFC 6455, Section 5.7.
		{"unmasked text", hello, wsproto.Server, "\x81\x05Hello"},
		{"masked text", hello, wsproto.Client, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"},
		{"first fragment", StartText("Hel"), wsproto.Server, "\x01\x03Hel"},
		{"last fragment", Last("lo"), wsproto.Server, "\x80\x02lo"},
		{"ping", Ping("Hello"), wsproto.Server, "\x89\x05Hello"},
		{"masked pong", Pong("Hello").WithKey(0x37, 0xfa, 0x21, 0x3d), wsproto.Client, "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"},
		{"256 bytes", Binary(stars(256)), wsproto.Server, "\x82\x7e\x01\x00" + stars(256)},
		{"64 KiB", Binary(stars(65536)), wsproto.Server, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00" + stars(65536)},
		// Rude ones.
		{"reserved bits", Text("a").WithRSV(0x70), wsproto.Server, "\xf1\x01a"},
		{"one bit", Text("a").WithRSV(0x20), wsproto.Server, "\xa1\x01a"},
		{"two extra bytes", Text("a").WithLenBytes(2), wsproto.Server, "\x81\x7e\x00\x01a"},
		{"eight extra bytes", Text("a").WithLenBytes(8), wsproto.Server, "\x81\x7f\x00\x00\x00\x00\x00\x00\x00\x01a"},
		{"masked by a server", Text("a").WithKey(1, 0, 0, 0).Unlike(), wsproto.Server, "\x81\x81\x01\x00\x00\x00\x60"},
		{"not masked by a client", Text("a").Unlike(), wsproto.Client, "\x81\x01a"},
		{"length that is not there", Text("a").Declaring(1 << 63), wsproto.Server, "\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00a"},
		{"reserved opcode", Frame{Op: 0xF, More: true}, wsproto.Server, "\x0f\x00"},
	} {
		if got := tt.f.AppendTo(nil, tt.from); string(got) != tt.want {
			t.Errorf("%s: % x, want % x", tt.name, got, tt.want)
		}
	}
}

func TestAcceptKey(t *testing.T) {
	if got := AcceptKey(SampleKey); got != SampleAccept {
		t.Errorf("AcceptKey(%q) = %q, want %q", SampleKey, got, SampleAccept)
	}
}
