package script

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"wscope/cmd/internal/rawframe"
)

// examples returns the scripts of the specification.
func examples() []string {
	var all []string
	for _, m := range regexp.MustCompile("(?s)```wscope\n(.*?)```").FindAllStringSubmatch(Language, -1) {
		all = append(all, m[1])
	}
	return all
}

// odd has what the examples of the specification have not.
const odd = "\ufeff# a comment\r\n\r\nset x = word\r\nset y = `raw \\ text`\r\ninclude \"other.wscope\"\r\n" + `
test "odd \"name\"" { # a comment behind
	timeout 90
	listen 127.0.0.1:${port} as s {
		accept as c {
			header "X:"
			subprotocol "a" "b"
			deflate
			lenient
			no-pong
		}
		stream as st
		event
		reply 204
	}
	connect "ws://h/ ${ENV:HOME}"
	send ""
	send ${x}
	send @${dir}/file.json
	send-binary hex:${x}
	send "\\ \" \n\r\t\0\e\x01\x7f\u00e9\U0001f600 \$ \${x} $${x} ${x}$"
	frame
	frame op=0xB fin=0 rsv=101 mask=01020304 len=200 enc=64 hex:00
	pong
	close
	close 1001 "${why}" within 1m
	expect next json within 2s
	expect json .a.b ~ "^x" and . == ${x} and ` + "`.[\"k\"]`" + ` != -1.5e3 and ${path} exists
	expect close re "x"
	expect header ${name} absent
	never next
	never close within .5
	expect json ".id == ${x}" and .y exists and ` + "`a.0.b ~ \"^\\d\"`" + ` within 1s
	expect json id == 1 and a.b[0] exists
	capture a = ${path}
	capture a = a.b
	frame opcode=text
	capture b = re "(x)" group 0
	capture c = header "X" re "y" group 1
	capture c = re "y" 1
	cookies
	repeat 2 {
		repeat 3 as i {
			sleep 0
		}
	}
}
`

var ignorePositions = cmp.Options{
	cmpopts.IgnoreTypes(Pos{}),
	cmpopts.EquateEmpty(),
	cmp.AllowUnexported(rawframe.Frame{}, Test{}),
}

func TestPrint(t *testing.T) {
	scripts := append(examples(), strings.NewReplacer("\tevent\n", "\tevent comment \"x\"\n", "\tnever next\n", "").Replace(odd))
	for _, src := range scripts {
		s, ms := Parse("f", []byte(src))
		if ms != nil {
			t.Errorf("mistakes in\n%s\n%v", src, ms)
			continue
		}
		printed := Print(s)
		again, ms := Parse("f", []byte(printed))
		if ms != nil {
			t.Errorf("mistakes in what was printed:\n%s\n%v", printed, ms)
			continue
		}
		if diff := cmp.Diff(s, again, ignorePositions); diff != "" {
			t.Errorf("what was printed is another script:\n%s\n%s", printed, diff)
		}
		if twice := Print(again); twice != printed {
			t.Errorf("printed twice:\n%s", cmp.Diff(printed, twice))
		}
	}
}

// TestGrammarNamesEveryWord looks for the words of the parser in the
// specification.
func TestGrammarNamesEveryWord(t *testing.T) {
	_, grammar, ok := strings.Cut(Language, "## Grammar")
	if !ok {
		t.Fatal("the specification has no grammar")
	}
	words := append(append(topWords(), stepWords()...), append(whatWords(), exchangeWords()...)...)
	words = append(words, emitWords()...)
	words = append(words, rawframe.Fields()...)
	for k := Connect; k <= Reply; k++ {
		words = append(words, optionWords(k)...)
	}
	for _, w := range words {
		if !strings.Contains(grammar, `"`+w+`"`) {
			t.Errorf("the grammar has no %q", w)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range examples() {
		f.Add(s)
	}
	f.Add(odd)
	f.Add("test \"x\"{\n}\n}\n\x00\xff\"`${")
	f.Fuzz(func(t *testing.T, src string) {
		s, ms := Parse("f", []byte(src))
		for _, m := range ms {
			if m.Line < 1 || m.Column < 1 || m.Text == "" {
				t.Errorf("mistake %+v has no place or no text", m)
			}
		}
		parseSteps("f", []byte(src), func(*Mistake) {}, nil)
		if ms != nil {
			return
		}
		printed := Print(s)
		again, ms := Parse("f", []byte(printed))
		if ms != nil {
			t.Fatalf("mistakes in what was printed:\n%s\n%v", printed, ms)
		}
		if diff := cmp.Diff(s, again, ignorePositions); diff != "" {
			t.Fatalf("what was printed is another script:\n%s\n%s", printed, diff)
		}
	})
}
