package invoice

import (
	"fmt"

	"github.com/bojanz/currency"
)

// Claims are amounts that the sender states along with the lines they follow
// from. They are compared with what is computed and are not part of the
// invoice. An empty Decimal claims nothing.
type Claims struct {
	// Lines are net amounts, by the index of the line; it may be shorter than
	// the invoice's lines.
	Lines []Decimal `json:"lines,omitempty"`
	// Net is the total without VAT (BT-109).
	Net Decimal `json:"net,omitzero"`
	// VAT is the total VAT (BT-110).
	VAT Decimal `json:"vat,omitzero"`
	// Total is the total with VAT (BT-112).
	Total Decimal `json:"total,omitzero"`
	// Payable is the amount due.
	Payable Decimal `json:"payable,omitzero"`
}

// CheckClaims compares what the sender claims with what the lines give. Every
// difference is a Problem that shows both amounts. The invoice is not changed.
//
// With acceptRounding, a claimed payable amount (or else total, or else net and
// VAT together) that differs by at most 0.01 per line is accepted, once nothing
// else is wrong: the difference, in the currency's decimals, is returned as the
// Rounding (BT-114) that the invoice must get. Claimed line, net and VAT amounts
// may then differ by as much unreported, since BT-114 makes up for them in
// the end; if there is no such claim to accept, they may not. A Rounding that
// the invoice states itself leaves no room for another: the claimed payable
// amount, or a total alone, must agree with it, and it is returned as it is.
// Checking the same claims again after that changes nothing.
func (inv *Invoice) CheckClaims(c Claims, acceptRounding bool) (rounding Decimal, _ Problems) {
	t, err := inv.Totals()
	if err != nil {
		return inv.Rounding, Problems{{Field: "lines", Code: "totals", Message: err.Error()}}
	}
	k := check{zero: zeroOf(inv.Currency)}
	k.limit, k.lineLimit = k.zero, k.zero
	if acceptRounding {
		k.limit, k.lineLimit = centsOf(len(inv.Lines), inv.Currency), centsOf(1, inv.Currency)
	}
	due, dueField := inv.claimedDue(c)
	room, lineRoom := k.limit, k.lineLimit
	if due == "" {
		room, lineRoom = k.zero, k.zero // nothing would make up for a difference
	}
	for i, claimed := range c.Lines {
		field := fmt.Sprintf("lines[%d].net", i)
		if i < len(t.Lines) {
			k.claim(field, "line total", claimed, t.Lines[i], k.lineLimit, lineRoom)
		} else if claimed != "" {
			k.problems.add("claim-no-line", field, string(claimed), fmt.Sprintf("is claimed for a line that is not there; the invoice has %d", len(t.Lines)))
		}
	}
	k.claim("net", "net total", c.Net, t.Net, k.limit, room)
	k.claim("vat", "VAT total", c.VAT, t.VATTotal, k.limit, room)
	k.claim("total", "total", c.Total, k.totalMeant(c, inv, t), k.limit, k.roomBeside(inv, c.Payable == ""))
	k.claim("payable", "amount due", c.Payable, t.Payable, k.limit, k.roomBeside(inv, true))
	if dueField == "net" && len(k.problems) == 0 {
		k.claim("net", "sum of net total and VAT total", due, k.totalMeant(c, inv, t), k.limit, k.roomBeside(inv, true))
	}
	if acceptRounding && len(k.problems) == 0 && inv.Rounding.IsZero() && due != "" {
		computed := t.Total
		if dueField == "payable" {
			computed = t.Payable
		}
		return inv.roundingTo(due, computed), nil
	}
	return inv.Rounding, k.problems
}

// claimedDue returns the claim that says what is to be paid, and the field it
// stands in. The amount due is nearer to what the buyer is asked for than the
// total, and a total is stated too where net and VAT are (BR-CO-15).
func (inv *Invoice) claimedDue(c Claims) (Decimal, string) {
	switch {
	case c.Payable != "":
		return c.Payable, "payable"
	case c.Total != "":
		return c.Total, "total"
	case c.Net == "" || c.VAT == "":
		return "", ""
	}
	net, err := c.Net.amount(inv.Currency)
	if err != nil {
		return "", ""
	}
	vat, err := c.VAT.amount(inv.Currency)
	if err != nil {
		return "", ""
	}
	sum, err := net.Add(vat)
	if err != nil {
		return "", ""
	}
	d, err := ParseDecimal(sum.Number())
	if err != nil {
		return "", ""
	}
	return d, "net"
}

// roundingTo is the rounding that makes the claimed amount, in the currency's
// decimals, the computed one.
func (inv *Invoice) roundingTo(claimed Decimal, computed Amount) Decimal {
	a, err := claimed.amount(inv.Currency)
	if err != nil {
		return inv.Rounding
	}
	diff, err := a.Round().Sub(computed)
	if err != nil {
		return inv.Rounding
	}
	if d, err := ParseDecimal(diff.Number()); err == nil && !d.IsZero() {
		return d
	}
	return inv.Rounding
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
