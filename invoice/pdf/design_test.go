package pdf_test

import (
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-fonts/liberation/liberationmonoregular"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
	"invoicelink/invoice/pdf/lang"
)

// texts are the words of each page in reading order.
func texts(t *testing.T, p pdf.Page) []string {
	t.Helper()
	var all []string
	for _, boxes := range boxesOf(t, p) {
		for _, b := range boxes {
			if b.Kind == "text" {
				all = append(all, b.Text)
			}
		}
	}
	return all
}

func find(t *testing.T, p pdf.Page, kind, text string) pdf.Box {
	t.Helper()
	for _, b := range boxesOf(t, p)[0] {
		if b.Kind == kind && b.Text == text {
			return b
		}
	}
	t.Fatalf("page 1 has no %s %q", kind, text)
	return pdf.Box{}
}

// samplePaper is letter paper with a bar along its top.
func samplePaper(t *testing.T, w, h int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		if img.Pix[i] = 255; i < 4*w {
			img.Pix[i] = 80
		}
	}
	return encodePNG(t, img)
}

func TestDesign(t *testing.T) {
	t.Parallel()
	page := func(change func(*invoice.Seller)) pdf.Page {
		s := seller()
		change(s)
		return pdf.Page{Invoice: plainInvoice(), Seller: s, Payment: payment(t, sampleLink)}
	}
	t.Run("windows hold the address and the sender's line", func(t *testing.T) {
		t.Parallel()
		for window, zone := range map[string][2]float64{
			invoice.WindowDIN5008A: {27, 72}, invoice.WindowDIN5008B: {45, 90}, invoice.WindowC5: {54, 89},
		} {
			p := page(func(s *invoice.Seller) { s.Design.Window = window })
			for _, text := range []string{"Example Trading GmbH", "Germany", "Sample Nordic Supplies ApS · Eksempelvej 7 · 2100 København Ø"} {
				if b := find(t, p, "text", text); b.Y < zone[0]+2 || b.Y > zone[1]-1 || b.X < 20 || b.X+b.W > 110 {
					t.Errorf("%s: %q stands at %.1f, %.1f mm, the window goes from %.0f to %.0f", window, text, b.X, b.Y, zone[0], zone[1])
				}
			}
		}
	})
	t.Run("Letter", func(t *testing.T) {
		t.Parallel()
		p := page(func(s *invoice.Seller) { s.Design.Paper = invoice.PaperLetter })
		for _, b := range boxesOf(t, p)[0] {
			if b.X+b.W > 196.1 || b.Y+b.H > 272 {
				t.Errorf("%s %q ends at %.1f, %.1f mm", b.Kind, b.Text, b.X+b.W, b.Y+b.H)
			}
		}
		if out := run(t, "pdfinfo", writeSample(t, p)); !strings.Contains(out, "612 x 792 pts (letter)") {
			t.Errorf("page is\n%s", out)
		}
	})
	t.Run("typefaces", func(t *testing.T) {
		t.Parallel()
		for name, want := range map[string]string{"": "LiberationSans", "sans": "LiberationSans", "serif": "LiberationSerif", "condensed": "DejaVuSansCondensed"} {
			if out := run(t, "pdffonts", writeSample(t, page(func(s *invoice.Seller) { s.Design.Typeface = name }))); !strings.Contains(out, "+"+want) {
				t.Errorf("typeface %q: fonts are\n%s", name, out)
			}
		}
		own := page(func(s *invoice.Seller) { s.Design.Font = liberationmonoregular.TTF[:] })
		if len(own.Seller.Design.Font) > invoice.MaxFontBytes {
			t.Logf("the sample font is larger than a profile may carry; Render takes it all the same")
		}
		if out := run(t, "pdffonts", writeSample(t, own)); !strings.Contains(out, "+Own") {
			t.Errorf("own font: fonts are\n%s", out)
		}
	})
	t.Run("letter paper stands in the place of logo and name", func(t *testing.T) {
		t.Parallel()
		p := page(func(s *invoice.Seller) { s.Design.LetterPaper, s.Logo = samplePaper(t, 210, 297), sampleLogo(t) })
		n := 0
		for _, b := range boxesOf(t, p)[0] {
			if b.Kind == "image" {
				n++
				if b.X != 0 || b.W < 209 || b.H < 296 {
					t.Errorf("letter paper is %.0f × %.0f mm", b.W, b.H)
				}
			}
		}
		if n != 1 {
			t.Errorf("page has %d images, want the letter paper alone", n)
		}
		// One of other proportions is not stretched.
		p.Seller.Design.LetterPaper = samplePaper(t, 210, 210)
		if b := boxesOf(t, p)[0][0]; b.Kind != "image" || abs(b.W-210) > 0.1 || abs(b.H-210) > 0.1 {
			t.Errorf("square letter paper is %.0f × %.0f mm", b.W, b.H)
		}
	})
	t.Run("columns", func(t *testing.T) {
		t.Parallel()
		for name, c := range map[string]struct {
			chosen  []string
			line    invoice.Line
			printed []string // of those that may be left out
		}{
			"chosen":                   {[]string{"quantity", "price"}, invoice.Line{}, []string{"Quantity", "Unit price"}},
			"one of a thing":           {[]string{"position"}, invoice.Line{Quantity: "1"}, []string{"Pos."}},
			"several of a thing":       {[]string{"position"}, invoice.Line{Quantity: "2"}, []string{"Pos.", "Quantity", "Unit price"}},
			"a price of a hundred":     {[]string{"unit"}, invoice.Line{Quantity: "1", PriceQuantity: "100"}, []string{"Quantity", "Unit", "Unit price"}},
			"one with a discount":      {[]string{"unit"}, invoice.Line{Quantity: "1", DiscountPercent: "10"}, []string{"Unit", "Unit price", "Discount"}},
			"one with a sum taken off": {[]string{"unit"}, invoice.Line{Quantity: "1", Discount: "3"}, []string{"Unit", "Unit price", "Discount"}},
			"none chosen, all in use":  {nil, invoice.Line{Quantity: "1"}, []string{"Pos.", "Item", "Quantity", "Unit", "Unit price"}},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				p := page(func(s *invoice.Seller) { s.Design.Columns = c.chosen })
				line := c.line
				line.Description, line.Item, line.Unit, line.UnitPrice, line.VATRate = "Paper", "P-1", "box", "200", "25"
				p.Invoice.Lines = []invoice.Line{line}
				got := texts(t, p)
				for _, title := range []string{"Pos.", "Item", "Quantity", "Unit", "Unit price", "Discount"} {
					if slices.Contains(got, title) != slices.Contains(c.printed, title) {
						t.Errorf("column %q is there: %v", title, slices.Contains(got, title))
					}
				}
				if !slices.Contains(got, "Description") || !slices.Contains(got, "Amount EUR") {
					t.Errorf("description or amount is missing: %q", got)
				}
			})
		}
	})
	t.Run("own fields and texts by language", func(t *testing.T) {
		t.Parallel()
		p := page(func(s *invoice.Seller) {
			s.Fields = []invoice.Field{{Label: "Our contact", Value: "Robin"}}
			s.Texts = []invoice.LocalTexts{{Language: "de", PaymentTerms: "30 Tage netto.", Footer: "Danke.", Fields: []invoice.Field{{Label: "Ansprechpartner", Value: "Robin"}}}}
		})
		if got := texts(t, p); !slices.Contains(got, "Our contact") || slices.Contains(got, "Danke.") {
			t.Errorf("English page is %q", got)
		}
		p.Invoice.Language = "de"
		for _, want := range []string{"Ansprechpartner", "Danke.", "30 Tage netto."} {
			if got := texts(t, p); !slices.Contains(got, want) {
				t.Errorf("German page has no %q: %q", want, got)
			}
		}
	})
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		for _, tt := range []struct {
			field, want string
			change      func(*invoice.Design)
		}{
			{"seller.design.accent", "contrast of 1.", func(d *invoice.Design) { d.Accent = "#ffff00" }},
			{"seller.design.accent", "not a colour", func(d *invoice.Design) { d.Accent = "blue" }},
			{"seller.design.font", "sans, serif, condensed", func(d *invoice.Design) { d.Typeface = "comic" }},
			{"seller.design.font", "TrueType", func(d *invoice.Design) { d.Font = []byte("OTTO") }},
			{"seller.design.letterPaper", "nothing", func(d *invoice.Design) { d.LetterPaper = []byte(`<svg viewBox="0 0 1 1"/>`) }},
		} {
			s := seller()
			tt.change(&s.Design)
			if p := pdf.PrintableSeller(s); len(p) != 1 || p[0].Field != tt.field || !strings.Contains(p[0].Message, tt.want) {
				t.Errorf("problems are %v, want %s with %q", p, tt.field, tt.want)
			}
		}
	})
}

// Every language fits on the page, with its due date and amount above the
// lines.
func TestEveryLanguageFits(t *testing.T) {
	t.Parallel()
	for _, tag := range pdf.Languages() {
		t.Run(tag, func(t *testing.T) {
			t.Parallel()
			inv := plainInvoice()
			inv.Language = tag
			inv.Lines[0].VATCategory, inv.Lines[0].VATRate = invoice.VATReverseCharge, "0"
			soon := payment(t, sampleLink)
			soon.OnceOpened = 600e9
			p := pdf.Page{Invoice: inv, Seller: seller(), Payment: soon}
			checkPlaces(t, tag, boxesOf(t, p))
			words, _ := lang.Find(tag)
			find(t, p, "text", words.Day(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))) // on one line
			if n := len(boxesOf(t, p)); n != 1 {
				t.Errorf("the page runs over to %d", n)
			}
			inv = plainInvoice()
			inv.Language, inv.Kind, inv.OriginalInvoice, inv.Number = tag, invoice.KindCreditNote, "1", "2"
			checkPlaces(t, tag+" credit note", boxesOf(t, pdf.Page{Invoice: inv, Seller: seller()}))
			inv = plainInvoice()
			inv.Language = tag
			receipt := receiptPage(t, inv)
			receipt.Seller.Transfer.Code = invoice.TransferEPC
			boxes := boxesOf(t, receipt)
			checkPlaces(t, tag+" receipt", boxes)
			for _, b := range boxes[0] {
				if b.Kind == "code" || b.Kind == "link" || strings.Contains(b.Text, "DK50") {
					t.Errorf("a receipt has a way to pay: %+v", b)
				}
			}
		})
	}
}
