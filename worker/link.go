package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"invoicelink/checkout"
	"invoicelink/invoice/text"
	"invoicelink/worker/ledger"
)

// link makes the next payment link of the invoice in hand and records it. Only
// a link whose QR code was read and found right is recorded.
func (j *job) link(ctx context.Context, why string) error {
	j.at("create link")
	made, err := j.createLink(ctx)
	if err != nil {
		return err
	}
	qr, note, err := j.readQR(made)
	if err != nil {
		return err
	}
	next := ledger.Link{
		Revision: j.entry.Revision() + 1, ID: made.ID, URL: made.URL, Why: why, Request: j.id,
		CreatedAt: made.RequestedAt.UTC(), ExpiresAt: made.ValidUntil().UTC(), OverFrom: made.ExpiredBy().UTC(),
		QR: packed(qr.Modules), Size: len(qr.Modules), Source: string(qr.Source), Note: text.Line(note, 300), Environment: string(made.Environment),
	}
	if made.ActivationTTL < made.Validity {
		next.OnceOpened = int(made.ActivationTTL / time.Minute)
	}
	return j.record(ctx, next)
}

// record makes the link the invoice's newest and sets the timer for its end. A
// link that no longer fits into the record is stored before it leaves it.
func (j *job) record(ctx context.Context, next ledger.Link) error {
	preview := j.entry.Record
	if moved := preview.AddLink(next); moved != nil {
		if err := j.Ledger.SaveLink(ctx, j.entry.Number, *moved); err != nil {
			return err
		}
	}
	j.at("record link")
	err := j.update(ctx, func(r *ledger.Record) {
		r.AddLink(next)
		r.State = ledger.Linked
		if j.note != "" {
			r.Note = j.note
		}
	})
	if err != nil {
		return err
	}
	j.at("set timer")
	return j.setTimer(ctx)
}

// createLink asks for a link on the invoice's session. A session of our own
// that the API no longer knows is replaced once; one that the sender brought
// never is.
func (j *job) createLink(ctx context.Context) (checkout.Link, error) {
	validity := j.Links.validity(j.inv.DueDate, j.seller.Location(), j.Now())
	for replaced := false; ; replaced = true {
		session, err := j.session(ctx)
		if err != nil {
			return checkout.Link{}, err
		}
		made, err := j.Checkout.CreateLink(ctx, session, checkout.LinkRequest{
			PageURL: j.Links.PageURL, Size: j.Links.Size,
			Validity: validity, ActivationTTL: j.Links.activation(validity),
		})
		var call *checkout.Error
		if err == nil || !errors.As(err, &call) || !call.Gone() {
			return made, err
		}
		if j.entry.SessionFor == "" {
			return made, &permanentError{fmt.Errorf("session %s came with the invoice and the checkout API does not know it; send the invoice with another session id, or without one: %w", session, err)}
		}
		if replaced {
			return made, &permanentError{fmt.Errorf("checkout API does not know the session it has just created: %w", err)}
		}
		j.log.Warn("session is gone, making another", "session", session, "error", err)
		if err := j.update(ctx, func(r *ledger.Record) { r.SessionID, r.SessionFor = "", "" }); err != nil {
			return made, err
		}
	}
}

// readQR reads the returned code. One that cannot be read is drawn from the
// link, with a note; one that holds something else fails the invoice, unless
// it was said that ours be drawn.
func (j *job) readQR(link checkout.Link) (qr checkout.QR, note string, err error) {
	qr, err = checkout.ReadQR(link.QRCode, link.URL)
	if err == nil {
		return qr, qr.Note, nil
	}
	var wrong *checkout.QRMismatchError
	switch {
	case errors.As(err, &wrong) && !j.Links.DrawOnMismatch:
		return qr, "", &permanentError{fmt.Errorf("refuse QR code of link %s: %w", link.ID, err)}
	case !errors.As(err, &wrong) && !errors.Is(err, checkout.ErrQRUnreadable):
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
