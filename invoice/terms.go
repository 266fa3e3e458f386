package invoice

// Period is a time from one day to another, both included.
type Period struct {
	// Start is its first day (BT-73, BT-134).
	Start Date `json:"start,omitempty"`
	// End is its last day (BT-74, BT-135).
	End Date `json:"end,omitempty"`
}

// Delivery is where goods or services went (BG-13).
type Delivery struct {
	// Name of the party that received them (BT-70).
	Name string `json:"name,omitempty"`
	// Location identifies the place (BT-71), such as a GLN.
	Location Identifier `json:"location,omitzero"`
	// Address of the place (BG-15).
	Address Address `json:"address,omitzero"`
}

// References are the numbers of documents that the invoice belongs to. All of
// them are optional and at most MaxNameRunes characters.
type References struct {
	// Order is the buyer's purchase order (BT-13).
	Order string `json:"order,omitempty"`
	// SalesOrder is the seller's own number of the order (BT-14).
	SalesOrder string `json:"salesOrder,omitempty"`
	// Contract (BT-12).
	Contract string `json:"contract,omitempty"`
	// Project (BT-11).
	Project string `json:"project,omitempty"`
	// DespatchAdvice is the delivery note (BT-16).
	DespatchAdvice string `json:"despatchAdvice,omitempty"`
	// ReceivingAdvice is the buyer's note of receipt (BT-15).
	ReceivingAdvice string `json:"receivingAdvice,omitempty"`
	// Tender is the call for tenders or the lot (BT-17).
	Tender string `json:"tender,omitempty"`
	// Accounting is where the buyer books the cost (BT-19).
	Accounting string `json:"accounting,omitempty"`
}

// PrecedingInvoice names an earlier invoice (BG-3).
type PrecedingInvoice struct {
	// Number of the invoice (BT-25).
	Number string `json:"number"`
	// IssueDate of the invoice (BT-26).
	IssueDate Date `json:"issueDate,omitempty"`
}

// Allowance is an amount taken off, or a charge added to, a line or the
// document. It is stated as an amount or as a percentage, and never negative.
type Allowance struct {
	// Amount in the invoice's currency (BT-92, BT-99, BT-136, BT-141); empty
	// means that it follows from Percent.
	Amount Decimal `json:"amount,omitzero"`
	// Percent of Base, above 0 (BT-94, BT-101, BT-138, BT-143); an allowance
	// has at most 100.
	Percent Decimal `json:"percent,omitzero"`
	// Base is what Percent is taken of (BT-93, BT-100, BT-137, BT-142). Empty
	// means the line's quantity × price, and for the document the sum of the
	// lines of the same VAT category and rate.
	Base Decimal `json:"base,omitzero"`
	// Reason in words (BT-97, BT-104, BT-139, BT-144).
	Reason string `json:"reason,omitempty"`
	// ReasonCode is a code of UNTDID 5189 for an allowance (BT-98, BT-140), such
	// as 95 for a discount, and of UNTDID 7161 for a charge (BT-105, BT-145),
	// such as FC for freight.
	ReasonCode string `json:"reasonCode,omitempty"`
}

// DocumentAllowance is an allowance or a charge on the whole document (BG-20,
// BG-21) with the VAT that applies to it.
type DocumentAllowance struct {
	Allowance
	// VATRate is the VAT rate in percent (BT-96, BT-103).
	VATRate Decimal `json:"vatRate"`
	// VATCategory is the VAT category code (BT-95, BT-102), by default as on a
	// line.
	VATCategory VATCategory `json:"vatCategory,omitempty"`
}

// Category returns the VAT category, with the default filled in.
func (a DocumentAllowance) Category() VATCategory { return categoryOf(a.VATCategory, a.VATRate) }

// Exemption says why no VAT is charged in a VAT category.
type Exemption struct {
	// VATCategory is one of E, AE, K, G and O (BT-118).
	VATCategory VATCategory `json:"vatCategory"`
	// Case is the key of a provision that the page has words for in its own
	// language, such as "art-199"; empty means the one that fits the parties.
	Case ExemptionCase `json:"case,omitempty"`
	// Reason is the sender's own text (BT-120), which replaces that of the case.
	Reason string `json:"reason,omitempty"`
	// Code is a code of the CEF VATEX list (BT-121), such as VATEX-EU-132.
	Code string `json:"code,omitempty"`
}

// LocalVAT states the total VAT in another currency than the invoice's.
type LocalVAT struct {
	// Currency is the ISO 4217 code (BT-6).
	Currency string `json:"currency,omitempty"`
	// Rate is how much of Currency one unit of the invoice's currency is worth.
	Rate Decimal `json:"rate,omitzero"`
	// Amount is the total VAT in Currency (BT-111); empty means that it follows
	// from Rate.
	Amount Decimal `json:"amount,omitzero"`
}

// EarlyPayment is a cash discount for paying early: Percent off the payable
// amount for a payment on or before Until.
type EarlyPayment struct {
	// Percent off, above 0 and below 100.
	Percent Decimal `json:"percent"`
	// Until is the last day, from the issue date to the due date.
	Until Date `json:"until"`
}

// BankAccount is where a bank transfer goes (BG-17).
type BankAccount struct {
	// Holder is the name of the account, if it is not the seller's (BT-85).
	Holder string `json:"holder,omitempty"`
	// IBAN without spaces (BT-84).
	IBAN string `json:"iban,omitempty"`
	// BIC of the bank, 8 or 11 characters (BT-86).
	BIC string `json:"bic,omitempty"`
	// Bank is its name.
	Bank string `json:"bank,omitempty"`
}

// LinkTerms are what one invoice asks of its payment link.
type LinkTerms struct {
	// ValidUntil is the last day, in the seller's zone, on which the link can be
	// paid; empty means as configured. A renewal after that day gets the
	// configured validity.
	ValidUntil Date `json:"validUntil,omitempty"`
	// Page is the merchant's own payment page, an http or https URL; empty
	// means the configured one.
	Page string `json:"page,omitempty"`
}

// MarginScheme is a special arrangement under which VAT is charged on the
// margin (Directive 2006/112/EC, articles 306 to 343).
type MarginScheme string

// The margin schemes, by what article 226, numbers 13 and 14, calls them.
const (
	MarginTravelAgents MarginScheme = "travel-agents"
	MarginSecondHand   MarginScheme = "second-hand-goods"
	MarginArt          MarginScheme = "works-of-art"
	MarginCollectors   MarginScheme = "collectors-items"
)
