package invoice

import (
	"fmt"
	"slices"
	"strings"
)

// nationalCurrencies of member states outside the euro area.
var nationalCurrencies = map[string]string{"CZ": "CZK", "DK": "DKK", "HU": "HUF", "PL": "PLN", "RO": "RON", "SE": "SEK"}

// nationalCurrency: VAT is stated in the currency of the seller's country
// (articles 91 and 230); Denmark takes euros too.
func (l *law) nationalCurrency() {
	country := l.Seller.Address.Country
	if c := vatCountry(l.Seller.VATID); inEU(c) {
		country = c
	}
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
	if to := l.DeliveryCountry(); to != "" && to != country || l.TaxRepresentative() != (TaxRepresentative{}) {
		return
	}
	allowed := map[LegalProfile][]Decimal{LegalDK: {"25"}, LegalDE: germanRates(l.supplied())}[l.profile]
	if allowed == nil || (l.profile == LegalDK) != (country == "DK") {
		return
	}
	for i, line := range l.Invoice.Lines {
		if line.Category() == VATStandard && !slices.Contains(allowed, line.VATRate) {
			l.add(string(l.profile)+"-vat-rate", fmt.Sprintf("lines[%d].vatRate", i), string(line.VATRate),
				fmt.Sprintf("%s %% is not a rate of %s, which has %s %%", line.VATRate, country, strings.Trim(fmt.Sprint(allowed), "[]")))
		}
	}
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
