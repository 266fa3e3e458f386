package batch

import (
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
	Outcome  *event.Status // nil where there is no answer, or none is awaited

	entry *sheet.Entry
}

// OK reports whether the invoice can be issued.
func (r *Row) OK() bool { return len(r.Findings) == 0 }

// Invoice returns what was read, also of a row that cannot be issued. The caller
// does not change it.
func (r *Row) Invoice() *invoice.Invoice { return r.entry.Invoice }

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
	answered := u.answered()
	for i := range rows {
		rows[i].Outcome = answered[rows[i].entry]
	}
	return rows
}

func (u *Upload) listRows() (rows []Row) {
	for _, book := range u.Books {
		for _, entry := range book.Entries {
			inv := entry.Invoice
			r := Row{
				Number: inv.Number, Kind: inv.Kind, Customer: inv.Buyer.Name, Currency: inv.Currency,
				Place: where(book, entry), Findings: findings(entry.Problems), entry: entry,
			}
			if t, err := inv.Totals(); err == nil && entry.OK() {
				r.Payable, r.Digest = t.Payable.Number(), inv.Digest()
				if inv.IsCreditNote() {
					r.Payable = negative(r.Payable)
				}
			}
			rows = append(rows, r)
		}
	}
	return rows
}

func (u *Upload) answered() map[*sheet.Entry]*event.Status {
	u.mu.Lock()
	defer u.mu.Unlock()
	out := make(map[*sheet.Entry]*event.Status, len(u.items))
	for _, it := range u.items {
		if it.outcome != nil {
			o := *it.outcome
			out[it.entry] = &o
		}
	}
	return out
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
