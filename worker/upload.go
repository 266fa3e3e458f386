package worker

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"

	"invoicelink/worker/broker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// findUpload loads the upload that the request is part of. The attribute batch
// is the sender's own correlation id, which comes back in the answer, unless it
// is the id of an upload: then the token must be the upload's too, so that
// nobody can send or answer requests in its name.
func (j *job) findUpload(ctx context.Context) error {
	if j.env.Batch == "" {
		return nil
	}
	ticket, err := j.uploadOf(ctx, j.env.Batch)
	if err != nil || ticket.ID == "" {
		return err
	}
	if ticket.Token == "" || subtle.ConstantTimeCompare([]byte(ticket.Token), []byte(j.env.Extensions[event.UploadToken])) != 1 {
		j.env.Batch = "" // its answer is none to the upload
		return &rejection{aside: true, message: "the attribute batch is the id of an upload; give another one, or none"}
	}
	j.ticket = ticket
	return nil
}

// uploadOf returns the upload with the id, or a zero ticket if the id is some
// sender's own.
func (w *Worker) uploadOf(ctx context.Context, id string) (ledger.Ticket, error) {
	ticket, err := w.tickets.load(ctx, id)
	if errors.Is(err, broker.ErrNoDocument) {
		return ledger.Ticket{}, nil
	}
	if err != nil {
		return ledger.Ticket{}, fmt.Errorf("find upload: %w", err)
	}
	return ticket, nil
}
