package web

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/ledger"
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
	trouble string
}

const (
	// renewalTold is how long an answer is shown; a renewal may wait longer
	// than that for the checkout API, and then shows by itself.
	renewalTold = 10 * time.Minute
	maxRenewals = 1000
)

func (x *renewals) of(number string, now time.Time) (waiting bool, trouble string, ok bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	one, ok := x.all[number]
	if !ok || now.Sub(one.at) > renewalTold {
		return false, "", false
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

func (x *renewals) end(number, trouble string) {
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

// renew asks for a new link and watches for the answer.
func (d *Desk) renew(ctx context.Context, e *ledger.Entry, reason, by string) error {
	now := d.config.Now()
	if waiting, _, ok := d.renewals.of(e.Number, now); ok && waiting {
		return nil // asked for already: a double click
	}
	from, err := d.config.Broker.NextEvent(ctx)
	if err != nil {
		return err
	}
	watched := d.renewals.begin(e.Number, now)
	request, err := d.config.Actions.Renew(ctx, e.Number, !e.Link.Over(now), reason, by)
	if err != nil || request == "" || d.ctx.Err() != nil {
		d.renewals.forget(e.Number)
		return err
	}
	if watched {
		d.hands.Go(func() { d.awaitRenewal(e.Number, request, from) })
	}
	return nil
}

// awaitRenewal waits for the event that answers the request.
func (d *Desk) awaitRenewal(number, request string, from uint64) {
	ctx, cancel := context.WithTimeout(d.ctx, renewalTold)
	defer cancel()
	suffix := "." + invoice.Key(number)
	for e, err := range d.config.Broker.Events(ctx, from) {
		if err != nil {
			d.renewals.forget(number)
			return
		}
		if !strings.HasSuffix(e.Subject, suffix) {
			continue
		}
		var answer struct {
			RequestID string `json:"requestId"`
			Error     string `json:"error"`
		}
		if json.Unmarshal(e.Data, &answer) != nil || answer.RequestID != request {
			continue
		}
		trouble := ""
		if strings.HasPrefix(e.Subject, "invoices.rejected.") || strings.HasPrefix(e.Subject, "invoices.failed.") {
			trouble = answer.Error
		}
		d.renewals.end(number, trouble)
		return
	}
}
