package pdf

import (
	"time"

	"invoicelink/invoice"
)

// Page is everything that one document shows. Whatever is not in it is not on
// the paper: no clock, no file and no environment is read, except the time
// zone database for the seller's zone.
type Page struct {
	// Invoice must be valid by [invoice.Invoice.Validate]. It is not changed.
	Invoice *invoice.Invoice
	// Totals are the invoice's own; nil means that Render computes them.
	Totals *invoice.Totals
	// Seller is the profile that the invoice was requested with.
	Seller *invoice.Seller
	// SellerDigest is [invoice.Seller.Digest] of Seller, by which what follows
	// from the profile is made once for all pages; empty means that Render
	// looks at the whole profile.
	SellerDigest string
	// Payment is what the payment box shows. Nil leaves the box out: a credit
	// note, nothing payable, already paid.
	Payment *Payment
	// RenewedOn is when the printed link replaced an earlier one; zero for the
	// first link. It is printed as a day in the seller's zone.
	RenewedOn time.Time
	// PaidOn is when the invoice became known as paid; zero unless it is. It
	// is printed as a day in the seller's zone.
	PaidOn time.Time
	// Receipts are the payments that were received, oldest first. They make the
	// page a receipt for an invoice that is paid: under a title of its own, with
	// neither Payment nor XML, since it is not the invoice again.
	Receipts []Receipt
	// Mark says that the document was not made for real money. It is shown on
	// every kind of document.
	Mark Mark
	// XML is the invoice in CII by EN 16931, embedded as factur-x.xml; nil
	// embeds none. It is not read.
	XML []byte
}

// Payment is how the invoice is paid by scanning or clicking.
type Payment struct {
	// Link is the absolute http or https URL, at most [MaxLinkBytes] of
	// visible ASCII. It is printed letter by letter and is the target of the
	// clickable text and of the clickable code, unchanged.
	Link string
	// QR is the code that holds Link. Render draws it as it is given; that it
	// holds the link is checked where it is read.
	QR QR
	// PayableUntil is the promised end of the link's life. It is printed with
	// date, time and zone of the seller; zero prints no deadline.
	PayableUntil time.Time
	// OnceOpened above zero is how long the link stays active once somebody
	// opened it; a warning says so under the link. Whole minutes are printed,
	// rounded down, at least one.
	OnceOpened time.Duration
}

// Receipt is one payment that was received.
type Receipt struct {
	// At is when it was made, printed as a day in the seller's zone.
	At time.Time
	// Amount is in the invoice's currency.
	Amount invoice.Amount
	// Online is true for a payment by the link.
	Online bool
	// Reference names the payment, such as a transaction; "" for none. Strangers
	// write it: one with a letter that no font of the page holds is left out.
	Reference string
}

// MaxLinkBytes is the longest payment link that is printed. A QR code holds
// 2,953 bytes at most (ISO/IEC 18004, version 40-L).
const MaxLinkBytes = 2000

// QR is a QR code as bare modules.
type QR struct {
	// Size is the number of modules on a side, 21 to 177 (ISO/IEC 18004).
	Size int
	// Bits holds Size×Size modules, row by row from the top, the most
	// significant bit first, rows packed without padding; 1 is dark. The quiet
	// zone is not part of it.
	Bits []byte
}

// Mark says whether a document may be paid with real money.
type Mark uint8

const (
	// MarkNone is a real document.
	MarkNone Mark = iota
	// MarkTest is a document made against a test environment: "TEST".
	MarkTest
	// MarkSandbox is a document made against the imitated checkout: it is
	// visibly not payable, across the page and next to the amount.
	MarkSandbox
)
