package batch

import (
	"slices"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet"
	"invoicelink/invoice/sheet/profile"
)

// Overview is what was understood of an upload, before anything is issued.
type Overview struct {
	Invoices    int   `json:"invoices"`    // that can be issued
	CreditNotes int   `json:"creditNotes"` // that can be issued
	Refused     int   `json:"refused"`     // that a problem in the file keeps back
	Lines       int   `json:"lines"`       // of those that can be issued
	Customers   int   `json:"customers"`   // they are addressed to
	Sums        []Sum `json:"sums,omitempty"`
}

// Sum is what the invoices of one currency come to. Amounts are decimal texts
// in the currency's major units, with its digits. Credit notes count in
// neither amount.
type Sum struct {
	Currency string `json:"currency"` // ISO 4217
	Invoices int    `json:"invoices"`
	Total    string `json:"total"`   // with VAT (EN 16931, BT-112)
	Payable  string `json:"payable"` // less what was prepaid (BT-115)
}

// Overview says what can be issued; currencies in the order of their codes.
func (u *Upload) Overview() Overview {
	o := Overview{Refused: u.Refused()}
	customers := map[string]bool{}
	all := sums{}
	rows := u.rows()
	for i := range u.good {
		row := &rows[i]
		customers[row.customer] = true
		o.Lines += row.lines
		if row.Kind == invoice.KindCreditNote {
			o.CreditNotes++
			continue
		}
		o.Invoices++
		all.add(row)
	}
	o.Customers = len(customers)
	o.Sums = all.list()
	return o
}

// Sums adds up the invoices for which keep is true, credit notes left out.
func (u *Upload) Sums(keep func(*Row) bool) []Sum {
	all := sums{}
	for _, row := range u.Rows() {
		if row.OK() && row.Kind != invoice.KindCreditNote && keep(&row) {
			all.add(&row)
		}
	}
	return all.list()
}

// sums are amounts by currency.
type sums map[string]*sum

type sum struct {
	count          int
	total, payable invoice.Amount
}

func (s sums) add(row *Row) {
	one := s[row.Currency]
	if one == nil {
		s[row.Currency] = &sum{1, row.total, row.payable}
		return
	}
	one.count++
	if total, err := one.total.Add(row.total); err == nil {
		one.total = total
		if payable, err := one.payable.Add(row.payable); err == nil {
			one.payable = payable
		}
	}
}

// list returns the sums in the order of the currencies' codes.
func (s sums) list() (out []Sum) {
	for code, one := range s {
		out = append(out, Sum{Currency: code, Invoices: one.count, Total: one.total.Number(), Payable: one.payable.Number()})
	}
	slices.SortFunc(out, func(a, b Sum) int { return strings.Compare(a.Currency, b.Currency) })
	return out
}

// ColumnUse is what a column of a file was taken for.
type ColumnUse struct {
	Letter string // the spreadsheet's name for the column
	Header string // as it stands in the file
	Field  string // the header of the field it was read as; empty where it was not
	Name   string // the field's name in profiles
	Use    string // "field", "result" of an earlier run, "carried" through, or "unclear"
	Hint   string // what an unclear one may mean, in English
	// HintCode is the code of the hint in sheet.Sentences.
	HintCode string
}

// Columns says what the columns of the first file were taken for.
func (u *Upload) Columns() []ColumnUse {
	if len(u.Books) == 0 {
		return nil
	}
	out := make([]ColumnUse, len(u.Books[0].Columns))
	for i, c := range u.Books[0].Columns {
		out[i] = ColumnUse{Letter: c.Letter, Header: c.Header, Field: c.Field, Name: nameOfHeader(c.Field), Use: string(c.Role), Hint: c.Hint, HintCode: c.HintCode}
	}
	return out
}

func nameOfHeader(header string) string {
	for _, f := range profile.Fields() {
		if header != "" && (f.Header == header || string(f.Field) == header) {
			return string(f.Field)
		}
	}
	return ""
}

// Options say how files are read.
type Options = sheet.Options
