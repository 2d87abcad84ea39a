package play

import (
	"context"
	"sync"
	"time"

	"wscope/cmd/internal/script"
)

// Run plays tests side by side and returns when all are over. When ctx ends, the
// tests that are being played fail, and no more are started.
func Run(ctx context.Context, tests []script.TestCase, o Options) {
	next := make(chan int)
	go func() {
		defer close(next)
		for i := range tests {
			next <- i
		}
	}()
	var wg sync.WaitGroup
	for range min(max(o.Jobs, 1), len(tests)) {
		wg.Go(func() {
			for i := range next {
				r := Result{Skipped: true}
				if ctx.Err() == nil {
					if o.Started != nil {
						o.Started(i)
					}
					r = play(ctx, tests[i], &o)
				}
				if o.Finished != nil {
					o.Finished(i, r)
				}
			}
		})
	}
	wg.Wait()
}

// play plays one test.
func play(ctx context.Context, test script.TestCase, o *Options) Result {
	limit := o.Timeout
	if test.Timeout > 0 {
		limit = test.Timeout
	}
	start := time.Now()
	late := &timeoutError{limit}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, late)
	defer cancel()
	p := newPlayer(ctx, test, o)
	failure := p.play()
	r := Result{Took: time.Since(start), Failure: failure, Transcript: p.observer.Transcript()}
	if !o.ShowSecrets {
		p.secrets.redact(&r)
	}
	return r
}
