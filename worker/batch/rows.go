package batch

import (
	"cmp"
	"slices"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet"
	"invoicelink/worker/event"
)

// Row is one invoice of an upload, good or bad, as a list shows it.
type Row struct {
	Number   string
	Kind     invoice.Kind
	Customer string
	Currency string
	Payable  string // decimal text, negative for a credit note; empty where it cannot be computed
	Digest   string // of the content (invoice.Digest); empty where it cannot be issued
	Place    string // "list.xlsx, row 7"
	Findings []Finding
	Answer   Answer
	Printed  bool // the answer names a PDF

	u        *Upload
	item     int    // place in the upload's items
	customer string // by which customers are told apart
	lines    int
	total    invoice.Amount
	payable  invoice.Amount // not negative for a credit note
}

// OK reports whether the invoice can be issued.
func (r *Row) OK() bool { return len(r.Findings) == 0 }

// Invoice returns what was read, also of a row that cannot be issued.
func (r *Row) Invoice() (*invoice.Invoice, error) { return r.u.invoice(r.item) }

// Outcome returns the answer, nil if there is none.
func (r *Row) Outcome() (*event.Status, error) { return r.u.outcome(r.item) }

// negative is a decimal text with the other sign; zero stays as it is.
func negative(amount string) string {
	if strings.Trim(amount, "0.") == "" {
		return amount
	}
	if rest, below := strings.CutPrefix(amount, "-"); below {
		return rest
	}
	return "-" + amount
}

// Finding is a problem of a file, for people: the place as they look it up,
// and what is wrong there.
type Finding struct {
	Place string // "Invoices!F12", or "line 12"; empty for the file as a whole
	Text  string // in English
	// Problem is the finding by its parts, so that it can be said in other
	// languages.
	Problem sheet.Problem
}

// Rows lists every invoice, in the order of the files.
func (u *Upload) Rows() []Row {
	rows := slices.Clone(u.rows())
	u.mu.Lock()
	defer u.mu.Unlock()
	for i := range rows {
		rows[i].Answer, rows[i].Printed = u.items[i].became, u.items[i].page
	}
	return rows
}

func (u *Upload) listRows() []Row {
	rows := make([]Row, len(u.items))
	for i := range u.items {
		it := &u.items[i]
		r := Row{Number: it.entry.Number, Place: where(it.book, it.entry), Findings: findings(it.entry.Problems), u: u, item: i}
		inv, err := r.Invoice()
		if err != nil { // publishing it ends with the same error
			r.Findings = append(r.Findings, Finding{Text: err.Error()})
			rows[i] = r
			continue
		}
		r.Kind, r.Customer, r.Currency, r.lines = inv.Kind, inv.Buyer.Name, inv.Currency, len(inv.Lines)
		r.customer = cmp.Or(inv.Buyer.ID, strings.ToLower(strings.TrimSpace(inv.Buyer.Name)))
		if t, err := inv.Totals(); err == nil && it.entry.OK() {
			r.total, r.payable = t.Total, t.Payable
			r.Payable, r.Digest = t.Payable.Number(), inv.Digest()
			if inv.IsCreditNote() {
				r.Payable = negative(r.Payable)
			}
		}
		rows[i] = r
	}
	return rows
}

// Findings are the problems that belong to no invoice, such as a stray row.
func (u *Upload) Findings() []Finding {
	var out []Finding
	for _, book := range u.Books {
		out = append(out, findings(book.Problems)...)
	}
	return out
}

// Notes are worth knowing, but nothing is wrong: a totals row that was left
// out, other sheets, a guessed encoding.
func (u *Upload) Notes() []Finding {
	var out []Finding
	for _, book := range u.Books {
		for _, n := range book.Notes {
			out = append(out, findings([]sheet.Problem{n.Problem})...)
		}
	}
	return out
}

func findings(problems []sheet.Problem) []Finding {
	out := make([]Finding, 0, len(problems))
	for _, p := range problems {
		place := p.String()
		place = place[:len(place)-len(p.Text())]
		out = append(out, Finding{Place: trimColon(place), Text: p.Text(), Problem: p})
	}
	return slices.Clip(out)
}

func trimColon(s string) string {
	for len(s) > 0 && (s[len(s)-1] == ' ' || s[len(s)-1] == ':') {
		s = s[:len(s)-1]
	}
	return s
}
