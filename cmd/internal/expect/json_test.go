package expect

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestPath(t *testing.T) {
	const doc = `{"a":{"b":[1,{"c":"x"},12345678901234567890]},"odd key":{".":true},"":null,"n":1.50}`
	for _, tt := range []struct{ path, want, err string }{
		{".", doc, ""},
		{"a.b[0]", "1", ""},
		{".a.b[0]", "1", ""},
		{".a.b[1].c", `"x"`, ""},
		{".a.b[-1]", "12345678901234567890", ""},
		{`.["odd key"]["."]`, "true", ""},
		{`."odd key"."."`, "true", ""},
		{`.[""]`, "null", ""},
		{".n", "1.50", ""},
		{"a.b.0", "1", ""},
		{".a.b.1.c", `"x"`, ""},
		{".a.b.-1", "12345678901234567890", ""},
		{"$.n", "1.50", ""},
		{"$", doc, ""},
		{`$["n"]`, "1.50", ""},
		{".a.b.3", "", ".a.b has 3 elements, there is no [3]"},
		{".x", "", `the document has no key "x", but "", "a", "n", "odd key"`},
		{".a.x", "", `.a has no key "x", but "b"`},
		{".a.b.c", "", `.a.b is an array, not an object with a key "c"`},
		{".a.b[3]", "", ".a.b has 3 elements, there is no [3]"},
		{".a.b[-4]", "", ".a.b has 3 elements, there is no [-4]"},
		{".n[0]", "", ".n is the number 1.50, not an array"},
	} {
		p, err := ParsePath(tt.path)
		if err != nil {
			t.Errorf("ParsePath(%q): %v", tt.path, err)
			continue
		}
		got, err := p.Find([]byte(doc))
		if string(got) != tt.want || (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
			t.Errorf("Find(%q) = %s, %v, want %s, %s", tt.path, got, err, tt.want, tt.err)
		}
	}
	for _, path := range []string{"..a", ".a.", ".a[", ".a[x]", `.["a`, `.["a"`, ".a b", `.a"b"`, ".[0]x", ".a=b", ".a<"} {
		if p, err := ParsePath(path); err == nil {
			t.Errorf("ParsePath(%q) = %v, want an error", path, p)
		}
	}
}

func TestConditions(t *testing.T) {
	const doc = `{"id":7,"big":9007199254740993,"f":0.10,"s":"abc","t":true,"z":null,"o":{"a":[1,2],"b":{}},"e":1e400}`
	for _, tt := range []struct{ condition, want string }{
		{".id == 7", ""},
		{"id==7", ""},
		{".id!=8", ""},
		{".id>=7", ""},
		{".id<7", ".id is 7, expected < 7"},
		{"  .id  ==  7  ", ""},
		{`.o.a.0==1`, ""},
		{`.["id"]==7`, ""},
		{`.s=="abc"`, ""},
		{".s == 'abc'", ""},
		{".s~^a", ""},
		{".s ~ ~*", ""},
		{`.s ~ "^a\\w+$"`, ""},
		{`.s ~ "^a\w+$"`, ""},
		{`.s ~ 'b'`, ""},
		{`.s ~ "`, `.s is "abc": the regular expression does not match any of it`},
		{".id == 7.0", ""},
		{".id == 70e-1", ""},
		{".id == 8", ".id is 7, expected 8"},
		{".id == \"7\"", `.id is 7, expected "7"`},
		{".id != 8", ""},
		{".id != 7", ".id is 7, expected anything else"},
		{".big == 9007199254740992", ".big is 9007199254740993, expected 9007199254740992"},
		{".f == 0.1", ""},
		{".id > 6", ""},
		{".id > 7", ".id is 7, expected > 7"},
		{".id >= 7", ""},
		{".id <= 6.9", ".id is 7, expected <= 6.9"},
		{".id < 1e99999999999999999999", ""},
		{".e > 1e399", ""},
		{".s == abc", ""},
		{".s < abd", ""},
		{".s > 1", `.s is the string "abc", and > 1 compares numbers`},
		{".id < abc", `.id is the number 7, and < "abc" compares strings`},
		{".s ~ ^a.c$", ""},
		{".id ~ ^7$", ""},
		{".s ~ ^x", `.s is "abc": the regular expression does not match any of it`},
		{".t == true", ""},
		{".t == false", ".t is true, expected false"},
		{".z == null", ""},
		{".z exists", ""},
		{".x exists", `the document has no key "x", but "big", "e", "f", "id", "o", "s", "t", "z"`},
		{".x != 1", `the document has no key "x"`},
		{`.o == {"b": {}, "a": [1.0, 2]}`, ""},
		{`.o == {"b":{},"a":[1,3]}`, ".o.a[1] is 2, expected 3"},
		{`.o == {"b":{},"a":[1]}`, ".o.a has 2 elements, expected 1"},
		{`.o == {"a":[1,2]}`, `.o has a key "b" more`},
		{`.o == {"a":[1,2],"b":{},"c":0}`, `.o has no key "c"`},
		{`.o == 1`, `.o is {"a":[1,2],"b":{}}, expected 1`},
		{`.id == {}`, `.id is 7, expected {}`},
	} {
		c, err := ParseCondition(tt.condition)
		if err != nil {
			t.Errorf("ParseCondition(%q): %v", tt.condition, err)
			continue
		}
		if got := c.check([]byte(doc)); !strings.HasPrefix(got, tt.want) || got != "" && tt.want == "" {
			t.Errorf("%s: %q, want %q", tt.condition, got, tt.want)
		}
	}
	for _, tt := range []struct{ condition, want string }{
		{"", "expected a path"},
		{".a = 1", `there is no comparison "="`},
		{".a=1", `there is no comparison "="`},
		{".a === 1", `there is no comparison "==="`},
		{".a is 1", `there is no comparison "is"`},
		{".a ==", "expected a value behind =="},
		{".a exists 1", `unexpected "1" behind exists`},
		{".a ~ (", "invalid regular expression: missing closing ): `(`"},
		{".a < true", "true has no order, < compares numbers and strings"},
		{".a < {}", "an object has no order"},
		{"..a == 1", "expected a key behind the dot"},
	} {
		if _, err := ParseCondition(tt.condition); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ParseCondition(%q) = %v, want %q", tt.condition, err, tt.want)
		}
	}
	if _, err := NewCondition(Path{}, Equal, []byte("{")); err == nil || err.Error() != `"{": not JSON: unexpected end of JSON input at offset 0` {
		t.Errorf("a condition with half a value = %v", err)
	}
}

func TestParseConditions(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{".a == 1", "json .a == 1"},
		{".a == 1 and b==2", "json .a == 1 and .b == 2"},
		{".a exists and .b ~ ^x and .c exists", `json .a exists and .b ~ "^x" and .c exists`},
		{".a == rock and roll", `json .a == "rock and roll"`},
		{`.a == "x and .b == 1" and .c < 2`, `json .a == "x and .b == 1" and .c < 2`},
		{`.a == 'x and .b == 1' and .c == 2`, `json .a == "x and .b == 1" and .c == 2`},
		{`.a == it's and .b == 1`, `json .a == "it's" and .b == 1`},
		{`.a == "\" and .b == 1"`, `json .a == "\" and .b == 1"`},
		{".and == and and .and exists", `json .and == "and" and .and exists`},
	} {
		if got, err := ParseConditions(tt.in); err != nil || got.String() != tt.want {
			t.Errorf("ParseConditions(%q) = %v, %v, want %s", tt.in, got, err, tt.want)
		}
	}
	for _, in := range []string{"", ".a == 1 and .b ~ ("} {
		if got, err := ParseConditions(in); err == nil {
			t.Errorf("ParseConditions(%q) = %v, want an error", in, got)
		}
	}
}

func TestJSONMatch(t *testing.T) {
	for _, tt := range []struct{ doc, want string }{
		{`{"id":1,"ok":true}`, ""},
		{`{"id":1,"ok":false}`, ".ok is false, expected true"},
		{`{"id":2`, "it is not JSON: unexpected end of JSON input at offset 6"},
		{`hello`, "it is not JSON: invalid character 'h' looking for beginning of value at offset 0"},
		{``, "it is not JSON: it is empty"},
	} {
		miss := mustJSON(t, ".id == 1", ".ok == true").Match([]byte(tt.doc))
		if (miss == nil) != (tt.want == "") || miss != nil && miss.Why != tt.want {
			t.Errorf("Match(%s) = %+v, want %q", tt.doc, miss, tt.want)
		}
	}
	if miss := (JSON{}).Match([]byte("[1]")); miss != nil {
		t.Errorf("JSON without a condition missed: %s", miss.Why)
	}
}

func TestCompareNumbers(t *testing.T) {
	ascending := []string{"-1e400", "-10", "-9.9", "-1", "-0.1", "0", "1e-400", "0.1", "1", "1.5", "9.99", "10", "100", "1e3", "1e400", "1e9223372036854775807"}
	for i, a := range ascending {
		for j, b := range ascending {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := compareNumbers(a, b); got != want {
				t.Errorf("compareNumbers(%s, %s) = %d, want %d", a, b, got, want)
			}
		}
	}
	for _, same := range [][2]string{{"0", "-0.00e5"}, {"1", "1.000"}, {"1e2", "100"}, {"-12.50", "-1.25e1"}, {"0.001", "1e-3"}, {"1e99999999999999999999", "1e99999999999999999998"}} {
		if got := compareNumbers(same[0], same[1]); got != 0 {
			t.Errorf("compareNumbers(%s, %s) = %d, want 0", same[0], same[1], got)
		}
	}
}

func FuzzPath(f *testing.F) {
	for _, s := range []string{".a.b[0]", `.["x"].y`, "..", "[-1]", `."a\"b"[1]`} {
		f.Add(s, `{"a":{"b":[1]}}`)
	}
	f.Fuzz(func(t *testing.T, path, doc string) {
		p, err := ParsePath(path)
		if err != nil {
			return
		}
		if again, err := ParsePath(p.String()); err != nil || len(again.steps) != len(p.steps) {
			t.Errorf("ParsePath(%q) = %v, %v, a second time", p.String(), again, err)
		}
		v, err := p.Find([]byte(doc))
		if err == nil && !json.Valid(v) {
			t.Errorf("Find(%q) in %q = %q, which is not JSON", path, doc, v)
		}
	})
}

func FuzzCondition(f *testing.F) {
	f.Add(".a == 1", `{"a":1}`)
	f.Add(".a < 1e5", `{"a":0.1}`)
	f.Add(". == {}", `{}`)
	f.Fuzz(func(t *testing.T, condition, doc string) {
		c, err := ParseCondition(condition)
		if err != nil {
			return
		}
		if miss := (JSON{c}).Match([]byte(doc)); miss != nil && miss.Why == "" {
			t.Errorf("%s misses %q without a reason", c, doc)
		}
	})
}
