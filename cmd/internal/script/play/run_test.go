package play

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"wscope/cmd/internal/script"
)

// TestCancel interrupts a run: what is being played fails at once, wherever it is,
// and the rest is not started.
func TestCancel(t *testing.T) {
	const src = `
test "waits for a message" {
  listen as s {
    accept
    expect text within 1h
  }
  connect ${s}
  expect text within 1h
}
test "waits for a client" {
  listen as s {
    accept
  }
  sleep 1h
}
test "waits for silence" {
  listen as s {
    accept
    sleep 1h
  }
  connect ${s}
  never text within 1h
}
test "waits for an event" {
  listen as s {
    stream
    sleep 1h
  }
  sse ${s}
  expect event within 1h
}
test "waits for a response" {
  listen as s {
    sleep 1h
    reply 200
  }
  http GET ${s}
}
test "waits for several" {
  listen as s {
    accept
    sleep 1h
  }
  connect ${s}
  unordered {
    expect text
  }
}
test "is not started" {
  sleep 0
}
`
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	o := testOptions()
	o.Jobs, o.Timeout, o.Within = 6, time.Hour, time.Hour
	var started sync.WaitGroup
	started.Add(o.Jobs)
	o.Started = func(i int) {
		if i < o.Jobs {
			started.Done()
		}
	}
	go func() {
		started.Wait()
		cancel(errors.New("somebody has had enough"))
	}()
	tests, results := playScript(t, ctx, "f", src, o)
	for i, r := range results {
		if i == o.Jobs {
			if !r.Skipped || r.Failure != nil {
				t.Errorf("%s: %+v, want it not to be run", tests[i].Name, r)
			}
			continue
		}
		if r.Failure == nil || !strings.Contains(r.Failure.Message, "somebody has had enough") {
			t.Errorf("%s: %+v, want the cause of the end", tests[i].Name, r.Failure)
		}
	}
}

// TestIsolation has tests that would disturb each other if they shared anything.
func TestIsolation(t *testing.T) {
	var b strings.Builder
	b.WriteString("set shared = \"unchanged\"\n")
	const n = 50
	for i := range n {
		fmt.Fprintf(&b, `test "test %d" {
  set mine = "%d"
  listen as server {
    accept
    expect text "${mine} ${shared}"
    set shared = "changed %d"
    send "answer ${mine}"
  }
  set count = "test"
  repeat 3 as count {
    sleep 0
  }
  connect ${server} as c
  c: send "${mine} ${shared}"
  c: expect next text "answer %d"
  set shared = "changed by %d"
  c: close
  sleep 1ms
}
`, i, i, i, i, i)
	}
	o := testOptions()
	o.Jobs = n
	tests, results := playScript(t, t.Context(), "f", b.String(), o)
	for i, r := range results {
		if r.Failure != nil {
			t.Errorf("%s: %s: %s\n%s", tests[i].Name, r.Failure.Pos.Place(), r.Failure.Message, r.Transcript)
		}
	}
}

// TestVariables has variables of the command line, which are stronger than those
// outside of tests and weaker than those inside.
func TestVariables(t *testing.T) {
	const src = `
set a = "file"
set b = "file"
set c = "${a} and ${b}"
test "values" {
  set d = "test"
  set n = 12345678901234567890
  set list = ` + "`[1,2]`" + `
  listen as s {
    accept
    expect text "given, file, given and file, test"
    expect json .n == 12345678901234567890 and .s == "x" and .copy == ${n} and .list == ${list}
  }
  connect ${s}
  send "${a}, ${b}, ${c}, ${d}"
  send ` + "`" + `{"n":${n},"s":"x","copy":12345678901234567890,"list":[1, 2.0]}` + "`" + `
}
`
	o := testOptions()
	o.Variables = map[string]string{"a": "given"}
	_, results := playScript(t, t.Context(), "f", src, o)
	if f := results[0].Failure; f != nil {
		t.Errorf("%s: %s\n%s", f.Pos.Place(), f.Message, f.Detail)
	}
}

// TestBrokenSet has a variable outside of tests that cannot be set: each test
// fails there.
func TestBrokenSet(t *testing.T) {
	_, results := playScript(t, t.Context(), "f", "set a = \"${b}\"\ntest \"x\" {\nsleep 0\n}\n", testOptions())
	f := results[0].Failure
	if f == nil || f.Pos != (script.Pos{File: "f", Line: 1, Column: 1}) || f.Message != `set a = "${b}": the variable ${b} is not set` {
		t.Errorf("the failure is %+v", f)
	}
}
