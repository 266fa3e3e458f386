package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"invoicelink/checkout"
	"invoicelink/invoice/text"
	"invoicelink/worker/concurrency"
	"invoicelink/worker/ledger"
)

// link makes the next payment link of the invoice and records it with its
// session. Only a link that was never given before, and whose QR code was read
// and found right, is recorded.
func (j *job) link(ctx context.Context, by ledger.Act) error {
	if err := j.allow(); err != nil {
		return err
	}
	on, made, err := j.createLink(ctx, "")
	if err != nil {
		if on.fresh { // the next attempt makes no second session
			if kept := j.update(ctx, on.keep); kept != nil {
				return errors.Join(err, kept)
			}
		}
		return err
	}
	qr, note, err := j.readQR(made)
	if err != nil {
		return err
	}
	next := ledger.Link{
		Revision: j.entry.NextLink(), ID: made.ID, URL: made.URL, By: by, Request: j.id,
		CreatedAt: made.RequestedAt.UTC(), ValidUntil: made.ValidUntil().UTC(), ExpiredBy: made.ExpiredBy().UTC(),
		QR: packed(qr.Modules), Size: len(qr.Modules), QRSource: string(qr.Source), Note: text.Line(note, 300),
	}
	if made.ActivationTTL < made.Validity {
		next.ActivationMinutes = int(made.ActivationTTL / time.Minute)
	}
	j.at("take link")
	if err := j.cfg.Ledger.TakeLink(ctx, next, j.entry.Number); err != nil {
		if taken, ok := errors.AsType[*ledger.TakenError](err); ok {
			return &permanentError{fmt.Errorf("checkout API gave a link that was given before: %w", taken)}
		}
		return err
	}
	j.at("record link")
	err = j.update(ctx, func(r ledger.Record) (ledger.Record, error) {
		r, err := on.keep(r)
		if err != nil {
			return r, err
		}
		if r, err = r.Noted(j.note, string(made.Environment)); err != nil {
			return r, err
		}
		return r.AddLink(next)
	})
	if err != nil {
		return err
	}
	j.at("set timer")
	return j.setTimer(ctx, &j.entry.Record)
}

// createLink asks for a link on the invoice's session. A session of our own
// that the API no longer knows is replaced once; one that the sender brought
// never is. A payment page is named as the link's url; "" leaves that to the
// policy.
func (j *job) createLink(ctx context.Context, payPage string) (on session, made checkout.Link, err error) {
	policy := j.cfg.Links.of(j.inv, j.seller.Location(), j.cfg.Now())
	policy.PageURL = firstOf(payPage, policy.PageURL)
	validity := policy.validity(j.inv.DueDate, j.seller.Location(), j.cfg.Now())
	for replaced := false; ; replaced = true {
		if on, err = j.session(ctx); err != nil {
			return session{}, made, err
		}
		j.at("create link")
		began := time.Now()
		made, err = j.cfg.Checkout.CreateLink(ctx, on.id, checkout.LinkRequest{
			PageURL: policy.PageURL, Size: policy.Size,
			Validity: validity, ActivationTTL: policy.activation(validity),
		})
		j.pace.called(concurrency.Sample{Op: "link", Began: began, Ended: time.Now()}, err)
		err = j.breaker.observe(j.entry.Number, err)
		if call, ok := errors.AsType[*checkout.Error](err); !ok || !call.Gone() {
			return on, made, err
		}
		if on.madeFor == "" {
			return session{}, made, &permanentError{fmt.Errorf("session %s came with the invoice and the checkout API does not know it; send the invoice with another session id, or without one: %w", on.id, err)}
		}
		if replaced {
			return session{}, made, &permanentError{fmt.Errorf("checkout API does not know the session it has just created: %w", err)}
		}
		j.log.Warn("session is gone, making another", "session", on.id, "error", err)
		if !on.fresh {
			if err := j.update(ctx, ledger.Record.DropSession); err != nil {
				return session{}, made, err
			}
		}
	}
}

// readQR reads the returned code. One that cannot be read is drawn from the
// link, with a note; one that holds something else fails the invoice, unless
// the policy is to draw our own.
func (j *job) readQR(link checkout.Link) (qr checkout.QR, note string, err error) {
	qr, err = checkout.ReadQR(link.QRCode, link.URL)
	if err == nil {
		return qr, qr.Note, nil
	}
	_, mismatch := errors.AsType[*checkout.QRMismatchError](err)
	switch {
	case mismatch && !j.cfg.Links.DrawOnMismatch:
		return qr, "", &permanentError{fmt.Errorf("refuse QR code of link %s: %w", link.ID, err)}
	case !mismatch && !errors.Is(err, checkout.ErrQRUnreadable):
		return qr, "", err
	}
	note = "QR code drawn from the link: " + err.Error()
	if qr, err = checkout.DrawQR(link.URL); err != nil {
		return qr, "", &permanentError{err}
	}
	return qr, note, nil
}

// packed turns modules into bits, row by row, the most significant bit first.
func packed(modules [][]bool) []byte {
	size := len(modules)
	bits := make([]byte, (size*size+7)/8)
	for y, row := range modules {
		for x, dark := range row {
			if dark {
				n := y*size + x
				bits[n/8] |= 1 << (7 - n%8)
			}
		}
	}
	return bits
}
