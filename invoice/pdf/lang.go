package pdf

import (
	"strings"
	"time"

	"invoicelink/invoice"
)

// language holds everything on the page that depends on its language. A
// further language is a file with one of these, and its name in languages.
type language struct {
	tag string // BCP 47, written to the document for screen readers

	// decimal and group separate the digits of a number.
	decimal, group string
	// months are the names in a date, January first.
	months [12]string
	// day orders a date: %d the day, %s the month, %d the year.
	day string
	// moment joins a date, a time of day and the zone, in this order; clock is
	// the time of day as Go's time package writes it.
	moment, clock string
	// spans are one and several minutes, hours and days.
	minutes, hours, days [2]string

	invoice, creditNote words

	yourReference, customerNo, yourVATID, yourRegistrationNo string
	dueDate, supplyDate, originalInvoice                     string

	position, item, description, quantity, unit, unitPrice, discount, vatRate, amount string

	vatHeading, vatNet, vatAmount             string
	net, vat, total, prepaid                  string
	rounding, payable, credited, inYourFavour string
	nothingToPay, paidOn, termsTitle          string
	noteTitle                                 string

	// legal is what a category of VAT is called on the page, and law the
	// sentence that the law wants there; both by category.
	legal map[invoice.VATCategory]string
	law   map[invoice.VATCategory]string

	bankTitle, bank, reference        string
	payTitle                          string
	payableUntil, renewedOn, onceOnly string
	test, sandbox                     string

	registrationNo, vatID, phone, email string
	pageOf                              string // %d of %d
}

// words are those that name the kind of document.
type words struct{ title, number, date string }

// languages are those that the page can be printed in; the first one stands in
// for all others.
var languages = []*language{english, danish, german}

// languageOf chooses the language: the invoice's, else the seller's, else
// English. "de-AT" is German; a language that is not here falls through.
func languageOf(tags ...string) *language {
	for _, tag := range tags {
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		for _, l := range languages {
			if l.tag == primary {
				return l
			}
		}
	}
	return languages[0]
}

// kind returns the words for the kind of document.
func (l *language) kind(inv *invoice.Invoice) words {
	if inv.IsCreditNote() {
		return l.creditNote
	}
	return l.invoice
}

// date writes a calendar day, and a text that is no day as it stands.
func (l *language) date(d invoice.Date) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return l.dayOf(t)
}
