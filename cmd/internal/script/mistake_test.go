package script

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

// inTest puts lines into a test with a connection, so that the first of them is
// in line 3.
func inTest(lines string) string {
	return "test \"x\" {\nconnect ws://127.0.0.1/\n" + lines + "\n}\n"
}

func TestMistakes(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		// Lines and tokens.
		{"far from any word", "export A=b", `1:1: expected test, set or include, got export`},
		{"unknown word", "tset \"x\" {\n}", `1:1: expected test, set or include, got tset (did you mean test?)`},
		{"step outside", "send \"x\"", `1:1: send stands inside of a test: test "name" { ... }`},
		{"unknown step", inTest(`exepct text "x"`), `3:1: expected a step, got exepct (did you mean expect?)`},
		{"unknown connect", "test \"x\" {\nconect ws://h/\nsend \"x\"\nexpect text \"x\"\nclose\n}", `2:1: expected a step, got conect (did you mean connect?)`},
		{"unknown accept", "test \"x\" {\nlisten as s {\nacept\nsend \"x\"\n}\n}", `3:1: expected a step, got acept (did you mean accept?)`},
		{"unknown far off outside", "foo", `1:1: expected test, set or include, got foo`},
		{"unknown in unordered", inTest("unordered {\nexpct text\n}"), `4:1: expected a step, got expct (did you mean expect?)`},
		{"only an unknown step", "test \"x\" {\nconect ws://h/\n}", `2:1: expected a step, got conect (did you mean connect?)`},
		{"unknown step far off", inTest(`xyzzy`), `3:1: expected a step, got xyzzy: connect, sse, http`},
		{"closing quote", inTest(`send "hello`), `3:6: the text that begins here has no closing "`},
		{"closing backquote", inTest("send `hello"), "3:6: the text that begins here has no closing `"},
		{"single quotes", inTest(`send 'hello there'`), `3:6: a text stands in double quotes or in backquotes, not in single quotes`},
		{"condition in single quotes", inTest(`expect json '.id == 1'`), `3:13: a text stands in double quotes or in backquotes`},
		{"escape", inTest(`send "a\q"`), `3:8: \q is no escape; expected one of`},
		{"hex escape", inTest(`send "a\x4"`), `3:8: \x needs 2 hex digits`},
		{"blank behind", inTest(`send "a"b`), `3:9: expected a blank behind the text`},
		{"blank before", inTest(`set a="b"`), `3:7: expected a blank before the text, or all of it in quotes`},
		{"blank before brace", "test \"x\"{\nconnect ws://h/\n}", `1:9: expected a blank behind the text`},
		{"blank before brace, word", inTest("repeat 3{\nsleep 1\n}"), `3:9: expected a blank before {`},
		{"not UTF-8", inTest("send \"\xff\""), `3:7: byte 0xFF is not UTF-8; in double quotes it can be written as \xff`},
		{"control character", inTest("send \"\x1b\""), `3:7: control character 0x1B; in double quotes it can be written as \x1b`},
		{"column in characters", inTest(`send "üü" x`), `3:11: unexpected x, expected the end of the line`},
		{"reference without end", inTest(`send "${x"`), `3:7: the reference that begins here has no }; a literal ${ is written "\${"`},
		{"reference", inTest(`send "${1}"`), `3:7: "1" is no name of a variable`},
		{"environment", inTest(`send "${ENV:}"`), `3:7: "" is no name of an environment variable`},
		// Blocks.
		{"no end", "test \"x\" {\nconnect ws://h/\n", `1:10: the block that begins here has no } before the end of the file`},
		{"no end before a test", "test \"x\" {\nconnect ws://h/\ntest \"y\" {\nconnect ws://h/\n}", `1:10: the block that begins here has no } before the test in line 3`},
		{"stray end", "}\n", `1:1: unexpected }: there is no block to end`},
		{"one line", inTest(`repeat 3 { sleep 1 }`), `3:12: expected a new line behind {`},
		{"behind the end", "test \"x\" {\nconnect ws://h/\n} test", `3:3: expected a new line behind }`},
		{"no brace", "test \"x\"\nconnect ws://h/\n}", `1:9: expected { at the end of the line`},
		{"brace too many", inTest("sleep 1 {\n}"), `3:9: unexpected {: this line has no block`},
		{"missing end of options", inTest("connect ws://h/ {\nheader \"a: b\"\nsend \"x\"\n}"), `5:1: send cannot stand among the options of connect: header, without`},
		// Tests.
		{"no name", "test {\nconnect ws://h/\n}", `1:6: expected the name of the test in double quotes, got {; for example test "echo answers" {`},
		{"empty name", "test \"\" {\nconnect ws://h/\n}", `1:6: a test needs a name`},
		{"variable in the name", "test \"a${b}\" {\nconnect ws://h/\n}", `1:6: the name of the test cannot have variables in it`},
		{"same name", "test \"x\" {\nsleep 1\n}\ntest \"x\" {\nsleep 1\n}", `4:1: there is a test "x" already, at f:1`},
		{"nothing in it", "test \"x\" {\n}", `1:1: test "x" has no steps, so it cannot fail`},
		{"late timeout", inTest("timeout 5s"), `3:1: timeout stands at the beginning of a test`},
		{"no timeout", "test \"x\" {\ntimeout 0\nsleep 1\n}", `2:9: expected a timeout of more than 0`},
		{"test in a test", inTest("alice: test"), `3:8: a test cannot stand inside of another`},
		// Words.
		{"word for text", inTest(`send hello`), `3:6: expected the text to send in double quotes, @FILE, hex:DIGITS or base64:TEXT, got hello; for example send "hello"`},
		{"nothing to send", inTest(`send`), `3:5: expected the text to send in double quotes, got the end of the line`},
		{"text that is not UTF-8", inTest(`send "\xff"`), `3:6: a text message has to be UTF-8`},
		{"duration", inTest(`sleep soon`), `3:7: expected a duration such as 500ms or 2s, up to 24h0m0s, got soon`},
		{"within nothing", inTest(`expect text within`), `3:19: expected a duration behind "within"`},
		{"within 0", inTest(`expect text within 0`), `3:20: expected a time of more than 0`},
		{"repeat", inTest("repeat 0 {\nsleep 1\n}"), `3:8: expected a number of times from 1 to 1000000, got 0`},
		{"close code", inTest(`close 1006`), `3:7: close code 1006 abnormal closure may not be sent`},
		{"close code out of range", inTest(`close 70000`), `3:7: expected a close code from 1 to 65535, got 70000`},
		{"frame field", inTest(`frame code=1`), `3:7: expected a field of the frame, got code=1: op, fin, rsv, mask, len or enc`},
		{"frame value", inTest(`frame fin=2`), `3:7: fin=2: expected 0 or 1`},
		{"what to expect", inTest(`expect txt "x"`), `3:8: expected what to wait for, got txt (did you mean text?)`},
		{"next of an exchange", inTest(`expect next status 101`), `3:13: expected what to wait for, got status`},
		{"within of an exchange", inTest(`expect status 101 within 1s`), `3:19: status is there already, there is nothing to wait for`},
		{"path", inTest("expect json \"id\" == 1"), `3:13: expected a path such as .result.id, got "id"`},
		{"condition in one word", inTest(`expect json .id==1`), `3:13: path ".id==1": expected a blank before '=', or the key in quotes: ["the key"]`},
		{"condition in a text", inTest(`expect json ".id = 1"`), `3:13: there is no comparison "=", expected one of == !=`},
		{"condition in a text, path", inTest(`expect json "..id == 1"`), `3:13: path "..id": expected a key behind the dot`},
		{"hex", inTest(`send-binary hex:00f`), `3:13: hex: "00f" has an odd number of digits, expected two for each byte`},
		{"hex digit", inTest(`frame hex:zz`), `3:7: hex: 'z' is no hex digit`},
		{"base64", inTest(`expect binary base64:!`), `3:15: base64: illegal base64 data at input byte 0`},
		{"no file", inTest(`send @`), `3:6: expected the path of a file behind @`},
		{"broken path", inTest(`expect json .a..b == 1`), `3:13: path ".a..b": expected a key behind the dot`},
		{"comparison", inTest(`expect json .id = 1`), `3:17: expected a comparison, got = (did you mean ==?)`},
		{"value", inTest(`expect json .id == abc`), `3:20: expected a value, got abc: a text in double quotes, JSON in backquotes, a number, true, false or null`},
		{"and", inTest(`expect json .id == 1 and`), `3:25: expected a path such as .result.id, got the end of the line`},
		{"header", inTest(`expect header "A"`), `3:18: expected a value, re, exists or absent, got the end of the line`},
		{"header field", inTest("connect ws://h/ {\nheader \"A\"\n}"), `4:8: expected a header field such as "Name: value", got "A"`},
		{"header name", inTest("connect ws://h/ {\nheader \"A B: c\"\n}"), `4:8: "A B" is no name of a header field`},
		{"header injection", inTest("connect ws://h/ {\nheader \"A: b\\r\\nC: d\"\n}"), `4:8: header field A: a line break or a NUL would split the message`},
		{"option", inTest("sse http://h/ {\nsubprotocol \"a\"\n}"), `4:1: expected an option of sse, got subprotocol: header, without, last-event-id`},
		{"method", inTest(`http "GET" http://h/`), `3:6: expected a method such as GET or POST, got "GET"`},
		{"capture", inTest(`capture x = "id"`), `3:13: expected a path such as .result.id, text, re or header, got "id"`},
		{"set without =", inTest(`set x "y"`), `3:7: expected = with a blank on either side, got "y"`},
		{"shell", inTest(`X=1`), `3:1: expected a step, got X=1; a variable is set with: set NAME = "value"`},
		{"name", inTest(`connect ws://h/ as 1st`), `3:20: expected a name behind "as", got 1st`},
		{"name before a step", inTest(`a: sleep 1`), `3:4: sleep is not about a connection: no name can stand before it`},
		{"listen without a name", "test \"x\" {\nlisten {\naccept\n}\n}", `2:8: expected as and a name for the address, got {`},
		{"event", "test \"x\" {\nlisten as s {\nstream\nevent \"x\"\n}\n}", `4:7: expected what the event has, got "x": text, type, id, retry or comment`},
		// What makes no sense.
		{"no connection", "test \"x\" {\nsend \"x\"\n}", `2:1: there is no connection here yet: expected connect, sse or http before this`},
		{"no client", "test \"x\" {\nlisten as s {\nsend \"x\"\naccept\n}\n}", `3:1: there is no connection here yet: expected accept, stream or reply before this`},
		{"nobody taken in", "test \"x\" {\nlisten as s {\nsleep 1\n}\n}", `2:1: the block takes no client in`},
		{"accept outside", inTest(`accept`), `3:1: accept stands in a listen block`},
		{"unknown connection", inTest("connect ws://h/ as alice\nalcie: ping"), `4:1: there is no connection alcie here (did you mean alice?)`},
		{"another connection", inTest("connect ws://h/ as alice\nconnect ws://h/ as bob\nzed: ping"), `5:1: there is no connection zed here, there is alice or bob`},
		{"connection of a block", inTest("listen as s {\naccept as c\n}\nc: ping"), `6:1: there is no connection c here`},
		{"send on sse", "test \"x\" {\nsse http://h/\nsend \"x\"\n}", `3:1: send is for a WebSocket connection or an event stream of ours, and this is an event stream of another server`},
		{"ping on http", "test \"x\" {\nhttp GET http://h/\nping\n}", `3:1: ping is for a WebSocket connection, and this is a single HTTP exchange`},
		{"event of a client", inTest(`event text "x"`), `3:1: event is for an event stream of ours, which stream opens, and this is a WebSocket connection`},
		{"event from a WebSocket", inTest(`expect event text "x"`), `3:1: expect is for an event stream that sse opens, and this is a WebSocket connection`},
		{"request of a client", inTest(`expect request "GET /"`), `3:1: expect is for a server: accept, stream or reply, and this is a WebSocket connection`},
		{"after a refusal", "test \"x\" {\nconnect ws://h/ {\nrefused 401\n}\nsend \"x\"\n}", `5:1: send is for a WebSocket connection or an event stream of ours, and this is a connection that was refused`},
		{"others in unordered", inTest("unordered {\nsend \"x\"\n}"), `4:1: in unordered there can be expect and capture only`},
		{"nothing in unordered", inTest("unordered {\n}"), `3:1: unordered has nothing to wait for`},
		{"next in unordered", inTest("unordered {\nexpect next text \"x\"\n}"), `4:1: in unordered an expect waits for a message of the connection, without next and within`},
		{"capture first in unordered", inTest("unordered {\ncapture x = text\nexpect text\n}"), `4:1: in unordered capture follows the expect whose message it is about`},
	} {
		_, ms := Parse("f", []byte(tt.src))
		if len(ms) == 0 {
			t.Errorf("%s: no mistake, want %s", tt.name, tt.want)
			continue
		}
		if got := ms[0].Error(); !strings.HasPrefix(got, "f:"+tt.want) {
			t.Errorf("%s:\n%s\nwant\nf:%s", tt.name, got, tt.want)
		}
		if len(ms) > 1 && tt.name != "blank before brace" {
			t.Errorf("%s: one mistake was made, and there are %d:\n%v", tt.name, len(ms), ms)
		}
	}
}

// TestAllMistakes has a file with mistakes of several kinds: all are found at
// once, in order.
func TestAllMistakes(t *testing.T) {
	const src = `set a "b"
test "one" {
  conect ws://h/ {
    header "A: b"
  }
  connect ws://h/
  send hello
  repeat x {
    sleep soon
  }
  bob: ping
}

test "one" {
  expect text
}
`
	want := `f:1:7: expected = with a blank on either side, got "b"
f:3:3: expected a step, got conect (did you mean connect?)
f:7:8: expected the text to send in double quotes, @FILE, hex:DIGITS or base64:TEXT, got hello; for example send "hello"
f:8:10: expected a number of times from 1 to 1000000, got x
f:9:11: expected a duration such as 500ms or 2s, up to 24h0m0s, got soon
f:11:3: there is no connection bob here
f:14:1: there is a test "one" already, at f:2
f:15:3: there is no connection here yet: expected connect, sse or http before this`
	if _, ms := Parse("f", []byte(src)); ms.Error() != want {
		t.Errorf("the mistakes are\n%v\nwant\n%s", ms, want)
	}
}

func TestLoad(t *testing.T) {
	files := map[string]string{
		"lib/login.w":  "connect ${url}\nsend \"login\"\n",
		"lib/more.w":   "include \"login.w\"\nexpect text \"ok\"\n",
		"lib/tests.w":  "test \"from a file\" {\ninclude \"more.w\"\n}\n",
		"lib/loop.w":   "include \"loop.w\"\n",
		"lib/broken.w": "sned \"x\"\n}\n",
	}
	read := func(path string) ([]byte, error) {
		if s, ok := files[path]; ok {
			return []byte(s), nil
		}
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	s, ms := Load("main.w", []byte("set url = \"ws://h/\"\ninclude \"lib/tests.w\"\nset late = \"x\"\ntest \"own\" {\ninclude \"lib/login.w\"\nclose\n}\n"), read)
	if ms != nil {
		t.Fatal(ms)
	}
	tests := s.Tests()
	if len(tests) != 2 || tests[0].Name != "from a file" || len(tests[0].Sets) != 1 || len(tests[1].Sets) != 2 {
		t.Errorf("the tests are %+v, want two, with one and two variables", tests)
	}
	if got := tests[0].Steps[0].(*Include).Nodes[0].(*Include).Nodes[0].Position(); got != (Pos{"lib/login.w", 1, 1}) {
		t.Errorf("an included step stands at %v, want lib/login.w:1:1", got)
	}

	for _, tt := range []struct{ src, want string }{
		{"include \"lib/tests.w\"\ninclude \"lib/tests.w\"\n", `lib/tests.w:1:1: there is a test "from a file" already, at lib/tests.w:1`},
		{inTest(`include "lib/loop.w"`), "lib/loop.w:1:1: the files include each other: main.w > lib/loop.w > lib/loop.w"},
		{inTest(`include "lib/broken.w"`), "lib/broken.w:1:1: expected a step, got sned (did you mean send?)\nlib/broken.w:2:1: unexpected }: there is no block to end"},
		{inTest(`include "none.w"`), "main.w:3:1: including none.w: file does not exist"},
		{inTest(`include "lib/tests.w"`), `lib/tests.w:1:1: a test cannot stand inside of another`},
	} {
		_, ms := Load("main.w", []byte(tt.src), read)
		if !strings.HasPrefix(ms.Error(), tt.want) {
			t.Errorf("mistakes:\n%v\nwant\n%s", ms, tt.want)
		}
		if want := strings.Contains(tt.want, "does not exist"); ms.Unreadable() != want {
			t.Errorf("Unreadable() = %t, want %t", ms.Unreadable(), want)
		}
		if ms.Unreadable() && !errors.Is(ms[0], fs.ErrNotExist) {
			t.Errorf("%v does not wrap its cause", ms[0])
		}
	}
}
