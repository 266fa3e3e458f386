package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"invoicelink/worker/ledger"
)

// claimFor is how long a claim stands without being renewed. Each step that
// writes the record renews it; none of them lasts longer than two attempts of
// the API's client.
const claimFor = 2 * time.Minute

func (j *job) claim() *ledger.Claim {
	return &ledger.Claim{Token: j.token, Until: j.Now().UTC().Add(claimFor)}
}

// held reports whether another attempt, here or on another worker, has the
// record in hand. A claim of this worker is void when its attempt has ended,
// one of another when its time is up, or at once where no other can be alive.
func (j *job) held(c *ledger.Claim) bool {
	if c == nil || c.Token == j.token {
		return false
	}
	if strings.HasPrefix(c.Token, j.epoch+".") {
		_, alive := j.active.Load(c.Token)
		return alive
	}
	return !j.Exclusive && j.Now().Before(c.Until)
}

// take claims the record and applies a change in the same write. A claim that
// is found void was left by a worker that died: that is counted, so that an
// invoice that takes its workers with it is given up.
func (j *job) take(ctx context.Context, change func(*ledger.Record)) error {
	if j.held(j.entry.Claim) {
		return fmt.Errorf("take invoice %q: %w", j.entry.Number, errBusy)
	}
	left := j.entry.Claim != nil && j.entry.Claim.Token != j.token
	err := j.Ledger.Update(ctx, j.entry, func(r *ledger.Record) {
		r.Claim = j.claim()
		if left {
			r.Crashes++
		}
		change(r)
	})
	if err == nil && j.entry.Crashes >= maxCrashes {
		return &permanentError{fmt.Errorf("invoice %q was in hand when a worker died, %d times; given up", j.entry.Number, j.entry.Crashes)}
	}
	return err
}

// update changes the record in hand and renews the claim.
func (j *job) update(ctx context.Context, change func(*ledger.Record)) error {
	return j.Ledger.Update(ctx, j.entry, func(r *ledger.Record) {
		r.Claim = j.claim()
		change(r)
	})
}

// unclaim gives the record back. If that fails, the claim ends by itself.
func (j *job) unclaim(ctx context.Context) error {
	if j.entry == nil || j.entry.Claim == nil || j.entry.Claim.Token != j.token {
		return nil
	}
	err := j.Ledger.Update(ctx, j.entry, func(r *ledger.Record) { r.Claim = nil })
	if errors.Is(err, ledger.ErrChanged) {
		return nil // somebody else has written it since, and decided
	}
	return err
}
