package sheet

import (
	"invoicelink/invoice"
	"invoicelink/invoice/sheet/profile"
)

// remedies are the fields that invoices may lack by law and that a list often
// has no column for, with the question that is asked then.
var remedies = map[field]string{
	fCountry: "country", fStreet: "address", fZip: "address", fCity: "address", fCustomerVAT: "customer-vat-id",
	fOriginal: "original-invoice", fDeliveryCountry: "delivery-country", fExemptionReason: "exemption-reason",
	fTaxCurrency: "tax-currency",
}

// remedy makes an entry wait for an answer if a rule of invoices asks for a
// field that the file has no column for; it reports whether it does.
func (e *Entry) remedy(f field, p *Problem, rule invoice.Problem) bool {
	if rule.Code == "BR-E-10" {
		f = fExemptionReason
	}
	key := remedies[f]
	t := e.tableOf(f)
	if key == "" || rule.Value != "" && f != fExemptionReason || t.has(f) {
		return false
	}
	p.Question = key
	q := e.book.count(e, key, func() Question { return t.remedyQuestion(f, key) })
	e.book.nameCustomer(e, key, q)
	return true
}

// remedyQuestion asks for a field: by a column, or by what the profile says.
func (t *table) remedyQuestion(f field, key string) Question {
	q := question(say("ask-" + key))
	if f == fZip || f == fCity {
		f = fStreet
	}
	t.offerColumns(&q, f)
	switch f {
	case fCountry:
		q.Answers = append(q.Answers, answer("one-country", "defaults", "country: DK", ""))
	case fDeliveryCountry:
		q.Answers = append(q.Answers, answer("one-country", "defaults", "delivery_country: DE", ""))
	case fTaxCurrency:
		q.Answers = append(q.Answers, answer("tax-rate", "defaults", "tax_currency: DKK, tax_currency_rate: 7.46", ""))
	case fExemptionReason:
		q.Answers = append(q.Answers, answer("one-reason", "defaults", `exemption_reason: "Article 132"`, ""))
	case fStreet:
		q.Answers = append(q.Answers, answer("customer-sheet", "", "customer_sheet: {sheet: Customers}", ""))
	case fOriginal:
		q.Answers = append(q.Answers, answer("name-the-column", "columns", "F: original_invoice", "--map-column F=original_invoice"))
	}
	return q
}

// maxNamedCustomers is for how many customers an answer has a line of its own.
const maxNamedCustomers = 10

// nameCustomer offers a line for the customer of an invoice that lacks
// something of it.
func (b *Book) nameCustomer(e *Entry, key string, q *Question) {
	lines := map[string]string{
		"country": "country: DK", "address": `address: "1 Example Street", zip: "2100", city: "Copenhagen"`,
		"customer-vat-id": "customer_vat_id: DE123456789", "delivery-country": "delivery_country: DE",
	}
	name := firstOf(e.Invoice.Buyer.ID, e.Invoice.Buyer.Name)
	if lines[key] == "" || name == "" {
		return
	}
	a := answer("of-this-customer", "customers", yamlText(name)+": {"+lines[key]+"}", "", clip(e.Invoice.Buyer.Name))
	n := 0
	for _, known := range q.Answers {
		if known.Line == a.Line {
			return
		}
		if known.Section == "customers" {
			n++
		}
	}
	if n < maxNamedCustomers {
		q.Answers = append(q.Answers, a)
	}
}

// offerColumns adds the columns that may hold a field.
func (t *table) offerColumns(q *Question, f field) {
	for _, c := range t.l.columns {
		if c.Role != RoleCarried || t.l.roles[c.Index].answered || !t.mayBe(f, c) || len(q.Answers) == 5 {
			continue
		}
		if s := t.factsOf(c.Index).samples(); len(s) > 0 && len(q.Samples) < maxSamples {
			q.Samples = append(q.Samples, s[0])
		}
		as := f
		if texts := t.factsOf(c.Index); f == fVATRate && texts.numbers == 0 {
			as = fTax
		}
		a := columnAnswers(t.l, c.Index, []field{as})[0]
		q.Answers = append(q.Answers, answer("column-has-it", a.Section, a.Line, a.Flag, t.l.name(c.Index)))
	}
}

// isCountries reports whether most values of a column are countries.
func (f *facts) isCountries() bool {
	n := 0
	for _, s := range f.distinct() {
		if len(s) > 1 && (countries[profile.Fold(s)] != "" || len(s) == 2 && countryCodes[s]) {
			n++
		}
	}
	return n > 0 && n*2 >= len(f.distinct())
}

var countryCodes = func() map[string]bool {
	m := map[string]bool{}
	for _, code := range countries {
		m[code] = true
	}
	return m
}()
