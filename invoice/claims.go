package invoice

import (
	"fmt"

	"github.com/bojanz/currency"
)

// Claims are amounts that the sender states beside the lines they follow
// from. They are compared with what is computed and are not part of the
// invoice. An empty Decimal claims nothing.
type Claims struct {
	// Lines are net amounts, by the index of the line; it may be shorter than
	// the invoice's lines.
	Lines []Decimal `json:"lines,omitempty"`
	Net   Decimal   `json:"net,omitzero"`
	VAT   Decimal   `json:"vat,omitzero"`
	Total Decimal   `json:"total,omitzero"`
	// Payable is the amount due.
	Payable Decimal `json:"payable,omitzero"`
}

// CheckClaims compares what the sender claims with what the lines give. Every
// difference is a Problem that shows both amounts.
//
// With acceptRounding, a claimed total (or payable amount) that differs by at
// most 0.01 a line is taken over instead: the difference becomes the
// invoice's Rounding (BT-114). Claimed line, net and VAT amounts may then
// differ by as much without a word, since BT-114 makes up for them in the end.
func (inv *Invoice) CheckClaims(c Claims, acceptRounding bool) Problems {
	t, err := inv.Totals()
	if err != nil {
		return Problems{{Field: "lines", Message: err.Error()}}
	}
	slack := zeroOf(inv.Currency)
	if acceptRounding {
		slack = centsOf(len(inv.Lines), inv.Currency)
	}
	var out Problems
	for i, claimed := range c.Lines {
		if i < len(t.Lines) {
			lineSlack := slack
			if acceptRounding {
				lineSlack = centsOf(1, inv.Currency)
			}
			out.claim(fmt.Sprintf("lines[%d].net", i), "line total", claimed, t.Lines[i], lineSlack)
		}
	}
	out.claim("net", "net total", c.Net, t.Net, slack)
	out.claim("vat", "VAT total", c.VAT, t.VATTotal, slack)
	before := len(out)
	out.claim("total", "total", c.Total, t.Total, slack)
	out.claim("payable", "amount due", c.Payable, t.Payable, slack)
	if !acceptRounding || len(out) > before || !inv.Rounding.IsZero() {
		return out
	}
	inv.takeOver(c, t)
	return out
}

// takeOver makes the claimed amount the payable one. The amount due is nearer
// to what the buyer is asked for than the total, so it goes first.
func (inv *Invoice) takeOver(c Claims, t *Totals) {
	claimed, computed := c.Payable, t.Payable
	if claimed == "" {
		claimed, computed = c.Total, t.Total
	}
	if claimed == "" {
		return
	}
	a, err := currency.NewAmount(string(claimed), inv.Currency)
	if err != nil {
		return
	}
	diff, err := a.Sub(computed)
	if err != nil || diff.IsZero() {
		return
	}
	if d, err := ParseDecimal(diff.Number()); err == nil {
		inv.Rounding = d
	}
}

func (p *Problems) claim(field, what string, claimed Decimal, computed, slack Amount) {
	if claimed == "" {
		return
	}
	a, err := currency.NewAmount(string(claimed), computed.CurrencyCode())
	if err != nil {
		p.add(field, string(claimed), "is not an amount")
		return
	}
	diff, err := a.Sub(computed)
	if err != nil {
		p.add(field, string(claimed), "cannot be compared: "+err.Error())
		return
	}
	if diff.IsNegative() {
		diff, _ = diff.Mul("-1") // the factor is a number, so this cannot fail
	}
	if over, err := diff.Cmp(slack); err == nil && over <= 0 {
		return
	}
	p.add(field, string(claimed), fmt.Sprintf("%s is %s here, but the lines give %s %s",
		what, claimed, computed.Number(), computed.CurrencyCode()))
}

func zeroOf(code string) Amount { return centsOf(0, code) }

// centsOf returns n hundredths of the currency's unit.
func centsOf(n int, code string) Amount {
	a, err := currency.NewAmount(fmt.Sprintf("%d.%02d", n/100, n%100), code)
	if err != nil {
		return Amount{}
	}
	return a
}
