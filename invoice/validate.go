package invoice

import (
	"fmt"
	"strconv"
	"strings"
)

// Limits of an invoice. They keep one request well inside the 1 MB that a NATS
// message may have by default, and one page printable.
const (
	MaxNumberRunes  = 64
	MaxLines        = 1000
	MaxTextRunes    = 1000 // a description, a note
	MaxNameRunes    = 200  // a name, an address line, any other short field
	MaxSessionBytes = 128
)

// Validate reports everything that is wrong with the invoice, field by field.
// An invoice without problems can be computed, sent and printed; whether the
// page's fonts hold every character is the page's to say.
func (inv *Invoice) Validate() Problems {
	var p Problems
	p.number("number", inv.Number)
	if inv.Kind != "" && inv.Kind != KindInvoice && inv.Kind != KindCreditNote {
		p.add("kind", string(inv.Kind), fmt.Sprintf("%s is neither %q nor %q", clip(string(inv.Kind)), KindInvoice, KindCreditNote))
	}
	p.dates(inv)
	p.currency("currency", inv.Currency)
	p.party("buyer", inv.Buyer)
	p.text("buyerReference", inv.BuyerReference, MaxNameRunes)
	p.text("note", inv.Note, MaxTextRunes)
	p.language("language", inv.Language)
	if inv.OriginalInvoice != "" {
		p.number("originalInvoice", inv.OriginalInvoice)
		if inv.OriginalInvoice == inv.Number {
			p.add("originalInvoice", inv.OriginalInvoice, "is the number of this document itself")
		}
	}
	p.session(inv.SessionID)
	switch n := len(inv.Lines); {
	case n == 0:
		p.add("lines", "", "has no line; give at least one with a description, a quantity and a unit price")
	case n > MaxLines:
		p.add("lines", strconv.Itoa(n), fmt.Sprintf("has %d lines; at most %d fit in one invoice", n, MaxLines))
	default:
		for i, line := range inv.Lines {
			p.line(fmt.Sprintf("lines[%d]", i), line)
		}
	}
	if p.money("prepaid", inv.Prepaid, inv.Currency) && inv.Prepaid.IsNegative() {
		p.add("prepaid", string(inv.Prepaid), "is negative; state what was paid as a positive amount")
	}
	p.money("rounding", inv.Rounding, inv.Currency)
	if len(p) == 0 {
		p.totals(inv)
	}
	return p
}

// totals looks at what follows from the lines, once these are sound.
func (p *Problems) totals(inv *Invoice) {
	t, err := inv.Totals()
	if err != nil {
		p.add("lines", "", err.Error())
		return
	}
	for i, net := range t.Lines {
		p.size(fmt.Sprintf("lines[%d].unitPrice", i), "line total", net)
	}
	if len(*p) == 0 {
		p.size("lines", "net total", t.Net)
	}
	if len(*p) == 0 {
		p.size("lines", "total", t.Total)
	}
	if inv.IsCreditNote() && t.Total.IsNegative() {
		p.add("lines", t.Total.Number(), fmt.Sprintf("total of a credit note is %s %s; state what is credited as a positive amount", t.Total.Number(), inv.Currency))
	}
	if !within(t.Rounding, centsOf(len(inv.Lines), inv.Currency)) {
		p.add("rounding", string(inv.Rounding), fmt.Sprintf("%s is more than 0.01 a line", inv.Rounding))
	}
}

// size refuses an amount of more than MaxIntegerDigits before its point, which
// could not be sent, or written as a Decimal.
func (p *Problems) size(field, what string, a Amount) {
	whole, _, _ := strings.Cut(strings.TrimPrefix(a.Number(), "-"), ".")
	if len(whole) > MaxIntegerDigits {
		p.add(field, a.Number(), fmt.Sprintf("%s %s has more than %d digits before its decimal point", what, a, MaxIntegerDigits))
	}
}

func (p *Problems) dates(inv *Invoice) {
	before := len(*p)
	p.date("issueDate", inv.IssueDate)
	p.date("dueDate", inv.DueDate)
	p.date("supplyDate", inv.SupplyDate)
	sound := len(*p) == before
	if inv.IssueDate == "" {
		p.add("issueDate", "", "is missing; give the day the invoice is issued")
	}
	switch {
	case inv.DueDate == "" && !inv.IsCreditNote():
		p.add("dueDate", "", "is missing; give the last day for paying")
	case sound && inv.DueDate != "" && inv.DueDate < inv.IssueDate:
		p.add("dueDate", string(inv.DueDate), fmt.Sprintf("%s is before the issue date %s", inv.DueDate, inv.IssueDate))
	}
}

func (p *Problems) date(field string, d Date) {
	if d == "" {
		return
	}
	if _, err := ParseDate(string(d)); err != nil {
		p.add(field, string(d), err.Error())
	}
}
