package lineedit_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"time"

	"wscope/cmd/internal/lineedit"
)

func ExampleEditor() {
	ed, err := lineedit.New(lineedit.Config{
		Prompt:  "> ",
		History: lineedit.History{Path: "history"},
		Complete: func(line string, pos int) (candidates []string, replace int) {
			if line[:pos] != "/" {
				return nil, 0
			}
			return []string{"/help", "/quit"}, len("/")
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer ed.Close()
	go func() {
		for now := range time.Tick(time.Second) {
			fmt.Fprintln(ed, now) // above the line, whatever is being typed
		}
	}()
	for {
		line, err := ed.ReadLine()
		switch {
		case errors.Is(err, lineedit.ErrInterrupt):
			continue // as a shell would
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			log.Fatal(err)
		}
		fmt.Fprintf(ed, "you said %q\n", line)
	}
}
