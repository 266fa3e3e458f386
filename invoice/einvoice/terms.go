package einvoice

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"invoicelink/invoice"
)

// Options are what an e-invoice says that does not follow from the invoice.
type Options struct {
	// PaymentLink is the URL at which the invoice can be paid; empty for none,
	// as for a credit note. It becomes the means of payment (BT-81 code 68 and
	// BT-82), or a note where the receiver's country does not take that code.
	PaymentLink string
	// CaseText is the sentence for a case of exemption in the document's
	// language (BT-120); nil or an empty answer means English.
	CaseText func(invoice.ExemptionCase) string
}

// Business process and specification (BT-23, BT-24).
const (
	processBilling   = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
	guidelineEN16931 = "urn:cen.eu:en16931:2017"
	guidelinePeppol  = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"

	processSelfBilling   = "urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0"
	guidelineSelfBilling = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0"
)

// Means of payment (BT-81, UNTDID 4461).
const (
	meansUndefined = "1"
	meansSEPA      = "58"
	meansOnline    = "68"
	meansTransfer  = "30"
)

// terms is a document with what both syntaxes derive from it.
type terms struct {
	*invoice.Document
	Options
	inv *invoice.Invoice
}

func newTerms(d *invoice.Document, o Options) terms {
	c := *d
	c.Invoice = d.Invoice.Canonical()
	c.Invoice.Buyer.TaxNumber = "" // EN 16931 knows the seller's alone (BT-32)
	return terms{Document: &c, Options: o, inv: c.Invoice}
}

// typeCode is BT-3 (UNTDID 1001).
func (t terms) typeCode() string {
	switch {
	case t.inv.IsCreditNote() && t.inv.SelfBilled:
		return "261"
	case t.inv.IsCreditNote():
		return "381"
	case t.inv.SelfBilled:
		return "389"
	}
	return "380"
}

// notes are BT-22: before the lines, after them, the seller's own, the invoice's
// own particulars, and the link where it is no means of payment.
func (t terms) notes() []string {
	all := []string{t.inv.Intro, t.inv.Note, t.Seller.TextsIn(t.Language()).Note}
	for _, f := range t.inv.Fields {
		all = append(all, f.Label+": "+f.Value)
	}
	if t.PaymentLink != "" && t.means() != meansOnline {
		all = append(all, "Pay online: "+t.PaymentLink)
	}
	return slices.DeleteFunc(all, func(s string) bool { return strings.TrimSpace(s) == "" })
}

// means is how the invoice is paid (BT-81). Denmark does not take code 68
// (Peppol rule DK-R-005).
func (t terms) means() string {
	payable := t.Totals.Payable.IsPositive() && !t.inv.IsCreditNote()
	switch {
	case payable && t.PaymentLink != "" && t.Seller.Address.Country != "DK":
		return meansOnline
	case !payable || t.Account().IBAN == "":
		return meansUndefined
	case t.inv.Currency == "EUR" || t.Seller.Address.Country == "DK":
		return meansSEPA
	}
	return meansTransfer
}

// meansText is BT-82: the link, if it is the means.
func (t terms) meansText() string {
	if t.means() == meansOnline {
		return t.PaymentLink
	}
	return ""
}

// payee is the account to show: none if nothing is to be paid.
func (t terms) payee() invoice.BankAccount {
	if t.means() == meansUndefined {
		return invoice.BankAccount{}
	}
	return t.Account()
}

// paymentTerms is BT-20, with the cash discounts. German receivers read these by
// machine, in the form that XRechnung lays down (BR-DE-18).
func (t terms) paymentTerms() string {
	if t.inv.IsCreditNote() {
		return ""
	}
	var lines []string
	text := t.PaymentTerms()
	if t.inv.PaymentTerms == "" {
		text = t.Seller.TextsIn(t.Language()).PaymentTerms
	}
	if text != "" {
		lines = append(lines, text)
	}
	for _, e := range t.inv.EarlyPayment {
		if t.Seller.Address.Country == "DE" {
			lines = append(lines, fmt.Sprintf("#SKONTO#TAGE=%d#PROZENT=%s#", daysBetween(t.inv.IssueDate, e.Until), twoDecimals(e.Percent)))
			continue
		}
		lines = append(lines, fmt.Sprintf("%s %% discount for payment until %s", e.Percent, e.Until))
	}
	text = strings.Join(lines, "\n")
	if strings.HasSuffix(text, "#") {
		text += "\n" // each line for a machine ends in a line feed
	}
	return text
}

func daysBetween(from, to invoice.Date) int {
	a, errA := time.Parse(time.DateOnly, string(from))
	b, errB := time.Parse(time.DateOnly, string(to))
	if errA != nil || errB != nil {
		return 0
	}
	return int(b.Sub(a).Hours() / 24)
}

func twoDecimals(d invoice.Decimal) string {
	whole, fraction, _ := strings.Cut(string(d), ".")
	return whole + "." + (fraction + "00")[:max(2, len(fraction))]
}

// exemption is BT-120 and BT-121 of a VAT category.
func (t terms) exemption(c invoice.VATCategory) (reason, code string) {
	e := t.Exemption(c)
	reason = e.Reason
	if reason == "" && e.Case != "" && t.CaseText != nil {
		reason = t.CaseText(e.Case)
	}
	if reason == "" {
		reason = e.Case.Text()
	}
	return reason, e.Code
}

// rate is the VAT rate; what is not subject to VAT has none (BR-O-05).
func rate(c invoice.VATCategory, r invoice.Decimal) string {
	if c == invoice.VATOutOfScope {
		return ""
	}
	return string(r.Or("0"))
}

// item divides a description into name and the rest (BT-153, BT-154).
func item(description string) (name, rest string) {
	name, rest, _ = strings.Cut(strings.TrimSpace(description), "\n")
	return name, rest
}

// unitCode is BT-130; a unit that no code is known for counts as one piece of
// something.
func unitCode(unit string) string {
	if code := invoice.UnitCode(unit); code != "" {
		return code
	}
	return "C62"
}

// reduction is an allowance or a charge as both syntaxes write it.
type reduction struct {
	charge              bool
	amount, base        string
	percent, code, text string
	category            invoice.VATCategory // of the document's
	rate                string
}

func (t terms) documentReductions() []reduction {
	var out []reduction
	for i, a := range t.inv.Allowances {
		out = append(out, documentReduction(a, t.Totals.Allowances[i], false))
	}
	for i, c := range t.inv.Charges {
		out = append(out, documentReduction(c, t.Totals.Charges[i], true))
	}
	return out
}

func documentReduction(a invoice.DocumentAllowance, amount invoice.Amount, charge bool) reduction {
	r := newReduction(a.Allowance, amount, charge)
	r.category, r.rate = a.Category(), rate(a.Category(), a.VATRate)
	return r
}

// state adds the percentage and its base, if there are both and they come to the
// amount within 0.02, as Peppol computes it (R040): in a currency without
// hundredths they may not.
func (r *reduction) state(percent, base string) {
	var p, b, a big.Rat
	for _, in := range []struct {
		text string
		to   *big.Rat
	}{{percent, &p}, {base, &b}, {r.amount, &a}} {
		if _, ok := in.to.SetString(in.text); !ok {
			return
		}
	}
	p.Mul(&p, &b)
	p.Quo(&p, big.NewRat(100, 1))
	if p.Sub(&p, &a); p.Abs(&p).Cmp(big.NewRat(2, 100)) <= 0 {
		r.percent, r.base = percent, base
	}
}

// newReduction is one allowance or charge. One without reason gets the code for
// "discount" or "mutually defined".
func newReduction(a invoice.Allowance, amount invoice.Amount, charge bool) reduction {
	r := reduction{charge: charge, amount: amount.Number(), code: a.ReasonCode, text: a.Reason}
	r.state(string(a.Percent), string(a.Base))
	if r.code == "" && r.text == "" {
		r.code = map[bool]string{false: "95", true: "ZZZ"}[charge]
	}
	return r
}

// lineReductions are BG-27 and BG-28. A discount on a return raises its amount,
// so that it is a charge.
func lineReductions(l invoice.Line, a invoice.LineAmounts) []reduction {
	var out []reduction
	switch {
	case a.Discount.IsPositive():
		r := reduction{amount: a.Discount.Number(), code: "95"}
		if l.Discount.IsZero() {
			r.state(string(l.DiscountPercent), a.Gross.Number())
		}
		out = append(out, r)
	case a.Discount.IsNegative():
		out = append(out, reduction{charge: true, amount: strings.TrimPrefix(a.Discount.Number(), "-"), text: "Discount"})
	}
	for i, each := range l.Allowances {
		out = append(out, newReduction(each, a.Allowances[i], false))
	}
	for i, each := range l.Charges {
		out = append(out, newReduction(each, a.Charges[i], true))
	}
	return out
}

// vatID is the party's, unless nothing on the document is subject to VAT
// (BR-O-02).
func (t terms) vatID(id string) string {
	if t.OutOfScope() {
		return ""
	}
	return invoice.PlainVATID(id)
}

// representative is BG-11, which a document without VAT does not have (BR-O-02).
func (t terms) representative() invoice.TaxRepresentative {
	if t.OutOfScope() {
		return invoice.TaxRepresentative{}
	}
	return t.TaxRepresentative()
}

// addressLines are at most three lines of a street.
func addressLines(street string) [3]string {
	var out [3]string
	n := 0
	for line := range strings.SplitSeq(street, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if n < 3 {
			out[n] = line
		} else {
			out[2] += ", " + line
		}
		n++
	}
	return out
}

// shipTo is the delivery address. An intra-community supply states the country
// even if it is the buyer's own address (BR-IC-12).
func (t terms) shipTo() invoice.Delivery {
	d := t.inv.Delivery
	if d.Address == (invoice.Address{}) {
		for _, g := range t.Totals.VAT {
			if g.Category == invoice.VATIntraCommunity {
				d.Address = t.inv.Buyer.Address
			}
		}
	}
	return d
}
