package cmd

import (
	"bytes"
	"slices"
	"testing"

	"github.com/spf13/cobra"
)

// testStreams returns streams in memory, with no terminal among them.
func testStreams(in string) (s streams, out, err *bytes.Buffer) {
	out, err = new(bytes.Buffer), new(bytes.Buffer)
	return streams{in: bytes.NewBufferString(in), out: outputWriter{out}, err: err, exit: new(exitHooks)}, out, err
}

func TestColor(t *testing.T) {
	type env map[string]string
	for _, tt := range []struct {
		name string
		mode string
		tty  bool
		env  env
		want bool
	}{
		{"terminal", colorAuto, true, nil, true},
		{"pipe", colorAuto, false, nil, false},
		{"dumb terminal", colorAuto, true, env{"TERM": "dumb"}, false},
		{"NO_COLOR", colorAuto, true, env{"NO_COLOR": "1"}, false},
		{"NO_COLOR with any value", colorAuto, true, env{"NO_COLOR": "0"}, false},
		{"empty NO_COLOR", colorAuto, true, env{"NO_COLOR": ""}, true},
		{"CLICOLOR_FORCE", colorAuto, false, env{"CLICOLOR_FORCE": "1"}, true},
		{"CLICOLOR_FORCE is 0", colorAuto, false, env{"CLICOLOR_FORCE": "0"}, false},
		{"FORCE_COLOR", colorAuto, false, env{"FORCE_COLOR": "1"}, true},
		{"FORCE_COLOR and a dumb terminal", colorAuto, true, env{"FORCE_COLOR": "1", "TERM": "dumb"}, true},
		{"NO_COLOR is stronger", colorAuto, true, env{"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, false},
		{"always", colorAlways, false, env{"NO_COLOR": "1", "TERM": "dumb"}, true},
		{"never", colorNever, true, env{"CLICOLOR_FORCE": "1"}, false},
		{"no mode is auto", "", true, nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := streams{env: func(name string) string { return tt.env[name] }}
			if got := s.color(tt.mode, tt.tty); got != tt.want {
				t.Errorf("color = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestColorMode(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"sub"}, colorAuto},
		{[]string{"sub", "--color", "always"}, colorAlways},
		{[]string{"--color=never", "sub"}, colorNever},
		{[]string{"sub", "--no-color"}, colorNever},
		{[]string{"--no-color", "sub", "--color", "always"}, colorNever},
	} {
		root := &cobra.Command{Use: "root"}
		addColorFlags(root)
		got := ""
		root.AddCommand(&cobra.Command{Use: "sub", Run: func(cmd *cobra.Command, _ []string) { got = colorMode(cmd) }})
		root.SetArgs(tt.args)
		if err := root.Execute(); err != nil || got != tt.want {
			t.Errorf("%q: colorMode = %q, %v, want %q", tt.args, got, err, tt.want)
		}
	}
	if got := colorMode(&cobra.Command{}); got != colorAuto {
		t.Errorf("colorMode of a command without the flags = %q", got)
	}
}

func TestZeroStreams(t *testing.T) {
	var s streams
	if s.interactive() || s.color(colorAuto, false) || s.columns() != 0 || s.getenv("PATH") != "" {
		t.Error("the zero value of streams claims to know something")
	}
	s.onExit(func() { t.Error("a hook of the zero value ran") })()
}

func TestExitHooks(t *testing.T) {
	var order []string
	note := func(s string) func() { return func() { order = append(order, s) } }
	s := streams{exit: new(exitHooks)}
	s.onExit(note("first"))
	remove := s.onExit(note("removed"))
	s.onExit(note("last"))
	remove()
	remove() // once too often does no harm
	s.exit.run()
	s.exit.run()
	if want := []string{"last", "first"}; !slices.Equal(order, want) {
		t.Errorf("hooks ran as %q, want %q", order, want)
	}
}

// TestExitHookMayRemove has a hook that removes another one and itself.
func TestExitHookMayRemove(t *testing.T) {
	s := streams{exit: new(exitHooks)}
	ran := 0
	removeFirst := s.onExit(func() { ran++ })
	var removeLast func()
	removeLast = s.onExit(func() {
		ran++
		removeFirst()
		removeLast()
	})
	s.exit.run()
	if ran != 1 {
		t.Errorf("%d hooks ran, want 1", ran)
	}
}

// TestGuard has a panic of a goroutine run the exit hooks, and go on.
func TestGuard(t *testing.T) {
	s := streams{exit: new(exitHooks)}
	restored := false
	s.onExit(func() { restored = true })
	ended := make(chan any)
	go func() {
		defer func() { ended <- recover() }()
		defer s.guard()
		panic("broken")
	}()
	if v := <-ended; v != "broken" || !restored {
		t.Errorf("the panic ended with %v, restored: %v", v, restored)
	}
	defer s.guard() // without a panic it does nothing
}
