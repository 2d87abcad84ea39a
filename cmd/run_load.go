package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"wscope/cmd/internal/script"
)

// load reads all scripts and returns their tests. All mistakes of all of them are
// listed before it gives up.
func (o *runOptions) load() ([]script.TestCase, error) {
	var (
		tests      []script.TestCase
		mistakes   script.Mistakes
		unreadable error
	)
	for _, file := range o.files {
		name, src, err := o.read(file)
		if err != nil {
			printDiagnostic(o.streams, o.colorMode, levelError, err.Error())
			unreadable = err
			continue
		}
		s, ms := script.Load(name, src, os.ReadFile)
		for _, m := range ms {
			printDiagnostic(o.streams, o.colorMode, levelError, m.Error())
		}
		mistakes = append(mistakes, ms...)
		if ms == nil {
			own := s.Tests()
			if len(own) == 0 {
				err := fmt.Errorf("%s: there is no test in it", name)
				printDiagnostic(o.streams, o.colorMode, levelError, err.Error())
				mistakes = append(mistakes, &script.Mistake{Pos: script.Pos{File: name}})
			}
			tests = append(tests, own...)
		}
	}
	switch {
	case len(mistakes) > 0 && !mistakes.Unreadable():
		printDiagnostic(o.streams, o.colorMode, levelHint, "nothing was run; wscope help script is the definition of the language")
		return nil, quietExit{exitUsage}
	case unreadable != nil || len(mistakes) > 0:
		return nil, quietExit{exitReadFile}
	case o.check:
		return tests, nil
	}
	return o.selected(tests)
}

// read returns the text of a script and the name that its places get.
func (o *runOptions) read(file string) (name string, src []byte, err error) {
	if file == "-" {
		if src, err = io.ReadAll(o.in); err != nil {
			err = fmt.Errorf("reading stdin: %w", err)
		}
		return "stdin", src, err
	}
	src, err = os.ReadFile(file)
	return file, src, err
}

// selected returns the tests that --only leaves.
func (o *runOptions) selected(tests []script.TestCase) ([]script.TestCase, error) {
	if len(o.only) == 0 {
		return tests, nil
	}
	var names []string
	left := slices.DeleteFunc(tests, func(t script.TestCase) bool {
		for _, re := range o.only {
			if re.MatchString(t.Name) {
				return false
			}
		}
		names = append(names, script.Quote(t.Name))
		return true
	})
	if len(left) == 0 {
		return nil, failure(exitUsage, errors.New("--only: no test has such a name"), "there is "+strings.Join(names[:min(len(names), 20)], ", "))
	}
	return left, nil
}
