package pdf_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
	"invoicelink/invoice/pdf/lang"
)

func boxesOf(t *testing.T, p pdf.Page) [][]pdf.Box {
	t.Helper()
	pages, err := pdf.BoxesOf(p)
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// Nothing may stand outside of the printable area, and no text over the foot
// or another text.
func TestNothingOverlapsOrLeavesThePage(t *testing.T) {
	t.Parallel()
	for name, page := range samples(t) {
		checkPlaces(t, name, boxesOf(t, page))
	}
}

func checkPlaces(t *testing.T, name string, pages [][]pdf.Box) {
	t.Helper()
	for n, boxes := range pages {
		var texts []pdf.Box
		for _, b := range boxes {
			if b.Kind == "mark" || b.Kind == "fill" && b.X < 6 && b.W < 5 {
				continue // the marks for folding stand in the margin
			}
			left, right, low := 24.9, 190.2, 292.0
			if strings.HasPrefix(name, "swiss") && b.Y >= 191 {
				left, right, low = 4.9, 205.1, 292 // the slip has its own margins
				if b.Kind == "fill" && (b.W < 0.2 || b.H < 0.2) {
					left, right, low = 0, 210.1, 297.1 // and is cut off along lines
				}
			}
			if b.X < left || b.X+b.W > right || b.Y < 3.9 || b.Y+b.H > low {
				t.Errorf("%s page %d: %s %q at %.1f, %.1f (%.1f × %.1f) mm leaves the page", name, n+1, b.Kind, b.Text, b.X, b.Y, b.W, b.H)
			}
			if b.Kind == "text" {
				texts = append(texts, b)
			}
		}
		for i, a := range texts {
			for _, b := range texts[i+1:] {
				if a.X+0.2 < b.X+b.W && b.X+0.2 < a.X+a.W && abs(a.Y-b.Y) < 1.4 {
					t.Errorf("%s page %d: %q and %q stand over each other at %.1f, %.1f mm", name, n+1, a.Text, b.Text, a.X, a.Y)
				}
			}
		}
	}
}

func abs(x float64) float64 { return max(x, -x) }

func TestEveryPageHasHeadingNumberAndTitles(t *testing.T) {
	t.Parallel()
	inv := plainInvoice()
	for len(inv.Lines) < invoice.MaxLines {
		inv.Lines = append(inv.Lines, inv.Lines[len(inv.Lines)%7])
	}
	pages := boxesOf(t, pdf.Page{Invoice: inv, Seller: seller(), Payment: payment(t, sampleLink)})
	if len(pages) < 20 {
		t.Fatalf("1,000 lines stand on %d pages", len(pages))
	}
	rows := 0
	for n, boxes := range pages {
		var texts []string
		for _, b := range boxes {
			texts = append(texts, b.Text)
			if b.Kind == "text" && b.X < 33 && b.X > 25 && strings.Trim(b.Text, "0123456789") == "" {
				rows++
			}
		}
		if want := fmt.Sprintf("Page %d of %d", n+1, len(pages)); !slices.Contains(texts, want) {
			t.Errorf("page %d has no %q", n+1, want)
		}
		if n > 0 && !slices.Contains(texts, "Invoice 2026-0042 · 22 November 2026") {
			t.Errorf("page %d does not say which invoice it belongs to", n+1)
		}
		if n < len(pages)-1 && !slices.Contains(texts, "Description") {
			t.Errorf("page %d has no column titles", n+1)
		}
	}
	if rows != invoice.MaxLines {
		t.Errorf("%d of %d lines are on the pages", rows, invoice.MaxLines)
	}
}

// However many rows there are, the totals never stand on a page without rows.
func TestTotalsKeepRows(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 70; n++ {
		inv := plainInvoice()
		inv.Lines = slices.Repeat(inv.Lines[:1], n)
		for i, boxes := range boxesOf(t, pdf.Page{Invoice: inv, Seller: seller(), Payment: payment(t, sampleLink)}) {
			var rows, totals int
			for _, b := range boxes {
				switch b.Text {
				case "A-100":
					rows++
				case "Total including VAT", "Total excluding VAT":
					totals++
				}
			}
			if totals == 1 || (totals == 2 && rows < min(2, n)) {
				t.Errorf("%d rows: page %d has %d rows and %d of the 2 totals", n, i+1, rows, totals)
			}
			if rows == 1 && n > 1 {
				t.Errorf("%d rows: page %d has a single row", n, i+1)
			}
		}
	}
}

func TestCodeIsLargeEnough(t *testing.T) {
	t.Parallel()
	for size := 21; size <= 177; size += 4 {
		qr := pdf.QR{Size: size, Bits: slices.Repeat([]byte{0xAA}, (size*size+7)/8)}
		page := pdf.Page{Invoice: plainInvoice(), Seller: seller(), Payment: &pdf.Payment{Link: sampleLink, QR: qr}}
		var code, link pdf.Box
		for _, boxes := range boxesOf(t, page) {
			for _, b := range boxes {
				switch {
				case b.Kind == "code":
					code = b
				case b.Kind == "link" && b.H > 25:
					link = b
				}
			}
		}
		module := code.W / float64(size)
		if want := min(0.6, 45/float64(size)); code.W < 31.9 || module < max(want, 0.4)-0.001 {
			t.Errorf("%d modules: code is %.1f mm wide, a module %.2f", size, code.W, module)
		}
		if quiet := (link.W - code.W) / 2; quiet < 3.99*code.W/float64(size) {
			t.Errorf("%d modules: quiet zone of %.2f mm is less than four modules", size, quiet)
		}
	}
}

func TestFlow(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		first         int
		heights, keep []int
		want          string
	}{
		{"fills and repeats the heading", 100, []int{40, 40, 40}, nil, "[[-1 0 1] [-1 2]]"},
		{"keeps together", 100, []int{40, 40, 40}, []int{1}, "[[-1 0] [-1 1 2]]"},
		{"starts on the next page", 30, []int{40, 40}, nil, "[[] [-1 0 1]]"},
		{"cuts what no page holds", 100, []int{60, 60}, []int{0}, "[[-1 0] [-1 1]]"},
		{"takes what is higher than a page", 100, []int{200, 10}, nil, "[[-1 0] [-1 1]]"},
		{"no parts", 100, nil, nil, "[[]]"},
	} {
		if got := fmt.Sprint(pdf.Flow(tt.first, tt.heights, tt.keep)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// Page 1 says above the lines what is due or credited, and how it is paid.
// Only texts as long as Validate allows in every field push that to page 2.
func TestPageOneSaysWhatIsDue(t *testing.T) {
	t.Parallel()
	for name, page := range standardPages(t) {
		if name == "hostile" {
			continue
		}
		words, _ := lang.Find(page.Invoice.Language)
		amount, code, lines := false, page.Payment == nil, false
		for _, b := range boxesOf(t, page)[0] {
			switch {
			case lines:
			case b.Kind == "code":
				code = true
			case b.Kind == "text":
				amount = amount || slices.Contains([]string{words.Payable, words.Credited, words.Balance, words.Paid}, b.Text)
				lines = b.Text == words.Position
			}
		}
		if !amount || !code || !lines {
			t.Errorf("%s: page 1 has the amount %v, the code %v, both above the lines %v", name, amount, code, lines)
		}
	}
}

// Digits stand under digits, also where a mark of a sentence follows, and the
// VAT summary next to the totals, also in a language of long words.
func TestTotalsAreInOrder(t *testing.T) {
	t.Parallel()
	all := samples(t)
	page := all["prepaid"]
	if a, b := find(t, page, "text", "0%"), find(t, page, "text", "0%\u00a0¹"); abs(a.X-b.X) > 0.01 {
		t.Errorf("0%% begins at %.2f mm and with a mark at %.2f mm", a.X, b.X)
	}
	many := plainInvoice()
	many.Lines = nil
	for i := range 12 {
		many.Lines = append(many.Lines, invoice.Line{Description: "Goods", UnitPrice: "100", VATRate: invoice.Decimal(fmt.Sprint(i + 1))})
	}
	for name, inv := range map[string]*invoice.Invoice{"every category": all["zero"].Invoice, "12 rates": many} {
		inv.Language = "de"
		page := pdf.Page{Invoice: inv, Seller: seller()}
		if a, b := find(t, page, "text", "Netto"), find(t, page, "text", "Summe netto"); abs(a.Y-b.Y) > 2 {
			t.Errorf("%s: the summary begins at %.1f mm and the totals at %.1f mm", name, a.Y, b.Y)
		}
		checkPlaces(t, name, boxesOf(t, page))
	}
}
