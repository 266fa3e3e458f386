package ledger

import (
	"slices"
	"time"

	"invoicelink/invoice"
)

// Record is what the ledger knows of one invoice. Times are UTC. Only the
// transitions of this package change it; everybody else reads. It stays below
// 4 KB: what grows is moved to the documents.
type Record struct {
	Number string       `json:"number"`
	State  State        `json:"state"`
	Kind   invoice.Kind `json:"kind,omitempty"`

	// Digest names the content (invoice.Digest) and Seller the snapshot
	// (Seller.Digest) that this record is about. Both are empty where a payment
	// or cancellation came before the request.
	Digest string `json:"digest,omitempty"`
	Seller string `json:"seller,omitempty"`

	// Total is the amount with VAT (EN 16931, BT-112), Payable the amount due
	// (BT-115); both are zero as long as no request was accepted.
	Total   invoice.Money `json:"total,omitzero"`
	Payable invoice.Money `json:"payable,omitzero"`
	DueDate invoice.Date  `json:"dueDate,omitempty"`
	Buyer   string        `json:"buyer,omitempty"` // the name, for lists; cut at 60 characters
	// What lists and their exports show further: the issue date (BT-2), the
	// buyer's e-mail address (BT-58) and reference (BT-10), cut at 80
	// characters, and the language of the page as a BCP 47 tag.
	IssueDate invoice.Date `json:"issueDate,omitempty"`
	Email     string       `json:"email,omitempty"`
	Reference string       `json:"reference,omitempty"`
	Language  string       `json:"language,omitempty"`

	// Environment is where the invoice was accepted: "live", "test" or
	// "sandbox"; "" where the API has not said. Its pages are marked by it.
	Environment string `json:"environment,omitempty"`

	// Request is the id of the request that was last answered, Batch the
	// upload it came with; both empty for none. Sequence is the request's
	// place in the stream: of two contents for a number that is not out yet,
	// the later one counts.
	Request  string `json:"request,omitempty"`
	Batch    string `json:"batch,omitempty"`
	Sequence uint64 `json:"sequence,omitempty"`
	// Requested is who asked for the invoice; its moment is that of acceptance.
	Requested *Act `json:"requested,omitempty"`

	SessionID string `json:"sessionId,omitempty"`
	// SessionFor is the digest of the content that we opened the session for;
	// empty where the sender brought it.
	SessionFor string `json:"sessionFor,omitempty"`

	// Link is the newest link, nil where there is none. Older holds the three
	// before it, newest first; still older ones are documents.
	Link  *Link  `json:"link,omitempty"`
	Older []Link `json:"older,omitempty"`

	// PDF is the file name, SHA256 the digest and PDFBytes the size of the
	// newest published PDF, Printed the revision that it shows.
	PDF      string `json:"pdf,omitempty"`
	SHA256   string `json:"sha256,omitempty"`
	PDFBytes int64  `json:"pdfBytes,omitempty"`
	Printed  int    `json:"printed,omitempty"`
	// EInvoice is the SHA-256 of the factur-x.xml inside of that PDF, UBL that of
	// the Peppol e-invoice next to it; "" without one.
	EInvoice string `json:"eInvoice,omitempty"`
	UBL      string `json:"ubl,omitempty"`

	// PaidBeforeIssue marks a page that was printed when the invoice was paid
	// already: it shows the payment and no link.
	PaidBeforeIssue bool `json:"paidBeforeIssue,omitempty"`

	// Error is why the state is rejected or failed, or what went wrong since
	// with an invoice that is issued; the next success clears it. Note is what
	// is worth knowing of an otherwise good result.
	Error string `json:"error,omitempty"`
	Note  string `json:"note,omitempty"`

	// Claim keeps a second worker from doing the same at the same time.
	Claim *Claim `json:"claim,omitempty"`
	// Crashes counts the workers that died while they worked on this invoice.
	Crashes int `json:"crashes,omitempty"`

	IssuedAt  time.Time `json:"issuedAt,omitzero"`
	UpdatedAt time.Time `json:"updatedAt,omitzero"`
	Renew     *Renewal  `json:"renew,omitempty"`
	// RetryAt is when a renewal that failed is tried again.
	RetryAt time.Time `json:"retryAt,omitzero"`

	// Payments is everything that was stated to be paid, oldest first. The
	// oldest of more than 16 are documents; Earlier sums them up.
	Payments []Payment `json:"payments,omitempty"`
	Earlier  *Earlier  `json:"earlier,omitempty"`
	// PaidAt is the moment of the payment that completed the payable amount.
	PaidAt time.Time `json:"paidAt,omitzero"`
	// Cancelled is who withdrew the invoice; it is never removed.
	Cancelled *Act `json:"cancelled,omitempty"`
	// Reviews is what a person has to decide, and what was decided of late.
	Reviews []Review `json:"reviews,omitempty"`
	// Reviewed counts all reviews there ever were: the next gets this number
	// plus one.
	Reviewed int `json:"reviewed,omitempty"`

	// PayPage is the payment page of an invoice that has one.
	PayPage *PayPage `json:"payPage,omitempty"`
	// Credits are the credit notes that refer to this invoice.
	Credits []Credit `json:"credits,omitempty"`

	moved []document // by the transition: stored before the record is
}

// document is something that no longer fits into the record.
type document struct {
	name  string
	value any
}

func (r *Record) move(name string, value any) {
	r.moved = append(slices.Clone(r.moved), document{name, value})
}

// Act is who did something to an invoice, and from where.
type Act struct {
	At     time.Time `json:"at"`
	Source Source    `json:"source,omitempty"`
	// Actor is the user of the desk or of the command line, or the CloudEvents
	// source of an event; "" where nobody is known.
	Actor  string `json:"actor,omitempty"`
	Reason string `json:"reason,omitempty"` // in the actor's words
}

// Source is from where something was done or stated.
type Source string

// The sources.
const (
	SourceCommand  Source = "command"  // a command line
	SourceEvent    Source = "event"    // an event of an ERP system
	SourceDesk     Source = "desk"     // the finance desk
	SourceAPI      Source = "api"      // an HTTP client
	SourceUpload   Source = "upload"   // a file
	SourceTimer    Source = "timer"    // a link that expired
	SourceCallback Source = "callback" // the gateway's notification
	SourcePoll     Source = "poll"     // the gateway's answer to a question
)

// Link is one payment link of an invoice.
type Link struct {
	Revision  int    `json:"revision"` // 1 for the first
	ID        string `json:"id"`
	URL       string `json:"url"`
	SessionID string `json:"sessionId,omitempty"` // where it differs from the record's
	// CreatedAt is the moment before the call, ValidUntil that moment plus the
	// validity: until then the page promises. ExpiredBy is the moment of the
	// answer plus the validity: from then on the link has surely expired.
	CreatedAt  time.Time `json:"createdAt"`
	ValidUntil time.Time `json:"validUntil"`
	ExpiredBy  time.Time `json:"expiredBy"`
	// ActivationMinutes is how long it lives once opened, where that is less
	// than its validity.
	ActivationMinutes int `json:"activationMinutes,omitempty"`
	// By is who asked for it and why: "issue", or the reason of a renewal.
	By Act `json:"by"`
	// Request is the id of the request that it answers.
	Request string `json:"request,omitempty"`
	// QR holds the modules that are printed, packed row by row, Size per side,
	// and QRSource where they came from: "returned" or "drawn".
	QR       []byte `json:"qr,omitempty"`
	Size     int    `json:"size,omitempty"`
	QRSource string `json:"qrSource,omitempty"`
	// Note says what was out of the ordinary with the code; "" for nothing.
	Note   string `json:"note,omitempty"`
	SHA256 string `json:"sha256,omitempty"` // of its PDF, once published
}

// Expired reports whether the link has surely expired by its first clock.
func (l *Link) Expired(now time.Time) bool { return !now.Before(l.ExpiredBy) }

// Claim marks that an attempt works on an invoice.
type Claim struct {
	Token string    `json:"token"` // of one attempt of one worker
	Until time.Time `json:"until"` // void from then on
}

// Renewal is a renewal in progress: what makes the next revision.
type Renewal struct {
	From int `json:"from"` // the revision of the link that is replaced
	By   Act `json:"by"`
}

// LinkRevision returns the revision of the newest link, 0 where there is none.
func (r *Record) LinkRevision() int {
	if r.Link == nil {
		return 0
	}
	return r.Link.Revision
}

// PageRevision returns the revision that the published PDF shows, 0 where none
// is published.
func (r *Record) PageRevision() int { return r.Printed }

// NextPage is the revision of the page that is printed from this record: the
// newest link's or that of the payment page, and 1 for a page without one.
func (r *Record) NextPage() int {
	if r.OnPayPage() {
		return r.PayPage.Since
	}
	return max(r.LinkRevision(), 1)
}

// NextLink is the revision of the next link.
func (r *Record) NextLink() int {
	if r.OnPayPage() {
		return r.PayPage.Since + 1
	}
	return r.LinkRevision() + 1
}

// Immutable reports whether the content under this number can no longer be
// corrected: it got a link, a PDF, or was cancelled or paid with that content.
func (r *Record) Immutable() bool {
	return r.Digest != "" && (r.Link != nil || r.Printed > 0 || r.State == Linked || r.State == Issued || r.State == Lapsed ||
		r.State == Paid || r.State == Cancelled)
}

// Finished reports whether nothing is left to do for the record's content.
func (r *Record) Finished() bool {
	switch r.State {
	case Issued, Lapsed, Cancelled:
		return true
	case Paid:
		return r.PDF != "" // otherwise the payment came before the page
	case Accepted, Session, Linked, Rejected, Failed:
	}
	return false
}

// Settled reports whether no link may follow.
func (r *Record) Settled() bool { return r.State == Paid || r.State == Cancelled }

// AcceptedAt is when the request was accepted; zero where none was.
func (r *Record) AcceptedAt() time.Time {
	if r.Requested == nil {
		return time.Time{}
	}
	return r.Requested.At
}

// KnownPDF returns the revision whose published PDF has the digest.
func (r *Record) KnownPDF(sha256 string) (revision int, ok bool) {
	if sha256 == "" {
		return 0, false
	}
	if sha256 == r.SHA256 {
		return r.Printed, true
	}
	if r.Link != nil && r.Link.SHA256 == sha256 {
		return r.Link.Revision, true
	}
	for _, l := range r.Older {
		if l.SHA256 == sha256 {
			return l.Revision, true
		}
	}
	return 0, false
}

// clone copies the record deeply enough that a change of one does not show in
// the other.
func (r *Record) clone() Record {
	c := *r
	c.Older, c.Payments, c.Reviews, c.Credits = slices.Clone(r.Older), slices.Clone(r.Payments), slices.Clone(r.Reviews), slices.Clone(r.Credits)
	c.moved = nil
	c.Link, c.Claim, c.Renew, c.Earlier = copied(r.Link), copied(r.Claim), copied(r.Renew), copied(r.Earlier)
	return c // acts are replaced, never changed
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}
