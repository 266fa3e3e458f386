package bankcode_test

import (
	"errors"
	"strings"
	"testing"

	"invoicelink/invoice"
	"invoicelink/invoice/bankcode"
)

func document(t *testing.T, currency, iban string) *invoice.Document {
	t.Helper()
	s := &invoice.Seller{Party: invoice.Party{Name: "Sample GmbH", VATID: "DE136695976",
		Address: invoice.Address{Street: "Musterweg 1", Zip: "10115", City: "Berlin", Country: "DE"}}, IBAN: iban, BIC: "COBADEFFXXX"}
	inv := &invoice.Invoice{Number: "2026/0042", IssueDate: "2026-03-01", DueDate: "2026-03-31", Currency: currency,
		Buyer: invoice.Party{Name: "Buyer AG", Address: invoice.Address{Street: "Gasse 2", Zip: "8001", City: "Zürich", Country: "CH"}},
		Lines: []invoice.Line{{Description: "Thing", Quantity: "1", UnitPrice: "100", VATRate: "19"}}}
	d, err := invoice.NewDocument(inv, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const (
	germanIBAN = "DE89370400440532013000"
	swissIBAN  = "CH9300762011623852957"
	qrIBAN     = "CH4431999123000889012" // of the guidelines
)

func TestSwiss(t *testing.T) {
	t.Parallel()
	const parties = "S\nSample GmbH\nMusterweg 1\n\n10115\nBerlin\nDE\n\n\n\n\n\n\n\n119.00\nCHF\nS\nBuyer AG\nGasse 2\n\n8001\nZürich\nCH\n"
	for _, c := range []struct{ name, iban, want, reference string }{
		{"IBAN with a creditor reference", swissIBAN, "SPC\n0200\n1\n" + swissIBAN + "\n" + parties + "SCOR\nRF8820260042\n2026/0042\nEPD", "RF8820260042"},
		{"QR-IBAN with a QR reference", qrIBAN, "SPC\n0200\n1\n" + qrIBAN + "\n" + parties + "QRR\n000000000000000000202600427\n2026/0042\nEPD", "000000000000000000202600427"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := bankcode.SwissOf(document(t, "CHF", c.iban))
			if err != nil || got.Payload != c.want || got.Reference != c.reference {
				t.Errorf("got %q, %v\nwant %q", got, err, c.want)
			}
			if n := strings.Count(got.Payload, "\n") + 1; n != 31 {
				t.Errorf("has %d lines, want 31", n)
			}
		})
	}
	for name, d := range map[string]*invoice.Document{"another account": document(t, "CHF", germanIBAN), "another currency": document(t, "DKK", swissIBAN)} {
		if got, err := bankcode.SwissOf(d); !errors.Is(err, bankcode.ErrNotPayable) {
			t.Errorf("%s: got %q, %v; want ErrNotPayable", name, got, err)
		}
	}
	blank := document(t, "CHF", swissIBAN)
	blank.Invoice.Buyer.Address = invoice.Address{}
	if got, err := bankcode.SwissOf(blank); err != nil || !strings.Contains(got.Payload, "CHF\n\n\n\n\n\n\n\nSCOR") {
		t.Errorf("a debtor without address: got %q, %v; want it blank", got, err)
	}
	noDigits := document(t, "CHF", qrIBAN)
	noDigits.Invoice.Number = "A"
	if got, err := bankcode.SwissOf(noDigits); err == nil {
		t.Errorf("a QR-IBAN without reference was taken: %q", got)
	}
}

// The first one is the example of the implementation guidelines.
func TestQRR(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"21000000000313947143000901": "210000000003139471430009017", "2026-0042": "000000000000000000202600427",
		strings.Repeat("1", 27): "", "A": "",
	} {
		if got, err := bankcode.QRR(in); got != want || (err == nil) != (want != "") {
			t.Errorf("QRR(%q) is %q, %v; want %q", in, got, err, want)
		}
	}
}
