package worker

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"invoicelink/invoice/text"
	"invoicelink/worker/broker"
	"invoicelink/worker/event"
)

// maxRefusals is how often a request may fail to be refused before it is set
// aside: each keeps one of the places that the server gives to deliveries in
// progress or in delay, and when all are taken nothing else is delivered.
const maxRefusals = 3

// refuse ends a delivery that cannot be carried out: the reason goes into the
// ledger, to whoever asked and into a dead letter. What fails is tried again;
// what keeps failing for a reason of its own is set aside without an answer.
func (j *job) refuse(ctx context.Context, disp disposition, cause error) error {
	key := event.Key(j.number())
	var err error
	if wrong, ok := errors.AsType[*rejection](cause); !ok || !wrong.silent {
		err = j.tryConclude(ctx, disp, cause)
	}
	if err == nil {
		err = j.d.DeadLetter(ctx, cause.Error(), key)
	}
	switch {
	case err == nil:
		j.refusals.forget(j.d.Sequence())
		return nil
	case broker.Unavailable(err), j.refusals.count(j.d.Sequence()) < maxRefusals:
		return errors.Join(err, j.d.Retry(backoff(j.d.Attempt())))
	}
	j.log.Error("request set aside without an answer", "state", disp.state, "reason", cause, "error", err)
	reason := fmt.Sprintf("%s; and this could not be reported: %s", text.Line(cause.Error(), 800), err)
	if err := j.d.SetAside(ctx, reason, key); err != nil {
		return errors.Join(err, j.d.Retry(backoff(j.d.Attempt())))
	}
	j.refusals.forget(j.d.Sequence())
	return nil
}

// tryConclude is conclude, with a panic of ours as an error.
func (j *job) tryConclude(ctx context.Context, disp disposition, cause error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			crash := &crashError{p, debug.Stack()}
			j.log.Error("worker crashed while refusing", "panic", p, "stack", string(crash.stack))
			err = crash
		}
	}()
	return j.conclude(ctx, disp, cause)
}

// refusals counts the failed refusals by the request's place in the stream.
type refusals struct {
	mu     sync.Mutex
	failed map[uint64]int
}

// mostRefusals bounds the memory for requests that another worker ended.
const mostRefusals = 10_000

func (r *refusals) count(sequence uint64) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil || len(r.failed) >= mostRefusals {
		r.failed = map[uint64]int{}
	}
	r.failed[sequence]++
	return r.failed[sequence]
}

func (r *refusals) forget(sequence uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.failed, sequence)
}
