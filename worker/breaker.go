package worker

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"invoicelink/checkout"
)

const (
	// sameRefusals is how many different invoices in a row the API may refuse
	// with the same status before that is taken for systemic trouble.
	sameRefusals = 3
	firstPause   = 15 * time.Second
	longestPause = 10 * time.Minute
)

// breaker keeps calls back while the way to the API, or the account, is in
// trouble: a firewall's page, a route that is not there, the same refusal of
// several invoices in a row. After a pause one call is let through; while it
// fails the pauses grow, and a success ends them.
type breaker struct {
	now func() time.Time

	mu     sync.Mutex
	until  time.Time // calls are kept back; zero while all is well
	pause  time.Duration
	cause  error
	status int             // of the refusals in a row
	op     string          // likewise
	of     map[string]bool // the invoices refused, by number
}

// Trouble says what keeps calls to the checkout API back, and until when; nil
// while they are made.
func (b *breaker) trouble() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.until.IsZero() {
		return nil
	}
	return fmt.Errorf("calls to the checkout API pause until %s: %w", b.until.UTC().Format(time.RFC3339), b.cause)
}

// allow reports whether a call may be made, as a *laterError where not. Of the
// calls that wait, one is let through after each pause.
func (b *breaker) allow() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.until.IsZero() {
		return nil
	}
	if left := b.until.Sub(b.now()); left > 0 {
		return &laterError{fmt.Errorf("calls to the checkout API pause: %w", b.cause), jitter(left + time.Second)}
	}
	b.until = b.now().Add(b.pause) // this call is the one to see; the others wait on
	return nil
}

// observe learns from the end of a call for an invoice and returns its error,
// as a *laterError where it is not the invoice's own.
func (b *breaker) observe(number string, err error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		b.until, b.pause, b.cause, b.of = time.Time{}, 0, nil, nil
		return nil
	}
	call, ok := errors.AsType[*checkout.Error](err)
	if !ok {
		return err
	}
	switch call.Class() {
	case checkout.ClassInvoice:
		if call.Kind != checkout.KindStatus || call.Gone() || !b.again(number, call) {
			return err
		}
	case checkout.ClassSystemic:
	case checkout.ClassTemporary, checkout.ClassCredentials:
		return err
	}
	if b.pause == 0 || !b.now().Before(b.until.Add(-b.pause)) {
		b.pause = min(max(2*b.pause, firstPause), longestPause)
	}
	b.until, b.cause = b.now().Add(b.pause), err
	return &laterError{err, jitter(b.pause + time.Second)}
}

// again counts a refusal and reports whether the same was said about several
// invoices in a row.
func (b *breaker) again(number string, call *checkout.Error) bool {
	if b.status != call.Status || b.op != call.Op || b.of == nil {
		b.status, b.op, b.of = call.Status, call.Op, map[string]bool{}
	}
	b.of[number] = true
	return len(b.of) >= sameRefusals
}
