package invoice

// Kind tells an invoice from a credit note (BT-3).
type Kind string

// The two kinds of document. A credit note is issued without a payment link.
const (
	KindInvoice    Kind = "invoice"     // UNTDID 1001 code 380, 389 if self-billed
	KindCreditNote Kind = "credit-note" // UNTDID 1001 code 381, 261 if self-billed
)

// Invoice is one invoice or credit note as its sender states it. Its JSON is
// the payload of a request event and, from Canonical, the content that the
// ledger remembers. Amounts are in Currency unless a field says otherwise. What
// follows from the lines is computed by Totals and is not part of it; what is
// left empty and the seller's profile gives is filled in by Document.
type Invoice struct {
	// Number is the invoice number (BT-1), 1 to MaxNumberRunes characters.
	// It identifies the invoice permanently.
	Number string `json:"number"`
	// Kind is KindInvoice if it is empty (BT-3).
	Kind Kind `json:"kind,omitempty"`
	// IssueDate is the day the invoice is issued (BT-2).
	IssueDate Date `json:"issueDate"`
	// DueDate is the last day for paying (BT-9), at most ten years from the
	// issue date. Mandatory for an invoice; a credit note needs none.
	DueDate Date `json:"dueDate,omitempty"`
	// SupplyDate is the day of delivery or service (BT-72), if it is not the
	// issue date.
	SupplyDate Date `json:"supplyDate,omitempty"`
	// TaxPointDate is the day on which the VAT becomes chargeable (BT-7), if it
	// is neither the supply date nor the issue date.
	TaxPointDate Date `json:"taxPointDate,omitempty"`
	// Period is the time that the whole invoice covers (BG-14).
	Period Period `json:"period,omitzero"`
	// Currency is the ISO 4217 code of every amount here (BT-5).
	Currency string `json:"currency"`
	// LocalVAT states the total VAT in a second currency, usually that of
	// the seller's country (Directive 2006/112/EC, articles 91 and 230).
	LocalVAT LocalVAT `json:"localVat,omitzero"`
	// Buyer is who the invoice is addressed to (BG-7).
	Buyer Party `json:"buyer"`
	// Delivery is where the goods or services went, if not to the buyer's
	// address (BG-13).
	Delivery Delivery `json:"delivery,omitzero"`
	// TaxRepresentative acts for the seller in the country of the VAT (BG-11);
	// empty means the one of the seller's profile, if any.
	TaxRepresentative TaxRepresentative `json:"taxRepresentative,omitzero"`
	// BuyerReference is what the buyer asked to be quoted to route the invoice
	// (BT-10); senders that know only one reference give it here.
	BuyerReference string `json:"buyerReference,omitempty"`
	// References are the numbers of other documents, each by its kind.
	References References `json:"references,omitzero"`
	// OriginalInvoice is the number of the one invoice that this document
	// corrects (BT-25). With dates, or for several, use PrecedingInvoices.
	OriginalInvoice string `json:"originalInvoice,omitempty"`
	// PrecedingInvoices are the invoices that this document corrects or
	// follows, at most MaxReferences (BG-3).
	PrecedingInvoices []PrecedingInvoice `json:"precedingInvoices,omitempty"`
	// Intro is free text before the lines (BT-22).
	Intro string `json:"intro,omitempty"`
	// Note is free text after the lines (BT-22).
	Note string `json:"note,omitempty"`
	// Fields are further particulars of the sender's own, printed with the
	// references, at most MaxFields.
	Fields []Field `json:"fields,omitempty"`
	// Language is the BCP 47 language of the printed page; empty means the
	// seller's. Only the primary language counts: da-DK is da.
	Language string `json:"language,omitempty"`
	// Lines are the invoice lines (BG-25), 1 to MaxLines, in printing order.
	Lines []Line `json:"lines"`
	// Allowances are taken off the sum of the lines (BG-20), at most
	// MaxAllowances.
	Allowances []DocumentAllowance `json:"allowances,omitempty"`
	// Charges, such as freight, are added to the sum of the lines (BG-21), at
	// most MaxAllowances.
	Charges []DocumentAllowance `json:"charges,omitempty"`
	// Exemptions say why no VAT is charged, at most one for each category. A
	// category without one gets the usual reason of the case; E has none.
	Exemptions []Exemption `json:"exemptions,omitempty"`
	// Prepaid is what the buyer has paid already (BT-113).
	Prepaid Decimal `json:"prepaid,omitzero"`
	// Rounding is added to the payable amount (BT-114); either way at most 0.01
	// per line or half of the currency's smallest coin, whichever is more.
	Rounding Decimal `json:"rounding,omitzero"`
	// PaymentTerms are printed below the totals (BT-20); empty means the
	// seller's.
	PaymentTerms string `json:"paymentTerms,omitempty"`
	// EarlyPayment are the cash discounts for paying before the due date, at
	// most MaxReferences, the earliest first.
	EarlyPayment []EarlyPayment `json:"earlyPayment,omitempty"`
	// Account is where a bank transfer goes (BG-17); empty means the seller's.
	Account BankAccount `json:"account,omitzero"`
	// SessionID is the checkout session that the sender opened for this
	// invoice; empty means that one is created.
	SessionID string `json:"sessionId,omitempty"`
	// Link is how the payment link of this invoice differs from the others'.
	Link LinkTerms `json:"link,omitzero"`
	// SelfBilled says that the buyer makes out the invoice for the seller
	// (Directive 2006/112/EC, article 226, number 10a).
	SelfBilled bool `json:"selfBilled,omitempty"`
	// CashAccounting says that the VAT becomes chargeable when the payment is
	// received (article 226, number 7a; BT-8 code 432).
	CashAccounting bool `json:"cashAccounting,omitempty"`
	// SmallBusiness says that the seller charges no VAT as a small enterprise
	// (articles 281 to 292, § 19 UStG): the reason of category E then.
	SmallBusiness bool `json:"smallBusiness,omitempty"`
	// MarginScheme says that VAT is charged on the margin alone (article 226,
	// numbers 13 and 14): the reason of category E then.
	MarginScheme MarginScheme `json:"marginScheme,omitempty"`
}

// IsCreditNote reports whether the document is a credit note.
func (inv *Invoice) IsCreditNote() bool { return inv.Kind == KindCreditNote }

// Preceding returns the invoices that this document corrects or follows, from
// OriginalInvoice and PrecedingInvoices, each number once.
func (inv *Invoice) Preceding() []PrecedingInvoice {
	for _, p := range inv.PrecedingInvoices {
		if p.Number == inv.OriginalInvoice {
			return inv.PrecedingInvoices
		}
	}
	if inv.OriginalInvoice == "" {
		return inv.PrecedingInvoices
	}
	return append([]PrecedingInvoice{{Number: inv.OriginalInvoice}}, inv.PrecedingInvoices...)
}
