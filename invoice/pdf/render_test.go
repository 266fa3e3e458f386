package pdf_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-fonts/liberation/liberationmonoregular"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
)

func TestLinkIsTheAnnotation(t *testing.T) {
	t.Parallel()
	link := `https://pay.example.com/a(b)\c/d?x=1&y=(2)`
	page := samples(t)["plain"]
	page.Payment = payment(t, link)
	// Over the code, over the sentence and over the one line of the link itself.
	if n := strings.Count(unpacked(t, page), `/URI (https://pay.example.com/a\(b\)\\c/d?x=1&y=\(2\))`); n != 3 {
		t.Errorf("the link is the target of %d annotations, want 3", n)
	}
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	page := samples(t)["danish"]
	file := unpacked(t, page)
	for _, want := range []string{"/Lang (da)", "/CreationDate (D:20261122000000Z)", "/ModDate (D:20261122000000Z)"} {
		if !strings.Contains(file, want) {
			t.Errorf("file has no %s", want)
		}
	}
	page.RenewedOn = time.Date(2026, 12, 24, 1, 2, 3, 4, time.FixedZone("CET", 3600))
	if !strings.Contains(unpacked(t, page), "/CreationDate (D:20261224000203Z)") {
		t.Error("a renewed document is not dated at its renewal, in UTC")
	}
}

// Contradictions are refused with a word that says what to do.
func TestRenderRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*pdf.Page)
		want   string
	}{
		{"no invoice", func(p *pdf.Page) { p.Invoice = nil }, "no invoice"},
		{"no seller", func(p *pdf.Page) { p.Seller = nil }, "no seller"},
		{"no lines", func(p *pdf.Page) { p.Invoice.Lines = nil }, "no line"},
		{"no date", func(p *pdf.Page) { p.Invoice.IssueDate = "22.11.2026" }, "issueDate"},
		{"unknown currency", func(p *pdf.Page) { p.Invoice.Currency = "XXQ" }, "currency"},
		{"unknown mark", func(p *pdf.Page) { p.Mark = 9 }, "mark 9"},
		{"other totals", func(p *pdf.Page) { p.Totals = &invoice.Totals{} }, "another invoice"},
		{"link on a credit note", func(p *pdf.Page) { p.Invoice.Kind = invoice.KindCreditNote }, "credit note"},
		{"link on a paid invoice", func(p *pdf.Page) { p.PaidOn = time.Now() }, "paid"},
		{"link for nothing", func(p *pdf.Page) { p.Invoice.Prepaid = "99999" }, "payable"},
		{"receipt for what is not paid", func(p *pdf.Page) { p.Receipts = []pdf.Receipt{{}} }, "not paid"},
		{"receipt with the e-invoice", func(p *pdf.Page) { p.PaidOn, p.Receipts, p.XML = time.Now(), []pdf.Receipt{{}}, []byte("<x/>") }, "e-invoice"},
		{"no link", func(p *pdf.Page) { p.Payment.Link = "" }, "absolute"},
		{"relative link", func(p *pdf.Page) { p.Payment.Link = "/pay/1" }, "absolute"},
		{"script as link", func(p *pdf.Page) { p.Payment.Link = "javascript:alert(1)" }, "absolute"},
		{"link with a line feed", func(p *pdf.Page) { p.Payment.Link = "https://a.example/\nx" }, "0x0A"},
		{"link with letters beyond ASCII", func(p *pdf.Page) { p.Payment.Link = "https://a.example/ø" }, "percent-encode"},
		{"endless link", func(p *pdf.Page) { p.Payment.Link = "https://a.example/" + strings.Repeat("x", 2000) }, "2000"},
		{"no code", func(p *pdf.Page) { p.Payment.QR = pdf.QR{} }, "0 modules"},
		{"code too large", func(p *pdf.Page) { p.Payment.QR.Size = 178 }, "178 modules"},
		{"code cut off", func(p *pdf.Page) { p.Payment.QR.Bits = p.Payment.QR.Bits[1:] }, "bytes"},
		{"code all light", func(p *pdf.Page) { clear(p.Payment.QR.Bits) }, "no dark module"},
		{"logo damaged", func(p *pdf.Page) { p.Seller.Logo = []byte("\x89PNG\r\n\x1a\nrest") }, "seller.logo"},
		{"letter of no font", func(p *pdf.Page) { p.Invoice.Lines[2].Description = "Tea 茶" }, "lines[2].description: has the character U+8336 '茶'"},
		{"letter above U+FFFF", func(p *pdf.Page) { p.Invoice.Note = "🙂" }, "note: has the character U+1F642"},
		{"right to left", func(p *pdf.Page) { p.Invoice.Buyer.Name = "שלום" }, "buyer.name: has the characters U+05E9"},
		{"seller's letter", func(p *pdf.Page) { p.Seller.Footer = "ありがとう" }, "seller.footer"},
	} {
		page := pdf.Page{Invoice: plainInvoice(), Seller: seller(), Payment: payment(t, sampleLink)}
		tt.change(&page)
		file, err := pdf.Render(page)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error is %v, want one with %q", tt.name, err, tt.want)
		}
		if file != nil {
			t.Errorf("%s: a file comes with the error", tt.name)
		}
		if err != nil && page.Payment.Link != "" && strings.Contains(err.Error(), "5f1c2f0e") {
			t.Errorf("%s: the error gives the payment link away", tt.name)
		}
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	inv := plainInvoice()
	inv.Buyer.Email = "茶@example.com" // not printed
	if p := pdf.Printable(inv, nil); len(p) != 0 {
		t.Errorf("a sound invoice has problems: %v", p)
	}
	inv.Note = "a茶b茶c字"
	inv.Lines[6].Unit = "個"
	p := pdf.Printable(inv, nil)
	if len(p) != 2 || p[0].Field != "note" || p[1].Field != "lines[6].unit" {
		t.Fatalf("problems are %v", p)
	}
	if want := "has the characters U+8336 '茶', U+5B57 '字', which"; !strings.HasPrefix(p[0].Message, want) {
		t.Errorf("message is %q, want it to begin with %q", p[0].Message, want)
	}
	if p := pdf.PrintableSeller(seller()); len(p) != 0 {
		t.Errorf("a sound seller has problems: %v", p)
	}
	s := seller()
	s.Bank, s.Logo = "銀行", []byte("<svg/>")
	if p := pdf.PrintableSeller(s); len(p) != 2 || p[0].Field != "seller.logo" || p[1].Field != "seller.bank" {
		t.Errorf("problems are %v", p)
	}
}

// A mark over a letter is printed if there is a composed letter, and refused by
// name if there is none, in each typeface; so is what would change the
// direction of a copied text.
func TestMarksAreComposedOrRefused(t *testing.T) {
	t.Parallel()
	own := seller()
	own.Design.Font = liberationmonoregular.TTF
	serif, condensed := seller(), seller()
	serif.Design.Typeface, condensed.Design.Typeface = "serif", "condensed"
	for name, s := range map[string]*invoice.Seller{"sans": seller(), "serif": serif, "condensed": condensed, "own": own} {
		for _, tt := range []struct{ note, want string }{
			{"e\u0301 M\u0323 o\u0302\u0301 \u0438\u0306 \u03b1\u0301", ""}, {"q\u0301", "U+0301"}, {"M\u0304", "U+0304"}, {"x\u0327\u0301", "U+0327"},
			{"1\u20e3", "U+20E3"}, {"\u0301", "U+0301"}, {"a\u0489", "U+0489"},
			{"\u202aEUR 1\u202c", "U+202A"}, {"\u202e1 RUE", "U+202E"}, {"\u20681\u2069", "U+2068"}, {"a\u2062b", "U+2062"}, {"\uE000", "U+E000"}, {"☎\uFE0F", ""}, {"😀", "U+1F600"},
		} {
			inv := plainInvoice()
			inv.Note = tt.note
			_, err := pdf.Render(pdf.Page{Invoice: inv, Seller: s})
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%s: %+q: error is %v, want %q", name, tt.note, err, tt.want)
			}
		}
	}
}

// More characters than a code page holds come out of further fonts.
func TestManyCharacters(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for r := 'Ā'; r < 'ɐ'; r++ {
		b.WriteRune(r)
	}
	for r := 'А'; r <= 'ӹ'; r++ {
		if r < '҂' || r > '҉' {
			b.WriteRune(r)
		}
	}
	inv := plainInvoice()
	inv.Note = b.String()
	page := pdf.Page{Invoice: inv, Seller: seller()}
	if n := strings.Count(unpacked(t, page), "+LiberationSans\n"); n < 4 {
		t.Errorf("%d code pages of the regular face, want at least 4", n)
	}
	out := run(t, "pdftotext", "-raw", writeSample(t, page), "-")
	for _, want := range []string{"ĀāĂăĄą", "ҐґҒғ", "АБВГД"} {
		if !strings.Contains(out, want) {
			t.Errorf("text has no %q:\n%s", want, out)
		}
	}
}
