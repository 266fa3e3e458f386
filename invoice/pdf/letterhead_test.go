package pdf_test

import (
	"slices"
	"testing"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
)

// Addresses are written as the country's post wants them.
func TestAddressesOfCountries(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		address invoice.Address
		lines   []string
	}{
		"United States":               {invoice.Address{Zip: "94105", City: "San Francisco", Region: "CA", Country: "US"}, []string{"San Francisco, CA 94105", "United States"}},
		"United States, region alone": {invoice.Address{Region: "CA", Zip: "94105", Country: "US"}, []string{"CA 94105"}},
		"Canada":                      {invoice.Address{Zip: "K1A 0B1", City: "Ottawa", Region: "ON", Country: "CA"}, []string{"Ottawa ON K1A 0B1", "Canada"}},
		"United Kingdom":              {invoice.Address{Zip: "SW1A 1AA", City: "London", Country: "GB"}, []string{"London", "SW1A 1AA", "United Kingdom"}},
		"Ireland":                     {invoice.Address{Zip: "D02 AF30", City: "Dublin 2", Region: "Co. Dublin", Country: "IE"}, []string{"Dublin 2", "Co. Dublin", "D02 AF30"}},
		"Germany":                     {invoice.Address{Zip: "20095", City: "Hamburg", Country: "DE"}, []string{"20095 Hamburg"}},
		"Italy, with a province":      {invoice.Address{Zip: "20121", City: "Milano", Region: "MI", Country: "IT"}, []string{"20121 Milano", "MI"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inv := plainInvoice()
			inv.Buyer.Address = c.address
			got := texts(t, pdf.Page{Invoice: inv, Seller: seller(), Payment: payment(t, sampleLink)})
			first := slices.Index(got, c.lines[0])
			if first < 0 || !slices.Equal(got[first:min(first+len(c.lines), len(got))], c.lines) {
				t.Errorf("lines %q are not there: %q", c.lines, got[:min(len(got), 20)])
			}
		})
	}
}
