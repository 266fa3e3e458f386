package invoice_test

import (
	"testing"

	"invoicelink/invoice"
)

// TestElectronicAddressFollowsTheVATID: Peppol does not take 0213, the list of
// Finnish VAT identifiers (PEPPOL-EN16931-CL008).
func TestElectronicAddressFollowsTheVATID(t *testing.T) {
	t.Parallel()
	for vat, want := range map[string]invoice.Identifier{
		"FI12345671":     {Scheme: "0216", ID: "003712345671"},
		"SE556188840401": {Scheme: "0007", ID: "5561888404"},
		"DE136695976":    {Scheme: "9930", ID: "DE136695976"},
		"EL094259216":    {Scheme: "9933", ID: "EL094259216"},
	} {
		if got := (invoice.Party{VATID: vat}).ElectronicAddress(); got != want {
			t.Errorf("%s: got %+v, want %+v", vat, got, want)
		}
	}
}
