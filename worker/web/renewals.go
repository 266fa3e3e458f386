package web

import (
	"context"
	"sync"
	"time"

	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/requests"
)

// renewals are those that somebody asked for here, until they are answered and
// a while after, so that a refusal reaches whoever asked.
type renewals struct {
	mu  sync.Mutex
	all map[string]renewal // by invoice number
}

type renewal struct {
	at      time.Time
	done    bool
	trouble error // why it was refused; nil if it was not
}

const (
	// renewalTold is how long an answer is shown; a renewal may wait longer
	// than that for the checkout API, and then shows by itself.
	renewalTold = 10 * time.Minute
	maxRenewals = 1000
)

func (x *renewals) of(number string, now time.Time) (waiting bool, trouble error, ok bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	one, ok := x.all[number]
	if !ok || now.Sub(one.at) > renewalTold {
		return false, nil, false
	}
	return !one.done, one.trouble, true
}

// begin reports false where so many are under way that this one is not
// watched.
func (x *renewals) begin(number string, now time.Time) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	for other, one := range x.all {
		if now.Sub(one.at) > renewalTold {
			delete(x.all, other)
		}
	}
	if len(x.all) >= maxRenewals {
		return false
	}
	x.all[number] = renewal{at: now}
	return true
}

func (x *renewals) end(number string, trouble error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if one, ok := x.all[number]; ok {
		one.done, one.trouble = true, trouble
		x.all[number] = one
	}
}

func (x *renewals) forget(number string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.all, number)
}

// renew asks for a new link and waits in the background for the answer.
func (d *Desk) renew(ctx context.Context, e *ledger.Entry, reason, by string) error {
	now := d.config.Now()
	if waiting, _, ok := d.renewals.of(e.Number, now); ok && waiting {
		return nil // asked for already: a double click
	}
	from, err := d.config.Requests.Next(ctx)
	if err != nil {
		return err
	}
	watched := d.renewals.begin(e.Number, now)
	id := requests.NewID()
	err = d.config.Requests.Send(ctx, requests.Request{ID: id, Payload: event.Renew{Number: e.Number, Force: !e.Link.Expired(now), Reason: reason}, Actor: by})
	if err != nil || d.ctx.Err() != nil {
		d.renewals.forget(e.Number)
		return err
	}
	if watched {
		d.wg.Go(func() { d.awaitRenewal(e.Number, id, from) })
	}
	return nil
}

func (d *Desk) awaitRenewal(number, request string, from uint64) {
	ctx, cancel := context.WithTimeout(d.ctx, renewalTold)
	defer cancel()
	answer, err := d.config.Requests.Await(ctx, from, request)
	switch {
	case err != nil:
		d.renewals.forget(number)
	case answer.Refused():
		d.renewals.end(number, &ledger.RefusedError{Code: answer.Code, Message: answer.Error})
	default:
		d.renewals.end(number, nil)
	}
}
