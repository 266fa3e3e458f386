package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/text"
	"invoicelink/worker/broker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// Settler takes the words "paid" and "cancelled" into the ledger, from
// whatever side they come: an event, a command, a callback or a poll. It calls
// no API. When it returns without an error, the ledger is written and the event
// is published.
type Settler struct {
	Broker *broker.Broker
	Ledger *ledger.Ledger
	Source string           // CloudEvents source
	Now    func() time.Time // nil means time.Now
}

// Word is one statement that an invoice is paid or cancelled.
type Word struct {
	Number    string
	By        string // event, command, desk, callback or poll
	At        time.Time
	Amount    string // decimal text; "" for none stated
	Currency  string
	Reason    string
	Reference string
	// EventID names the event that answers; "" makes one.
	EventID string
	// RequestID and Envelope are handed on into it.
	RequestID string
	Envelope  event.Envelope
}

// Settlement is what a word led to.
type Settlement struct {
	Record   ledger.Record
	Repeated bool // it was so before
	Warnings []string
}

// RefusedError tells that a word or a request about an invoice cannot be
// followed, as the invoice stands.
type RefusedError struct{ Message string }

func (e *RefusedError) Error() string { return e.Message }

// Paid records that the invoice is paid, from every state and also before its
// request. Another amount or currency than the payable one is noted in the
// record and refused with a *RefusedError: somebody has to look at it.
func (s *Settler) Paid(ctx context.Context, w Word) (Settlement, error) {
	return s.settle(ctx, w, ledger.Paid, func(r *ledger.Record) error {
		if r.Payable == "" || statement(w).Covers(r.Payable, r.Currency) {
			return nil
		}
		return &RefusedError{fmt.Sprintf("invoice %q: payment of %s %s (%s) is not the payable %s %s; it is not taken as paid, please look into it",
			r.Number, w.Amount, firstOf(w.Currency, r.Currency), w.By, r.Payable, r.Currency)}
	})
}

// Cancelled records that the invoice is withdrawn, from every state but paid
// and also before its request. A link that is out cannot be withdrawn at the
// API; a warning says until when it can still be paid.
func (s *Settler) Cancelled(ctx context.Context, w Word) (Settlement, error) {
	return s.settle(ctx, w, ledger.Cancelled, func(r *ledger.Record) error {
		if r.State != ledger.Paid {
			return nil
		}
		return &RefusedError{fmt.Sprintf("invoice %q is paid since %s; send a credit note instead of cancelling it", r.Number, r.PaidAt.Format(time.DateOnly))}
	})
}

func (s *Settler) settle(ctx context.Context, w Word, state ledger.State, allowed func(*ledger.Record) error) (Settlement, error) {
	if err := numberProblem(w.Number); err != nil {
		return Settlement{}, err
	}
	for {
		out, err := s.write(ctx, w, state, allowed)
		if errors.Is(err, ledger.ErrChanged) && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return out, err
		}
		if l := out.Record.Link; state == ledger.Cancelled && l != nil && s.now().Before(l.OverFrom) {
			out.Warnings = append(out.Warnings, fmt.Sprintf("the payment link cannot be withdrawn: %s can be paid until %s", l.URL, l.ExpiresAt.Format(time.RFC3339)))
		}
		if err := s.Broker.CancelTimer(ctx, invoice.Key(w.Number)); err != nil {
			out.Warnings = append(out.Warnings, "renewal timer stays and will find nothing to do: "+err.Error())
		}
		return out, s.announce(ctx, w, out)
	}
}

// write changes the record once. Errors that wrap ledger.ErrChanged are for
// looking again.
func (s *Settler) write(ctx context.Context, w Word, state ledger.State, allowed func(*ledger.Record) error) (Settlement, error) {
	e, err := s.Ledger.Read(ctx, w.Number)
	if errors.Is(err, ledger.ErrUnknown) {
		r := ledger.Record{Number: w.Number}
		s.fill(&r, w, state)
		if e, err = s.Ledger.Create(ctx, r); err != nil {
			return Settlement{}, err
		}
		return Settlement{Record: e.Record}, nil
	}
	if err != nil {
		return Settlement{}, err
	}
	if err := allowed(&e.Record); err != nil {
		if state == ledger.Paid { // money came: the record says so, whatever the state
			if err := s.Ledger.Update(ctx, e, func(r *ledger.Record) { r.Note = text.Line(err.Error(), 300) }); err != nil {
				return Settlement{}, err
			}
		}
		return Settlement{Record: e.Record}, err
	}
	if e.State == state {
		return Settlement{Record: e.Record, Repeated: true}, nil
	}
	if err := s.Ledger.Update(ctx, e, func(r *ledger.Record) { s.fill(r, w, state) }); err != nil {
		return Settlement{}, err
	}
	return Settlement{Record: e.Record}, nil
}

func (s *Settler) fill(r *ledger.Record, w Word, state ledger.State) {
	r.State, r.Settlement = state, statement(w)
	r.Settlement.At = s.now().UTC()
	r.Error, r.Renew = "", nil
	if state == ledger.Paid {
		if r.PaidAt = w.At.UTC(); w.At.IsZero() {
			r.PaidAt = r.Settlement.At
		}
	}
}

func statement(w Word) *ledger.Statement {
	return &ledger.Statement{By: w.By, Reason: text.Line(w.Reason, 200), Reference: text.Line(w.Reference, 100), Amount: w.Amount, Currency: w.Currency}
}

func (s *Settler) announce(ctx context.Context, w Word, out Settlement) error {
	result := resultOf(&out.Record, out.Repeated)
	result.RequestID, result.Batch, result.Reason = w.RequestID, w.Envelope.Batch, w.Reason
	result.Warnings = append(result.Warnings, out.Warnings...)
	if p := out.Record.Settlement; p != nil && out.Record.State == ledger.Paid {
		result.Payment = &event.Payment{PaidAt: out.Record.PaidAt, Amount: p.Amount, Currency: p.Currency, Reference: p.Reference, Source: p.By}
	}
	env := w.Envelope
	env.ID = firstOf(w.EventID, fmt.Sprintf("%s-%s-%x", invoice.Key(w.Number), out.Record.State, s.now().UnixNano()))
	return emit(ctx, s.Broker, env, event.TypeSettled, firstOf(s.Source, defaultSource), s.now(), result)
}

// emit publishes an event under the envelope's id, which also keeps it from
// being stored twice.
func emit(ctx context.Context, b *broker.Broker, env event.Envelope, kind event.Type, source string, now time.Time, result event.Result) error {
	out := event.Envelope{
		ID: env.ID, Source: source, Type: kind, Time: now.UTC(), Batch: env.Batch,
		Traceparent: env.Traceparent, Tracestate: env.Tracestate,
	}
	m, err := event.Encode(out, result)
	if err != nil {
		return &permanentError{err}
	}
	carry(ctx, m)
	return b.Publish(ctx, broker.NewMessage(m.Subject, m.Header, m.Data, out.ID))
}

// numberProblem refuses what cannot be an invoice number.
func numberProblem(number string) error {
	probe := invoice.Invoice{Number: number}
	for _, p := range probe.Validate() {
		if p.Field == "number" {
			return &RefusedError{"invoice number " + p.Message}
		}
	}
	return nil
}

func (s *Settler) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

// paid and cancelled take the word from a request event.

func (j *job) paid(ctx context.Context, p *event.Paid) error {
	j.asked, j.ignored = p.Number, p.Unknown
	w := j.word(p.Number, "paid")
	w.At, w.Amount, w.Currency, w.Reference = p.PaidAt, string(p.Amount), p.Currency, p.Reference
	return j.told(j.settler().Paid(ctx, w))
}

func (j *job) cancelled(ctx context.Context, p *event.Cancelled) error {
	j.asked, j.ignored = p.Number, p.Unknown
	w := j.word(p.Number, "cancelled")
	w.Reason = p.Reason
	return j.told(j.settler().Cancelled(ctx, w))
}

func (j *job) word(number, verb string) Word {
	return Word{Number: number, By: "event", EventID: j.eventID(verb), RequestID: j.id, Envelope: j.env}
}

func (w *Worker) settler() *Settler {
	return &Settler{Broker: w.Broker, Ledger: w.Ledger, Source: w.Source, Now: w.Now}
}

// told turns a refusal into a rejection of the request, which leaves the
// record alone.
func (j *job) told(out Settlement, err error) error {
	var refused *RefusedError
	if errors.As(err, &refused) {
		return &rejection{message: refused.Message, aside: true, err: err}
	}
	j.repeated = out.Repeated
	return err
}
