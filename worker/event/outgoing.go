package event

import (
	"time"

	"invoicelink/invoice"
)

// Result is the payload of every event going out. What does not apply is left
// out; which members are always there depends on the type and is stated in the
// type's JSON Schema.
type Result struct {
	// Number is the invoice number; missing in a rejection only, where none
	// could be read.
	Number string `json:"number,omitempty"`
	// Key is the number as it stands in the NATS subject: ASCII letters,
	// digits, "-" and "_" stand for themselves, every other byte of the UTF-8
	// text is "=" and two upper-case hex digits.
	Key string `json:"key,omitempty"`
	// Kind is "invoice" or "credit-note".
	Kind invoice.Kind `json:"kind,omitempty"`
	// State is the invoice's state after the event: accepted, session, linked,
	// issued, paid, cancelled, lapsed, rejected or failed.
	State string `json:"state,omitempty"`
	// Revision counts the PDFs of the invoice from 1; each renewal adds one.
	Revision int `json:"revision,omitempty"`
	// Digest is the SHA-256 of the canonical invoice in lower-case hex: equal
	// content has an equal digest.
	Digest string `json:"digest,omitempty"`
	// SessionID is the checkout session of the invoice.
	SessionID string `json:"sessionId,omitempty"`
	// Link is the payment link of this revision; missing for a credit note and
	// where nothing is payable.
	Link *Link `json:"link,omitempty"`
	// PreviousLink is the link that this one replaces, in a renewal.
	PreviousLink *Link `json:"previousLink,omitempty"`
	// Currency is the ISO 4217 code of the amounts here.
	Currency string `json:"currency,omitempty"`
	// Total is the amount with VAT (EN 16931, BT-112) as a decimal text with
	// the currency's digits, such as "1250.00".
	Total string `json:"total,omitempty"`
	// Payable is the amount due (BT-115), written as Total is.
	Payable string `json:"payable,omitempty"`
	// PDF is the document and where it is kept.
	PDF *PDF `json:"pdf,omitempty"`
	// QR says where the printed code comes from.
	QR *QR `json:"qr,omitempty"`
	// Environment is "live", "test" or "sandbox"; only a live link moves
	// money. Missing where the checkout API has not told.
	Environment string `json:"environment,omitempty"`
	// Payment is what is known of the payment, in a settlement.
	Payment *Payment `json:"payment,omitempty"`
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

// Link is a payment link.
type Link struct {
	// ID is the checkout API's name for the link.
	ID string `json:"id,omitempty"`
	// URL is what the buyer opens, as link and as QR code.
	URL string `json:"url"`
	// CreatedAt is the moment of the call (RFC 3339, UTC).
	CreatedAt time.Time `json:"createdAt"`
	// ExpiresAt is the moment until which paying is promised (RFC 3339, UTC):
	// the moment before the call plus the validity asked for, since the API
	// states none itself.
	ExpiresAt time.Time `json:"expiresAt"`
	// ActivationMinutes is how long the link lives once it was first opened,
	// in minutes; it is over at the earlier of both limits.
	ActivationMinutes int `json:"activationMinutes,omitempty"`
}

// PDF is a finished document.
type PDF struct {
	// Name is the file's name, without a directory.
	Name string `json:"name"`
	// SHA256 is the digest of its bytes in lower-case hex.
	SHA256 string `json:"sha256"`
	// Bytes is its size.
	Bytes int64 `json:"bytes"`
	// Bucket and Object name it in the NATS object store, where it is kept
	// there.
	Bucket string `json:"bucket,omitempty"`
	// Object is the name in Bucket.
	Object string `json:"object,omitempty"`
	// Directory is where it was written on the worker's machine, where it was.
	Directory string `json:"directory,omitempty"`
}

// QR says where the printed QR code comes from.
type QR struct {
	// Source is "returned" for the code that the checkout API returned,
	// "drawn" for one made here from the link.
	Source string `json:"source"`
	// Note says why it was drawn.
	Note string `json:"note,omitempty"`
}

// Payment is what is known of a payment.
type Payment struct {
	// PaidAt is the moment of payment as told (RFC 3339, UTC).
	PaidAt time.Time `json:"paidAt,omitzero"`
	// Amount is what was paid as a decimal text, in Currency.
	Amount string `json:"amount,omitempty"`
	// Currency is an ISO 4217 code.
	Currency string `json:"currency,omitempty"`
	// Reference is the teller's name for the payment.
	Reference string `json:"reference,omitempty"`
	// Source is who told: "event", "command", "desk", "callback"
	// or "poll".
	Source string `json:"source,omitempty"`
}
