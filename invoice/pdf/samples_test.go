package pdf_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bojanz/currency"
	qrcode "github.com/skip2/go-qrcode"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
)

const sampleLink = "https://testgateway.example.com/checkout/pay/5f1c2f0e-3a75-4a27-9d7c-0d9d8f6a2b11?lang=en&c=EUR"

// codes are those that were encoded already: encoding takes longer than
// rendering. Each user gets bits of its own.
var codes sync.Map

// qrOf encodes a link as bare modules.
func qrOf(tb testing.TB, link string) pdf.QR {
	tb.Helper()
	if known, ok := codes.Load(link); ok {
		qr := known.(pdf.QR)
		qr.Bits = bytes.Clone(qr.Bits)
		return qr
	}
	code, err := qrcode.New(link, qrcode.Medium)
	if err != nil {
		tb.Fatal(err)
	}
	code.DisableBorder = true
	rows := code.Bitmap()
	qr := pdf.QR{Size: len(rows), Bits: make([]byte, (len(rows)*len(rows)+7)/8)}
	for y, row := range rows {
		for x, dark := range row {
			if i := y*len(rows) + x; dark {
				qr.Bits[i/8] |= 0x80 >> (i % 8)
			}
		}
	}
	codes.Store(link, pdf.QR{Size: qr.Size, Bits: bytes.Clone(qr.Bits)})
	return qr
}

func payment(tb testing.TB, link string) *pdf.Payment {
	tb.Helper()
	return &pdf.Payment{
		Link: link, QR: qrOf(tb, link),
		PayableUntil: time.Date(2027, 1, 12, 22, 59, 59, 0, time.UTC),
	}
}

func seller() *invoice.Seller {
	return &invoice.Seller{
		Party: invoice.Party{
			Name: "Sample Nordic Supplies ApS", VATID: "DK12345674", RegistrationNo: "12345674",
			Email: "invoices@example.com", Phone: "+45 00 00 00 00",
			Address: invoice.Address{Street: "Eksempelvej 7", Zip: "2100", City: "København Ø", Country: "DK"},
		},
		IBAN: "DK5000400440116243", BIC: "SAMPDKKK", Bank: "Sample Bank",
		PaymentTerms: "30 days net. After the due date we charge interest under the Danish Interest Act.",
		Footer:       "Thank you for your order.", TimeZone: "Europe/Copenhagen",
	}
}

func plainInvoice() *invoice.Invoice {
	inv := &invoice.Invoice{
		Number: "2026-0042", IssueDate: "2026-11-22", DueDate: "2026-12-22", SupplyDate: "2026-11-20", Currency: "EUR",
		Buyer: invoice.Party{
			Name: "Example Trading GmbH", ID: "K-1007", VATID: "DE123456788",
			Address: invoice.Address{Street: "Musterstraße 12\n2. Hof", Zip: "20095", City: "Hamburg", Country: "DE"},
		},
		BuyerReference: "PO 4500012345",
	}
	for _, d := range [...][7]string{
		{"A-100", "Office chair, adjustable", "4", "pcs", "189.5", "", "25"},
		{"A-220", "Desk 160 × 80 cm, oak", "2", "pcs", "420", "10", "25"},
		{"S-001", "Delivery and assembly on the third floor, including removal of packaging and disposal of the old furniture", "3.5", "h", "65", "", "25"},
		{"B-310", "Paper A4, 80 g, box of five reams", "12", "box", "21.4", "", "12"},
		{"B-311", "Notebooks, ruled", "40", "pcs", "1.245", "", "12"},
		{"F-900", "Return: damaged lamp", "-1", "pcs", "79.95", "", "25"},
		{"C-001", "Handbook “Working well”", "3", "pcs", "24", "", "0"},
	} {
		inv.Lines = append(inv.Lines, invoice.Line{
			Item: d[0], Description: d[1], Quantity: invoice.Decimal(d[2]), Unit: d[3],
			UnitPrice: invoice.Decimal(d[4]), DiscountPercent: invoice.Decimal(d[5]), VATRate: invoice.Decimal(d[6]),
		})
	}
	return inv
}

// samples are pages of every sort, by name.
func samples(tb testing.TB) map[string]pdf.Page {
	tb.Helper()
	all := map[string]pdf.Page{}
	all["plain"] = pdf.Page{Invoice: plainInvoice(), Seller: seller(), Payment: payment(tb, sampleLink)}

	long := plainInvoice()
	for len(long.Lines) < 45 {
		long.Lines = append(long.Lines, long.Lines[len(long.Lines)%7])
	}
	all["long"] = pdf.Page{Invoice: long, Seller: seller(), Payment: payment(tb, sampleLink)}

	credit := plainInvoice()
	credit.Kind, credit.Number, credit.OriginalInvoice, credit.DueDate = invoice.KindCreditNote, "CN-2026-7", "2026-0042", ""
	credit.Lines = credit.Lines[:2]
	credit.Note = "We credit the two items that arrived damaged. Please dispose of them; they need not be sent back."
	all["credit"] = pdf.Page{Invoice: credit, Seller: seller()}

	prepaid := plainInvoice()
	prepaid.Prepaid, prepaid.Rounding, prepaid.Note = "500", "-0.03", "Thank you for the deposit."
	prepaid.Lines = append(prepaid.Lines, invoice.Line{
		Description: "Consulting, services to a business in another country",
		Quantity:    "2", Unit: "days", UnitPrice: "900", Discount: "50", VATRate: "0", VATCategory: invoice.VATReverseCharge,
	})
	soon := payment(tb, sampleLink)
	soon.OnceOpened = 10 * time.Minute
	withLogo := seller()
	withLogo.Logo = sampleLogo(tb)
	all["prepaid"] = pdf.Page{Invoice: prepaid, Seller: withLogo, Payment: soon, RenewedOn: time.Date(2026, 12, 23, 9, 0, 0, 0, time.UTC)}

	all["sandbox"] = pdf.Page{Invoice: plainInvoice(), Seller: withLogo, Payment: payment(tb, sampleLink), Mark: pdf.MarkSandbox}
	all["test"] = pdf.Page{Invoice: plainInvoice(), Seller: seller(), Payment: payment(tb, sampleLink), Mark: pdf.MarkTest}
	all["paid"] = pdf.Page{Invoice: plainInvoice(), Seller: seller(), PaidOn: time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)}
	all["receipt"] = receiptPage(tb, plainInvoice())

	da := plainInvoice()
	da.Language, da.Currency = "da", "DKK"
	da.Buyer = invoice.Party{
		Name: "Øresund Åbne Værksteder A/S", ID: "20077", RegistrationNo: "12345674",
		Address: invoice.Address{Street: "Æblevej 3", Zip: "5000", City: "Odense C", Country: "DK"},
	}
	all["danish"] = pdf.Page{Invoice: da, Seller: withLogo, Payment: soon}

	de := plainInvoice()
	de.Language = "de-AT"
	all["german"] = pdf.Page{Invoice: de, Seller: seller(), Payment: payment(tb, sampleLink)}

	all["mixed"] = pdf.Page{Invoice: manyScripts(), Seller: seller(), Payment: payment(tb, sampleLink)}
	all["hostile"] = pdf.Page{Invoice: hostile(), Seller: hostileSeller(), Payment: payment(tb, "https://example.com/"+strings.Repeat("abcdefghij", 198)), Mark: pdf.MarkSandbox}

	all["full"] = pdf.Page{Invoice: fullInvoice(), Seller: fullSeller(tb), Payment: payment(tb, sampleLink)}

	all["swiss"] = swissPage(tb)

	refund := plainInvoice()
	refund.Lines = refund.Lines[:1]
	refund.Prepaid = "1197.5"
	all["favour"] = pdf.Page{Invoice: refund, Seller: seller()}

	zero := plainInvoice()
	zero.Lines = []invoice.Line{
		{Description: "Exempt training", UnitPrice: "1200", VATCategory: invoice.VATExempt},
		{Description: "Goods to another member state", UnitPrice: "100", VATCategory: invoice.VATIntraCommunity},
		{Description: "Goods to Norway", UnitPrice: "7", VATCategory: invoice.VATExport},
		{Description: "Deposit for bottles", UnitPrice: "3", VATCategory: invoice.VATOutOfScope},
		{Description: "Free sample", UnitPrice: "0", VATRate: "0"},
	}
	zero.Prepaid = "1310"
	all["zero"] = pdf.Page{Invoice: zero, Seller: seller()}
	return all
}

// receiptPage is a receipt for an invoice that was paid in two parts.
func receiptPage(tb testing.TB, inv *invoice.Invoice) pdf.Page {
	tb.Helper()
	totals, err := inv.Totals()
	if err != nil {
		tb.Fatal(err)
	}
	first, err := currency.NewAmount("1000", inv.Currency)
	if err != nil {
		tb.Fatal(err)
	}
	rest, err := totals.Payable.Sub(first)
	if err != nil {
		tb.Fatal(err)
	}
	last := time.Date(2026, 12, 21, 23, 30, 0, 0, time.UTC) // the next day in Copenhagen
	return pdf.Page{Invoice: inv, Seller: seller(), PaidOn: last, Receipts: []pdf.Receipt{
		{At: time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC), Amount: first, Reference: "Bank entry 4711"},
		{At: last, Amount: rest, Online: true, Reference: "5f1c2f0e-91"},
	}}
}

// fullInvoice says everything that the model can say at once.
func fullInvoice() *invoice.Invoice {
	inv := plainInvoice()
	inv.Lines = inv.Lines[:4]
	inv.SupplyDate, inv.Language = "", "de"
	inv.Period = invoice.Period{Start: "2026-10-01", End: "2026-10-31"}
	inv.LocalVAT = invoice.LocalVAT{Currency: "DKK", Rate: "7.46"}
	inv.Delivery = invoice.Delivery{
		Name: "Lager Nord", Location: invoice.Identifier{Scheme: "0088", ID: "5790000435944"},
		Address: invoice.Address{Street: "Hafenstraße 1", Zip: "18147", City: "Rostock", Country: "DE"},
	}
	inv.Buyer.Contact, inv.Buyer.RegistrationNo = "Einkauf, Kim Muster", "HRB 12345"
	inv.References = invoice.References{Order: "PO 4500012345", SalesOrder: "A-77", Contract: "V-2026-3", Project: "Neubau", DespatchAdvice: "LS-9", Accounting: "4711"}
	inv.BuyerReference = "04011000-12345-39"
	inv.Intro = "Vielen Dank für Ihren Auftrag. Wir berechnen Ihnen die folgenden Lieferungen und Leistungen."
	inv.Lines[0].Period = invoice.Period{Start: "2026-10-01", End: "2026-10-15"}
	inv.Lines[0].Allowances = []invoice.Allowance{{Percent: "5", Reason: "Messerabatt"}}
	inv.Lines[3].PriceQuantity, inv.Lines[3].UnitPrice = "100", "2140"
	inv.Allowances = []invoice.DocumentAllowance{{Allowance: invoice.Allowance{Amount: "50", Reason: "Treuerabatt"}, VATRate: "25"}}
	inv.Charges = []invoice.DocumentAllowance{{Allowance: invoice.Allowance{Amount: "19.9", Reason: "Fracht", ReasonCode: "FC"}, VATRate: "25"}}
	inv.EarlyPayment = []invoice.EarlyPayment{{Percent: "2", Until: "2026-12-02"}}
	return inv
}

// fullSeller uses the design: letter paper formats are in TestDesign.
func fullSeller(tb testing.TB) *invoice.Seller {
	s := seller()
	s.Logo = sampleLogo(tb)
	s.TaxNumber, s.Contact = "12/345/67890", "Robin Beispiel"
	s.LegalInfo = "Registered at Erhvervsstyrelsen. Director: Robin Beispiel."
	s.Transfer.Code = invoice.TransferEPC
	s.Design = invoice.Design{Accent: "#7a1f3d", Typeface: "serif", Window: invoice.WindowDIN5008B}
	s.Texts = []invoice.LocalTexts{{
		Language: "de", PaymentTerms: "Zahlbar innerhalb von 30 Tagen ohne Abzug.", Footer: "Vielen Dank für Ihren Auftrag.",
		Note: "Wir liefern klimaneutral.", Fields: []invoice.Field{{Label: "Sachbearbeiter", Value: "Robin Beispiel"}},
	}}
	return s
}

// manyScripts has letters of every script that the page prints.
func manyScripts() *invoice.Invoice {
	inv := plainInvoice()
	inv.Buyer = invoice.Party{
		Name: "Παράδειγμα Εμπορική Α.Ε. / ТОВ «Приклад Ґанок Їжак»",
		Address: invoice.Address{
			Street: "Οδός Παραδείγματος 5\nвул. Зразкова, 14, кв. № 3\nThe Old Mill\nFloor 3, Room 312\nc/o Accounts Payable\nBuilding “Beta”\nul. Przykładowa 8 m. 4\nStr. Exemplului nr. 9, București Țara Șes",
			Zip:    "106 71", City: "Αθήνα", Country: "GR",
		},
	}
	for i, s := range []string{
		"Υπηρεσίες συμβούλων — Νοέμβριος", "Консультації щодо ґрунтів, є, ї, і — ½ дня",
		"Zażółć gęślą jaźń; příliš žluťoučký kůň", "İstanbul’da ığdır şöğüç ₺", "Þjónusta á Íslandi, ð æ",
		"Tiếng Việt: dịch vụ tư vấn kỹ thuật", "ქართული ✓ Հայերեն № 5 • „x“ … ₴",
	} {
		inv.Lines[i].Description = s
	}
	return inv
}

// hostile is as long in every field as Validate allows.
func hostile() *invoice.Invoice {
	inv := plainInvoice()
	inv.Number = strings.Repeat("W9", 32)
	inv.Buyer = invoice.Party{
		Name: wide(200), ID: wide(200), VATID: wide(200), RegistrationNo: wide(200),
		Address: invoice.Address{Street: strings.Repeat("ab\n", 66), Zip: wide(200), City: wide(200), Country: "DE"},
	}
	inv.BuyerReference, inv.Note = wide(200), strings.Repeat("x\n", 499)
	inv.Lines[0].Description, inv.Lines[0].Item, inv.Lines[0].Unit = wide(1000), wide(200), wide(200)
	inv.Lines[1].Description = strings.Repeat("y\n", 499)
	inv.Lines[2].Quantity, inv.Lines[2].UnitPrice = "123456.123456", "1234567.123456"
	for i := range 40 {
		inv.Lines = append(inv.Lines, invoice.Line{Description: fmt.Sprintf("Rate %d", i), UnitPrice: "1", VATRate: invoice.Decimal(fmt.Sprint(i + 1))})
	}
	return inv
}

func hostileSeller() *invoice.Seller {
	s := seller()
	s.Name, s.RegistrationNo, s.Phone, s.Bank, s.VATID = wide(200), wide(200), wide(200), wide(200), wide(200)
	s.Email = wide(180) + "@example.com"
	s.Address = invoice.Address{Street: wide(200), Zip: wide(200), City: wide(200), Country: "DK"}
	s.Footer, s.PaymentTerms = wide(1000), strings.Repeat("z\n", 499)
	return s
}

func wide(n int) string { return strings.Repeat("Wm", n/2) }

// sampleLogo is a PNG with transparency.
func sampleLogo(tb testing.TB) []byte {
	tb.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 360, 90))
	for y := range 90 {
		for x := range 360 {
			switch dx, dy := x-45, y-45; {
			case dx*dx+dy*dy < 40*40:
				img.SetNRGBA(x, y, color.NRGBA{29, 66, 120, uint8(255 - y)})
			case x > 110 && (x/20)%2 == 0 && y > 30 && y < 60:
				img.SetNRGBA(x, y, color.NRGBA{200, 120, 20, 255})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}
