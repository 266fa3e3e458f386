package batch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// Answers returns the answers that have come, by request id, for keeping.
func (u *Upload) Answers() map[string]event.Status {
	u.mu.Lock()
	defer u.mu.Unlock()
	out := make(map[string]event.Status, len(u.items))
	for _, it := range u.items {
		if it.outcome != nil {
			out[it.request] = *it.outcome
		}
	}
	return out
}

// Recall takes answers that were kept; those that are there stay.
func (u *Upload) Recall(answers map[string]event.Status) {
	for request, o := range answers {
		if it := u.byID[request]; it != nil {
			u.keep(it, &o, 0)
		}
	}
}

// RecallFrom looks up what the ledger says about invoices without an answer.
// It is for an upload whose events may be gone: the broker keeps them for 90
// days, the ledger permanently.
func (u *Upload) RecallFrom(ctx context.Context, l *ledger.Ledger) error {
	for _, it := range u.waiting() {
		e, err := l.Read(ctx, it.entry.Invoice.Number)
		if errors.Is(err, ledger.ErrUnknown) {
			continue
		}
		if err != nil {
			return err
		}
		if e.Request == it.request && e.State.Ended() {
			o := e.Status()
			u.keep(it, &o, 0)
		}
	}
	return nil
}

func (u *Upload) waiting() []*item {
	u.mu.Lock()
	defer u.mu.Unlock()
	var out []*item
	for _, it := range u.items {
		if it.outcome == nil {
			out = append(out, it)
		}
	}
	return out
}

// Refresh brings good answers up to what the ledger says by now: a link may
// have been renewed, an invoice paid. Answers that are no good stay: the
// record of that number may be about another content.
func (u *Upload) Refresh(ctx context.Context, l *ledger.Ledger) error {
	for _, it := range u.items {
		o := u.outcome(it)
		if o == nil || !o.Succeeded() {
			continue
		}
		e, err := l.Read(ctx, o.Number)
		if errors.Is(err, ledger.ErrUnknown) {
			continue
		}
		if err != nil {
			return fmt.Errorf("refresh upload %s: %w", u.ID, err)
		}
		now := e.Status()
		now.Repeated, now.Warnings = o.Repeated, o.Warnings
		u.mu.Lock()
		it.outcome = &now
		u.mu.Unlock()
	}
	return nil
}

func (u *Upload) outcome(it *item) *event.Status {
	u.mu.Lock()
	defer u.mu.Unlock()
	return it.outcome
}

// Plan is a digest of what Publish would send: the good invoices in their
// order. Whoever agreed to one plan has not agreed to another.
func (u *Upload) Digest() string { return u.digest() }

func (u *Upload) computeDigest() string {
	sum := sha256.New()
	for _, it := range u.items {
		fmt.Fprintf(sum, "%s %s\n", it.request, it.entry.Invoice.Digest())
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}
