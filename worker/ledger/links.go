package ledger

import (
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/text"
)

// OpenSession records the checkout session that links are made on. madeFor is
// the digest of the content that we opened it for, "" where the sender brought
// it.
func (r Record) OpenSession(id, madeFor string) (Record, error) {
	switch r.State {
	case Accepted:
		r.State = Session
	case Session, Linked, Issued, Lapsed:
	case "", Paid, Cancelled, Rejected, Failed:
		return r, r.impossible("get a session")
	}
	r.SessionID, r.SessionFor = id, madeFor
	return r, nil
}

// DropSession forgets a session that the API no longer knows.
func (r Record) DropSession() (Record, error) {
	if r.SessionID == "" {
		return r, ErrRepeated
	}
	r.SessionID, r.SessionFor = "", ""
	return r, nil
}

// Noted adds a note about an otherwise good result, and the environment where
// it was not known when the request was accepted; "" changes nothing.
func (r Record) Noted(note, environment string) (Record, error) {
	r.Note, r.Environment = firstOf(note, r.Note), firstOf(r.Environment, environment)
	return r, nil
}

// recordLinks is how many older links a record keeps in itself.
const recordLinks = 3

// AddLink makes l the newest link; it is printed next.
func (r Record) AddLink(l Link) (Record, error) {
	switch r.State {
	case Accepted, Session, Linked, Issued, Lapsed:
	case "", Paid, Cancelled, Rejected, Failed:
		return r, r.impossible("get a link")
	}
	if r.Link != nil {
		old := *r.Link
		old.QR, old.Size = nil, 0 // only the newest is printed again
		r.Older = append([]Link{old}, r.Older...)
	}
	if len(r.Older) > recordLinks {
		last := r.Older[recordLinks]
		r.Older = r.Older[:recordLinks]
		r.move(linkName(r.Number, last.Revision), last)
	}
	r.Link, r.State = &l, Linked
	return r, nil
}

// Page is a page that lies in its archive.
type Page struct {
	Name     string
	SHA256   string
	Bytes    int64
	Revision int
	// EInvoice and UBL are the digests of its e-invoices, as in Record.
	EInvoice, UBL string
	// PaidBeforeIssue means that it shows a payment and no link.
	PaidBeforeIssue bool
	At              time.Time
}

// PublishPage records the page that the archive holds: issued, or paid or
// cancelled as before.
func (r Record) PublishPage(p Page) (Record, error) {
	switch r.State {
	case Accepted, Session, Linked, Issued, Lapsed:
		r.State = Issued
	case Paid, Cancelled:
	case "", Rejected, Failed:
		return r, r.impossible("publish a page")
	}
	r.PDF, r.SHA256, r.PDFBytes, r.Printed = p.Name, p.SHA256, p.Bytes, p.Revision
	r.PaidBeforeIssue, r.EInvoice, r.UBL = p.PaidBeforeIssue, p.EInvoice, p.UBL
	if r.Link != nil && r.Link.Revision == p.Revision {
		l := *r.Link
		l.SHA256 = p.SHA256
		r.Link = &l
	}
	if r.IssuedAt.IsZero() {
		r.IssuedAt = p.At
	}
	r.Claim, r.Renew, r.Error, r.Crashes, r.RetryAt = nil, nil, "", 0, time.Time{}
	return r, nil
}

// KnowPage notes the digest of a page of the newest link that was drawn and may
// lie in the archive, although it is not published.
func (r Record) KnowPage(sha256 string) (Record, error) {
	if r.Link == nil {
		return r, r.impossible("know a page")
	}
	l := *r.Link
	l.SHA256 = sha256
	r.Link = &l
	return r, nil
}

// Restored says that the published page is where it belongs, perhaps drawn
// again with other bytes by a newer program. Of the page only digests and size
// count. What was wrong before no longer is.
func (r Record) Restored(p Page) (Record, error) {
	if r.PDF == "" {
		return r, r.impossible("restore a page")
	}
	if r.SHA256 == p.SHA256 && r.PDFBytes == p.Bytes && r.EInvoice == p.EInvoice && r.UBL == p.UBL && (r.Error == "" || r.State == Lapsed) {
		return r, ErrRepeated
	}
	if r.Link != nil && r.Link.Revision == r.Printed {
		l := *r.Link
		l.SHA256 = p.SHA256
		r.Link = &l
	}
	r.SHA256, r.PDFBytes, r.EInvoice, r.UBL = p.SHA256, p.Bytes, p.EInvoice, p.UBL
	if r.State != Lapsed { // whose error says why no further link is made
		r.Error = ""
	}
	return r, nil
}

// Renewing is what a renewal asks for.
type Renewing struct {
	By    Act
	Force bool // also while the link lives by the clock
	Now   time.Time
	Ahead time.Duration // how long before its end a link may be renewed
}

// BeginRenewal marks that the newest link is being replaced. The refusal says
// why that cannot be.
func (r Record) BeginRenewal(n Renewing) (Record, error) {
	switch {
	case r.Kind == invoice.KindCreditNote:
		return r, refuse("credit-note", "%q is a credit note, which has no payment link", r.Number)
	case r.State == Paid:
		return r, refuse("already-paid", "invoice %q is paid since %s; it gets no further link", r.Number, r.PaidAt.Format(time.DateOnly))
	case r.State == Cancelled:
		return r, refuse("cancelled", "invoice %q is cancelled; it gets no further link", r.Number)
	case r.State == Rejected, r.State == Failed:
		return r, refuse("not-issued", "invoice %q is %s: %s; send the corrected request again", r.Number, r.State, r.Error)
	case r.Link == nil && !r.OnPayPage(), r.State != Issued && r.State != Lapsed && r.Printed == 0:
		return r, refuse("not-issued", "invoice %q has no published payment link yet (%s); run its request to the end first", r.Number, r.State)
	case r.OnPayPage() && r.PayPage.Attempt != nil && n.Now.Before(r.PayPage.Attempt.BlockedUntil()):
		return r, refuse("link-alive", "somebody is paying invoice %q until %s; a new page is made after that", r.Number, r.PayPage.Attempt.BlockedUntil().Format(time.RFC3339))
	case !n.Force && !r.OnPayPage() && n.Now.Before(r.Link.ExpiredBy.Add(-n.Ahead)):
		return r, refuse("link-alive", "the link of invoice %q lives until %s; renewing it before makes two links that can be paid. Force it, with the reason, if it died by being opened",
			r.Number, r.Link.ValidUntil.Format(time.RFC3339))
	case r.awaits(ReviewToCapture):
		return r, refuse("to-capture", "the payment of invoice %q is authorised; capture it instead of renewing the link", r.Number)
	case !n.Force && r.Held():
		return r, refuse("needs-review", "invoice %q is not renewed before the review of its payments is resolved (%s)", r.Number, r.OpenReviews()[0].What)
	}
	n.By.Reason = text.Line(n.By.Reason, 200)
	r.Renew = &Renewal{From: r.NextPage(), By: n.By}
	return r, nil
}
