package sheet

import (
	"slices"
	"strings"

	"github.com/bojanz/currency"

	"invoicelink/invoice"
)

// finish completes an entry whose rows have all been read, and checks it.
func (x *builder) finish(e *Entry) {
	inv, d := e.Invoice, x.t.p.Defaults
	if inv.Currency == "" && !e.bad[badKey{fCurrency, -1}] {
		inv.Currency = strings.ToUpper(firstOf(d.Currency, x.b.limits.Currency, x.t.signCurrency()))
	}
	x.fillIn(e)
	e.gather()
	x.due(e)
	x.rates(e)
	a, priced := x.prices(e)
	x.texts(e)
	e.blanks(x)
	x.currencySigns(e)
	x.documentAmounts(e, &a)
	if x.turned(e) {
		return
	}
	if a.gross && priced {
		e.roundGross(a.expected)
	}
	x.balance(e)
	e.validate(x, a)
	x.observeAmounts(e)
	e.pending = nil
	e.Number, e.SessionID = inv.Number, inv.SessionID
	e.taxed = slices.ContainsFunc(inv.Lines, func(l invoice.Line) bool { return !l.VATRate.IsZero() })
	if take := x.b.limits.Take; take != nil {
		take(e)
		e.Invoice, e.Claims = nil, nil
		return
	}
	if n := len(inv.Lines); cap(inv.Lines) > n+n/4 {
		inv.Lines = append(make([]invoice.Line, 0, n), inv.Lines...)
	}
}

// gather takes what is said in several columns, or by yes and no.
func (e *Entry) gather() {
	inv, w := e.Invoice, e.work()
	inv.SelfBilled, inv.CashAccounting, inv.SmallBusiness = w.selfBilled == yes, w.cash == yes, w.small == yes
	inv.EarlyPayment = slices.DeleteFunc(inv.EarlyPayment, func(p invoice.EarlyPayment) bool { return p == invoice.EarlyPayment{} })
	inv.Account.IBAN = strings.ReplaceAll(inv.Account.IBAN, " ", "")
	if list := inv.PrecedingInvoices; len(list) > 0 && list[0].IssueDate != "" {
		list[0].Number = inv.OriginalInvoice
	}
	for i, f := range []field{fOriginalDate, fOriginalDate2, fOriginalDate3}[:len(inv.PrecedingInvoices)] {
		if p := &inv.PrecedingInvoices[i]; p.Number == "" && p.IssueDate != "" {
			e.fail(f, -1, e.spot(f, -1), string(p.IssueDate), say("date-of-no-original"))
			p.IssueDate = ""
		}
	}
	inv.PrecedingInvoices = slices.DeleteFunc(inv.PrecedingInvoices, func(p invoice.PrecedingInvoice) bool { return p == invoice.PrecedingInvoice{} })
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// texts fills in descriptions and units.
func (x *builder) texts(e *Entry) {
	d := x.t.p.Defaults
	for i := range e.Invoice.Lines {
		line := &e.Invoice.Lines[i]
		if line.Description == "" && !e.bad[badKey{fDescription, i}] {
			switch {
			case d.Description != "":
				line.Description = x.describe(e, i)
			case x.t.l.first[fDescription] < 0 || line.Item != "" && !x.t.l.own:
				line.Description = line.Item
			}
		}
		if line.Unit == "" {
			line.Unit = string(d.Unit)
		}
	}
}

// describe is the profile's description for a line.
func (x *builder) describe(e *Entry, i int) string {
	if texts := e.work().descriptions; i < len(texts) && texts[i] != "" {
		return texts[i]
	}
	if texts := e.work().descriptions; len(texts) > 0 && texts[0] != "" {
		return texts[0]
	}
	return strings.ReplaceAll(string(x.t.p.Defaults.Description), "{number}", e.Invoice.Number)
}

// blanks reports line fields that have a default elsewhere but not in a sheet:
// whoever forgot one would send a wrong invoice without noticing.
func (e *Entry) blanks(x *builder) {
	for i := range e.Invoice.Lines {
		line := &e.Invoice.Lines[i]
		if line.Quantity == "" && !e.bad[badKey{fQuantity, i}] && (line.UnitPrice != "" || x.t.has(fQuantity)) {
			e.fail(fQuantity, i, e.spot(fQuantity, i), "", say("missing-quantity"))
		}
		if line.VATRate == "" && !e.bad[badKey{fVATRate, i}] && !e.bad[badKey{fTax, i}] {
			e.fail(fVATRate, i, e.spot(fVATRate, i), "", say("missing-rate"))
		}
	}
}

// currencySigns compares what stands next to numbers with the currency. If no
// column and no profile says the currency, a sign of another one is a question.
func (x *builder) currencySigns(e *Entry) {
	for _, s := range e.work().signs {
		if e.Invoice.Currency == "" || slices.Contains(s.currencies, e.Invoice.Currency) {
			continue
		}
		what := say("currency-sign", clip(s.raw), clip(e.Invoice.Currency))
		if x.t.has(fCurrency) || x.t.p.Defaults.Currency != "" {
			e.fail(s.f, s.line, s.at, s.raw, what)
			continue
		}
		e.stop("currency-sign", s.at, s.raw, what, func() Question {
			q := question(say("ask-currency-sign"))
			for _, code := range s.currencies[:min(len(s.currencies), 4)] {
				q.Answers = append(q.Answers, answer("one-currency", "defaults", "currency: "+code, ""))
			}
			return q
		})
	}
}

// roundGross makes the payable amount what the prices with VAT come to: the
// difference that the rounding of VAT leaves becomes the invoice's rounding.
func (e *Entry) roundGross(expected fixed) {
	t, err := e.Invoice.Totals()
	if err != nil || e.Invoice.Rounding != "" {
		return
	}
	if e.work().turned {
		expected = -expected
	}
	total, ok := fixedOf(t.Total.Number())
	diff := expected - total
	digits, _ := currency.GetDigits(e.Invoice.Currency)
	if diff = diff.round(int(digits)); ok && diff != 0 && diff.abs() <= fixed(len(e.Invoice.Lines))*unit/100 {
		e.Invoice.Rounding = diff.decimal()
	}
}

// balance takes what is no longer owed as prepaid.
func (x *builder) balance(e *Entry) {
	w := e.work()
	if w.balance == "" || e.Invoice.Prepaid != "" || w.fromBalance {
		return
	}
	t, err := e.Invoice.Totals()
	if err != nil {
		return
	}
	total, ok1 := fixedOf(t.Payable.Number())
	left, ok2 := fixedOf(w.balance)
	switch paid := total - left; {
	case !ok1 || !ok2:
	case paid < 0:
		e.fail(fBalance, -1, e.spot(fBalance, -1), string(w.balance), say("balance-too-large", w.balance, t.Payable.Number()))
	case left == 0 && total > 0:
		e.stop("balance-zero", e.spot(fBalance, -1), string(w.balance), say("balance-is-zero"), func() Question {
			return question(say("ask-balance-zero"),
				answer("leave-out", "skip", yamlText(x.t.l.column(x.t.l.first[fBalance]).Header)+": [0]", ""))
		})
	case paid > 0:
		e.Invoice.Prepaid = paid.decimal()
	}
}

// validate checks the invoice and compares the stated amounts.
func (e *Entry) validate(x *builder, a amounts) {
	inv, w := e.Invoice, e.work()
	found := slices.DeleteFunc(inv.Validate(), func(p invoice.Problem) bool { return p.Code == "due-before-issue" })
	sound := len(found) == 0 && !slices.ContainsFunc(e.Problems, func(p Problem) bool { return p.Question == "" })
	if x.b.limits.Check != nil {
		found = append(found, x.b.limits.Check(inv)...)
	}
	if sound {
		found = append(found, x.compare(e, a)...)
	}
	e.report(found)
	if w.equals > 0 && !w.provenRows {
		e.stop("identical-rows", spot{w.equal, max(x.t.l.first[fNumber], 0)}, "", say("row-equal", w.equal), func() Question {
			return question(say("ask-identical-rows"),
				answer("each-a-line", "", "identical_rows: keep", ""),
				answer("one-line-several-times", "", "identical_rows: drop", ""))
		})
		e.sort()
	}
}

// compare holds the stated amounts against what the lines give.
func (x *builder) compare(e *Entry, a amounts) invoice.Problems {
	w := e.work()
	for i := range w.lines {
		if w.lines[i].net != "" {
			for len(e.Claims.Lines) <= i {
				e.Claims.Lines = append(e.Claims.Lines, "")
			}
			e.Claims.Lines[i] = w.lines[i].net
		}
	}
	c := *e.Claims
	trust := x.t.p.Totals
	if trust == "trust_lines" {
		c = invoice.Claims{}
	}
	if len(c.Lines) == 0 && c.Net == "" && c.VAT == "" && c.Total == "" && c.Payable == "" && !w.stated() {
		return nil
	}
	if trust != "trust_lines" && e.agrees(c) {
		w.provenRows = c.Net != "" || c.Total != "" || c.Payable != "" && e.Invoice.Prepaid == ""
		return nil
	}
	rounding, found := e.Invoice.CheckClaims(c, x.b.limits.AcceptRounding || trust == "trust_totals" || a.gross)
	e.Invoice.Rounding = rounding
	if trust == "trust_lines" {
		return found
	}
	t, err := e.Invoice.Totals()
	if err != nil {
		return found
	}
	w.provenRows = len(found) == 0 && (c.Net != "" || c.Total != "" || c.Payable != "" && e.Invoice.Prepaid == "")
	digits, _ := currency.GetDigits(e.Invoice.Currency)
	cent := unit
	for range digits {
		cent /= 10
	}
	for i := range w.lines {
		if i >= len(t.Lines) {
			break
		}
		net, _ := fixedOf(t.Lines[i].Number())
		rate, _ := fixedOf(e.Invoice.Lines[i].VATRate)
		vat, _ := net.times(rate)
		vat = (vat / 100).round(int(digits))
		for _, claim := range []struct {
			f     field
			value invoice.Decimal
			want  fixed
		}{{fLineVAT, w.lines[i].vat, vat}, {fLineGross, w.lines[i].gross, net + vat}} {
			if got, ok := fixedOf(claim.value); ok && (got-claim.want).abs() > cent {
				e.fail(claim.f, i, e.spot(claim.f, i), string(claim.value), say("line-claim", claim.value, claim.want.decimal()))
			}
		}
	}
	return found
}
