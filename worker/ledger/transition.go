package ledger

import (
	"errors"
	"fmt"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/text"
)

// ErrRepeated is returned by a transition that would change nothing: what it
// says is in the record already.
var ErrRepeated = errors.New("the record says so already")

// RefusedError says that a transition is not possible as the record stands.
type RefusedError struct {
	Code    string // stable, lower-case words joined by hyphens
	Message string
}

func (e *RefusedError) Error() string { return e.Message }

func refuse(code, format string, args ...any) error {
	return &RefusedError{code, fmt.Sprintf(format, args...)}
}

// impossible is a transition that the program never makes in this state.
func (r *Record) impossible(transition string) error {
	return refuse("impossible-transition", "invoice %q is %s, from where it cannot %s", r.Number, firstState(r.State, "not in this ledger"), transition)
}

func firstState(s, otherwise State) State {
	if s == "" {
		return otherwise
	}
	return s
}

// CheckNumber refuses what cannot be an invoice number.
func CheckNumber(number string) error {
	probe := invoice.Invoice{Number: number}
	for _, p := range probe.Validate() {
		if p.Field == "number" {
			return refuse("invoice-number", "invoice number %s", p.Message)
		}
	}
	return nil
}

// Request names the request that a transition answers.
type Request struct {
	ID       string
	Batch    string
	Sequence uint64 // its place in the stream
}

func (r *Record) answer(q Request) {
	r.Request, r.Batch, r.Sequence = q.ID, q.Batch, q.Sequence
}

// Acceptance is what a valid request says.
type Acceptance struct {
	Request Request
	By      Act
	// Digest and Seller name the documents, which are stored before.
	Digest, Seller string
	Kind           invoice.Kind
	DueDate        invoice.Date
	Buyer          string
	// IssueDate, Email, Reference and Language are as in Record.
	IssueDate                  invoice.Date
	Email, Reference, Language string
	Total, Payable             invoice.Money
	Environment                string // "live", "test", "sandbox", or "" as long as the API has not said
}

// Accept makes the record one of the request's content: accepted, or linked
// where a link was made for the same content, or paid where the payable amount
// was received before. Payments that came before and are not the payable amount
// make it rejected with a review: a person decides before a link goes out.
func (r Record) Accept(a Acceptance) (Record, error) {
	switch {
	case r.Cancelled != nil:
		return r, refuse("cancelled", "invoice %q was cancelled on %s, before it was requested; give it another number to issue it",
			r.Number, r.Cancelled.At.Format(time.DateOnly))
	case r.Immutable() && r.Digest != a.Digest, r.Finished():
		return r, refuse("number-taken", "invoice number %q belongs to an invoice that is %s", r.Number, r.State)
	}
	if r.Link == nil { // what is linked is printed from the snapshot that it was linked with
		r.Digest, r.Seller = a.Digest, a.Seller
	}
	if r.Environment == "" {
		r.Environment = a.Environment
	}
	r.Kind, r.DueDate, r.Buyer = a.Kind, a.DueDate, text.Line(a.Buyer, 60)
	r.IssueDate, r.Email, r.Reference, r.Language = a.IssueDate, text.Line(a.Email, 80), text.Line(a.Reference, 80), a.Language
	r.Total, r.Payable = a.Total, a.Payable
	if a.Request.Sequence >= r.Sequence {
		r.answer(a.Request)
	}
	if r.Requested == nil || r.State == Rejected || r.State == Failed || r.State == Paid {
		r.Requested = &a.By
	}
	before := r.State
	r.Error, r.Note = "", ""
	if before == Rejected || before == Failed {
		r.Crashes = 0
	}
	r.State = Accepted
	switch {
	case r.Link != nil:
		r.State = Linked // the same content, whose page could not be printed
	case before == Session:
		r.State = Session
	}
	return r.meetPayments(a.By.At), nil
}

// meetPayments compares the payments that came before the page with what is
// payable.
func (r Record) meetPayments(at time.Time) Record {
	if len(r.Payments) == 0 && r.Earlier == nil {
		return r
	}
	r = r.clone()
	for i := range r.Payments {
		if p := &r.Payments[i]; p.Money.IsZero() && !p.Unverified { // it stated that the invoice was paid
			p.Money = r.outstanding()
		}
	}
	s := r.sums()
	switch {
	case r.covered():
		r.pay(r.lastPaid(at))
		if s.foreign || s.received.Cmp(r.Payable) > 0 {
			r.review(ReviewAmount, "", fmt.Sprintf("%s was paid before the request, whose payable amount is %s", r.paidText(), r.Payable), at)
		}
	case r.decided():
	default:
		what := fmt.Sprintf("what was paid before the request (%s) is not its payable amount %s", r.paidText(), r.Payable)
		r.review(ReviewPaidBeforeRequest, "", what, at)
		r.State, r.Claim, r.PaidAt = Rejected, nil, time.Time{}
		r.Error = "invoice is not issued: " + what + "; resolve the review with a note and send the request again, or correct the prepaid amount"
	}
	return r
}

// decided reports whether a person has resolved the question of payments
// before the request since the last of them came.
func (r *Record) decided() bool {
	var last time.Time
	for _, p := range r.Payments {
		if p.RecordedAt.After(last) {
			last = p.RecordedAt
		}
	}
	for _, v := range r.Reviews {
		if v.Kind == ReviewPaidBeforeRequest && !v.Open() && !v.ResolvedAt.Before(last) {
			return true
		}
	}
	return false
}

// Held reports whether payments keep a link from being made until a person has
// decided, or the money is captured.
func (r *Record) Held() bool {
	if r.Settled() {
		return false
	}
	for _, v := range r.Reviews {
		if v.Open() {
			return true
		}
	}
	return false
}

// Reject ends a request that was wrong; Fail one that could not be carried
// out. A record that is settled or has its page stays what it is: then the
// error says what went wrong since.
func (r Record) Reject(q Request, reason string) (Record, error) {
	return r.end(Rejected, q, reason, time.Time{})
}

// Fail is as Reject. A renewal that failed is tried again at retryAt; zero
// means only on demand. No failure makes an invoice lapse.
func (r Record) Fail(q Request, reason string, retryAt time.Time) (Record, error) {
	return r.end(Failed, q, reason, retryAt)
}

func (r Record) end(state State, q Request, reason string, retryAt time.Time) (Record, error) {
	switch {
	case r.Settled():
	case r.Printed == 0:
		r.State = state
	case r.State == Linked: // the page that is out stays
		r.State = Issued
	}
	r.Error, r.Claim, r.Renew, r.RetryAt = text.Line(reason, 600), nil, nil, retryAt
	if r.Request == "" || r.Sequence <= q.Sequence {
		r.answer(q)
	}
	return r, nil
}

// About says what a refused request is about, for lists. A record that has
// content keeps its own.
func (r Record) About(inv *invoice.Invoice) Record {
	if r.Digest == "" {
		r.Kind, r.DueDate, r.Buyer = inv.Kind, inv.DueDate, text.Line(inv.Buyer.Name, 60)
	}
	return r
}

// Lapse gives up on renewing the link.
func (r Record) Lapse(reason string) (Record, error) {
	if r.State != Issued {
		return r, r.impossible("lapse")
	}
	r.State, r.Error, r.Renew = Lapsed, text.Line(reason, 600), nil
	return r, nil
}

// Cancel withdraws the invoice, also before its request. Who did it and why is
// never removed.
func (r Record) Cancel(by Act) (Record, error) {
	switch r.State {
	case Paid:
		return r, refuse("already-paid", "invoice %q is paid since %s; send a credit note instead of cancelling it", r.Number, r.PaidAt.Format(time.DateOnly))
	case Cancelled:
		return r, ErrRepeated
	case "", Accepted, Session, Linked, Issued, Lapsed, Rejected, Failed:
	}
	r = r.clone()
	by.Reason = text.Line(by.Reason, 200)
	r.State, r.Cancelled = Cancelled, &by
	r.Error, r.Renew = "", nil
	if s := r.sums(); positive(s.received) || positive(s.authorised) || s.foreign {
		r.review(ReviewAfterCancellation, "", fmt.Sprintf("the invoice was cancelled after %s was paid; it may have to be refunded", r.paidText()), by.At)
	}
	return r, nil
}

// paidText says what was paid, for a sentence.
func (r *Record) paidText() string {
	s := r.sums()
	out := s.received.String()
	if s.received.IsZero() {
		out = "no captured amount"
	}
	if !s.authorised.IsZero() {
		out += fmt.Sprintf(", %s authorised", s.authorised)
	}
	if s.foreign {
		out += ", and an amount in another currency"
	}
	return out
}

// Claimed marks that an attempt works on the invoice. One that finds the mark
// of a worker that died counts that.
func (r Record) Claimed(token string, until time.Time, died bool) (Record, error) {
	r.Claim = &Claim{Token: token, Until: until}
	if died {
		r.Crashes++
	}
	return r, nil
}

// Released takes the mark of an attempt away.
func (r Record) Released(token string) (Record, error) {
	if r.Claim == nil || r.Claim.Token != token {
		return r, ErrRepeated
	}
	r.Claim = nil
	return r, nil
}

// Crashed counts a crash of our own while this invoice was worked on.
func (r Record) Crashed() (Record, error) {
	r.Crashes++
	r.Claim = nil
	return r, nil
}
