package invoice

import (
	"fmt"
	"strings"
)

func (p *Problems) line(path string, l Line) {
	p.text(path+".item", l.Item, MaxNameRunes)
	p.text(path+".unit", l.Unit, MaxNameRunes)
	p.text(path+".description", l.Description, MaxTextRunes)
	if strings.TrimSpace(l.Description) == "" {
		p.add(path+".description", "", "is missing; say what was sold")
	}
	p.numbers(path, l)
	p.vat(path, l)
}

// numbers checks quantity, price and discounts. A field that holds no number
// gets that one problem, and none that only follows from it.
func (p *Problems) numbers(path string, l Line) {
	counted := p.decimal(path+".quantity", l.Quantity)
	switch priced := p.decimal(path+".unitPrice", l.UnitPrice); {
	case l.UnitPrice == "":
		p.add(path+".unitPrice", "", "is missing; give the net price of one unit")
	case priced && l.UnitPrice.IsNegative():
		p.add(path+".unitPrice", string(l.UnitPrice), fmt.Sprintf("%s is negative; make the quantity negative instead", l.UnitPrice))
	}
	if p.decimal(path+".discountPercent", l.DiscountPercent) && !isPercentage(l.DiscountPercent) {
		p.add(path+".discountPercent", string(l.DiscountPercent), fmt.Sprintf("%s is not between 0 and 100", l.DiscountPercent))
	}
	if p.decimal(path+".discount", l.Discount) && counted && !l.Discount.IsZero() && l.Discount.IsNegative() != l.Quantity.IsNegative() {
		p.add(path+".discount", string(l.Discount), fmt.Sprintf("%s has not the sign of the quantity, so it would raise the line", l.Discount))
	}
}

// vat checks rate and category, and that they fit each other (BR-S-05,
// BR-Z-05 and their like).
func (p *Problems) vat(path string, l Line) {
	sound := p.decimal(path+".vatRate", l.VATRate)
	switch {
	case sound && !isPercentage(l.VATRate):
		p.add(path+".vatRate", string(l.VATRate), fmt.Sprintf("%s is not a rate between 0 and 100 percent", l.VATRate))
	case l.VATRate == "" && (l.VATCategory == "" || l.VATCategory == VATStandard):
		p.add(path+".vatRate", "", "is missing; give the rate in percent, 0 for none")
	}
	switch l.VATCategory {
	case "":
	case VATStandard:
		if l.VATRate == "0" {
			p.add(path+".vatCategory", "S", "is the standard category, which needs a rate above 0")
		}
	case VATZero, VATExempt, VATReverseCharge, VATIntraCommunity, VATExport, VATOutOfScope:
		if sound && !l.VATRate.IsZero() {
			p.add(path+".vatCategory", string(l.VATCategory), fmt.Sprintf("%s needs rate 0, not %s", l.VATCategory, l.VATRate))
		}
	default:
		p.add(path+".vatCategory", string(l.VATCategory), fmt.Sprintf("%s is not one of S, Z, E, AE, K, G, O", clip(string(l.VATCategory))))
	}
}

func isPercentage(d Decimal) bool {
	return compareDecimals(d, "0") >= 0 && compareDecimals(d, "100") <= 0
}
