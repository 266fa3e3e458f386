package sheet

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet/grid"
)

const (
	ownSheet     = "Invoices"
	helpSheet    = "Help"
	templateRows = 1000 // rows with drop-downs and formats
)

// WriteTemplate writes a workbook in the project's own layout: headers with
// notes, columns with formats and drop-downs, one example, and a second sheet
// that explains the columns. Its bytes are the same each time.
func WriteTemplate(w io.Writer) error {
	x := excelize.NewFile()
	defer x.Close()
	t := &template{x: x}
	for _, step := range []func() error{t.sheets, t.headers, t.columns, t.dropDowns, t.example, t.help} {
		if err := step(); err != nil {
			return fmt.Errorf("write template: %w", err)
		}
	}
	x.SetActiveSheet(0)
	if err := x.Write(w); err != nil {
		return fmt.Errorf("write template: %w", err)
	}
	return nil
}

type template struct{ x *excelize.File }

func (t *template) sheets() error {
	if err := t.x.SetSheetName("Sheet1", ownSheet); err != nil {
		return err
	}
	if _, err := t.x.NewSheet(helpSheet); err != nil {
		return err
	}
	return t.x.SetPanes(ownSheet, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"})
}

// headers writes the header row, required columns darker than the others.
func (t *template) headers() error {
	styles := map[bool]int{}
	for _, required := range []bool{true, false} {
		colour := "7F93A8"
		if required {
			colour = "1F4E78"
		}
		id, err := t.x.NewStyle(&excelize.Style{
			Font:      &excelize.Font{Bold: true, Color: "FFFFFF"},
			Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}},
			Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
		})
		if err != nil {
			return err
		}
		styles[required] = id
	}
	for f, s := range specs[:templateFieldCount] {
		cell := grid.Name(f, 1)
		if err := t.x.SetCellStr(ownSheet, cell, s.header); err != nil {
			return err
		}
		if err := t.x.SetCellStyle(ownSheet, cell, cell, styles[s.required]); err != nil {
			return err
		}
		note := s.help
		if s.required {
			note = "Required. " + note
		}
		if err := t.x.AddComment(ownSheet, excelize.Comment{Cell: cell, Author: author, Text: note, Width: 260, Height: 90}); err != nil {
			return err
		}
	}
	return t.x.SetRowHeight(ownSheet, 1, 32)
}

// columns sets widths and formats. Identifiers are texts, so that they keep
// leading zeros and are not turned into dates.
func (t *template) columns() error {
	isoDate, amount, rate := "yyyy-mm-dd", "#,##0.00####", "0.##"
	const asText = 49 // the number format @
	var ids [readYes + 1]int
	for how := range ids {
		style := &excelize.Style{NumFmt: asText}
		switch reading(how) {
		case readDate:
			style = &excelize.Style{CustomNumFmt: &isoDate}
		case readNumber:
			style = &excelize.Style{CustomNumFmt: &amount}
		case readPercent:
			style = &excelize.Style{CustomNumFmt: &rate}
		}
		var err error
		if ids[how], err = t.x.NewStyle(style); err != nil {
			return err
		}
	}
	for f, s := range specs[:templateFieldCount] {
		width := 14.0
		switch field(f) {
		case fCustomer, fDescription, fStreet, fEmail:
			width = 30
		case fSession, fNote:
			width = 38
		}
		if err := t.x.SetColWidth(ownSheet, grid.Letters(f), grid.Letters(f), width); err != nil {
			return err
		}
		if err := t.x.SetCellStyle(ownSheet, grid.Name(f, 2), grid.Name(f, templateRows+1), ids[s.read]); err != nil {
			return err
		}
	}
	return nil
}

func (t *template) dropDowns() error {
	for _, d := range []struct {
		f    field
		list []string
	}{
		{fKind, []string{"invoice", "credit note"}},
		{fCurrency, []string{"EUR", "DKK", "SEK", "NOK", "PLN", "GBP", "USD", "CHF", "CZK", "HUF", "ISK", "RON", "UAH"}},
		{fVATCategory, []string{"S", "Z", "E", "AE", "K", "G", "O"}},
	} {
		f := d.f
		v := excelize.NewDataValidation(true)
		v.Sqref = grid.Name(int(f), 2) + ":" + grid.Name(int(f), templateRows+1)
		if err := v.SetDropList(d.list); err != nil {
			return err
		}
		// A warning, not a stop: there are more currencies than these.
		v.SetError(excelize.DataValidationErrorStyleWarning, specs[f].header, specs[f].help)
		if err := t.x.AddDataValidation(ownSheet, v); err != nil {
			return err
		}
	}
	return nil
}

func (t *template) example() error {
	for f, s := range specs[:templateFieldCount] {
		var v any = s.example
		switch {
		case s.example == "":
			continue
		case s.read == readNumber || s.read == readPercent:
			n, err := strconv.ParseFloat(s.example, 64)
			if err != nil {
				return err
			}
			v = n
		case s.read == readDate:
			v = invoice.Date(s.example).Start(time.UTC)
		}
		if err := t.x.SetCellValue(ownSheet, grid.Name(f, 2), v); err != nil {
			return err
		}
	}
	return nil
}

func (t *template) help() error {
	bold, err := t.x.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{Vertical: "top"}})
	if err != nil {
		return err
	}
	wrap, err := t.x.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	rows := [][]any{
		{"How to fill in the sheet " + ownSheet},
		{"One row is one invoice line. On the second and further lines of an invoice repeat the number and the invoice's fields, or leave them blank."},
		{"Write over the example in row 2. Columns that you do not need may be deleted; columns of your own are carried through."},
		{"Dates may be date cells or texts such as 2026-11-30 or 30.11.2026. Amounts are without VAT; VAT is computed for each rate on the sum of its lines."},
		{"A bad row rejects its whole invoice and no other. Every problem is reported by sheet and cell."},
		{},
		{"Column", "Required", "What goes there"},
	}
	for _, s := range specs[:templateFieldCount] {
		required := ""
		if s.required {
			required = "yes"
		}
		rows = append(rows, []any{s.header, required, s.help})
	}
	rows = append(rows, []any{}, []any{"Further columns", "", "Add one with such a header if you need it."})
	for _, s := range specs[templateFieldCount:ownFieldCount] {
		rows = append(rows, []any{s.header, "", s.help})
	}
	for i, r := range rows {
		if err := t.x.SetSheetRow(helpSheet, grid.Name(0, i+1), &r); err != nil {
			return err
		}
	}
	if err := t.x.SetCellStyle(helpSheet, "A1", grid.Name(0, len(rows)), bold); err != nil {
		return err
	}
	for i := 2; i <= 5; i++ {
		if err := t.x.MergeCell(helpSheet, grid.Name(0, i), grid.Name(2, i)); err != nil {
			return err
		}
		if err := t.x.SetCellStyle(helpSheet, grid.Name(0, i), grid.Name(2, i), wrap); err != nil {
			return err
		}
		if err := t.x.SetRowHeight(helpSheet, i, 32); err != nil {
			return err
		}
	}
	if err := t.x.SetCellStyle(helpSheet, "C8", grid.Name(2, len(rows)), wrap); err != nil {
		return err
	}
	for col, width := range []float64{26, 10, 90} {
		if err := t.x.SetColWidth(helpSheet, grid.Letters(col), grid.Letters(col), width); err != nil {
			return err
		}
	}
	return nil
}
