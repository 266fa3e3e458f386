package event

import (
	"time"

	"invoicelink/invoice"
)

// MaxReasonRunes is the length of a reason or reference. It is kept in the
// invoice's ledger record, which is small.
const MaxReasonRunes = 200

// Requested asks for an invoice or credit note to be issued. Its JSON is the
// invoice's own, with the claims next to it.
type Requested struct {
	invoice.Invoice
	// Claims are amounts that the sender has computed; they are compared with
	// what the lines give, and a difference refuses the request.
	Claims invoice.Claims `json:"claims,omitzero"`
	// AcceptRounding takes a claimed total that differs by at most 0.01 a line
	// as the sender's rounding (EN 16931, BT-114) instead of refusing it.
	AcceptRounding bool `json:"acceptRounding,omitempty"`
	// Unknown lists the JSON paths of members that this contract does not
	// know, at most MaxProblems. They have no effect.
	Unknown []string `json:"-"`
}

// Renew asks for a new payment link, and with it a new PDF.
type Renew struct {
	// Number is the invoice number.
	Number string `json:"number"`
	// Force renews a link that by the clock still lives, as after somebody
	// opened it and did not pay. Two links can then be paid.
	Force bool `json:"force,omitempty"`
	// Reason is kept with the link, at most MaxReasonRunes characters.
	Reason string `json:"reason,omitempty"`
	// Replaces is the revision of the link that is to be replaced; 0 means the
	// newest, whichever it is. A renewal whose link was replaced already is
	// answered with the newest one.
	Replaces int `json:"replaces,omitempty"`
	// Unknown is as in Requested.
	Unknown []string `json:"-"`
}

// Paid tells that an invoice was paid. It may come before the request.
type Paid struct {
	// Number is the invoice number.
	Number string `json:"number"`
	// PaidAt is the moment of payment (RFC 3339), in UTC once read; zero
	// means that the sender does not say.
	PaidAt time.Time `json:"paidAt,omitzero"`
	// Amount is what was paid, in Currency; empty means the payable amount.
	Amount invoice.Decimal `json:"amount,omitempty"`
	// Currency is an ISO 4217 code; empty means the invoice's.
	Currency string `json:"currency,omitempty"`
	// Reference is the sender's name for the payment, such as a bank entry,
	// at most MaxReasonRunes characters.
	Reference string `json:"reference,omitempty"`
	// Unknown is as in Requested.
	Unknown []string `json:"-"`
}

// Cancelled tells that an invoice is no longer to be paid. It may come before
// the request. A link that is out can still be paid until its own end: the
// checkout API documents no way to withdraw one.
type Cancelled struct {
	// Number is the invoice number.
	Number string `json:"number"`
	// Reason is at most MaxReasonRunes characters.
	Reason string `json:"reason,omitempty"`
	// Unknown is as in Requested.
	Unknown []string `json:"-"`
}
