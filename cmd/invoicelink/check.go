package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet"
	"invoicelink/worker/batch"
)

// checkCmd is `invoicelink check`: it calls nothing and issues nothing.
type checkCmd struct {
	Files    []string `arg:"" name:"file" type:"path" help:"Spreadsheets to look at."`
	Currency string   `help:"Currency of rows that name none. Default: that of --seller, if given." placeholder:"CODE"`
	Seller   string   `type:"path" help:"Profile of the seller, to be checked too; not needed." placeholder:"FILE"`
	sheetFlags
}

// Run reads the files and tells what was understood.
func (c *checkCmd) Run(ctx context.Context, s streams) error {
	currency := strings.ToUpper(c.Currency)
	if c.Seller != "" {
		seller, err := readSeller(c.Seller)
		if err != nil {
			return &exit{exitUsage, err}
		}
		if currency == "" {
			currency = seller.Currency
		}
	}
	upload, err := batch.Read(ctx, c.Files, c.options(currency))
	if err != nil {
		return &exit{exitUsage, err}
	}
	for _, book := range upload.Books {
		describe(s.out, book)
	}
	if writeProblems(s.out, upload) > 0 || upload.Refused() > 0 {
		return &exit{code: exitRejected}
	}
	return nil
}

// describe tells what a file was understood to hold.
func describe(w io.Writer, b *sheet.Book) {
	good, lines := 0, 0
	var codes []string
	payable := map[string]invoice.Amount{}
	for _, e := range b.Entries {
		if !e.OK() {
			continue
		}
		good++
		lines += len(e.Invoice.Lines)
		t, err := e.Invoice.Totals()
		if err != nil || e.Invoice.IsCreditNote() {
			continue
		}
		code := e.Invoice.Currency
		if _, seen := payable[code]; !seen {
			codes = append(codes, code)
		}
		if sum, err := payable[code].Add(t.Payable); err == nil {
			payable[code] = sum
		}
	}
	fmt.Fprintf(w, "%s: %s with %s can be issued, %d cannot\n", b.Name,
		plural(good, "document", "documents"), plural(lines, "line", "lines"), len(b.Entries)-good)
	for _, code := range codes {
		fmt.Fprintf(w, "  payable %s %s\n", payable[code].Number(), code)
	}
	for _, column := range b.Columns {
		switch column.Role {
		case sheet.RoleField:
			if column.Field != column.Header {
				fmt.Fprintf(w, "  column %s %q is read as %s\n", column.Letter, column.Header, column.Field)
			}
		case sheet.RoleResult:
			fmt.Fprintf(w, "  column %s %q is a result of an earlier run\n", column.Letter, column.Header)
		case sheet.RoleUnclear:
			fmt.Fprintf(w, "  column %s %q is not read: %s\n", column.Letter, column.Header, column.Hint)
		default:
			fmt.Fprintf(w, "  column %s %q means nothing here and is carried through\n", column.Letter, column.Header)
		}
	}
	for _, note := range b.Notes {
		fmt.Fprintf(w, "  note: %s\n", note)
	}
}
