package invoice

// Kind tells an invoice from a credit note.
type Kind string

// The two kinds of document. A credit note is issued without a payment link.
const (
	KindInvoice    Kind = "invoice"     // UNTDID 1001 code 380
	KindCreditNote Kind = "credit-note" // UNTDID 1001 code 381
)

// Invoice is one invoice or credit note, as its sender means it. Its JSON is
// the payload of a request event and, from Canonical, the content that the
// ledger remembers. The amounts that follow from it are computed by Totals
// and are not part of it.
type Invoice struct {
	// Number is the invoice number (BT-1), 1 to MaxNumberRunes characters.
	// It is the identity of the invoice for ever.
	Number string `json:"number"`
	// Kind is KindInvoice where it is empty (BT-3).
	Kind Kind `json:"kind,omitempty"`
	// IssueDate is the day the invoice is issued (BT-2).
	IssueDate Date `json:"issueDate"`
	// DueDate is the last day for paying (BT-9). Mandatory for an invoice;
	// a credit note needs none.
	DueDate Date `json:"dueDate,omitempty"`
	// SupplyDate is the day of delivery or service (BT-72), where it is not
	// the issue date.
	SupplyDate Date `json:"supplyDate,omitempty"`
	// Currency is the ISO 4217 code of every amount here (BT-5).
	Currency string `json:"currency"`
	// Buyer is who the invoice is addressed to (BG-7).
	Buyer Party `json:"buyer"`
	// BuyerReference is the buyer's own reference, such as a purchase order
	// number (BT-10, BT-13).
	BuyerReference string `json:"buyerReference,omitempty"`
	// OriginalInvoice is the number of the invoice that a credit note
	// corrects (BT-25).
	OriginalInvoice string `json:"originalInvoice,omitempty"`
	// Note is free text for the buyer (BT-22).
	Note string `json:"note,omitempty"`
	// Language is the BCP 47 language of the printed page; empty means the
	// seller's.
	Language string `json:"language,omitempty"`
	// Lines are the invoice lines (BG-25), 1 to MaxLines, in printing order.
	Lines []Line `json:"lines"`
	// Prepaid is what the buyer has paid already (BT-113), in Currency.
	Prepaid Decimal `json:"prepaid,omitzero"`
	// Rounding is added to the payable amount (BT-114), in Currency; at most
	// 0.01 a line either way.
	Rounding Decimal `json:"rounding,omitzero"`
	// SessionID is the checkout session that the sender opened for this
	// invoice; empty means that one is created.
	SessionID string `json:"sessionId,omitempty"`
}

// Line is one invoice line (BG-25).
type Line struct {
	// Item is the seller's article number (BT-155).
	Item string `json:"item,omitempty"`
	// Description is what was sold (BT-153).
	Description string `json:"description"`
	// Quantity (BT-129); negative for a return or a correction. Empty is 1.
	Quantity Decimal `json:"quantity"`
	// Unit is the unit of the quantity as text, such as "h" or "pcs"
	// (BT-130).
	Unit string `json:"unit,omitempty"`
	// UnitPrice is the net price of one unit in the invoice's currency
	// (BT-146); never negative.
	UnitPrice Decimal `json:"unitPrice"`
	// DiscountPercent reduces quantity × price by that many percent
	// (BT-138), 0 to 100.
	DiscountPercent Decimal `json:"discountPercent,omitzero"`
	// Discount is an amount taken off the line (BT-136), in the invoice's
	// currency, with the sign of the quantity.
	Discount Decimal `json:"discount,omitzero"`
	// VATRate is the VAT rate in percent: "25" is 25 % (BT-152).
	VATRate Decimal `json:"vatRate"`
	// VATCategory is the VAT category code (BT-151, UNCL 5305). Empty means
	// VATStandard for a rate above zero and VATZero for zero.
	VATCategory VATCategory `json:"vatCategory,omitempty"`
}

// VATCategory is a code of UNCL 5305 as EN 16931 restricts it.
type VATCategory string

// The VAT categories that can be printed. All but VATStandard need rate zero.
const (
	VATStandard       VATCategory = "S"  // standard or reduced rate
	VATZero           VATCategory = "Z"  // zero rated
	VATExempt         VATCategory = "E"  // exempt from VAT
	VATReverseCharge  VATCategory = "AE" // the buyer accounts for the VAT
	VATIntraCommunity VATCategory = "K"  // intra-community supply
	VATExport         VATCategory = "G"  // export outside the EU
	VATOutOfScope     VATCategory = "O"  // not subject to VAT
)

// Category returns the line's VAT category, with the default filled in.
func (l Line) Category() VATCategory {
	switch {
	case l.VATCategory != "":
		return l.VATCategory
	case l.VATRate.IsZero():
		return VATZero
	}
	return VATStandard
}

// IsCreditNote reports whether the document is a credit note.
func (inv *Invoice) IsCreditNote() bool { return inv.Kind == KindCreditNote }
