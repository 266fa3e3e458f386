package event

import (
	"time"

	"invoicelink/invoice"
)

// Status is the one view of an invoice: the payload of every event going out,
// the line of `invoicelink list --json`, the row of the results and the entry
// of the desk. Moments are in UTC, amounts decimal texts in major units of
// Currency. What does not apply is left out; which members are always there
// depends on the type and is stated in the type's JSON Schema.
type Status struct {
	// Number is the invoice number; missing in a rejection only, where none
	// could be read.
	Number string `json:"number,omitempty"`
	// Key is the number as it stands in the NATS subject: ASCII letters,
	// digits, "-" and "_" stand for themselves, every other byte of the UTF-8
	// text is "=" and two upper-case hex digits.
	Key string `json:"key,omitempty"`
	// Kind is "invoice" or "credit-note".
	Kind invoice.Kind `json:"kind,omitempty"`
	// State is the invoice's state: accepted, session, linked, issued, paid,
	// cancelled, lapsed, rejected or failed.
	State string `json:"state,omitempty"`
	// PaymentStatus follows from the payments, the state and the payable
	// amount: unpaid, partly-paid, paid, overpaid, paid-after-cancellation, or
	// needs-review where a person has to decide first.
	PaymentStatus string `json:"paymentStatus,omitempty"`
	// Revision is the page's: what the published PDF shows. It counts the PDFs
	// of the invoice from 1; each renewal adds one.
	Revision int `json:"revision,omitempty"`
	// PageRevision is Revision under its own name.
	PageRevision int `json:"pageRevision,omitempty"`
	// LinkRevision is that of the newest payment link. During a renewal it is
	// one ahead of the page's.
	LinkRevision int `json:"linkRevision,omitempty"`
	// Digest is the SHA-256 of the canonical invoice in lower-case hex: equal
	// content has an equal digest.
	Digest string `json:"digest,omitempty"`
	// Buyer is the buyer's name (BT-44), cut at 60 characters.
	Buyer string `json:"buyer,omitempty"`
	// DueDate is the day on which payment is due (BT-9).
	DueDate invoice.Date `json:"dueDate,omitempty"`
	// SessionID is the checkout session of the invoice.
	SessionID string `json:"sessionId,omitempty"`
	// LinkID is the checkout API's name for the newest payment link.
	LinkID string `json:"linkId,omitempty"`
	// PaymentLink is what the buyer opens, as link and as QR code; missing for
	// a credit note and where nothing is payable. With a payment page it is
	// that page, which does not expire.
	PaymentLink string `json:"paymentLink,omitempty"`
	// PayPage is the address of the invoice's payment page, the same for all
	// revisions; missing where there is none. Whoever has it sees what is due.
	PayPage string `json:"payPage,omitempty"`
	// CreatedAt is the moment of the call that created the link (RFC 3339).
	CreatedAt time.Time `json:"createdAt,omitzero"`
	// ExpiresAt is the moment until which paying is promised (RFC 3339): the
	// moment before the call plus the validity asked for, since the API states
	// none itself.
	ExpiresAt time.Time `json:"expiresAt,omitzero"`
	// ExpiredBy is the moment from which the link has surely expired (RFC
	// 3339): that of the answer plus the validity asked for.
	ExpiredBy time.Time `json:"expiredBy,omitzero"`
	// ActivationMinutes is how long the link lives once it was first opened,
	// in minutes; it has expired at the earlier of both limits.
	ActivationMinutes int `json:"activationMinutes,omitempty"`
	// PreviousLinkID is the id of the link that this one replaces, in a renewal.
	PreviousLinkID string `json:"previousLinkId,omitempty"`
	// PreviousPaymentLink is the URL of the link that this one replaces.
	PreviousPaymentLink string `json:"previousPaymentLink,omitempty"`
	// PreviousExpiresAt is until when the replaced link was promised (RFC 3339).
	PreviousExpiresAt time.Time `json:"previousExpiresAt,omitzero"`
	// Currency is the ISO 4217 code of the amounts here.
	Currency string `json:"currency,omitempty"`
	// Total is the amount with VAT (EN 16931, BT-112) as a decimal text with
	// the currency's digits, such as "1250.00".
	Total string `json:"total,omitempty"`
	// Payable is the amount due (BT-115), written as Total is.
	Payable string `json:"payable,omitempty"`
	// Received is the sum of the payments in Currency that are not only
	// authorised; missing where there is none.
	Received string `json:"received,omitempty"`
	// ToCapture is the sum of the payments that are authorised only: the money
	// is reserved and somebody still has to capture it.
	ToCapture string `json:"toCapture,omitempty"`
	// PDF is the name of the published document, without a directory.
	PDF string `json:"pdf,omitempty"`
	// SHA256 is the digest of its bytes in lower-case hex.
	SHA256 string `json:"sha256,omitempty"`
	// PDFBytes is its size.
	PDFBytes int64 `json:"pdfBytes,omitempty"`
	// EInvoice is the SHA-256 of the factur-x.xml (CII, EN 16931) inside of the
	// PDF, in lower-case hex; missing where the seller wants none.
	EInvoice string `json:"eInvoice,omitempty"`
	// UBL is the name of the Peppol e-invoice (UBL 2.1, EN 16931) next to the
	// PDF, in the same places; missing without one.
	UBL string `json:"ubl,omitempty"`
	// UBLSHA256 is the digest of its bytes in lower-case hex.
	UBLSHA256 string `json:"ublSha256,omitempty"`
	// PDFBucket is the NATS object store bucket that keeps it, where one does.
	PDFBucket string `json:"pdfBucket,omitempty"`
	// PDFObject is its name in PDFBucket.
	PDFObject string `json:"pdfObject,omitempty"`
	// PDFDirectory is where it was written on the worker's machine, where it was.
	PDFDirectory string `json:"pdfDirectory,omitempty"`
	// QRSource is "returned" for a printed code that the checkout API returned,
	// "drawn" for one made here from the link.
	QRSource string `json:"qrSource,omitempty"`
	// QRNote says why the code was drawn.
	QRNote string `json:"qrNote,omitempty"`
	// Environment is "live", "test" or "sandbox": where the invoice was
	// accepted. Only a live link moves money, and every other page is marked.
	// Missing where the checkout API has not said.
	Environment string `json:"environment,omitempty"`
	// Payments lists what is known to have been paid, oldest first; the first
	// ones of more than 16 are left out.
	Payments []Payment `json:"payments,omitempty"`
	// Reviews lists what a person has to decide, oldest first.
	Reviews []Review `json:"reviews,omitempty"`
	// Requested is who asked for the invoice.
	Requested *Act `json:"requested,omitempty"`
	// Renewed is who asked for the newest link, if it is not the first.
	Renewed *Act `json:"renewed,omitempty"`
	// Cancelled is who withdrew the invoice; it stays when money comes later.
	Cancelled *Act `json:"cancelled,omitempty"`
	// AcceptedAt is when the request was accepted (RFC 3339).
	AcceptedAt time.Time `json:"acceptedAt,omitzero"`
	// IssuedAt is when the first page was published (RFC 3339).
	IssuedAt time.Time `json:"issuedAt,omitzero"`
	// PaidAt is the moment of the payment that completed the payable amount
	// (RFC 3339).
	PaidAt time.Time `json:"paidAt,omitzero"`
	// Renewing is true while a renewal is in progress.
	Renewing bool `json:"renewing,omitempty"`
	// Reason is why a link was renewed or an invoice cancelled, in the
	// requester's words.
	Reason string `json:"reason,omitempty"`
	// Repeated is true where the same request had been carried out before:
	// this is the same result again, and nothing was issued twice.
	Repeated bool `json:"repeated,omitempty"`
	// RequestID is the id of the event that this one answers; missing where a
	// timer is the cause.
	RequestID string `json:"requestId,omitempty"`
	// Batch is the upload or run that the request was part of.
	Batch string `json:"batch,omitempty"`
	// Error says in one sentence why the request ended like this.
	Error string `json:"error,omitempty"`
	// Code names the reason of a refusal: lower-case words joined by hyphens.
	Code string `json:"code,omitempty"`
	// Problems lists everything that is wrong with the request.
	Problems Problems `json:"problems,omitempty"`
	// Warnings are sentences for a person: a cancelled invoice whose link can
	// still be paid, an amount that does not fit.
	Warnings []string `json:"warnings,omitempty"`
	// Ignored lists the JSON paths of the request's members that the contract
	// does not know.
	Ignored []string `json:"ignored,omitempty"`
	// DeadLetter is the id under which the original bytes of a refused message
	// are kept.
	DeadLetter string `json:"deadLetter,omitempty"`
}

// Succeeded reports whether the request was carried out: the invoice is
// issued, or was paid, cancelled or given up since.
func (s *Status) Succeeded() bool {
	switch s.State {
	case "rejected", "failed":
		return false
	case "lapsed": // its error says why no further link is made
		return true
	}
	return s.Error == ""
}

// Notes are the warnings and the note about the code, for people.
func (s *Status) Notes() []string {
	if s.QRNote == "" {
		return s.Warnings
	}
	return append(append([]string{}, s.Warnings...), s.QRNote)
}

// Payment is one payment, or one statement that there was one. Payments are
// never changed or removed, but for an authorised one that is captured later.
type Payment struct {
	// ID is the gateway's transaction or the reference that was stated;
	// without one a name made of source and amount. The same id again is the
	// same payment.
	ID string `json:"id"`
	// Amount is what was paid as a decimal text in Currency; missing where it
	// is not known yet.
	Amount string `json:"amount,omitempty"`
	// Currency is an ISO 4217 code.
	Currency string `json:"currency,omitempty"`
	// At is the moment of payment as stated, or that of recording it (RFC 3339).
	At time.Time `json:"at"`
	// RecordedAt is when the ledger learned of it (RFC 3339).
	RecordedAt time.Time `json:"recordedAt"`
	// Source is from where it was stated: callback, poll, command, event, desk
	// or api.
	Source string `json:"source"`
	// Actor is who stated it: the user of the desk or of the command line, or
	// the CloudEvents source of the event.
	Actor string `json:"actor,omitempty"`
	// Authorised is true while the money is reserved and not captured.
	Authorised bool `json:"authorised,omitempty"`
	// Note says what was out of the ordinary.
	Note string `json:"note,omitempty"`
}

// Review is something about an invoice that a person has to decide and
// resolves with a note.
type Review struct {
	// ID names it in `invoicelink review resolve`.
	ID string `json:"id"`
	// Kind is amount-differs, currency-differs, amount-unknown,
	// second-payment, paid-after-cancellation, paid-before-request,
	// amount-changed or to-capture.
	Kind string `json:"kind"`
	// What says it in one sentence.
	What string `json:"what"`
	// At is when it was found (RFC 3339).
	At time.Time `json:"at"`
	// Payment is the id of the payment that it is about.
	Payment string `json:"payment,omitempty"`
}

// Act is who did something, and from where.
type Act struct {
	// At is when (RFC 3339).
	At time.Time `json:"at"`
	// Source is from where: command, event, desk, api, upload, timer, callback
	// or poll.
	Source string `json:"source,omitempty"`
	// Actor is who: the user of the desk or of the command line, or the
	// CloudEvents source of the event.
	Actor string `json:"actor,omitempty"`
	// Reason is why, in the actor's words.
	Reason string `json:"reason,omitempty"`
}
