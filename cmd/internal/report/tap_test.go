package report

import (
	"os/exec"
	"strings"
	"testing"
)

// parseTAP is a program of Perl that says what its parser makes of a report: each
// test, the keys of its YAML, and what is wrong.
const parseTAP = `
my $p = TAP::Parser->new({tap => join('', <STDIN>)});
while (my $r = $p->next) {
	print $r->is_actual_ok ? "ok " : "not ok ", $r->description, "\n" if $r->is_test;
	print join(" ", sort keys %{$r->data}), "\n", $r->data->{detail} // "" if $r->is_yaml;
}
print "wrong: $_\n" for $p->parse_errors;
`

// TestTAPParser has the parser of Perl read a report, where there is one.
func TestTAPParser(t *testing.T) {
	if err := exec.Command("perl", "-MTAP::Parser", "-e", "1").Run(); err != nil {
		t.Skip("perl has no TAP::Parser here")
	}
	cases := sampleCases()
	cases[1].Failure.Detail += "\n\n  an empty line is before this: \\ \" #"
	cases = append(cases, &Case{Name: hostile, File: "f", Status: Failed, Failure: &Failure{Message: hostile, Detail: hostile}, Transcript: " " + hostile})
	cmd := exec.Command("perl", "-MTAP::Parser", "-e", parseTAP)
	cmd.Stdin = strings.NewReader(write(t, "tap", Options{}, cases))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got := string(out)
	for _, want := range []string{
		"ok - tests/chat.wscope: echo answers\nduration_ms\n",
		"not ok - tests/chat.wscope: says: 100 %, \\#1\nat detail duration_ms message transcript\n" +
			"came instead: text \"b\"\n  expected \"a\"\n\n  an empty line is before this: \\ \" #\n",
		"not ok - tests/other.wscope: never run\nduration_ms message\n",
		"at detail duration_ms message transcript\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the parser found\n%s\nnot\n%s", got, want)
		}
	}
	if strings.Contains(got, "wrong: ") || strings.Count(got, "duration_ms") != len(cases) {
		t.Errorf("the parser found\n%s", got)
	}
}
