package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// A rule is what an element of JUnit XML may have, by the schema of Jenkins' xUnit
// plugin (junit-10.xsd).
type rule struct {
	required, optional []string // attributes
	children           []string
	text               bool
}

func junitRules() map[string]rule {
	message := rule{optional: []string{"type", "message"}, text: true}
	return map[string]rule{
		"testsuites": {optional: []string{"name", "time", "tests", "failures", "errors"}, children: []string{"testsuite"}},
		"testsuite": {
			required: []string{"name", "tests", "failures", "errors"},
			optional: []string{"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
			children: []string{"testsuite", "properties", "testcase", "system-out", "system-err"},
		},
		"testcase": {
			required: []string{"name"},
			optional: []string{"time", "classname", "group"},
			children: []string{"skipped", "error", "failure", "system-out", "system-err"},
		},
		"failure":    message,
		"error":      message,
		"skipped":    message,
		"system-out": {text: true},
		"system-err": {text: true},
	}
}

// surefireTime is the form of a time by the schema.
var surefireTime = regexp.MustCompile(`^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$`)

// checkJUnit returns what keeps a document from being what the schema demands.
func checkJUnit(doc string) error {
	if !utf8.ValidString(doc) {
		return fmt.Errorf("it is not UTF-8")
	}
	for i, r := range doc {
		// XML 1.0, production 2.
		if r != '\t' && r != '\n' && r != '\r' && (r < ' ' || r > 0xD7FF && r < 0xE000 || r > 0xFFFD && r < 0x10000) {
			return fmt.Errorf("%U at offset %d has no place in XML 1.0", r, i)
		}
	}
	rules := junitRules()
	d := xml.NewDecoder(strings.NewReader(doc))
	var open []string
	for {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			r, ok := rules[name]
			if !ok {
				return fmt.Errorf("there is no element %s", name)
			}
			if len(open) == 0 && name != "testsuites" {
				return fmt.Errorf("the document is a %s", name)
			}
			if len(open) > 0 && !slices.Contains(rules[open[len(open)-1]].children, name) {
				return fmt.Errorf("%s in %s", name, open[len(open)-1])
			}
			have := map[string]bool{}
			for _, a := range token.Attr {
				have[a.Name.Local] = true
				if !slices.Contains(r.required, a.Name.Local) && !slices.Contains(r.optional, a.Name.Local) {
					return fmt.Errorf("%s has an attribute %s", name, a.Name.Local)
				}
				if a.Name.Local == "time" && !surefireTime.MatchString(a.Value) {
					return fmt.Errorf("%s has the time %q", name, a.Value)
				}
			}
			for _, a := range r.required {
				if !have[a] {
					return fmt.Errorf("%s has no attribute %s", name, a)
				}
			}
			open = append(open, name)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 && !rules[open[len(open)-1]].text && strings.TrimSpace(string(token)) != "" {
				return fmt.Errorf("text %q in %s", token, open[len(open)-1])
			}
		}
	}
}

func TestJUnit(t *testing.T) {
	got := write(t, "junit", Options{}, sampleCases())
	want := `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="wscope" time="0.0" tests="3" failures="1" errors="0">
  <testsuite name="tests/chat.wscope" tests="2" failures="1" errors="0" skipped="0" time="2.012345" timestamp="2026-11-23T09:30:00" file="tests/chat.wscope">
    <testcase name="echo answers" classname="tests.chat" time="0.012345">
      <system-out>* open
   0.001  -&gt;  TEXT  hello
</system-out>
    </testcase>
    <testcase name="says: 100 %, #1" classname="tests.chat" time="2.000000">
      <failure message="expected text &#34;a&#34; within 2s" type="expectation">tests/lib,a.wscope:12: expected text "a" within 2s
came instead: text "b"
  expected "a"</failure>
      <system-out>* open
* ended
</system-out>
    </testcase>
  </testsuite>
  <testsuite name="tests/other.wscope" tests="1" failures="0" errors="0" skipped="1" time="0.000000" timestamp="2026-11-23T09:30:00" file="tests/other.wscope">
    <testcase name="never run" classname="tests.other" time="0.000000">
      <skipped message="not run"></skipped>
    </testcase>
  </testsuite>
</testsuites>
`
	got = regexp.MustCompile(`name="wscope" time="[0-9.]+"`).ReplaceAllString(got, `name="wscope" time="0.0"`)
	if got != want {
		t.Errorf("the report is\n%s\nwant\n%s", got, want)
	}
	if err := checkJUnit(got); err != nil {
		t.Error(err)
	}
}

// TestJUnitSchema holds reports against the schema itself, if the environment
// names it and xmllint is there.
func TestJUnitSchema(t *testing.T) {
	schema := os.Getenv("WSCOPE_JUNIT_XSD")
	if schema == "" {
		t.Skip("WSCOPE_JUNIT_XSD does not name the schema")
	}
	hostileCase := &Case{Name: hostile, File: hostile, Status: Failed, Failure: &Failure{File: hostile, Message: hostile, Detail: hostile}, Transcript: hostile}
	for _, cases := range [][]*Case{nil, sampleCases(), {hostileCase}} {
		file := filepath.Join(t.TempDir(), "report.xml")
		if err := os.WriteFile(file, []byte(write(t, "junit", Options{}, cases)), 0o666); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("xmllint", "--noout", "--schema", schema, file).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

func TestClassName(t *testing.T) {
	for _, tt := range []struct{ file, want string }{
		{"chat.wscope", "chat"},
		{"tests/ws/chat.wscope", "tests.ws.chat"},
		{"./tests/chat.wscope", "tests.chat"},
		{"../chat.wscope", "chat"},
		{"/srv/tests/chat.wscope", "srv.tests.chat"},
		{"stdin", "stdin"},
	} {
		if got := className(tt.file); got != tt.want {
			t.Errorf("className(%q) = %q, want %q", tt.file, got, tt.want)
		}
	}
}

// FuzzJUnit has anything at all in a report.
func FuzzJUnit(f *testing.F) {
	f.Add("name", "message", "transcript")
	f.Add(hostile, hostile, hostile)
	f.Fuzz(func(t *testing.T, name, message, transcript string) {
		c := &Case{Name: name, File: name, Status: Failed, Failure: &Failure{File: name, Message: message, Detail: transcript}, Transcript: transcript}
		doc := write(t, "junit", Options{}, []*Case{c})
		if err := checkJUnit(doc); err != nil {
			t.Errorf("%v in\n%q", err, doc)
		}
	})
}
