package invoice

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func (p *Problems) line(path string, l Line, inv *Invoice) {
	if strings.TrimSpace(l.Description) == "" {
		p.add("BR-25", path+".description", "", "is missing; say what was sold")
	}
	p.period("BR-30", path+".period", l.Period)
	if s, o := l.Period, inv.Period; s.Start != "" && s.Start < o.Start || o.End != "" && s.End > o.End {
		p.add("line-period-outside", path+".period", "", fmt.Sprintf("is not inside the invoice's period from %s to %s", o.Start, o.End))
	}
	switch id, scheme := l.StandardID, itemScheme(l.StandardID); {
	case id == Identifier{}:
	case id.ID == "":
		p.add("identifier-missing", path+".standardId.id", "", "is missing; give the number for the scheme "+clip(id.Scheme))
	case scheme == "":
		p.add("BR-64", path+".standardId.scheme", "", "is missing; the number is no GTIN, so say what it is, by a code of ISO 6523")
	case !isICD(scheme):
		p.add("BR-CL-21", path+".standardId.scheme", id.Scheme, clip(id.Scheme)+" is not a code of ISO 6523 such as 0160")
	case scheme == gtin && !validGTIN(id.ID):
		p.add("gtin-check-digit", path+".standardId.id", id.ID, clip(id.ID)+" is not a GTIN of 8, 12, 13 or 14 digits with its check digit")
	}
	p.numbers(path, l)
	p.vat(path, l.VATRate, l.VATCategory, lineRules)
	p.allowances(path+".allowances", l.Allowances, inv.Currency, &lineAllowanceRules)
	p.allowances(path+".charges", l.Charges, inv.Currency, &lineChargeRules)
}

// numbers checks quantity, price and discounts. A field that holds no number
// gets that one problem, and none that only follows from it.
func (p *Problems) numbers(path string, l Line) {
	counted := p.decimal(path+".quantity", l.Quantity)
	switch priced := p.decimal(path+".unitPrice", l.UnitPrice); {
	case l.UnitPrice == "":
		p.add("BR-26", path+".unitPrice", "", "is missing; give the net price of one unit")
	case priced && l.UnitPrice.IsNegative():
		p.add("BR-27", path+".unitPrice", string(l.UnitPrice), fmt.Sprintf("%s is negative; make the quantity negative instead", l.UnitPrice))
	}
	if gross := l.GrossPrice; p.decimal(path+".grossPrice", gross) && gross != "" && gross.IsNegative() {
		p.add("BR-28", path+".grossPrice", string(gross), fmt.Sprintf("%s is negative", gross))
	} else if gross != "" && compareDecimals(gross, l.UnitPrice) < 0 {
		p.add("gross-price", path+".grossPrice", string(gross), fmt.Sprintf("%s is below the unit price %s; a list price is reduced to it", gross, l.UnitPrice))
	}
	if p.decimal(path+".priceQuantity", l.PriceQuantity) && l.PriceQuantity != "" && (l.PriceQuantity == "0" || l.PriceQuantity.IsNegative()) {
		p.add("price-quantity", path+".priceQuantity", string(l.PriceQuantity), fmt.Sprintf("%s is not above 0; give how many units the price is for", l.PriceQuantity))
	}
	if p.decimal(path+".discountPercent", l.DiscountPercent) && !isPercentage(l.DiscountPercent) {
		p.add("percent-range", path+".discountPercent", string(l.DiscountPercent), fmt.Sprintf("%s is not between 0 and 100", l.DiscountPercent))
	}
	if p.decimal(path+".discount", l.Discount) && counted && !l.Discount.IsZero() && l.Discount.IsNegative() != l.Quantity.IsNegative() {
		p.add("discount-sign", path+".discount", string(l.Discount), fmt.Sprintf("%s has not the sign of the quantity, so it would raise the line", l.Discount))
	}
}

// Suffixes of the rules BR-S-05 and their like, by what has the rate.
const lineRules, documentAllowanceRules, documentChargeRules = "05", "06", "07"

// ruleGroups are the names by which EN 16931 calls the rules of a category.
var ruleGroups = map[VATCategory]string{
	VATStandard: "BR-S-", VATZero: "BR-Z-", VATExempt: "BR-E-", VATReverseCharge: "BR-AE-", VATIntraCommunity: "BR-IC-", VATExport: "BR-G-", VATOutOfScope: "BR-O-",
}

// vat checks rate and category, and that they fit each other.
func (p *Problems) vat(path string, rate Decimal, category VATCategory, rule string) {
	sound := p.decimal(path+".vatRate", rate)
	switch {
	case sound && !isPercentage(rate):
		p.add("percent-range", path+".vatRate", string(rate), fmt.Sprintf("%s is not a rate between 0 and 100 percent", rate))
	case rate == "" && (category == "" || category == VATStandard):
		p.add("BR-CO-04", path+".vatRate", "", "is missing; give the rate in percent, 0 for none")
	}
	switch group, known := ruleGroups[category]; {
	case category == "":
	case !known:
		p.unknownCategory(path+".vatCategory", category, "S, Z, E, AE, K, G, O")
	case category == VATStandard && rate == "0":
		p.add(group+rule, path+".vatCategory", "S", "is the standard category, which needs a rate above 0")
	case category != VATStandard && sound && !rate.IsZero():
		p.add(group+rule, path+".vatCategory", string(category), fmt.Sprintf("%s needs rate 0, not %s", category, rate))
	}
}

// unknownCategory tells a code of EN 16931 that this program does not compute
// from one that is on no list.
func (p *Problems) unknownCategory(field string, c VATCategory, allowed string) {
	switch c {
	case "L", "M", "B":
		p.add("vat-category-unsupported", field, string(c), string(c)+" (IGIC, IPSI or split payment) is not supported; use one of "+allowed)
	default:
		p.add("BR-CL-18", field, string(c), clip(string(c))+" is not one of "+allowed)
	}
}

func isPercentage(d Decimal) bool {
	return compareDecimals(d, "0") >= 0 && compareDecimals(d, "100") <= 0
}

// allowanceRule names the rules of EN 16931 about one kind of allowance or
// charge, and its codes.
type allowanceRule struct {
	what               string
	amount, amountForm string // it has an amount; of so many decimals
	baseForm, reason   string // so has its base; it has a reason
	list               string // its code is on the list
	vat                string // suffix of the rules about its VAT
	codes              []string
	percentAbove100    bool
	example            string
}

var (
	allowanceRules = allowanceRule{what: "allowance", amount: "BR-31", amountForm: "BR-DEC-01", baseForm: "BR-DEC-02", reason: "BR-33",
		list: "BR-CL-19", vat: documentAllowanceRules, codes: allowanceCodes, example: "95 for a discount"}
	chargeRules = allowanceRule{what: "charge", amount: "BR-36", amountForm: "BR-DEC-05", baseForm: "BR-DEC-06", reason: "BR-38",
		list: "BR-CL-20", vat: documentChargeRules, codes: chargeCodes, percentAbove100: true, example: "FC for freight"}
	lineAllowanceRules = allowanceRule{what: "allowance", amount: "BR-41", amountForm: "BR-DEC-24", baseForm: "BR-DEC-25", reason: "BR-42",
		list: "BR-CL-19", codes: allowanceCodes, example: "95 for a discount"}
	lineChargeRules = allowanceRule{what: "charge", amount: "BR-43", amountForm: "BR-DEC-27", baseForm: "BR-DEC-28", reason: "BR-44",
		list: "BR-CL-20", codes: chargeCodes, percentAbove100: true, example: "FC for freight"}
)

func (p *Problems) documentAllowances(path string, list []DocumentAllowance, code string, rule *allowanceRule) {
	if !p.fewer(path, len(list), MaxAllowances) {
		return
	}
	for i, a := range list {
		at := path + "[" + strconv.Itoa(i) + "]"
		p.allowance(at, a.Allowance, code, rule)
		p.vat(at, a.VATRate, a.VATCategory, rule.vat)
	}
}

func (p *Problems) allowances(path string, list []Allowance, code string, rule *allowanceRule) {
	if !p.fewer(path, len(list), MaxAllowances) {
		return
	}
	for i, a := range list {
		p.allowance(path+"["+strconv.Itoa(i)+"]", a, code, rule)
	}
}

func (p *Problems) allowance(at string, a Allowance, code string, rule *allowanceRule) {
	if a.Amount == "" && a.Percent == "" {
		p.add(rule.amount, at+".amount", "", "is missing; give an amount or a percentage")
	}
	for _, f := range []struct {
		rule, field string
		d           Decimal
	}{{rule.amountForm, ".amount", a.Amount}, {rule.baseForm, ".base", a.Base}} {
		if p.money(f.rule, at+f.field, f.d, code) && f.d.IsNegative() {
			p.add("allowance-negative", at+f.field, string(f.d), fmt.Sprintf("%s is negative; an allowance is taken off and a charge added, so state both as positive amounts", f.d))
		}
	}
	if p.decimal(at+".percent", a.Percent) && a.Percent != "" && (compareDecimals(a.Percent, "0") <= 0 || !rule.percentAbove100 && !isPercentage(a.Percent)) {
		p.add("percent-range", at+".percent", string(a.Percent), fmt.Sprintf("%s is not a percentage above 0 that an %s can have", a.Percent, rule.what))
	}
	if a.ReasonCode != "" && !slices.Contains(rule.codes, strings.ToUpper(a.ReasonCode)) {
		p.add(rule.list, at+".reasonCode", a.ReasonCode, clip(a.ReasonCode)+" is not a code of the list for an "+rule.what+", such as "+rule.example)
	}
}

// fewer refuses a list that is too long for one invoice.
func (p *Problems) fewer(path string, n, most int) bool {
	if n > most {
		p.add("too-many", path, strconv.Itoa(n), fmt.Sprintf("has %d entries; at most %d are taken", n, most))
	}
	return n <= most
}
