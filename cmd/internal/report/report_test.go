package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wscope/render"
)

// hostile is what a peer could send to get out of a report.
const hostile = "\x00\x1b[31m\xff\ufffe\u202e]]><evil a=\"'\">&amp;\r\n::error::x\n##[add-mask]y\n  ...\nnot ok 7"

func sampleCases() []*Case {
	return []*Case{
		{Name: "echo answers", File: "tests/chat.wscope", Line: 1, Took: 12345 * time.Microsecond, Transcript: "* open\n   0.001  ->  TEXT  hello\n"},
		{Name: "says: 100 %, #1", File: "tests/chat.wscope", Line: 9, Status: Failed, Took: 2 * time.Second,
			Failure:    &Failure{File: "tests/lib,a.wscope", Line: 12, Column: 3, Message: `expected text "a" within 2s`, Detail: "came instead: text \"b\"\n  expected \"a\""},
			Transcript: "* open\n* ended\n"},
		{Name: "never run", File: "tests/other.wscope", Line: 2, Status: Skipped},
	}
}

// write reports cases in a form.
func write(t testing.TB, format string, o Options, cases []*Case) string {
	t.Helper()
	var b bytes.Buffer
	order := NewOrder(len(cases), New(format, &b, o))
	for i, c := range slices.Backward(cases) { // the order is not theirs
		order.Add(i, c)
	}
	order.summary.Start = time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
	if _, errs := order.End(); errs[0] != nil {
		t.Fatal(errs[0])
	}
	return b.String()
}

func TestHuman(t *testing.T) {
	took := func(s string) string { return s[:strings.LastIndex(s, " in ")+4] }
	want := `ok    tests/chat.wscope  echo answers  (12.3 ms)
FAIL  tests/chat.wscope  says: 100 %, #1  (2 s)
  tests/lib,a.wscope:12: expected text "a" within 2s
    came instead: text "b"
      expected "a"
  what happened:
    * open
    * ended
skip  tests/other.wscope  never run
1 passed, 1 failed, 1 not run in `
	if got := took(write(t, "human", Options{}, sampleCases())); got != want {
		t.Error(cmp.Diff(want, got))
	}
	quiet := want[strings.Index(want, "FAIL"):]
	if got := took(write(t, "human", Options{Quiet: true}, sampleCases())); got != quiet {
		t.Error(cmp.Diff(quiet, got))
	}
	verbose := strings.Replace(want, "(12.3 ms)\n", "(12.3 ms)\n  what happened:\n    * open\n       0.001  ->  TEXT  hello\n", 1)
	if got := took(write(t, "human", Options{Verbose: true}, sampleCases())); got != verbose {
		t.Error(cmp.Diff(verbose, got))
	}
	if got := write(t, "human", Options{Color: true}, sampleCases()); !strings.Contains(got, "\x1b[32mok  \x1b[0m  tests") {
		t.Errorf("no colour in %q", got)
	}
}

// TestHumanHostile looks for bytes of a peer that do something to a terminal or to
// a workflow.
func TestHumanHostile(t *testing.T) {
	c := &Case{Name: hostile, File: "f", Status: Failed, Failure: &Failure{Message: hostile, Detail: hostile}, Transcript: hostile}
	got := write(t, "human", Options{GitHub: true}, []*Case{c})
	for _, r := range got {
		if r != '\n' && r < ' ' || r == 0x7F || r == '\u202e' || r == '\ufffe' {
			t.Errorf("%U is in %q", r, got)
		}
	}
	if strings.Contains(got, "##[") {
		t.Errorf("a command of a workflow is in %q", got)
	}
	for line := range strings.Lines(got) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Errorf("a command of a workflow: %q", line)
		}
	}
}

func TestTAP(t *testing.T) {
	want := `TAP version 13
1..3
ok 1 - tests/chat.wscope: echo answers
  ---
  duration_ms: 12.345
  ...
not ok 2 - tests/chat.wscope: says: 100 %, \#1
  ---
  message: "expected text \"a\" within 2s"
  at: "tests/lib,a.wscope:12"
  detail: |
    came instead: text "b"
      expected "a"
  duration_ms: 2000.000
  transcript: |
    * open
    * ended
  ...
not ok 3 - tests/other.wscope: never run
  ---
  message: "not run"
  duration_ms: 0.000
  ...
# 1 passed, 1 failed, 1 not run
`
	if got := write(t, "tap", Options{}, sampleCases()); got != want {
		t.Error(cmp.Diff(want, got))
	}
	c := &Case{Name: hostile, File: "f", Status: Failed, Failure: &Failure{Message: hostile, Detail: hostile}, Transcript: hostile}
	got := write(t, "tap", Options{}, []*Case{c})
	points, ends := 0, 0
	for line := range strings.Lines(got) {
		if strings.HasPrefix(line, "ok") || strings.HasPrefix(line, "not ok") {
			points++
		}
		if line == "  ...\n" {
			ends++
		}
	}
	if points != 1 || ends != 1 {
		t.Errorf("%d test points and %d ends of YAML, want one of each:\n%s", points, ends, got)
	}
}

func TestGitHub(t *testing.T) {
	want := `::error file=tests/lib%2Ca.wscope,line=12,col=3,title=says%3A 100 %25%2C #1::expected text "a" within 2s%0Acame instead: text "b"%0A  expected "a"` + "\n"
	if got := write(t, "github", Options{}, sampleCases()); got != want {
		t.Error(cmp.Diff(want, got))
	}
	c := &Case{Name: hostile, File: "f", Status: Failed, Failure: &Failure{File: "f", Message: hostile, Detail: hostile}}
	if got := write(t, "github", Options{}, []*Case{c}); strings.Count(got, "\n") != 1 || strings.Contains(got, "\r") {
		t.Errorf("not one line: %q", got)
	}
}

func TestJSON(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(write(t, "json", Options{}, sampleCases())), "\n")
	if len(lines) != 4 {
		t.Fatalf("%d lines, want 4", len(lines))
	}
	want := `{"v":1,"event":"case","name":"says: 100 %, #1","file":"tests/chat.wscope","line":9,"status":"failed","took":2,` +
		`"failure":{"file":"tests/lib,a.wscope","line":12,"column":3,"message":"expected text \"a\" within 2s","detail":"came instead: text \"b\"\n  expected \"a\""},` +
		`"transcript":"* open\n* ended\n"}`
	if lines[1] != want {
		t.Error(cmp.Diff(want, lines[1]))
	}
	var run jsonRun
	if err := json.Unmarshal([]byte(lines[3]), &run); err != nil || run.Event != "run" || run.Total != 3 || run.Passed != 1 || run.Failed != 1 || run.Skipped != 1 {
		t.Errorf("the run is %s (%v)", lines[3], err)
	}
}

// A brokenReporter fails with its second case.
type brokenReporter struct{ n int }

var errBroken = errors.New("broken")

func (r *brokenReporter) Begin(int) error { return nil }

func (r *brokenReporter) Case(*Case) error {
	if r.n++; r.n == 2 {
		return errBroken
	}
	return nil
}

func (r *brokenReporter) End(Summary) error {
	return errors.New("ended after a failure")
}

// TestOrder has a reporter that fails: the other one goes on, and each case is
// handed on as soon as all before it are over.
func TestOrder(t *testing.T) {
	var b bytes.Buffer
	broken := &brokenReporter{}
	o := NewOrder(3, broken, New("tap", &b, Options{}))
	for _, step := range []struct{ add, over int }{{1, 0}, {0, 2}, {2, 3}} {
		if !o.Add(step.add, &Case{Name: fmt.Sprint(step.add), File: "f"}) {
			t.Errorf("after case %d nobody is told any more", step.add)
		}
		if got := strings.Count(b.String(), "\nok "); got != step.over {
			t.Errorf("after case %d there are %d reports, want %d", step.add, got, step.over)
		}
	}
	summary, errs := o.End()
	if errs[0] != errBroken || errs[1] != nil || broken.n != 2 {
		t.Errorf("End() = %v after %d cases, want %v and nil after 2", errs, broken.n, errBroken)
	}
	if summary.Total() != 3 || summary.Passed != 3 {
		t.Errorf("the summary is %+v, want 3 that have passed", summary)
	}
}

// TestOrderAlone has a reporter that fails and no other.
func TestOrderAlone(t *testing.T) {
	o := NewOrder(3, &brokenReporter{})
	for i, want := range []bool{true, false, false} {
		if got := o.Add(i, &Case{}); got != want {
			t.Errorf("Add(%d) = %t, want %t", i, got, want)
		}
	}
}

func TestTranscript(t *testing.T) {
	var b Transcript
	total := 20_000
	for i := range total {
		fmt.Fprintf(&b, "line %d with something in it\n", i)
	}
	got := b.String()
	if len(got) > maxTranscriptHead+maxTranscriptTail+100 {
		t.Errorf("%d bytes are kept", len(got))
	}
	lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
	if lines[0] != "line 0 with something in it" || lines[len(lines)-1] != fmt.Sprintf("line %d with something in it", total-1) {
		t.Errorf("it begins with %q and ends with %q", lines[0], lines[len(lines)-1])
	}
	gap := slices.IndexFunc(lines, func(s string) bool { return strings.HasPrefix(s, "...") })
	var left int
	if gap < 0 {
		t.Fatal("nothing says that lines are left out")
	} else if _, err := fmt.Sscanf(lines[gap], "... (%d lines left out)", &left); err != nil || left+len(lines)-1 != total {
		t.Errorf("%q: %d lines are there, of %d", lines[gap], len(lines)-1, total)
	}
	var short Transcript
	short.Write([]byte("a\nb"))
	if got := short.String(); got != "a\nb" {
		t.Errorf("a short text is %q", got)
	}
	var long Transcript
	long.Write(bytes.Repeat([]byte("x"), 1<<20))
	if got := long.String(); len(got) > maxTranscriptHead+maxTranscriptTail+100 {
		t.Errorf("%d bytes of a line without end are kept", len(got))
	}
}

func TestProgress(t *testing.T) {
	var b bytes.Buffer
	p := NewProgress(&b, 3, func() int { return 30 })
	p.Started("one\x1b")
	p.Started("a test with a very long name")
	fmt.Fprintln(p, "ok  something")
	p.Finished("one\x1b", true)
	fmt.Fprintln(p, "FAIL one")
	p.Stop()
	fmt.Fprintln(p, "1 failed")
	got := b.String()
	for _, want := range []string{"ok  something\n\r0 of 3, 0s: one␛, a test wit…\x1b[K", "\r\x1b[KFAIL one\n", "\r1 of 3, 1 failed, 0s: a test…\x1b[K"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	if !strings.HasSuffix(got, "\r\x1b[K1 failed\n") {
		t.Errorf("the line is still there: %q", got)
	}
}

// TestFitForTerminal has no report do anything to a terminal, and those for
// programs lose nothing by that.
func TestFitForTerminal(t *testing.T) {
	const text = "␛ \u009b31m \u202e \u2028 \u200b \ufe0f \U000e0041 \x7f Grüße 世界"
	c := &Case{Name: text, File: "a.wscope", Status: Failed, Transcript: text,
		Failure: &Failure{File: "a.wscope", Line: 1, Message: text, Detail: text}}
	for _, format := range Formats() {
		got := write(t, format, Options{}, []*Case{c})
		for _, r := range got {
			if r != '\n' && !picture(r) && !render.Showable(r) {
				t.Errorf("%s: %U in %q", format, r, got)
				break
			}
		}
		if !strings.Contains(got, "Grüße 世界") {
			t.Errorf("%s: what is harmless is not left alone: %q", format, got)
		}
	}
	var name struct{ Name string }
	line, _, _ := strings.Cut(write(t, "json", Options{}, []*Case{c}), "\n")
	if err := json.Unmarshal([]byte(line), &name); err != nil || name.Name != text {
		t.Errorf("in JSON the name is %q, %v, want %q", name.Name, err, text)
	}
	var suites struct {
		Case struct {
			Name string `xml:"name,attr"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal([]byte(write(t, "junit", Options{}, []*Case{c})), &suites); err != nil || suites.Case.Name != text {
		t.Errorf("in XML the name is %q, %v, want %q", suites.Case.Name, err, text)
	}
}

func TestFit(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"plain", "plain"},
		{"a\x1bb", "a␛b"},
		{"escaped ␛ and\x1b raw", "escaped ␛ and␛ raw"},
		{"␛␊\\u{202e}\u202e", "␛␊\\u{202e}\\u{202e}"},
		{"\xff", `\xff`},
	} {
		if got := fit(tt.in); got != tt.want {
			t.Errorf("fit(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
