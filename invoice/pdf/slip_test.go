package pdf_test

import (
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"invoicelink/invoice"
	"invoicelink/invoice/bankcode"
	"invoicelink/invoice/pdf"
)

// swissPage ends in a payment slip.
func swissPage(tb testing.TB) pdf.Page {
	s := seller()
	s.IBAN, s.BIC, s.Transfer.Code = "CH4431999123000889012", "", invoice.TransferSwiss
	s.Address = invoice.Address{Street: "Musterweg 1", Zip: "8001", City: "Zürich", Country: "CH"}
	inv := plainInvoice()
	inv.Currency, inv.Language = "CHF", "de"
	return pdf.Page{Invoice: inv, Seller: s, Payment: payment(tb, sampleLink)}
}

func textsOf(pages [][]pdf.Box) []string {
	var texts []string
	for _, page := range pages {
		for _, b := range page {
			texts = append(texts, b.Text)
		}
	}
	return texts
}

// The slip fills the foot of the last page, and nothing else stands there,
// however many lines there are.
func TestSlipFillsTheFootOfTheLastPage(t *testing.T) {
	t.Parallel()
	for _, lines := range []int{1, 2, 4, 5, 9, 12, 16, 40} {
		p := swissPage(t)
		first := p.Invoice.Lines
		p.Invoice.Lines = nil
		for len(p.Invoice.Lines) < lines {
			p.Invoice.Lines = append(p.Invoice.Lines, first[len(p.Invoice.Lines)%2])
		}
		pages := boxesOf(t, p)
		last := pages[len(pages)-1]
		if want := 1 + min(1, lines/5); len(pages) != want {
			t.Errorf("%d lines stand on %d pages, want %d", lines, len(pages), want)
		}
		if !slices.ContainsFunc(last, func(b pdf.Box) bool { return b.Kind == "text" && b.Y > 30 && b.Y < 180 }) {
			t.Errorf("%d lines: the page of the slip is empty but for it", lines)
		}
		if !slices.ContainsFunc(textsOf(pages), func(s string) bool { return strings.HasPrefix(s, "30 days net.") }) {
			t.Errorf("%d lines: the payment terms are missing", lines)
		}
		begins := slices.IndexFunc(last, func(b pdf.Box) bool { return b.Text == "Empfangsschein" })
		if begins < 0 {
			t.Errorf("%d lines: no slip on the last of %d pages", lines, len(pages))
			continue
		}
		for i, b := range last {
			if slip := b.Y >= 192; b.Kind == "text" && slip && i < begins {
				t.Errorf("%d lines: %q stands in the slip, at %.1f mm", lines, b.Text, b.Y)
			}
		}
	}
}

// Where the VAT summary is a table of its own, the notes stand below it.
func TestSlipKeepsTheNotes(t *testing.T) {
	t.Parallel()
	p := swissPage(t)
	line := p.Invoice.Lines[0]
	for rate := range 20 {
		line.VATRate = invoice.Decimal(strconv.Itoa(rate))
		p.Invoice.Lines = append(p.Invoice.Lines, line)
	}
	if texts := textsOf(boxesOf(t, p)); !slices.ContainsFunc(texts, func(s string) bool { return strings.HasPrefix(s, "30 days net.") }) {
		t.Errorf("the payment terms are missing: %q", texts)
	}
}

func TestSlipSaysWhatTheCodeSays(t *testing.T) {
	t.Parallel()
	texts := textsOf(boxesOf(t, swissPage(t)))
	for _, want := range []string{
		"CH44\u00a03199\u00a09123\u00a00008\u00a08901\u00a02", "00\u00a000000\u00a000000\u00a000000\u00a002026\u00a000427", "2\u00a0492.33", "Zahlteil", "Zahlbar durch", "Annahmestelle",
	} {
		if !slices.Contains(texts, want) {
			t.Errorf("the slip has no %q", want)
		}
	}
}

func TestSlipIsAbsent(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*pdf.Page){
		"once paid":         func(p *pdf.Page) { p.Payment, p.PaidOn = nil, time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC) },
		"credit note":       func(p *pdf.Page) { p.Payment, p.Invoice.Kind = nil, invoice.KindCreditNote },
		"another currency":  func(p *pdf.Page) { p.Invoice.Currency = "DKK" },
		"another account":   func(p *pdf.Page) { p.Invoice.Account = invoice.BankAccount{IBAN: "DE89370400440532013000"} },
		"not asked for one": func(p *pdf.Page) { p.Seller.Transfer.Code = "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := swissPage(t)
			change(&p)
			if slices.Contains(textsOf(boxesOf(t, p)), "Empfangsschein") {
				t.Error("has a slip")
			}
		})
	}
	p := swissPage(t)
	p.Invoice.Number = "no digits"
	if _, err := pdf.Render(p); err == nil || !strings.Contains(err.Error(), "payment slip") {
		t.Errorf("a QR-IBAN without a reference: %v, want an error that names the slip", err)
	}
}

// What makes a slip impossible is a problem of the invoice before it is
// accepted.
func TestSlipIsRefusedEarly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*pdf.Page)
		want   string
	}{
		"digits":               {func(*pdf.Page) {}, ""},
		"no digit":             {func(p *pdf.Page) { p.Invoice.Number = "A-B" }, "number qr-reference"},
		"27 digits":            {func(p *pdf.Page) { p.Invoice.Number = strings.Repeat("1", 27) }, "number qr-reference"},
		"no digit, plain IBAN": {func(p *pdf.Page) { p.Invoice.Number, p.Seller.IBAN = "A-B", "CH9300762011623852957" }, ""},
		"no digit, no slip": {func(p *pdf.Page) {
			p.Invoice.Number, p.Seller.Transfer.Code, p.Seller.IBAN = "A-B", "", "CH9300762011623852957"
		}, ""},
		"QR-IBAN, no slip": {func(p *pdf.Page) {
			p.Seller.Transfer.Code, p.Invoice.Account.IBAN = "", "CH44 3199 9123 0008 8901 2"
		}, "account.iban swiss-slip"},
		"no digit, all paid": {func(p *pdf.Page) { p.Invoice.Number, p.Invoice.Prepaid = "A-B", "9999" }, ""},
		"too large":          {func(p *pdf.Page) { p.Invoice.Lines[0].UnitPrice = "1000000000" }, "lines swiss-slip"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := swissPage(t)
			c.change(&p)
			got := ""
			for _, problem := range pdf.Printable(p.Invoice, p.Seller) {
				got += problem.Field + " " + problem.Code
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// A profile with a QR-IBAN prints payment slips.
func TestQRIBANNeedsTheSlip(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{invoice.TransferSwiss: "", "": "seller.iban", invoice.TransferEPC: "seller.iban"} {
		s := swissPage(t).Seller
		s.Transfer.Code = code
		got := ""
		for _, p := range pdf.PrintableSeller(s) {
			got += p.Field
		}
		if got != want {
			t.Errorf("transfer code %q: got %q, want %q", code, got, want)
		}
	}
}

// zbar does not read past the Swiss cross, which covers an alignment pattern;
// zxing, which banking apps are made from, does.
func TestSlipCanBeScanned(t *testing.T) {
	t.Parallel()
	p := swissPage(t)
	path := writeSample(t, p)
	picture := strings.TrimSuffix(path, ".pdf")
	run(t, "pdftoppm", "-r", "200", "-png", "-f", "2", "-x", "490", "-y", "1605", "-W", "440", "-H", "440", path, picture)
	images, err := filepath.Glob(picture + "-*")
	if err != nil || len(images) != 1 {
		t.Fatalf("%d pictures, %v", len(images), err)
	}
	file, err := os.Open(images[0])
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	got, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		t.Fatal(err)
	}
	totals, err := p.Invoice.Totals()
	if err != nil {
		t.Fatal(err)
	}
	want, err := bankcode.SwissOf(&invoice.Document{Invoice: p.Invoice, Seller: p.Seller, Totals: totals})
	if err != nil || got.GetText() != want.Payload {
		t.Errorf("read %q, want %q (%v)", got.GetText(), want.Payload, err)
	}
}
