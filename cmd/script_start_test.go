package cmd_test

import (
	"io"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptStart starts wscope beside the script. What it reads is what the input
// command writes.
func scriptStart(ts *testscript.TestScript, neg bool, args []string) {
	name, args := cutName(args)
	if neg {
		ts.Fatalf("usage: start [-name NAME] [args...]")
	}
	startProgram(ts, name, args)
}

// scriptInput writes to the stdin of a program that start or listen has started. Text in
// double quotes is as Go writes it.
func scriptInput(ts *testscript.TestScript, neg bool, args []string) {
	name, args := cutName(args)
	l := findListener(ts, name)
	if neg || len(args) != 1 {
		ts.Fatalf("usage: input [-name NAME] {TEXT | -eof}")
	}
	if args[0] == "-eof" {
		ts.Check(l.stdin.Close())
		return
	}
	text := args[0]
	if strings.HasPrefix(text, `"`) {
		var err error
		text, err = strconv.Unquote(text)
		ts.Check(err)
	}
	_, err := io.WriteString(l.stdin, text)
	ts.Check(err)
}

func scriptSignal(ts *testscript.TestScript, neg bool, args []string) {
	name, args := cutName(args)
	if neg || len(args) != 1 {
		ts.Fatalf("usage: signal [-name NAME] -SIGNAL")
	}
	findListener(ts, name).signal(ts, args[0])
}
