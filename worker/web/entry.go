package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/text"
	"invoicelink/worker/ledger"
)

// entry is what the lists know of an invoice; the index keeps it packed, as a
// row. Amounts are in Currency; those of a credit note are negative.
type entry struct {
	Number, Buyer, Email, Reference, Language string
	Kind                                      invoice.Kind
	State, PaymentStatus                      string
	Currency, Payable                         string // decimal text
	PaymentLink, Batch, Error                 string
	IssueDate, DueDate                        invoice.Date
	ExpiresAt, PaidAt                         time.Time
	HasPDF                                    bool

	created   time.Time
	payments  string // their ids, for the search
	digest    digest // of the content
	immutable bool   // ledger.Record.Immutable
	reviews   int    // open ones
	payable   units  // with its sign
	open      units  // what is left to pay; 0 where nothing is owed
}

func entryOf(r *ledger.Record) entry {
	s := r.Status()
	e := entry{
		Number: s.Number, Buyer: s.Buyer, Email: r.Email, Reference: r.Reference, Language: r.Language, Kind: s.Kind,
		State: s.State, PaymentStatus: s.PaymentStatus, Currency: s.Currency, Payable: s.Payable,
		PaymentLink: s.PaymentLink, Batch: s.Batch, Error: text.Truncate(s.Error, 160), digest: digestKey(s.Digest),
		IssueDate: r.IssueDate, DueDate: s.DueDate, ExpiresAt: s.ExpiresAt, PaidAt: s.PaidAt, HasPDF: s.PDF != "",
		created: s.AcceptedAt, immutable: r.Immutable(), reviews: len(s.Reviews), payable: unitsOf(s.Payable),
	}
	if e.created.IsZero() {
		e.created = r.UpdatedAt
	}
	if e.IssueDate == "" {
		e.IssueDate = invoice.Date(e.created.Format(time.DateOnly))
	}
	switch {
	case e.Kind == invoice.KindCreditNote:
		if e.payable > 0 {
			e.payable, e.Payable = -e.payable, signed(e.Payable, e.Kind)
		}
	case e.State == string(ledger.Issued), e.State == string(ledger.Lapsed):
		e.open = max(e.payable-unitsOf(s.Received), 0)
	}
	for _, p := range s.Payments {
		e.payments += p.ID + "\n"
	}
	return e
}

// Partly reports whether a part of the amount is paid.
func (e *entry) Partly() bool { return e.PaymentStatus == string(ledger.PartlyPaid) }

// overdue reports whether something is owed since before today.
func (e *entry) overdue(today invoice.Date) bool {
	return e.open > 0 && e.DueDate != "" && e.DueDate < today
}

// shown is the state as an accountant calls it: what is issued and not paid is
// open, or overdue; what nobody has to pay is just issued.
func (e *entry) shown(today invoice.Date) string {
	switch {
	case e.overdue(today):
		return stateOverdue
	case e.State == string(ledger.Issued) && e.open == 0:
		return stateClosed
	}
	return e.State
}

// States of the page that the ledger does not have.
const (
	stateOverdue = "overdue"
	stateClosed  = "closed" // issued, and nothing to pay
)

// units are an amount in ten-thousandths of the currency's major unit: ISO 4217
// has no currency with more decimals.
type units int64

const unitDigits = 4

// unitsOf reads a decimal text without a sign; what is no amount, or above 900
// trillion, counts as 0.
func unitsOf(s string) units {
	whole, fraction, _ := strings.Cut(s, ".")
	if len(fraction) > unitDigits || whole == "" {
		return 0
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", unitDigits-len(fraction)), 10, 64)
	if err != nil {
		return 0
	}
	return units(n)
}

// in writes the amount with the decimals of a currency.
func (u units) in(currency string) string {
	sign := ""
	if u < 0 {
		sign, u = "-", -u
	}
	m := invoice.Money{Amount: invoice.Decimal(fmt.Sprintf("%d.%04d", u/10_000, u%10_000)), Currency: currency}
	return sign + m.Fixed()
}
