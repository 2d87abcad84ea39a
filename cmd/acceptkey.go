package cmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"wscope/cmd/internal/acceptkey"
	"wscope/wsproto"
)

// acceptKeyOptions are what the command line of accept-key parses to.
type acceptKeyOptions struct {
	streams
	color string

	keys     []string // none: from in, one a line
	generate bool
	verify   *string // the value to check, nil if there is none
	explain  bool
	json     bool
}

func newAcceptKeyCmd(s streams, run func(context.Context, acceptKeyOptions) error) *cobra.Command {
	opts := acceptKeyOptions{streams: s}
	var verify string
	cmd := &cobra.Command{
		Use:   "accept-key [key]",
		Short: "Compute, verify and explain Sec-WebSocket-Accept",
		Long: `Compute the Sec-WebSocket-Accept that answers a Sec-WebSocket-Key: the Base64 of
the SHA-1 of the key and a fixed GUID (RFC 6455, Section 4.2.2).

Without a key, each line of stdin is one, and each gets its answer on a line of
stdout at once, so that another program can ask and wait for the answer. An empty
line is an empty key.

A key that is not the Base64 of 16 bytes is computed all the same, with a warning.`,
		Example: `  wscope accept-key dGhlIHNhbXBsZSBub25jZQ==
  wscope accept-key --explain dGhlIHNhbXBsZSBub25jZQ==
  wscope accept-key --verify s3pPLMBiTxaQ9kYGzzhZRbK+xOo= dGhlIHNhbXBsZSBub25jZQ==
  wscope accept-key --generate | { read -r key accept; echo "$key"; }
  wscope accept-key <keys.txt`,
		Args: maxArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.keys = args
			opts.color = colorMode(cmd)
			if cmd.Flags().Changed("verify") {
				opts.verify = &verify
			}
			example := firstExample(cmd)
			switch {
			case opts.generate && len(args) > 0:
				return usageError("wscope accept-key --generate", `--generate makes a key, it takes none: "%s"`, args[0])
			case opts.generate && opts.verify != nil:
				return usageError(example, "--generate and --verify cannot be used together")
			case len(args) == 0 && !opts.generate && opts.inTTY:
				return usageError(example, "%s needs a key, as an argument or on stdin", cmd.CommandPath())
			}
			return run(cmd.Context(), opts)
		},
	}
	flags := cmd.Flags()
	flags.BoolVarP(&opts.generate, "generate", "g", false, "make a new key and print it and, after a space, its answer")
	flags.StringVar(&verify, "verify", "", "check `accept` against the key: print match, or mismatch and why (status 104)")
	flags.BoolVarP(&opts.explain, "explain", "e", false, "show each step")
	flags.BoolVar(&opts.json, "json", false, "print one JSON object for each key")
	setFlagExample(flags, "verify", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	return cmd
}

// runAcceptKey answers the key of the command line, a new one, or those of
// stdin.
func runAcceptKey(ctx context.Context, opts acceptKeyOptions) error {
	switch {
	case opts.generate:
		key, err := wsproto.NewKey(nil)
		if err != nil {
			return err
		}
		return opts.answer(key)
	case len(opts.keys) > 0:
		return opts.answerAll(opts.keys)
	}
	// A read of stdin cannot be called off; an interrupt does not wait for it.
	done := make(chan error, 1)
	go func() { done <- opts.answerLines() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (opts acceptKeyOptions) answerAll(keys []string) error {
	for _, key := range keys {
		if err := opts.answer(key); err != nil {
			return err
		}
	}
	return nil
}

// answerLines answers each line of stdin as soon as it is complete. A mismatch
// does not keep the next lines from their answer; the first one is the result.
func (opts acceptKeyOptions) answerLines() error {
	var first error
	answered := false
	lines := bufio.NewReader(opts.in)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			key := strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
			answered = true
			var mismatch *exitError
			switch err := opts.answer(key); {
			case err == nil:
			case errors.As(err, &mismatch) && mismatch.code == exitExpectation:
				if first == nil {
					first = err
				}
			default:
				return unread(err, first != nil)
			}
		}
		if err == io.EOF && opts.verify != nil && !answered {
			return failure(exitExpectation, errors.New("nothing was verified: there is no key on stdin"),
				"name the key: wscope accept-key --verify "+*opts.verify+" KEY")
		}
		if err == io.EOF {
			return first
		}
		if err != nil {
			return failure(exitReadFile, fmt.Errorf("reading stdin: %w", err), "")
		}
	}
}

// answer computes the accept value of one key and prints what was asked for. It
// writes once, so that a reader on the other end of a pipe gets the whole
// answer.
func (opts acceptKeyOptions) answer(key string) error {
	a := newKeyAnswer(key)
	if a.Problem != "" {
		printDiagnostic(opts.streams, opts.color, levelWarning,
			fmt.Sprintf(`the key "%s" is %s (RFC 6455, Section 4.1)`, key, a.Problem))
	}
	if opts.verify != nil {
		a.check(*opts.verify)
	}
	text, err := opts.format(a)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(opts.out, text); err != nil {
		return unread(err, a.mistake != nil)
	}
	return a.mismatch()
}

// A keyAnswer is what there is to tell about a key.
type keyAnswer struct {
	acceptkey.Derivation
	Problem string // what is wrong with the key, "" if nothing is

	checked bool
	got     string
	mistake *acceptkey.Mistake // nil if got is right
}

func newKeyAnswer(key string) *keyAnswer {
	return &keyAnswer{Derivation: acceptkey.Derive(key), Problem: acceptkey.KeyProblem(key)}
}

// check compares got with the right value.
func (a *keyAnswer) check(got string) {
	a.checked, a.got = true, got
	if m, ok := acceptkey.Diagnose(a.Key, got); ok {
		a.mistake = &m
	}
}

// mismatch returns the error of a value that was checked and is wrong.
func (a *keyAnswer) mismatch() error {
	if a.mistake == nil {
		return nil
	}
	return failure(exitExpectation,
		fmt.Errorf(`Sec-WebSocket-Accept is "%s", expected "%s" (RFC 6455, Section 4.2.2)`, a.got, a.Accept),
		a.mistake.Text)
}
