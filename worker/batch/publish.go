package batch

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/broker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/requests"
)

// source is the CloudEvents source of the requests.
const source = "invoicelink/upload"

// PublishOptions says what an upload wants done.
type PublishOptions struct {
	Seller *invoice.Seller
	// Out is the directory for the PDFs, made absolute; "" means the worker's
	// archive.
	Out string
	// By is who uploads, for the record; may be empty.
	By string
	// AcceptRounding is as in event.Requested.
	AcceptRounding bool
	// From is the first event that can be an answer; 0 asks the broker. An
	// upload whose publishing was cut short names the one of its first time.
	From uint64
}

// sendAtOnce is how many requests are encoded at a time: the memory of an upload
// is that of its invoices, not of their messages.
const sendAtOnce = 1000

// Publish stores the seller's snapshot and the spec and publishes a request
// for each good invoice. When it returns without an error, all of them are in
// the broker; before that none may be.
func (u *Upload) Publish(ctx context.Context, b *broker.Broker, l *ledger.Ledger, o PublishOptions) error {
	if o.Out != "" {
		out, err := filepath.Abs(o.Out)
		if err != nil {
			return fmt.Errorf("publish upload: %w", err)
		}
		o.Out = out
	}
	digest, err := l.SaveSeller(ctx, o.Seller)
	if err != nil {
		return fmt.Errorf("publish upload: %w", err)
	}
	token, err := uploadToken(ctx, l, u.ID)
	if err != nil {
		return fmt.Errorf("publish upload: %w", err)
	}
	spec := ledger.BatchSpec{ID: u.ID, Token: token, At: time.Now().UTC(), Seller: digest, Out: o.Out, By: o.By}
	for _, book := range u.Books {
		spec.Files = append(spec.Files, book.Name)
	}
	if err := l.SaveBatchSpec(ctx, spec); err != nil {
		return fmt.Errorf("publish upload: %w", err)
	}
	if o.From == 0 {
		if o.From, err = b.NextEventSeq(ctx); err != nil {
			return fmt.Errorf("publish upload: %w", err)
		}
	}
	u.Resume(o.From)
	client := requests.New(b, source)
	chunk := make([]requests.Request, 0, sendAtOnce)
	send := func() error {
		err := client.Send(ctx, chunk...)
		chunk = chunk[:0]
		if err != nil {
			return fmt.Errorf("publish upload: %w", err)
		}
		return nil
	}
	for i := range u.good {
		inv, err := u.invoice(i)
		if err != nil {
			return fmt.Errorf("publish upload: invoice %s: %w", u.items[i].entry.Number, err)
		}
		chunk = append(chunk, requests.Request{ID: u.request(i), Batch: u.ID, Token: token, Payload: event.Requested{Invoice: *inv, AcceptRounding: o.AcceptRounding}})
		if len(chunk) == sendAtOnce {
			if err := send(); err != nil {
				return err
			}
		}
	}
	return send()
}

// uploadToken is the token of an upload that was published before, as before a
// restart, or a new one (130 bits).
func uploadToken(ctx context.Context, l *ledger.Ledger, id string) (string, error) {
	before, err := l.BatchSpec(ctx, id)
	if err == nil {
		return before.Token, nil
	}
	if errors.Is(err, broker.ErrNoDocument) {
		return rand.Text(), nil
	}
	return "", err
}

// Resume says from which event on Wait looks for answers, for an upload that
// was published by somebody else, or before a restart.
func (u *Upload) Resume(from uint64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.from = from
}
