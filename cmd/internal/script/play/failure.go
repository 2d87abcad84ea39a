package play

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"wscope/cmd/internal/script"
	"wscope/render"
)

// A timeoutError is the end of a test that has taken too long.
type timeoutError struct{ limit time.Duration }

func (e *timeoutError) Error() string {
	return fmt.Sprintf("the test was over its timeout of %v", e.limit)
}

// A stepError is a step that has failed.
type stepError struct {
	step script.Node
	err  error
}

func (e *stepError) Error() string { return e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }

// failure returns what a report says of an error. others are lines about what
// else was going on.
func (e *stepError) failure(o *Options, others []string) *Failure {
	message, detail, _ := strings.Cut(e.err.Error(), "\n")
	if step, ok := e.step.(script.Step); ok && !speaksForItself(e.err) {
		message = o.shown(step) + ": " + message
	}
	if len(others) > 0 {
		detail = strings.TrimPrefix(detail+"\n"+strings.Join(others, "\n"), "\n")
	}
	return &Failure{Pos: e.step.Position(), Message: message, Detail: detail}
}

// shown returns the first line of a step without the credentials in its URL.
func (o *Options) shown(s script.Step) string {
	text := s.String()
	open, ok := s.(*script.Open)
	if o.ShowSecrets || !ok {
		return text
	}
	url := strings.Trim(open.URL.String(), "\"`") // with its references
	return strings.Replace(text, url, render.RedactURL(url), 1)
}

// A plainError says by itself which step it is about.
type plainError interface{ plain() }

func speaksForItself(err error) bool {
	var p plainError
	return errors.As(err, &p)
}

// An unmetError is an expectation that was not met.
type unmetError struct{ error }

func (unmetError) plain()          {}
func (e unmetError) Unwrap() error { return e.error }

// isCancelled reports whether err is nothing but the end of ctx, from which it
// was not going to come by itself.
func isCancelled(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, context.Cause(ctx)) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded))
}
