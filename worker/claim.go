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

func (j *job) claimUntil() time.Time { return j.cfg.Now().UTC().Add(claimFor) }

// heldElsewhere reports whether another attempt, here or on another worker,
// works on the record. A claim of this worker is void when its attempt has
// ended, one of another when its time has passed, or at once where no other
// worker can be alive.
func (j *job) heldElsewhere(c *ledger.Claim) bool {
	if c == nil || c.Token == j.token {
		return false
	}
	if strings.HasPrefix(c.Token, j.epoch+".") {
		_, alive := j.active.Load(c.Token)
		return alive
	}
	return !j.cfg.SingleWorker && j.cfg.Now().Before(c.Until)
}

// claim makes the transition and claims the record in the same write. A claim
// that is found void was left by a worker that died: that is counted, so that an
// invoice that takes its workers with it is given up.
func (j *job) claim(ctx context.Context, transition ledger.Transition) error {
	if j.heldElsewhere(j.entry.Claim) {
		return fmt.Errorf("work on invoice %q: %w", j.entry.Number, errBusy)
	}
	died := j.entry.Claim != nil && j.entry.Claim.Token != j.token
	err := j.cfg.Ledger.Update(ctx, j.entry, func(r ledger.Record) (ledger.Record, error) {
		r, err := r.Claimed(j.token, j.claimUntil(), died)
		if err != nil {
			return r, err
		}
		return transition(r)
	})
	if err == nil && j.entry.Crashes >= maxCrashes {
		return &permanentError{fmt.Errorf("a worker died %d times while it worked on invoice %q; given up", j.entry.Crashes, j.entry.Number)}
	}
	return err
}

// update makes the transition and renews the claim.
func (j *job) update(ctx context.Context, transition ledger.Transition) error {
	return j.cfg.Ledger.Update(ctx, j.entry, func(r ledger.Record) (ledger.Record, error) {
		r, err := r.Claimed(j.token, j.claimUntil(), false)
		if err != nil {
			return r, err
		}
		return transition(r)
	})
}

// unclaim gives the record back, if this attempt has claimed it. If that fails,
// the claim ends by itself.
func (j *job) unclaim(ctx context.Context) error {
	if j.entry == nil {
		return nil
	}
	for {
		err := j.cfg.Ledger.Update(ctx, j.entry, func(r ledger.Record) (ledger.Record, error) { return r.Released(j.token) })
		if errors.Is(err, ledger.ErrRepeated) {
			return nil // nothing is claimed
		}
		if !errors.Is(err, ledger.ErrChanged) {
			return err
		}
		if j.entry, err = j.cfg.Ledger.Read(ctx, j.entry.Number); err != nil {
			return err
		}
	}
}

// keep is the transition that changes nothing.
func keep(r ledger.Record) (ledger.Record, error) { return r, nil }
