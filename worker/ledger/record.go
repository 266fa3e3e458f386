package ledger

import (
	"slices"
	"time"

	"invoicelink/invoice"
)

// Record is what the ledger knows of one invoice. Times are UTC. Amounts are
// decimal texts in Currency's major units. It stays below 2 KB: what grows is
// moved to the documents.
type Record struct {
	Number string       `json:"number"`
	State  State        `json:"state"`
	Kind   invoice.Kind `json:"kind,omitempty"`

	// Digest names the content (invoice.Digest) and Seller the snapshot
	// (Seller.Digest) that this record is about. Both are empty where the word
	// "paid" or "cancelled" came before the request.
	Digest string `json:"digest,omitempty"`
	Seller string `json:"seller,omitempty"`

	Currency string       `json:"currency,omitempty"`
	Total    string       `json:"total,omitempty"`
	Payable  string       `json:"payable,omitempty"`
	DueDate  invoice.Date `json:"dueDate,omitempty"`
	Buyer    string       `json:"buyer,omitempty"` // the name, for lists; cut at 60 characters

	// Request is the id of the request that was last answered, Batch the
	// upload it came with; both empty for none. Sequence is the request's
	// place in the stream: of two contents for a number that is not out yet,
	// the later one counts.
	Request  string `json:"request,omitempty"`
	Batch    string `json:"batch,omitempty"`
	Sequence uint64 `json:"sequence,omitempty"`

	SessionID string `json:"sessionId,omitempty"`
	// SessionFor is the digest of the content that we opened the session for;
	// empty where the sender brought it.
	SessionFor string `json:"sessionFor,omitempty"`

	// Link is the newest link, nil where there is none. Older holds the three
	// before it, newest first; still older ones are documents.
	Link  *Link  `json:"link,omitempty"`
	Older []Link `json:"older,omitempty"`

	// PDF is the file name and SHA256 the digest of the newest published PDF,
	// Printed the revision that it shows.
	PDF     string `json:"pdf,omitempty"`
	SHA256  string `json:"sha256,omitempty"`
	Printed int    `json:"printed,omitempty"`

	// PaidFirst marks a page that was printed when the invoice was paid
	// already: it shows the payment and no link.
	PaidFirst bool `json:"paidFirst,omitempty"`

	// Error is why the state is rejected or failed, or what was noted beside
	// an otherwise good result.
	Error string `json:"error,omitempty"`
	Note  string `json:"note,omitempty"`

	// Claim keeps a second worker from doing the same at the same time.
	Claim *Claim `json:"claim,omitempty"`
	// Crashes counts the workers that died with this invoice in hand.
	Crashes int `json:"crashes,omitempty"`

	AcceptedAt time.Time  `json:"acceptedAt,omitzero"`
	IssuedAt   time.Time  `json:"issuedAt,omitzero"`
	UpdatedAt  time.Time  `json:"updatedAt,omitzero"`
	PaidAt     time.Time  `json:"paidAt,omitzero"`
	Renew      *Renewal   `json:"renew,omitempty"`
	Settlement *Statement `json:"settlement,omitempty"`
}

// Link is one payment link of an invoice.
type Link struct {
	Revision  int    `json:"revision"` // 1 for the first
	ID        string `json:"id"`
	URL       string `json:"url"`
	SessionID string `json:"sessionId,omitempty"` // where it differs from the record's
	// CreatedAt is the moment before the call, ExpiresAt that moment and the
	// validity: until then the page promises. OverFrom is the answer and the
	// validity: from then on it is surely over.
	CreatedAt time.Time `json:"createdAt"`
	ExpiresAt time.Time `json:"expiresAt"`
	OverFrom  time.Time `json:"overFrom"`
	// OnceOpened is how many minutes it lives once opened, where that is less
	// than its validity.
	OnceOpened int `json:"onceOpened,omitempty"`
	// Why it was made: "issue", or the reason of a renewal.
	Why string `json:"why"`
	// Request is the id of the request that it answers.
	Request string `json:"request,omitempty"`
	// QR holds the modules that are printed, packed row by row, Size a side,
	// and Source where they came from: "returned" or "drawn".
	QR     []byte `json:"qr,omitempty"`
	Size   int    `json:"size,omitempty"`
	Source string `json:"source,omitempty"`
	// Note says what was out of the ordinary with the code; "" for nothing.
	Note string `json:"note,omitempty"`
	// Environment is "live", "test" or "sandbox".
	Environment string `json:"environment,omitempty"`
	SHA256      string `json:"sha256,omitempty"` // of its PDF, once published
}

// Over reports whether the link is surely dead by its first clock.
func (l *Link) Over(now time.Time) bool { return !now.Before(l.OverFrom) }

// Claim marks the work in hand on an invoice.
type Claim struct {
	Token string    `json:"token"` // of one attempt of one worker
	Until time.Time `json:"until"` // void from then on
}

// Renewal is a renewal under way: what makes the next revision.
type Renewal struct {
	From int    `json:"from"` // the revision that is replaced
	Why  string `json:"why"`
}

// Statement is who said that an invoice is paid or cancelled, and how.
type Statement struct {
	By        string    `json:"by"` // command, event, desk, callback or poll
	At        time.Time `json:"at"` // when we learned it
	Reason    string    `json:"reason,omitempty"`
	Reference string    `json:"reference,omitempty"`
	Amount    string    `json:"amount,omitempty"`
	Currency  string    `json:"currency,omitempty"`
}

// Revision returns the revision of the newest link, 0 where there is none.
func (r *Record) Revision() int {
	if r.Link == nil {
		return 0
	}
	return r.Link.Revision
}

// Reached reports whether the content under this number can no longer be
// corrected: it got a link, a PDF, or a settlement of that content.
func (r *Record) Reached() bool {
	return r.Digest != "" && (r.Link != nil || r.Printed > 0 || r.PDF != "" || r.State == Linked || r.State == Issued || r.State == Lapsed ||
		r.State == Paid || r.State == Cancelled)
}

// Settled reports whether no link may follow.
func (r *Record) Settled() bool { return r.State == Paid || r.State == Cancelled }

// olderLinks is how many older links a record keeps in itself.
const olderLinks = 3

// AddLink makes l the newest link. It returns the link that no longer fits
// into the record, which the caller stores as a document first, or nil.
func (r *Record) AddLink(l Link) (moved *Link) {
	if r.Link != nil {
		old := *r.Link
		old.QR, old.Size = nil, 0                 // only the newest is printed again
		r.Older = append([]Link{old}, r.Older...) // a new array: copies of the record may share the old one
	}
	if len(r.Older) > olderLinks {
		last := r.Older[len(r.Older)-1]
		moved, r.Older = &last, r.Older[:olderLinks]
	}
	r.Link = &l
	return moved
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
	c.Older = slices.Clone(r.Older)
	c.Link, c.Claim = copied(r.Link), copied(r.Claim)
	c.Renew, c.Settlement = copied(r.Renew), copied(r.Settlement)
	return c
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

// Covers reports whether the statement is about this amount: it names none, or
// the same one. A nil statement covers nothing.
func (s *Statement) Covers(payable, currency string) bool {
	if s == nil {
		return false
	}
	if s.Currency != "" && s.Currency != currency {
		return false
	}
	return s.Amount == "" || sameAmount(s.Amount, payable)
}

// sameAmount compares decimal texts by value: "12.5" is "12.50".
func sameAmount(a, b string) bool {
	x, errX := invoice.ParseDecimal(a)
	y, errY := invoice.ParseDecimal(b)
	return errX == nil && errY == nil && x == y
}
