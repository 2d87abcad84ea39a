//go:build unix

package cmd_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// writeReadmeFiles writes the files that README.md shows. A comment before a block
// names its file:
//
//	<!-- file: NAME -->
func writeReadmeFiles(t *testing.T, dir string) {
	t.Helper()
	text, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?s)<!-- file: (\\S+) -->\n```[a-z]*\n(.*?)```\n").FindAllSubmatch(text, -1) {
		if err := os.WriteFile(filepath.Join(dir, string(m[1])), m[2], 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// ciSteps returns the shell lines of a pipeline in README.md: those of a "run: |"
// and the items of a "script:".
func ciSteps(yaml string) []string {
	var steps []string
	margin := -1 // of the key whose lines are read
	for line := range strings.Lines(yaml) {
		text := strings.TrimSpace(line)
		indent := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case margin >= 0 && indent > margin:
			steps = append(steps, strings.TrimPrefix(text, "- "))
		case text == "- run: |", text == "script:":
			margin = indent
		default:
			margin = -1
		}
	}
	return steps
}

// TestReadmePipelines runs the steps that README.md has for pipelines as a runner
// does, against a server that starts at the same time.
func TestReadmePipelines(t *testing.T) {
	text, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?s)```yaml\n# (\\S+)\n(.*?)```\n").FindAllStringSubmatch(string(text), -1) {
		t.Run(m[1], func(t *testing.T) {
			steps := ciSteps(m[2])
			if len(steps) < 2 {
				t.Fatalf("the steps are %q, want two at least", steps)
			}
			sh := newReadmeShell(t)
			if err := os.Mkdir(filepath.Join(sh.dir, "tests"), 0o777); err != nil {
				t.Fatal(err)
			}
			smoke, err := os.ReadFile(filepath.Join(sh.dir, "smoke.wscope"))
			if err != nil {
				t.Fatal(err)
			}
			sh.addr = startReadmeServer(t, sh, "echo")
			smoke = []byte(strings.ReplaceAll(string(smoke), readmeAddr, sh.addr))
			if err := os.WriteFile(filepath.Join(sh.dir, "tests", "smoke.wscope"), smoke, 0o666); err != nil {
				t.Fatal(err)
			}
			c := sh.prepare("set -e\n" + strings.Join(steps, "\n"))
			c.Env = append(c.Env, "CI=true", "GITHUB_ACTIONS=true")
			out, err := c.CombinedOutput()
			// The second test of the file fails, and so does the step.
			if c.ProcessState.ExitCode() != 104 {
				t.Errorf("%v, want the exit status 104\n%s", err, out)
			}
			for _, want := range []string{"ok    tests/smoke.wscope  the server answers", "FAIL  tests/smoke.wscope", "::error file=tests/smoke.wscope,line="} {
				if !strings.Contains(string(out), want) {
					t.Errorf("%q is not in\n%s", want, out)
				}
			}
			report, err := os.ReadFile(filepath.Join(sh.dir, "wscope.xml"))
			if err != nil || !strings.Contains(string(report), `tests="2" failures="1"`) {
				t.Errorf("the report is\n%s\n%v", report, err)
			}
		})
	}
}
