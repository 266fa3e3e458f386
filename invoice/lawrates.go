package invoice

import (
	"fmt"
	"slices"
	"strings"
)

// nationalCurrencies of member states outside the euro area, and of Northern
// Ireland.
var nationalCurrencies = map[string]string{"CZ": "CZK", "DK": "DKK", "HU": "HUF", "PL": "PLN", "RO": "RON", "SE": "SEK", "XI": "GBP"}

// nationalCurrency: VAT is stated in the currency of the seller's country
// (articles 91 and 230); Denmark takes euros too.
func (l *law) nationalCurrency() {
	country := l.supplyCountry()
	national := nationalCurrencies[country]
	if national == "" {
		national = "EUR"
	}
	code := l.Invoice.Currency
	if l.Totals.VATTotal.IsZero() || code == national || country == "DK" && code == "EUR" || !inEU(country) {
		return
	}
	if local := l.Invoice.LocalVAT.Currency; local != national && !(country == "DK" && local == "EUR") {
		l.add("national-currency", "localVat.currency", local, fmt.Sprintf("is missing: the VAT is stated in %s alone; give its amount in %s too, by the exchange rate (Directive 2006/112/EC, article 230)", code, national))
	}
}

// rates: what is supplied at home has a rate of the country.
func (l *law) rates() {
	country := l.Seller.Address.Country
	if area, to := l.deliveryArea(); to != "" && area != country || l.TaxRepresentative() != (TaxRepresentative{}) {
		return
	}
	var code string
	var allowed []Decimal
	switch {
	case l.profile == LegalDE && country == "DE" && l.supplied().exists():
		code, allowed = "de-vat-rate", germanRates(l.supplied())
	case l.profile == LegalDK && country == "DK":
		code, allowed = "dk-vat-rate", []Decimal{"25"}
	default:
		return
	}
	check := func(path string, i int, category VATCategory, rate Decimal) {
		if category == VATStandard && !slices.Contains(allowed, rate) {
			l.add(code, fmt.Sprintf("%s[%d].vatRate", path, i), string(rate),
				fmt.Sprintf("%s %% is no rate of %s on that day; these are %s %%", rate, country, listed(allowed)))
		}
	}
	for i, line := range l.Invoice.Lines {
		check("lines", i, line.Category(), line.VATRate)
	}
	for i, a := range l.Invoice.Allowances {
		check("allowances", i, a.Category(), a.VATRate)
	}
	for i, a := range l.Invoice.Charges {
		check("charges", i, a.Category(), a.VATRate)
	}
}

// listed writes rates as in "19 and 7".
func listed(rates []Decimal) string {
	words := make([]string, len(rates))
	for i, r := range rates {
		words[i] = string(r)
	}
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// supplied is the day that the rate depends on.
func (d *Document) supplied() Date {
	for _, day := range []Date{d.Invoice.TaxPointDate, d.Invoice.SupplyDate, d.Invoice.Period.End} {
		if day != "" {
			return day
		}
	}
	return d.Invoice.IssueDate
}

// germanRates are those of § 12 UStG, with the lower ones of the second half of
// 2020 (§ 28 UStG).
func germanRates(day Date) []Decimal {
	switch {
	case day < "2007-01-01":
		return []Decimal{"16", "7"}
	case day >= "2020-07-01" && day <= "2020-12-31":
		return []Decimal{"16", "5", "19", "7"}
	}
	return []Decimal{"19", "7"}
}
