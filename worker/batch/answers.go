package batch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"

	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// Answers returns the answers that have come, by request id, for keeping.
func (u *Upload) Answers() (map[string]event.Status, error) {
	out := make(map[string]event.Status, len(u.items))
	for i := range u.good {
		o, err := u.outcome(i)
		if err != nil {
			return nil, err
		}
		if o != nil {
			out[u.request(i)] = *o
		}
	}
	return out, nil
}

// Recall takes answers that were kept; those that are there stay.
func (u *Upload) Recall(answers map[string]event.Status) error {
	for request, o := range answers {
		if i := u.itemOf(request); i >= 0 {
			if _, err := u.keep(i, &o, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// RecallFrom looks up what the ledger says about invoices without an answer.
// It is for an upload whose events may be gone: the broker keeps them for 90
// days, the ledger permanently.
func (u *Upload) RecallFrom(ctx context.Context, l *ledger.Ledger) error {
	for _, i := range u.waiting() {
		e, err := l.Read(ctx, u.items[i].entry.Number)
		if errors.Is(err, ledger.ErrUnknown) {
			continue
		}
		if err != nil {
			return err
		}
		if e.Request != u.request(i) || !e.State.Ended() {
			continue
		}
		o := e.Status()
		if _, err := u.keep(i, &o, 0); err != nil {
			return err
		}
	}
	return nil
}

func (u *Upload) waiting() (out []int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for i := range u.good {
		if u.items[i].became == NoAnswer {
			out = append(out, i)
		}
	}
	return out
}

// Refresh brings good answers up to what the ledger says by now: a link may
// have been renewed, an invoice paid. Answers that are no good stay: the
// record of that number may be about another content.
func (u *Upload) Refresh(ctx context.Context, l *ledger.Ledger) error {
	for i := range u.good {
		o, err := u.outcome(i)
		if err != nil {
			return fmt.Errorf("refresh upload %s: %w", u.ID, err)
		}
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
		if reflect.DeepEqual(*o, now) {
			continue
		}
		u.mu.Lock()
		err = u.put(i, &now)
		u.mu.Unlock()
		if err != nil {
			return fmt.Errorf("refresh upload %s: %w", u.ID, err)
		}
	}
	return nil
}

// Digest is a digest of what Publish would send: the good invoices in their
// order. Whoever agreed to one plan has not agreed to another.
func (u *Upload) Digest() string { return u.digest() }

func (u *Upload) computeDigest() string {
	sum := sha256.New()
	rows := u.rows()
	for i := range u.good {
		fmt.Fprintf(sum, "%s %s\n", u.request(i), rows[i].Digest)
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}
