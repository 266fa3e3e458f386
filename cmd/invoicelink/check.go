package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet"
	"invoicelink/worker/batch"
)

// checkCmd is `invoicelink check`: it calls nothing and issues nothing.
type checkCmd struct {
	Files    []string `arg:"" name:"file" type:"path" help:"Spreadsheets to check."`
	Currency string   `help:"Currency of rows that name none. Default: that of --seller, if given." placeholder:"CODE"`
	Seller   string   `type:"path" help:"Profile of the seller, to be checked too; not needed." placeholder:"FILE"`
	JSON     bool     `name:"json" help:"Print one JSON object: invoices, sums by currency, notes, questions with their answers, problems by cell."`
	sheetFlags
}

// Run reads the files and reports what was understood.
func (c *checkCmd) Run(ctx context.Context, s streams) error {
	currency := strings.ToUpper(c.Currency)
	var seller *invoice.Seller
	if c.Seller != "" {
		var err error
		if seller, err = c.seller(c.Seller, s.err); err != nil {
			return &exit{exitUsage, err}
		}
		if currency == "" {
			currency = seller.Currency
		}
	}
	o, err := c.options(currency, seller)
	if err != nil {
		return &exit{exitUsage, err}
	}
	upload, err := batch.Read(ctx, c.Files, o)
	if c.JSON {
		if printed := c.printReport(s.out, upload, seller, err); printed != nil {
			return printed
		}
		if err != nil {
			return &exit{code: exitUsage}
		}
	} else {
		for _, book := range upload.Books {
			if err != nil && len(book.Entries) == 0 {
				continue
			}
			if err := errors.Join(describe(s.out, upload, book), c.warn(s.out, upload, book, seller)); err != nil {
				return &exit{exitUsage, err}
			}
		}
		for _, book := range upload.Books {
			printQuestions(s.out, book)
		}
		if err != nil {
			return &exit{exitUsage, withoutQuestions(err)}
		}
		writeProblems(s.out, upload)
	}
	if upload.Refused() > 0 || len(upload.Findings()) > 0 {
		return &exit{code: exitRejected}
	}
	return nil
}

// withoutQuestions is an error without the places that printQuestions has
// printed.
func withoutQuestions(err error) error {
	var out []error
	for _, e := range errorsOf(err) {
		fe, ok := errors.AsType[*sheet.FileError](e)
		if !ok {
			out = append(out, e)
			continue
		}
		short := *fe
		short.Problems = nil
		for _, p := range fe.Problems {
			if p.Question == "" {
				short.Problems = append(short.Problems, p)
			}
		}
		out = append(out, &short)
	}
	return errors.Join(out...)
}

func errorsOf(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// printQuestions ends what is said of a file that waits for answers: every
// question with values and answers, and the import profile so far.
func printQuestions(w io.Writer, b *sheet.Book) {
	waiting := 0
	for _, n := range b.Notes {
		if n.MustAccept && !n.Accepted {
			waiting++
			fmt.Fprintf(w, "%s: accept this note with --accept %s if it is right: %s\n", b.Name, n.Code, n.Problem)
		}
	}
	if len(b.Questions) == 0 {
		return
	}
	fmt.Fprintf(w, "%s: %s\n", b.Name, plural(len(b.Questions), "question", "questions"))
	for i, q := range b.Questions {
		fmt.Fprintf(w, "  %d. %s\n", i+1, q)
	}
	fmt.Fprintf(w, "\nAnswer them in an import profile (invoicelink profile %s -o profile.yaml writes it) and give it with --profile profile.yaml.\nThe profile so far:\n\n", b.Path)
	for line := range strings.Lines(b.ProfileSoFar()) {
		fmt.Fprint(w, "  ", line)
	}
	fmt.Fprintln(w)
}

// report is what check --json prints.
type report struct {
	Invoices    int          `json:"invoices"`    // that can be issued
	CreditNotes int          `json:"creditNotes"` // that can be issued
	Refused     int          `json:"refused"`
	LawChecked  bool         `json:"lawChecked"` // against the rules of the seller's country
	Sums        []batch.Sum  `json:"sums"`
	Files       []fileReport `json:"files"`
	Errors      []string     `json:"errors"` // files that cannot be read at all
}

// fileReport is what was understood of one file.
type fileReport struct {
	File      string           `json:"file"`
	Sheet     string           `json:"sheet,omitempty"`
	Profile   string           `json:"profile,omitempty"`
	Rows      int              `json:"rows"`
	Columns   []sheet.Column   `json:"columns"`
	Invoices  []invoiceReport  `json:"invoices"`
	Notes     []sheet.Note     `json:"notes"`
	Questions []sheet.Question `json:"questions"`
	Problems  []sheet.Problem  `json:"problems"` // of every invoice and of none, in their order
	Draft     string           `json:"profileSoFar,omitempty"`
}

// invoiceReport is one invoice of a file.
type invoiceReport struct {
	Number   string       `json:"number"`
	Kind     invoice.Kind `json:"kind"`
	Row      int          `json:"row"`
	OK       bool         `json:"ok"`
	Customer string       `json:"customer"`
	Currency string       `json:"currency"`
	Total    string       `json:"total,omitempty"`   // with VAT
	Payable  string       `json:"payable,omitempty"` // less what was prepaid
	// Warnings are the legal rules that it breaks, with --legal warn.
	Warnings invoice.Problems `json:"warnings,omitempty"`
}

func (c *checkCmd) printReport(w io.Writer, u *batch.Upload, seller *invoice.Seller, failed error) error {
	r := report{LawChecked: lawChecked(seller), Sums: []batch.Sum{}, Files: []fileReport{}, Errors: []string{}}
	if failed == nil {
		o := u.Overview()
		r.Invoices, r.CreditNotes, r.Refused = o.Invoices, o.CreditNotes, o.Refused
		r.Sums = append(r.Sums, o.Sums...)
	}
	for _, err := range errorsOf(withoutQuestions(failed)) {
		r.Errors = append(r.Errors, err.Error())
	}
	for _, b := range u.Books {
		f := fileReport{File: b.Name, Sheet: b.Sheet, Profile: b.Profile, Rows: b.Rows, Columns: append([]sheet.Column{}, b.Columns...),
			Invoices: []invoiceReport{}, Notes: append([]sheet.Note{}, b.Notes...), Questions: append([]sheet.Question{}, b.Questions...), Problems: append([]sheet.Problem{}, b.Problems...)}
		err := u.Each(b, func(e *sheet.Entry, inv *invoice.Invoice) error {
			one := invoiceReport{Number: inv.Number, Kind: inv.Kind, Row: e.FirstRow, OK: e.OK(), Customer: inv.Buyer.Name, Currency: inv.Currency}
			if one.Kind == "" {
				one.Kind = invoice.KindInvoice
			}
			if t, err := inv.Totals(); err == nil {
				one.Total, one.Payable = t.Total.Number(), t.Payable.Number()
			}
			if seller != nil && one.OK {
				_, one.Warnings = c.Legal.Judge(seller, inv)
			}
			f.Invoices = append(f.Invoices, one)
			f.Problems = append(f.Problems, e.Problems...)
			return nil
		})
		if err != nil {
			return err
		}
		if len(b.Questions) > 0 {
			f.Draft = b.ProfileSoFar()
		}
		r.Files = append(r.Files, f)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// describe reports what a file was understood to hold.
func describe(w io.Writer, u *batch.Upload, b *sheet.Book) error {
	good, lines := 0, 0
	var codes []string
	payable := map[string]invoice.Amount{}
	err := u.Each(b, func(e *sheet.Entry, inv *invoice.Invoice) error {
		if !e.OK() {
			return nil
		}
		good++
		lines += len(inv.Lines)
		t, err := inv.Totals()
		if err != nil || inv.IsCreditNote() {
			return nil
		}
		code := inv.Currency
		if _, seen := payable[code]; !seen {
			codes = append(codes, code)
			payable[code] = t.Payable
			return nil
		}
		if sum, err := payable[code].Add(t.Payable); err == nil {
			payable[code] = sum
		}
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s: %s with %s can be issued, %d cannot\n", b.Name,
		plural(good, "document", "documents"), plural(lines, "line", "lines"), len(b.Entries)-good)
	for _, code := range codes {
		fmt.Fprintf(w, "  payable %s %s\n", payable[code].Number(), code)
	}
	if b.Profile != "" {
		fmt.Fprintf(w, "  import profile %s\n", b.Profile)
	}
	for _, column := range b.Columns {
		describeColumn(w, column)
	}
	printNotes(w, b)
	return nil
}

// printNotes prints what is worth knowing about a file.
func printNotes(w io.Writer, b *sheet.Book) {
	for _, note := range b.Notes {
		fmt.Fprintf(w, "  note %s: %s\n", note.Code, note.Problem)
	}
}

func describeColumn(w io.Writer, c sheet.Column) {
	switch c.Role {
	case sheet.RoleField:
		if c.Field != c.Header && c.Field != "" {
			fmt.Fprintf(w, "  column %s %q is read as %s\n", c.Letter, c.Header, c.Field)
		}
	case sheet.RoleResult:
		fmt.Fprintf(w, "  column %s %q is a result of an earlier run\n", c.Letter, c.Header)
	case sheet.RoleUnclear:
		fmt.Fprintf(w, "  column %s %q is not read: %s\n", c.Letter, c.Header, c.Hint)
	case sheet.RoleProven:
		fmt.Fprintf(w, "  column %s %q is compared: it is the %s, as the amounts show\n", c.Letter, c.Header, c.Hint)
	default:
		if c.Filled > 0 {
			fmt.Fprintf(w, "  column %s %q means nothing here and is carried through\n", c.Letter, c.Header)
		}
	}
}
