package invoice

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Limits of an invoice. They keep one request well inside the 1 MB that a NATS
// message may have by default, and one page printable.
const (
	MaxNumberRunes  = 64
	MaxLines        = 1000
	MaxAllowances   = 20   // of a line, of the document; charges likewise
	MaxReferences   = 20   // preceding invoices, cash discounts
	MaxTextRunes    = 1000 // a description, a note
	MaxNameRunes    = 200  // a name, an address line, any other short field
	MaxSessionBytes = 128
	MaxURLBytes     = 2000
)

// longTexts are the members that may have MaxTextRunes characters.
var longTexts = map[string]bool{"description": true, "note": true, "intro": true, "paymentTerms": true, "legalInfo": true, "footer": true}

// codedTexts are members with a rule of their own, which is stricter.
var codedTexts = map[string]bool{
	"number": true, "originalInvoice": true, "currency": true, "country": true, "language": true, "sessionId": true, "iban": true, "bic": true,
	"page": true, "code": true, "reasonCode": true, "timeZone": true,
}

// Validate reports everything that is wrong with the invoice, field by field.
// An invoice without problems can be computed, sent and printed; whether it is
// lawful is for Document.CheckLaw to say, and whether the page's fonts hold
// every character for the page.
func (inv *Invoice) Validate() Problems {
	var p Problems
	p.number("number", inv.Number)
	if inv.Kind != "" && inv.Kind != KindInvoice && inv.Kind != KindCreditNote {
		p.add("BR-CL-01", "kind", string(inv.Kind), fmt.Sprintf("%s is neither %q nor %q", clip(string(inv.Kind)), KindInvoice, KindCreditNote))
	}
	p.dates(inv)
	p.currency("currency", inv.Currency)
	p.party("buyer", inv.Buyer)
	p.texts(inv)
	p.language("language", inv.Language)
	p.delivery(inv)
	p.preceding(inv)
	p.session(inv.SessionID)
	p.representative("taxRepresentative", inv.TaxRepresentative)
	p.localVAT(inv)
	p.exemptions(inv.Exemptions)
	p.payment(inv)
	p.fields("", inv.Fields)
	if inv.MarginScheme != "" && marginCases[inv.MarginScheme] == "" {
		p.add("margin-scheme-unknown", "marginScheme", string(inv.MarginScheme), fmt.Sprintf("%s is not one of %s, %s, %s and %s",
			clip(string(inv.MarginScheme)), MarginTravelAgents, MarginSecondHand, MarginArt, MarginCollectors))
	}
	switch n := len(inv.Lines); {
	case n == 0:
		p.add("BR-16", "lines", "", "has no line; give at least one with a description, a quantity and a unit price")
	case n > MaxLines:
		p.add("too-many-lines", "lines", strconv.Itoa(n), fmt.Sprintf("has %d lines; at most %d fit in one invoice", n, MaxLines))
	default:
		for i, line := range inv.Lines {
			p.line("lines["+strconv.Itoa(i)+"]", line, inv)
		}
	}
	p.documentAllowances("allowances", inv.Allowances, inv.Currency, &allowanceRules)
	p.documentAllowances("charges", inv.Charges, inv.Currency, &chargeRules)
	if p.money("BR-DEC-16", "prepaid", inv.Prepaid, inv.Currency) && inv.Prepaid.IsNegative() {
		p.add("prepaid-negative", "prepaid", string(inv.Prepaid), "is negative; state what was paid as a positive amount")
	}
	p.money("BR-DEC-17", "rounding", inv.Rounding, inv.Currency)
	if len(p) == 0 {
		p.totals(inv)
	}
	return p
}

// texts looks at every free text, however many there will be.
func (p *Problems) texts(inv *Invoice) {
	eachText(reflect.ValueOf(inv), "", func(path, name string, s *string) {
		switch {
		case codedTexts[name]:
		case longTexts[name]:
			p.text(path+name, *s, MaxTextRunes)
		default:
			p.text(path+name, *s, MaxNameRunes)
		}
	})
}

// totals looks at what follows from the lines, once these are sound.
func (p *Problems) totals(inv *Invoice) {
	t, err := inv.Totals()
	if err != nil {
		p.add("totals", "lines", "", err.Error())
		return
	}
	for i, net := range t.Lines {
		p.size(fmt.Sprintf("lines[%d].unitPrice", i), "line total", net)
	}
	for _, sum := range []struct {
		field, what string
		a           Amount
	}{
		{"lines", "net total", t.LineTotal}, {"allowances", "sum of the allowances", t.AllowanceTotal}, {"charges", "sum of the charges", t.ChargeTotal},
		{"lines", "net total", t.Net}, {"lines", "total", t.Total}, {"localVat", "VAT total", t.LocalVAT},
	} {
		if len(*p) == 0 {
			p.size(sum.field, sum.what, sum.a)
		}
	}
	if inv.IsCreditNote() && t.Total.IsNegative() {
		p.add("credit-note-negative", "lines", t.Total.Number(), fmt.Sprintf("total of a credit note is %s %s; state what is credited as a positive amount", t.Total.Number(), inv.Currency))
	}
	coins := cashRounding[inv.Currency]
	if !within(t.Rounding, centsOf(max(len(inv.Lines), coins), inv.Currency)) {
		limit := "0.01 per line"
		if coins > 0 {
			limit += fmt.Sprintf(" and than %s, half of the smallest coin", centsOf(coins, inv.Currency))
		}
		p.add("rounding-too-large", "rounding", string(inv.Rounding), fmt.Sprintf("%s is more than %s", inv.Rounding, limit))
	}
}

// cashRounding is half of the smallest coin, in hundredths: the most by which
// amounts are rounded to what can be paid with coins, such as the Swedish
// öresavrundning. In the euro area Belgium, Estonia, Finland, Ireland, Italy,
// Lithuania, the Netherlands and Slovakia round to 0.05.
var cashRounding = map[string]int{"CHF": 2, "CZK": 50, "DKK": 25, "EUR": 2, "HUF": 250, "NOK": 50, "SEK": 50}

// size refuses an amount of more than MaxIntegerDigits before its point, which
// could not be sent, or written as a Decimal.
func (p *Problems) size(field, what string, a Amount) {
	whole, _, _ := strings.Cut(strings.TrimPrefix(a.Number(), "-"), ".")
	if len(whole) > MaxIntegerDigits {
		p.add("amount-too-large", field, a.Number(), fmt.Sprintf("%s %s has more than %d digits before its decimal point", what, a, MaxIntegerDigits))
	}
}

// lastIssueDate is before the years of the Buddhist calendar, such as 2569.
const lastIssueDate Date = "2199-12-31"

func (p *Problems) dates(inv *Invoice) {
	before := len(*p)
	p.date("issueDate", inv.IssueDate)
	p.date("dueDate", inv.DueDate)
	p.date("supplyDate", inv.SupplyDate)
	sound := len(*p) == before
	p.date("taxPointDate", inv.TaxPointDate)
	p.period("BR-29", "period", inv.Period)
	switch {
	case inv.IssueDate == "":
		p.add("BR-03", "issueDate", "", "is missing; give the day the invoice is issued")
	case inv.IssueDate > lastIssueDate && inv.IssueDate.exists():
		p.add("date-invalid", "issueDate", string(inv.IssueDate), fmt.Sprintf("%s is no day on which an invoice is issued; write years of the Gregorian calendar", inv.IssueDate))
		return
	}
	switch {
	case inv.DueDate == "" && !inv.IsCreditNote():
		p.add("BR-CO-25", "dueDate", "", "is missing; give the last day for paying")
	case !sound || inv.DueDate == "" || inv.IssueDate == "":
	case inv.DueDate < inv.IssueDate:
		p.add("due-before-issue", "dueDate", string(inv.DueDate), fmt.Sprintf("%s is before the issue date %s", inv.DueDate, inv.IssueDate))
	case inv.DueDate > inv.IssueDate.addYears(maxDueYears):
		p.add("due-too-late", "dueDate", string(inv.DueDate), fmt.Sprintf("%s is more than %d years after the issue date %s", inv.DueDate, maxDueYears, inv.IssueDate))
	}
	if inv.CashAccounting && inv.TaxPointDate != "" {
		p.add("BR-CO-03", "taxPointDate", string(inv.TaxPointDate), "cannot stand next to cash accounting, where the day of payment is the tax point; leave one of them out")
	}
}

// maxDueYears is how far a due date may be from the issue date: a later one is
// a slip, and the validity of its link would not fit into the API's minutes.
const maxDueYears = 10

func (p *Problems) date(field string, d Date) bool {
	if d == "" {
		return true
	}
	_, err := ParseDate(string(d))
	if err != nil {
		p.add("date-invalid", field, string(d), err.Error())
	}
	return err == nil
}

func (p *Problems) period(code, path string, d Period) {
	start, end := p.date(path+".start", d.Start), p.date(path+".end", d.End)
	if start && end && d.Start != "" && d.End != "" && d.End < d.Start {
		p.add(code, path+".end", string(d.End), fmt.Sprintf("%s is before the period's start %s", d.End, d.Start))
	}
}
