package pdf_test

import (
	"slices"
	"testing"

	"invoicelink/invoice/pdf"
)

// A unit code stands on the page as the word for it; what the sender wrote in
// words stays.
func TestUnitsInWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ language, unit, want string }{
		{"de", "H87", "Stk."}, {"de", "HUR", "Std."}, {"da", "MON", "måned"}, {"fr", "LS", "forfait"}, {"el", "KGM", "kg"}, {"en", "MTK", "m²"},
		{"de", "pcs", "pcs"}, {"de", "Trommel", "Trommel"}, {"de", "XDR", "drum"}, {"en", "XCT", "carton"}, {"da", "FTK", "ft²"}, {"de", "VPE", "VPE"}, {"pl", "C62", "szt."}, {"de", "ST", "ST"},
	} {
		t.Run(c.language+"/"+c.unit, func(t *testing.T) {
			t.Parallel()
			inv := plainInvoice()
			inv.Language, inv.Lines = c.language, inv.Lines[:1]
			inv.Lines[0].Unit = c.unit
			texts := textsOf(boxesOf(t, pdf.Page{Invoice: inv, Seller: seller(), Payment: payment(t, sampleLink)}))
			if !slices.Contains(texts, c.want) {
				t.Errorf("%s is not printed as %q", c.unit, c.want)
			}
		})
	}
}
