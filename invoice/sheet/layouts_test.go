package sheet_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"invoicelink/invoice/sheet"
	"invoicelink/invoice/sheet/profile"
)

// TestShippedProfiles reads a list of each program and language as it writes
// them: by its headers alone, and if the list lacks something, with a profile
// that extends the shipped one.
func TestShippedProfiles(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, more, currency, want string }{
		{"xero", "", "", "INV-0101=228.00 GBP|INV-0102=50.00 GBP"},
		{"quickbooks-us", "", "USD", "1001=694.00 USD|1002=95.00 USD"},
		{"quickbooks-uk", "", "", "2001=360.00 GBP|2002=50.00 GBP"},
		{"odoo", "", "", "INV/2026/00001=423.50 EUR|INV/2026/00002=110.00 EUR"},
		{"odoo-technical", "taxes: {account.1_sale_tax_21: 21}", "", "INV/2026/00007=423.50 EUR"},
		{"zoho", "", "", "INV-000011=138.00 EUR|INV-000013=48.00 EUR"},
		{"invoice-ninja", "defaults: {vat_rate: 0}", "USD", "0001=130.50 USD, due 100.50|0002=45.71 USD"},
		{"freshbooks", "defaults: {due_after: 30d}", "", "0000011=785.35 CAD"},
		{"tripletex", "", "", "10001=9440.00 NOK|10002=2240.00 NOK"},
		{"erpnext", "", "", "ACC-SINV-2026-00001=123900.00 INR|ACC-SINV-2026-00002=118000.00 INR"},
		{"stripe", "", "", "ABCD-0001=120.00 EUR|ABCD-0002=120.00 EUR, due 60.00"},
		{"sage-50", "defaults: {due_after: 30d}", "GBP", "3001=314.40 GBP|3002=48.00 GBP credit|3003=100.00 GBP"},
		{"shopify", "defaults: {vat_rate: 20, due_after: 14d}\nprices: net", "", "#1001=120.00 EUR"},
		{"e-boekhouden", "defaults: {vat_rate: 21}", "", "F2026-001=1210.00 EUR|F2026-002=121.00 EUR, due 21.00"},
		{"lexoffice", "", "", "RE0001=285.60 EUR|RK0001=59.50 EUR credit"},
		{"german", "", "EUR", "2026-11=1469.06 EUR|2026-12=107.00 EUR"},
		{"danish", "defaults: {vat_rate: 25, currency: DKK}", "", "4711=2415.00 DKK|4712=1123.75 DKK"},
		{"norwegian", "defaults: {vat_rate: 25, currency: NOK}", "", "501=12500.00 NOK|502=2500.00 NOK, due 500.00"},
		{"swedish", "", "SEK", "1001=1062.50 SEK|1002=224.00 SEK"},
		{"finnish", "", "EUR", "301=627.50 EUR|302=68.40 EUR"},
		{"dutch", "", "EUR", "2026001=406.60 EUR"},
		{"french", "", "EUR", "FA-2026-01=193.75 EUR"},
		{"polish", "", "", "FV/1/11/2026=1230.00 PLN|FV/2/11/2026=300.00 PLN"},
		{"italian", "", "EUR", "12/2026=976.00 EUR|13/2026=104.00 EUR"},
		{"spanish", "", "EUR", "F-1=1210.00 EUR|F-2=52.00 EUR"},
		{"portuguese", "", "EUR", "FT 2026/1=67.80 EUR|FT 2026/2=110.70 EUR"},
	}
	tested := map[string]bool{}
	for _, c := range tests {
		tested[c.name] = true
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := sheet.Options{Currency: c.currency}
			if c.more != "" {
				p, err := profile.Parse("mine", []byte("extends: "+c.name+"\n"+c.more+"\n"))
				if err != nil {
					t.Fatal(err)
				}
				o.Profiles = []*profile.Profile{p}
			}
			b := read(t, filepath.Join("testdata", "layouts", c.name+".csv"), o)
			wantProblems(t, b)
			if c.more == "" && b.Profile != c.name {
				t.Errorf("profile is %q, want %q", b.Profile, c.name)
			}
			if got := totals(t, b); got != c.want {
				t.Errorf("invoices are\n\t%s\nwant\n\t%s", got, c.want)
			}
			for _, q := range b.Questions {
				t.Errorf("asked %s", q)
			}
		})
	}
	for _, p := range profile.Shipped() {
		if !tested[p.Name] {
			t.Errorf("the profile %s has no test", p.Name)
		}
	}
	files, err := os.ReadDir(filepath.Join("testdata", "layouts"))
	if err != nil || len(files) != len(tests) {
		t.Errorf("%d lists, %v, want %d", len(files), err, len(tests))
	}
}

// totals writes number and total of each invoice, and what is due of it if that
// is another amount.
func totals(t testing.TB, b *sheet.Book) string {
	t.Helper()
	var out []string
	for _, e := range b.Entries {
		sum, err := e.Invoice.Totals()
		if err != nil {
			t.Fatal(err)
		}
		s := fmt.Sprintf("%s=%s %s", e.Invoice.Number, sum.Total.Number(), e.Invoice.Currency)
		if sum.Payable.Number() != sum.Total.Number() {
			s += ", due " + sum.Payable.Number()
		}
		if e.Invoice.IsCreditNote() {
			s += " credit"
		}
		out = append(out, s)
	}
	return strings.Join(out, "|")
}
