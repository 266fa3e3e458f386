package ops

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Check is one thing that can be well or not.
type Check struct {
	Name string
	// Run returns nil if all is well. It gets checkTimeout.
	Run func(context.Context) error
}

const (
	// checkTimeout bounds all checks of one kind together: probes usually wait
	// for a few seconds only.
	checkTimeout = 4 * time.Second
	// checkAge is how long an answer counts: whoever asks more often asks for
	// nothing, and cannot make this process knock at the checkout API.
	checkAge = 3 * time.Second
	// failedAge is shorter, so that those who wait for a start wait no longer.
	failedAge = 500 * time.Millisecond
)

// Result is the answer of one check.
type Result struct {
	Name string
	Err  error
}

// checks runs a list of checks, all at the same time, and remembers the
// answers for a moment.
type checks struct {
	kind string
	list []Check
	now  func() time.Time
	log  *slog.Logger

	mu      sync.Mutex // held while the checks run: who asks meanwhile waits for the same answer
	at      time.Time
	results []Result
	logged  string // the reasons as they were logged last
}

func (c *checks) run(ctx context.Context) ([]Result, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	age := checkAge
	if failing(c.results) {
		age = failedAge
	}
	if c.results == nil || c.now().Sub(c.at) >= age {
		// The answer is everybody's, so it does not end with one asker.
		c.results = c.ask(context.WithoutCancel(ctx))
		c.at = c.now()
		c.logChange()
	}
	return c.results, !failing(c.results)
}

func failing(results []Result) bool {
	return slices.ContainsFunc(results, func(r Result) bool { return r.Err != nil })
}

func (c *checks) ask(ctx context.Context) []Result {
	ctx, cancel := context.WithTimeoutCause(ctx, checkTimeout, fmt.Errorf("no answer within %v", checkTimeout))
	defer cancel()
	results := make([]Result, len(c.list))
	var all sync.WaitGroup
	for i, check := range c.list {
		results[i].Name = check.Name
		all.Go(func() {
			results[i].Err = check.Run(ctx)
			if errors.Is(results[i].Err, context.DeadlineExceeded) {
				results[i].Err = context.Cause(ctx)
			}
		})
	}
	all.Wait()
	return results
}

// logChange logs the reasons when they change.
func (c *checks) logChange() {
	var reasons []error
	for _, r := range c.results {
		if r.Err != nil {
			reasons = append(reasons, fmt.Errorf("%s: %w", r.Name, r.Err))
		}
	}
	err := errors.Join(reasons...)
	text := ""
	if err != nil {
		text = err.Error()
	}
	if text == c.logged {
		return
	}
	if c.logged = text; err != nil {
		c.log.Warn("worker is not "+c.kind, "error", err)
	} else {
		c.log.Info("worker is " + c.kind)
	}
}
