package invoice

import "github.com/cockroachdb/apd/v3"

// Line is one invoice line (BG-25).
type Line struct {
	// Item is the seller's article number (BT-155).
	Item string `json:"item,omitempty"`
	// StandardID is the number of the item in a public list (BT-157). Without a
	// scheme it is a GTIN of 8, 12, 13 or 14 digits.
	StandardID Identifier `json:"standardId,omitzero"`
	// Description is what was sold (BT-153).
	Description string `json:"description"`
	// Period is the time that the line covers (BG-26), inside the invoice's.
	Period Period `json:"period,omitzero"`
	// Quantity (BT-129); negative for a return or a correction. Empty is 1.
	Quantity Decimal `json:"quantity"`
	// Unit is the unit of the quantity (BT-130): a word such as "h", "Stk." or
	// "pcs", or a code of UN/ECE Recommendation 20 such as "HUR".
	Unit string `json:"unit,omitempty"`
	// UnitPrice is the net price of PriceQuantity units in the invoice's
	// currency (BT-146); never negative.
	UnitPrice Decimal `json:"unitPrice"`
	// PriceQuantity is the number of units that UnitPrice is the price of
	// (BT-149), above zero. Empty is 1.
	PriceQuantity Decimal `json:"priceQuantity,omitzero"`
	// GrossPrice is the list price before the discount that led to UnitPrice
	// (BT-148), of as many units; never below UnitPrice. The difference is the
	// price discount (BT-147). Empty states none.
	GrossPrice Decimal `json:"grossPrice,omitzero"`
	// DiscountPercent reduces quantity × price by that many percent
	// (BT-138), 0 to 100.
	DiscountPercent Decimal `json:"discountPercent,omitzero"`
	// Discount is an amount taken off the line (BT-136), in the invoice's
	// currency, with the sign of the quantity.
	Discount Decimal `json:"discount,omitzero"`
	// Allowances are further amounts taken off the line (BG-27), at most
	// MaxAllowances.
	Allowances []Allowance `json:"allowances,omitempty"`
	// Charges are amounts added to the line (BG-28), at most MaxAllowances.
	Charges []Allowance `json:"charges,omitempty"`
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
func (l Line) Category() VATCategory { return categoryOf(l.VATCategory, l.VATRate) }

func categoryOf(c VATCategory, rate Decimal) VATCategory {
	switch {
	case c != "":
		return c
	case rate.IsZero():
		return VATZero
	}
	return VATStandard
}

// PriceDiscount is what was taken off GrossPrice (BT-147); "" without one.
func (l Line) PriceDiscount() Decimal {
	var gross, net, off apd.Decimal
	if l.GrossPrice == "" || l.GrossPrice.into(&gross) != nil || l.UnitPrice.into(&net) != nil {
		return ""
	}
	if _, err := exact.Sub(&off, &gross, &net); err != nil {
		return ""
	}
	d, err := ParseDecimal(off.Text('f'))
	if err != nil {
		return ""
	}
	return d
}
