package expect

import (
	"fmt"
	"strings"
	"testing"

	"wscope/wsproto"
)

func mustRegexp(t *testing.T, pattern string) *Regexp {
	t.Helper()
	re, err := NewRegexp(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return re
}

func mustJSON(t *testing.T, conditions ...string) JSON {
	t.Helper()
	var j JSON
	for _, s := range conditions {
		c, err := ParseCondition(s)
		if err != nil {
			t.Fatal(err)
		}
		j = append(j, c)
	}
	return j
}

func TestMatcher(t *testing.T) {
	tick, seven := "tick", "7"
	text := func(s string) *Message { return &Message{Kind: Text, Data: []byte(s)} }
	for _, tt := range []struct {
		name string
		x    Matcher
		m    *Message
		want string // in the miss; "" for a match
	}{
		{"any text", Matcher{Kind: Text}, text("x"), ""},
		{"text", Matcher{Kind: Text, Body: Exactly("x")}, text("x"), ""},
		{"another text", Matcher{Kind: Text, Body: Exactly("hello world")}, text("hello wurld"),
			"expected \"hello world\"\n     got \"hello wurld\"\n                 ^ character 8"},
		{"binary for text", Matcher{Kind: Text, Body: Exactly("x")}, &Message{Kind: Binary, Data: []byte("x")},
			"it is a binary message, expected a text message"},
		{"binary", Matcher{Kind: Binary, Body: Bytes("\x00\xff")}, &Message{Kind: Binary, Data: []byte("\x00\xff")}, ""},
		{"another binary", Matcher{Kind: Binary, Body: Bytes("\x00\xff")}, &Message{Kind: Binary, Data: []byte("\x00\xfe")},
			"expected 00 ff\n     got 00 fe\n            ^^ offset 1"},
		{"re", Matcher{Kind: Text, Body: mustRegexp(t, `^id=\d+$`)}, text("id=12"), ""},
		{"no re", Matcher{Kind: Text, Body: mustRegexp(t, `id=\d+;`)}, text("id=12,"), `matches up to offset 5; then there is ",", where ";"`},
		{"no re at the end", Matcher{Kind: Text, Body: mustRegexp(t, `id=\d+;`)}, text("id=12"), "then the text ends"},
		{"nothing of re", Matcher{Kind: Text, Body: mustRegexp(t, `abc`)}, text("x"), "does not match any of it"},
		{"close", Matcher{Kind: Close, Code: 1000}, &Message{Kind: Close, Code: 1000, Reason: "bye"}, ""},
		{"close with a reason", Matcher{Kind: Close, Code: 1000, Body: Exactly("bye")}, &Message{Kind: Close, Code: 1000, Reason: "bye"}, ""},
		{"another reason", Matcher{Kind: Close, Body: Exactly("bye")}, &Message{Kind: Close, Code: 1000}, "it ends 3 bytes short"},
		{"another code", Matcher{Kind: Close, Code: 1000}, &Message{Kind: Close, Code: wsproto.CloseInternalError},
			"the close code is 1011 internal error, expected 1000"},
		{"event", Matcher{Kind: Event, Type: &tick, ID: &seven, Body: mustJSON(t, ".n == 1")},
			&Message{Kind: Event, Type: "tick", ID: "7", Data: []byte(`{"n":1}`)}, ""},
		{"another type", Matcher{Kind: Event, Type: &tick}, &Message{Kind: Event, Type: "message"}, `the type of the event is "message", expected "tick"`},
		{"another id", Matcher{Kind: Event, ID: &seven}, &Message{Kind: Event, ID: "8"}, `the id of the event is "8", expected "7"`},
		{"ping", Matcher{Kind: Ping}, &Message{Kind: Ping}, ""},
	} {
		miss := tt.x.Match(tt.m)
		switch {
		case tt.want == "" && miss != nil:
			t.Errorf("%s: missed: %s", tt.name, miss.Why)
		case tt.want != "" && miss == nil:
			t.Errorf("%s: matched, want %q", tt.name, tt.want)
		case tt.want != "" && !strings.Contains(miss.Why, tt.want):
			t.Errorf("%s: missed by\n%s\nwant\n%s", tt.name, miss.Why, tt.want)
		case miss != nil && (miss.Near < 0 || miss.Near >= 1):
			t.Errorf("%s: near by %v, want from 0 to 1", tt.name, miss.Near)
		}
	}
}

func TestMatcherString(t *testing.T) {
	tick := "tick"
	for _, tt := range []struct {
		x    Matcher
		want string
	}{
		{Matcher{Kind: Text}, "text"},
		{Matcher{Kind: Text, Body: Exactly("a\x1b")}, `text "a␛"`},
		{Matcher{Kind: Text, Body: mustRegexp(t, `^a`)}, `re "^a"`},
		{Matcher{Kind: Text, Body: mustJSON(t, "id == 7", ".error exists", ".name ~ ^a")}, `json .id == 7 and .error exists and .name ~ "^a"`},
		{Matcher{Kind: Binary, Body: Bytes("\x01\x02")}, "binary hex:0102"},
		{Matcher{Kind: Ping, Body: Exactly("p")}, `ping "p"`},
		{Matcher{Kind: Close, Code: 1000, Body: Exactly("bye")}, `close 1000 "bye"`},
		{Matcher{Kind: Close, Body: mustRegexp(t, "b")}, `close re "b"`},
		{Matcher{Kind: Event, Type: &tick, Body: Exactly("x")}, `event type "tick" text "x"`},
	} {
		if got := tt.x.String(); got != tt.want {
			t.Errorf("String() = %s, want %s", got, tt.want)
		}
	}
}

func TestMessageString(t *testing.T) {
	for _, tt := range []struct {
		m    Message
		want string
	}{
		{Message{Kind: Text, Data: []byte("a\nb")}, `text "a␊b"`},
		{Message{Kind: Text, Data: []byte(strings.Repeat("é", 150))}, `text "` + strings.Repeat("é", 100) + `"... (300 bytes)`},
		{Message{Kind: Binary, Data: make([]byte, 40)}, "binary hex:" + strings.Repeat("00", 32) + "... (40 bytes)"},
		{Message{Kind: Close, Code: 1011, Reason: "no"}, `close 1011 internal error "no"`},
		{Message{Kind: Event, Type: "message", Data: []byte("x")}, `event text "x"`},
		{Message{Kind: Event, Type: "tick", ID: "7"}, `event type "tick" id "7" text ""`},
		{Message{Kind: Field, Data: []byte("200 OK")}, `"200 OK"`},
	} {
		if got := tt.m.String(); got != tt.want {
			t.Errorf("String() = %s, want %s", got, tt.want)
		}
	}
}

func TestInvalidRegexp(t *testing.T) {
	const want = "invalid regular expression: missing closing ): `(a`"
	if _, err := NewRegexp("(a"); err == nil || err.Error() != want {
		t.Errorf("NewRegexp = %v, want %s", err, want)
	}
}

func TestRegexpMiss(t *testing.T) {
	const none = "the regular expression does not match any of it"
	part := func(head string, offset int, found, rest string) string {
		return fmt.Sprintf("the first part of it, %q, matches up to offset %d; then %s, where %q has to match", head, offset, found, rest)
	}
	for _, tt := range []struct{ pattern, in, want string }{
		{"hello", "help me", part("hel", 3, `there is "p me"`, "lo")},
		{"thr.x", "three", part("thr.", 4, `there is "e"`, "x")},
		{"^id=[0-9]+;", "id=12,", part("^id=[0-9]+", 5, `there is ","`, ";")},
		{"a{2}b", "ab", none},
		{"xa{2}b", "xaa", part("xa{2}", 3, "the text ends", "b")},
		{"xa{2}b", "xab", part("x", 1, `there is "ab"`, "a{2}b")},
		{"ab*c", "abbd", part("ab*", 3, `there is "d"`, "c")},
		{"(?i)HELLO", "help", part("(?i)HEL", 3, `there is "p"`, "LO")},
		{"größe", "gröse", part("grö", 4, `there is "se"`, "ße")},
		{"a|b", "c", none},
		{"^x", "y", none},
		{"x", "", none},
	} {
		miss := mustRegexp(t, tt.pattern).Match([]byte(tt.in))
		if miss == nil || miss.Why != tt.want {
			t.Errorf("%q misses %q: %+v, want %s", tt.pattern, tt.in, miss, tt.want)
		}
	}
}

func TestFind(t *testing.T) {
	re := mustRegexp(t, `id=(\d+)(;)?`)
	for _, tt := range []struct {
		in    string
		group int
		want  string
		ok    bool
	}{
		{"id=12;", 0, "id=12;", true},
		{"id=12;", 1, "12", true},
		{"id=12", 2, "", false},
		{"id=12", 3, "", false},
		{"x", 1, "", false},
	} {
		if got, ok := re.Find([]byte(tt.in), tt.group); got != tt.want || ok != tt.ok {
			t.Errorf("Find(%q, %d) = %q, %t, want %q, %t", tt.in, tt.group, got, ok, tt.want, tt.ok)
		}
	}
}

func TestPointOut(t *testing.T) {
	long := strings.Repeat("a", 100)
	for _, tt := range []struct{ name, got, want, out string }{
		{"at the start", "x", "y", "expected \"y\"\n     got \"x\"\n          ^ character 1"},
		{"short", "ab", "abc", "expected \"abc\"\n     got \"ab\"\n            ^ it ends 1 byte short"},
		{"long", "abc", "ab", "expected \"ab\"\n     got \"abc\"\n            ^ it goes on for 1 byte"},
		{"inside a character", "aä", "aö", "expected \"aö\"\n     got \"aä\"\n           ^ character 2"},
		{"wide", "日本x", "日本y", "expected \"日本y\"\n     got \"日本x\"\n              ^ character 3"},
		{"escaped", "\x1bx", "\x1by", "expected \"␛y\"\n     got \"␛x\"\n           ^ character 2"},
		{"far in", long + "x", long + "y", "expected \"..." + long[:40] + "y\"\n     got \"..." + long[:40] + "x\"\n" + strings.Repeat(" ", 10+43) + "^ character 101"},
	} {
		if got := pointOut(tt.got, tt.want); got != tt.out {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.out)
		}
	}
}

// TestNearestMiss has a message of another kind be nearer than the end of the
// connection, which comes last.
func TestNearestMiss(t *testing.T) {
	gone := &Message{Kind: Close, Code: wsproto.CloseAbnormal}
	for _, tt := range []struct {
		x    Matcher
		came []*Message
		want string
	}{
		{Matcher{Kind: Text, Body: Exactly("bin")}, []*Message{{Kind: Binary, Data: []byte("bin")}, gone}, "2 others came, the nearest: binary hex:62696e\n"},
		{Matcher{Kind: Text, Body: Exactly("x")}, []*Message{gone}, "came instead: close 1006 "},
		{Matcher{Kind: Close, Code: 1000}, []*Message{{Kind: Text, Data: []byte("x")}, gone}, "2 others came, the nearest: close 1006 "},
	} {
		var seen Misses
		for _, m := range tt.came {
			seen.Add(m, tt.x.Match(m))
		}
		if got := seen.String(); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %q, want %q", &tt.x, got, tt.want)
		}
	}
}
