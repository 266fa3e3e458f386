package batch

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/invoice"
	"invoicelink/worker/broker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// Order says what an upload wants done.
type Order struct {
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

// Publish stores the seller's snapshot and the ticket and publishes a request
// for each good invoice. When it returns without an error, all of them are in
// the broker; before that none may be.
func (u *Upload) Publish(ctx context.Context, b *broker.Broker, l *ledger.Ledger, o Order) error {
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
	ticket := ledger.Ticket{ID: u.ID, At: time.Now().UTC(), Seller: digest, Out: o.Out, By: o.By}
	for _, book := range u.Books {
		ticket.Files = append(ticket.Files, book.Name)
	}
	if err := l.SaveTicket(ctx, ticket); err != nil {
		return fmt.Errorf("publish upload: %w", err)
	}
	if o.From == 0 {
		if o.From, err = b.NextEvent(ctx); err != nil {
			return fmt.Errorf("publish upload: %w", err)
		}
	}
	u.Resume(o.From)
	msgs := make([]*nats.Msg, 0, len(u.items))
	for _, it := range u.items {
		m, err := u.message(it, o.AcceptRounding)
		if err != nil {
			return err
		}
		msgs = append(msgs, m)
	}
	if err := b.PublishAll(ctx, msgs); err != nil {
		return fmt.Errorf("publish upload: %w", err)
	}
	return nil
}

// Resume says from which event on Wait looks for answers, for an upload that
// was published by somebody else, or before a restart.
func (u *Upload) Resume(from uint64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.from = from
}

func (u *Upload) message(it *item, acceptRounding bool) (*nats.Msg, error) {
	request := event.Requested{Invoice: *it.entry.Invoice, AcceptRounding: acceptRounding}
	m, err := event.Encode(event.Envelope{
		ID: it.request, Source: "invoicelink/upload", Type: event.TypeRequested, Time: time.Now().UTC(), Batch: u.ID,
	}, request)
	if err != nil {
		return nil, fmt.Errorf("publish invoice %q (%s): %w", it.entry.Invoice.Number, where(it.book, it.entry), err)
	}
	msg := &nats.Msg{Subject: m.Subject, Header: nats.Header(m.Header), Data: m.Data}
	msg.Header.Set(jetstream.MsgIDHeader, it.request)
	return msg, nil
}
