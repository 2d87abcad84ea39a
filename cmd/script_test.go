package cmd_test

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"wscope/cmd"
)

var updateScripts = flag.Bool("update-scripts", false, "rewrite the files in the scripts that cmp compares with")

// TestMain makes the test binary run as wscope when a script calls it by that
// name, so that the scripts see the real program.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"wscope": func() { os.Exit(cmd.Main()) },
	})
}

// TestScript runs the scripts of testdata/script. Besides testscript's own
// commands they have
//
//	exitcode N [args...]                run wscope, demand the exit status N
//	listen [-name NAME] [args...]       start wscope listen, wait until it is ready
//	waitout [-name NAME] REGEXP         wait for it to print that, on stdout or stderr
//	stopsig [-name NAME] [-SIGNAL] [N]  stop it, demand the exit status N (default 0)
//	start [-name NAME] [args...]        start any wscope, its stdin open and empty
//	input [-name NAME] {TEXT | -eof}    write to its stdin, or close it
//	signal [-name NAME] -SIGNAL         send it a signal and go on
//	rude [-name NAME] [-tls] FILE       start a server that plays a part, see scriptRude
//	rude [-name NAME] -part FILE        let it play another one from here on
//	rude [-name NAME] -open             let it go on from a gate
//	rude [-name NAME] -dial ADDR FILE   play a part as a client
//	rude [-name NAME] -end              wait for the clients to end
//	proxy [-name NAME] KIND [USER:PASSWORD]
//	                                    start a proxy, see scriptProxy
//	secure [-name NAME] CERTIFICATE ADDR
//	                                    put TLS in front of a server, see scriptSecure
//	schema FILE                         demand that its lines are events of the schema
//
// SIGNAL is INT (the default), TERM, KILL, or WAIT for none. $URL and $ADDR are
// where listen listens, with a name $NAME_URL and $NAME_ADDR. After stopsig its
// output is in listen.stdout and listen.stderr, or NAME.stdout and NAME.stderr.
// A rude server is at $RUDE, its port $RUDE_PORT, with a name in capitals at that
// instead, and what it got is
// in rude.log or NAME.log after -end.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("..", "testdata", "script"),
		UpdateScripts: *updateScripts,
		Setup:         setupScript,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode": scriptExitcode,
			"listen":   scriptListen,
			"waitout":  scriptWaitout,
			"stopsig":  scriptStopsig,
			"start":    scriptStart,
			"input":    scriptInput,
			"signal":   scriptSignal,
			"rude":     scriptRude,
			"proxy":    scriptProxy,
			"secure":   scriptSecure,
			"schema":   scriptSchema,
		},
	})
}

// setupScript gives each script a home of its own.
func setupScript(env *testscript.Env) error {
	env.Values[listenersKey{}] = map[string]*listener{}
	env.Values[rudeKey{}] = map[string]*rudeServer{}
	env.Values[netKey{}] = newScriptNet()
	env.Setenv("ESC", "\x1b")     // for text that is out for the terminal
	env.Setenv("NL", "a\r\nX: b") // and for one that is out for the header
	env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, ".state"))
	if env.Getenv("GORACE") == "" {
		// The race detector lets a program linger for a second at its end.
		env.Setenv("GORACE", "atexit_sleep_ms=0")
	}
	return nil
}

// scriptExitcode runs wscope and demands an exact exit status. Its output is
// there for stdout, stderr and cmp.
func scriptExitcode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: exitcode N [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := exitStatus(ts, ts.Exec("wscope", args[1:]...)); got != want {
		ts.Fatalf("wscope %s: exit status %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// exitStatus returns the exit status that err, the result of running a program,
// stands for.
func exitStatus(ts *testscript.TestScript, err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit) && exit.Exited():
		return exit.ExitCode()
	}
	ts.Fatalf("wscope: %v", err)
	return -1
}

// cutName takes -name NAME from args.
func cutName(args []string) (name string, rest []string) {
	if i := slices.Index(args, "-name"); i >= 0 && i+1 < len(args) {
		return args[i+1], slices.Delete(slices.Clone(args), i, i+2)
	}
	return "listen", args
}
