// Package settlement brings payments and cancellations from every source into
// the ledger: an event, a command, the desk, the gateway's notification and its
// answer to a question. Start with [Recorder].
//
// It promises that when it returns without an error the ledger is written and
// the event is published, that nothing stated is dropped or overwritten, and
// that what does not fit waits on the list of reviews. It makes no link and
// draws nothing; the checkout API is asked about payments alone.
package settlement

import (
	"context"
	"errors"
	"fmt"
	"time"

	"invoicelink/checkout"
	"invoicelink/invoice"
	"invoicelink/worker/announce"
	"invoicelink/worker/broker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// Recorder records payments and cancellations.
type Recorder struct {
	Broker *broker.Broker
	Ledger *ledger.Ledger
	// Ask asks the gateway what was paid on an order; nil where no account is
	// known.
	Ask    func(ctx context.Context, orderID string) (checkout.PaymentReport, error)
	Source string           // CloudEvents source of events
	Now    func() time.Time // nil means time.Now
}

// Notice is one statement that an invoice is paid or cancelled.
type Notice struct {
	Number string
	Source ledger.Source
	Actor  string        // as in ledger.Act
	At     time.Time     // when it was paid; zero if it is not stated
	Money  invoice.Money // what was paid; zero means what is left to pay
	// Reference names the payment: the gateway's transaction, a bank entry. The
	// same reference again is the same payment.
	Reference string
	Reason    string // of a cancellation
	// Authorised means that the money is reserved only, Unverified that the
	// gateway named no amount.
	Authorised, Unverified bool
	// EventID names the event that answers; "" makes one.
	EventID string
	// RequestID and Envelope are handed on into it.
	RequestID string
	Envelope  event.Envelope
}

// Outcome is what a notice led to.
type Outcome struct {
	Record   ledger.Record
	Repeated bool // the record said so before
	Warnings []string
}

// Paid records a payment, from every state and also before the request. What is
// not the payable amount, comes twice or comes on a cancelled invoice is kept
// and opens a review. A number that cannot be one gives a *ledger.RefusedError.
func (s *Recorder) Paid(ctx context.Context, n Notice) (Outcome, error) {
	p := ledger.Payment{
		ID: n.Reference, Money: n.Money, At: n.At.UTC(), RecordedAt: s.now().UTC(), Source: n.Source, Actor: n.Actor,
		Authorised: n.Authorised, Unverified: n.Unverified,
	}
	return s.record(ctx, n, func(r ledger.Record) (ledger.Record, error) { return r.RecordPayment(p) })
}

// Cancelled records that the invoice is withdrawn, from every state but paid
// and also before its request. A link that is out cannot be withdrawn at the
// API; a warning says until when it can be paid.
func (s *Recorder) Cancelled(ctx context.Context, n Notice) (Outcome, error) {
	by := ledger.Act{At: s.now().UTC(), Source: n.Source, Actor: n.Actor, Reason: n.Reason}
	return s.record(ctx, n, func(r ledger.Record) (ledger.Record, error) { return r.Cancel(by) })
}

func (s *Recorder) record(ctx context.Context, n Notice, transition ledger.Transition) (Outcome, error) {
	if err := ledger.CheckNumber(n.Number); err != nil {
		return Outcome{}, err
	}
	before, out, err := s.update(ctx, n.Number, transition)
	if err != nil {
		return out, err
	}
	if l := out.Record.Link; l != nil && out.Record.Settled() && s.now().Before(l.ExpiredBy) && !n.fromGateway() {
		out.Warnings = append(out.Warnings, fmt.Sprintf("the payment link cannot be withdrawn: %s can be paid until %s", l.URL, l.ValidUntil.Format(time.RFC3339)))
	}
	if p := out.Record.PayPage; p != nil && p.Attempt != nil && out.Record.Settled() && p.Attempt.Alive(s.now()) && !n.fromGateway() {
		out.Warnings = append(out.Warnings, fmt.Sprintf("somebody has opened the payment page: that link cannot be withdrawn and can be paid until %s", p.Attempt.ValidUntil.Format(time.RFC3339)))
	}
	for _, v := range out.Record.OpenReviews() {
		out.Warnings = append(out.Warnings, fmt.Sprintf("needs review (%s): %s", v.ID, v.What))
	}
	if out.Record.Settled() {
		if err := s.Broker.CancelTimer(ctx, invoice.Key(n.Number)); err != nil {
			out.Warnings = append(out.Warnings, "renewal timer stays and will find nothing to do: "+err.Error())
		}
	}
	if out.Repeated && n.Source == ledger.SourcePoll {
		return out, nil // nobody asked
	}
	return out, s.announce(ctx, n, before, out)
}

// fromGateway reports whether the payment came through the link itself.
func (n *Notice) fromGateway() bool {
	return n.Source == ledger.SourceCallback || n.Source == ledger.SourcePoll
}

// update makes the transition on whatever the record says by now.
func (s *Recorder) update(ctx context.Context, number string, transition ledger.Transition) (before ledger.State, out Outcome, err error) {
	for {
		e, err := s.Ledger.Load(ctx, number)
		if err != nil {
			return "", Outcome{}, err
		}
		before = e.State
		switch err = s.Ledger.Update(ctx, e, transition); {
		case errors.Is(err, ledger.ErrRepeated):
			return before, Outcome{Record: e.Record, Repeated: true}, nil
		case errors.Is(err, ledger.ErrChanged) && ctx.Err() == nil:
			continue
		}
		return before, Outcome{Record: e.Record}, err
	}
}

// announce publishes what came of a notice: settled where the invoice is paid
// or cancelled by it, payment where a payment was recorded beyond that.
func (s *Recorder) announce(ctx context.Context, n Notice, before ledger.State, out Outcome) error {
	r := &out.Record
	kind := event.TypeSettled
	if !r.Settled() || !out.Repeated && before == r.State {
		kind = event.TypePayment
	}
	status := r.Status()
	status.Repeated, status.RequestID, status.Batch = out.Repeated, n.RequestID, n.Envelope.Batch
	status.Warnings = append(status.Warnings, out.Warnings...)
	if r.Cancelled != nil {
		status.Reason = r.Cancelled.Reason
	}
	env := n.Envelope
	env.ID = n.EventID
	if env.ID == "" {
		env.ID = fmt.Sprintf("%s-%s-%x", invoice.Key(n.Number), announce.Verb(kind), s.now().UnixNano())
	}
	if out.Repeated && n.EventID != "" { // perhaps the same notice, delivered again
		return s.publisher().PublishOnce(ctx, env, kind, status)
	}
	return s.publisher().Publish(ctx, env, kind, status)
}

func (s *Recorder) publisher() announce.Publisher {
	return announce.Publisher{Broker: s.Broker, Source: s.Source, Now: s.Now}
}

// Resolve closes a review with a note. A link that expired meanwhile is looked
// after again.
func (s *Recorder) Resolve(ctx context.Context, id string, by ledger.Act, note string) (Outcome, error) {
	number, err := ledger.NumberOfReview(id)
	if err != nil {
		return Outcome{}, &ledger.RefusedError{Code: "unknown-review", Message: err.Error()}
	}
	by.At = s.now().UTC()
	_, out, err := s.update(ctx, number, func(r ledger.Record) (ledger.Record, error) {
		if r.State == "" {
			return r, &ledger.RefusedError{Code: "unknown-invoice", Message: fmt.Sprintf("invoice %q is not in this ledger", number)}
		}
		return r.ResolveReview(id, by, note)
	})
	if err != nil {
		return out, err
	}
	if r := &out.Record; r.State == ledger.Issued && r.Link != nil && !r.Held() && s.Broker.Schedules() {
		if _, err := s.Broker.EnsureTimer(ctx, invoice.Key(number), r.Link.ExpiredBy, nil); err != nil {
			out.Warnings = append(out.Warnings, "renewal waits for the next sweep: "+err.Error())
		}
	}
	return out, nil
}

// Money reads an amount that was stated about an invoice. Without a currency
// the invoice's is meant. What cannot be read gives a *invoice.MoneyError.
func (s *Recorder) Money(ctx context.Context, number, amount, currency string) (invoice.Money, error) {
	if amount != "" && currency == "" {
		e, err := s.Ledger.Load(ctx, number)
		if err != nil {
			return invoice.Money{}, err
		}
		currency = e.Payable.Currency
	}
	if amount == "" {
		currency = "" // says nothing without an amount
	}
	return invoice.ParseMoney(amount, currency)
}

func (s *Recorder) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}
