package invoice

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bojanz/currency"
)

func (p *Problems) party(path string, who Party) {
	name, endpoint := "BR-07", "BR-63"
	if path == "seller" {
		name, endpoint = "BR-06", "BR-62"
	}
	if strings.TrimSpace(who.Name) == "" {
		p.add(name, path+".name", "", "is missing")
	}
	if who.Email != "" && !plausibleEmail(who.Email) {
		p.add("email-invalid", path+".email", who.Email, clip(who.Email)+" is not an e-mail address")
	}
	p.country(path+".address.country", who.Address.Country)
	country := who.Address.Country
	p.identifier("BR-CL-10", path+".globalId", who.GlobalID, country)
	if scheme := icdOf(who.RegistrationScheme, country); scheme != "" && !isICD(scheme) {
		p.add("BR-CL-11", path+".registrationScheme", who.RegistrationScheme, clip(who.RegistrationScheme)+" is not a code of ISO 6523 such as 0184")
	}
	switch scheme := easOf(who.Endpoint, country); {
	case who.Endpoint == Identifier{}:
	case who.Endpoint.ID == "":
		p.add("identifier-missing", path+".endpoint.id", "", "is missing; give the electronic address")
	case scheme == "":
		p.add(endpoint, path+".endpoint.scheme", "", "is missing; say what the electronic address is, such as GLN or 0088")
	case !isEAS(scheme):
		p.add("BR-CL-25", path+".endpoint.scheme", who.Endpoint.Scheme, clip(who.Endpoint.Scheme)+" is not a scheme of electronic addresses (EAS) such as 0088 or EM")
	}
}

// identifier checks a number and its list.
func (p *Problems) identifier(rule, path string, id Identifier, country string) {
	switch scheme := icdOf(id.Scheme, country); {
	case id == Identifier{}:
	case id.ID == "":
		p.add("identifier-missing", path+".id", "", "is missing; give the number for the scheme "+clip(id.Scheme))
	case scheme == "":
		p.add(rule, path+".scheme", "", "is missing; say what the number is, such as GLN or 0088")
	case !isICD(scheme):
		p.add(rule, path+".scheme", id.Scheme, clip(id.Scheme)+" is not a code of ISO 6523 such as 0088")
	case scheme == "0088" && !validGLN(id.ID):
		p.add("gln-check-digit", path+".id", id.ID, clip(id.ID)+" is not a GLN of 13 digits with its check digit")
	}
}

// validGLN checks the length and the check digit.
func validGLN(s string) bool { return len(s) == 13 && gs1(s) }

// gs1 checks the last digit of a number (GS1, modulo 10).
func gs1(s string) bool {
	sum := 0
	for i := range len(s) {
		sum += int(s[len(s)-1-i]-'0') * (1 + i%2*2)
	}
	return digits(s) && sum%10 == 0
}

func (p *Problems) country(field, code string) {
	if code != "" && !isCountry(code) {
		hint := ""
		if code == "UK" {
			hint = "; the United Kingdom is GB"
		}
		p.add("BR-CL-14", field, code, clip(code)+" is not a two-letter country code (ISO 3166-1)"+hint)
	}
}

func (p *Problems) representative(path string, r TaxRepresentative) {
	if r == (TaxRepresentative{}) {
		return
	}
	for _, f := range []struct{ rule, field, text string }{
		{"BR-18", "name", r.Name}, {"BR-56", "vatId", r.VATID}, {"BR-20", "address.country", r.Address.Country},
	} {
		if strings.TrimSpace(f.text) == "" {
			p.add(f.rule, path+"."+f.field, "", "is missing; a tax representative has a name, a VAT id and a country")
		}
	}
	p.country(path+".address.country", r.Address.Country)
}

func (p *Problems) delivery(inv *Invoice) {
	p.identifier("BR-CL-26", "delivery.location", inv.Delivery.Location, inv.Delivery.Address.Country)
	p.country("delivery.address.country", inv.Delivery.Address.Country)
	if inv.Delivery.Address != (Address{}) && inv.Delivery.Address.Country == "" {
		p.add("BR-57", "delivery.address.country", "", "is missing; a delivery address has a country")
	}
}

func (p *Problems) preceding(inv *Invoice) {
	own := func(field, number string) {
		p.number(field, number)
		if number != "" && number == inv.Number {
			p.add("own-number", field, number, "is the number of this document itself")
		}
	}
	if inv.OriginalInvoice != "" {
		own("originalInvoice", inv.OriginalInvoice)
	}
	if !p.fewer("precedingInvoices", len(inv.PrecedingInvoices), MaxReferences) {
		return
	}
	for i, r := range inv.PrecedingInvoices {
		at := "precedingInvoices[" + strconv.Itoa(i) + "]"
		if strings.TrimSpace(r.Number) == "" {
			p.add("BR-55", at+".number", "", "is missing; give the number of the earlier invoice")
		} else {
			own(at+".number", r.Number)
		}
		if p.date(at+".issueDate", r.IssueDate) && inv.IssueDate.exists() && r.IssueDate > inv.IssueDate {
			p.add("preceding-later", at+".issueDate", string(r.IssueDate), fmt.Sprintf("%s is after the issue date %s of this document", r.IssueDate, inv.IssueDate))
		}
	}
}

func (p *Problems) localVAT(inv *Invoice) {
	c := inv.LocalVAT
	if c == (LocalVAT{}) {
		return
	}
	switch _, known := currency.GetDigits(c.Currency); {
	case c.Currency == "":
		p.add("BR-53", "localVat.currency", "", "is missing; give the currency in which the VAT is stated too")
	case !known:
		p.add("BR-CL-05", "localVat.currency", c.Currency, clip(c.Currency)+" is not a currency code of ISO 4217")
	case c.Currency == inv.Currency:
		p.add("vat-currency-same", "localVat.currency", c.Currency, "is the currency of the invoice itself; leave it out")
	}
	p.money("BR-DEC-15", "localVat.amount", c.Amount, c.Currency)
	if p.decimal("localVat.rate", c.Rate) && c.Rate != "" && (c.Rate == "0" || c.Rate.IsNegative()) {
		p.add("rate-range", "localVat.rate", string(c.Rate), fmt.Sprintf("%s is not an exchange rate above 0", c.Rate))
	}
	if c.Rate == "" && c.Amount == "" {
		p.add("BR-53", "localVat.rate", "", "is missing; give the exchange rate, or the VAT in that currency as amount")
	}
}

func (p *Problems) exemptions(list []Exemption) {
	if !p.fewer("exemptions", len(list), len(ruleGroups)) {
		return
	}
	seen := map[VATCategory]bool{}
	for i, e := range list {
		at := "exemptions[" + strconv.Itoa(i) + "]"
		switch e.VATCategory {
		case VATExempt, VATReverseCharge, VATIntraCommunity, VATExport, VATOutOfScope:
			if seen[e.VATCategory] {
				p.add(ruleGroups[e.VATCategory]+"01", at+".vatCategory", string(e.VATCategory), "has a reason already; one category has one")
			}
			seen[e.VATCategory] = true
		case VATStandard, VATZero:
			p.add(ruleGroups[e.VATCategory]+"10", at+".vatCategory", string(e.VATCategory), "has no reason for an exemption; leave it out")
		default:
			p.unknownCategory(at+".vatCategory", e.VATCategory, "E, AE, K, G, O")
		}
		if e.Code != "" && !slices.Contains(vatexCodes, strings.ToUpper(e.Code)) {
			p.add("BR-CL-22", at+".code", e.Code, clip(e.Code)+" is not a code of the VATEX list such as VATEX-EU-132")
		}
		if c := codeCategory(e.Code); c != "" && c != e.VATCategory {
			p.add("exemption-case", at+".code", e.Code, fmt.Sprintf("%s is a code of category %s", clip(e.Code), c))
		}
		if c, known := exemptionCases[e.Case]; e.Case != "" && (!known || !slices.Contains(c.categories, e.VATCategory)) {
			p.add("exemption-case", at+".case", string(e.Case), fmt.Sprintf("%s is not a case of category %s", clip(string(e.Case)), e.VATCategory))
		}
	}
}

// payment checks how the invoice is paid: cash discounts, account and link.
func (p *Problems) payment(inv *Invoice) {
	if p.fewer("earlyPayment", len(inv.EarlyPayment), MaxReferences) {
		for i, d := range inv.EarlyPayment {
			at := "earlyPayment[" + strconv.Itoa(i) + "]"
			if p.decimal(at+".percent", d.Percent) && (compareDecimals(d.Percent, "0") <= 0 || compareDecimals(d.Percent, "100") >= 0) {
				p.add("percent-range", at+".percent", string(d.Percent), fmt.Sprintf("%s is not a percentage between 0 and 100", clip(string(d.Percent))))
			}
			if p.date(at+".until", d.Until) && inv.IssueDate.exists() && inv.DueDate.exists() && inv.DueDate >= inv.IssueDate &&
				(d.Until < inv.IssueDate || d.Until > inv.DueDate) {
				p.add("early-payment-date", at+".until", string(d.Until), fmt.Sprintf("%s is not between the issue date %s and the due date %s", clip(string(d.Until)), inv.IssueDate, inv.DueDate))
			}
		}
	}
	p.account("account", inv.Account)
	if p.date("link.validUntil", inv.Link.ValidUntil) && inv.Link.ValidUntil != "" && inv.IssueDate.exists() && inv.Link.ValidUntil < inv.IssueDate {
		p.add("link-before-issue", "link.validUntil", string(inv.Link.ValidUntil), fmt.Sprintf("%s is before the issue date %s", inv.Link.ValidUntil, inv.IssueDate))
	}
	p.page("link.page", inv.Link.Page)
}

func (p *Problems) account(path string, a BankAccount) {
	if a.IBAN != "" && !ValidIBAN(a.IBAN) {
		p.add("iban-check-digits", path+".iban", a.IBAN, clip(a.IBAN)+" is not an IBAN: its check digits (ISO 13616) do not fit")
	}
	if a.BIC != "" && !validBIC(a.BIC) {
		p.add("bic-form", path+".bic", a.BIC, clip(a.BIC)+" is not a BIC of 8 or 11 characters (ISO 9362)")
	}
	if a.IBAN == "" && (a.Holder != "" || a.BIC != "" || a.Bank != "") && path == "account" {
		p.add("BR-61", path+".iban", "", "is missing; an account has an IBAN")
	}
}
