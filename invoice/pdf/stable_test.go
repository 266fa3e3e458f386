package pdf_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"

	"invoicelink/invoice/pdf"
)

// render renders and fails the test on an error.
func render(tb testing.TB, p pdf.Page) []byte {
	tb.Helper()
	file, err := pdf.Render(p)
	if err != nil {
		tb.Fatal(err)
	}
	return file
}

func TestSamePageSameBytes(t *testing.T) {
	t.Parallel()
	all := samples(t)
	for _, name := range []string{"prepaid", "mixed"} {
		page := all[name]
		first := render(t, page)
		for i := range 50 {
			if !bytes.Equal(first, render(t, page)) {
				t.Fatalf("%s: render %d gives other bytes than the first", name, i+2)
			}
		}
	}
}

// Totals given and totals computed are one document.
func TestGivenTotalsChangeNothing(t *testing.T) {
	t.Parallel()
	page := samples(t)["plain"]
	want := render(t, page)
	totals, err := page.Invoice.Totals()
	if err != nil {
		t.Fatal(err)
	}
	page.Totals = totals
	if !bytes.Equal(want, render(t, page)) {
		t.Error("the same totals, given, change the document")
	}
}

// Documents rendered at the same time are what they are alone, so nothing of
// one customer gets into another's file.
func TestConcurrentRendersAreIndependent(t *testing.T) {
	t.Parallel()
	var pages []pdf.Page
	var alone [][]byte
	for i := range 8 {
		inv := plainInvoice()
		inv.Number = fmt.Sprintf("N-%d", i)
		// Letters that no other of the invoices has.
		inv.Buyer.Name = fmt.Sprintf("Buyer %c%c%c", 'Ā'+rune(i*8), 'Α'+rune(i), 'а'+rune(i))
		s := seller()
		if i%2 == 0 {
			s.Logo = sampleLogo(t)
		}
		page := pdf.Page{Invoice: inv, Seller: s, Payment: payment(t, sampleLink)}
		pages, alone = append(pages, page), append(alone, render(t, page))
	}
	var wg sync.WaitGroup
	for i := range pages {
		wg.Go(func() {
			for range 5 {
				got, err := pdf.Render(pages[i])
				if err != nil || !bytes.Equal(got, alone[i]) {
					t.Errorf("invoice %d rendered next to others differs from itself alone: %v", i, err)
					return
				}
			}
		})
	}
	wg.Wait()
	for i := range pages {
		for j := range pages {
			name := fmt.Sprintf("> <%04X>\n", 'Ā'+rune(j*8)) // in a map to Unicode
			if has := strings.Contains(unpacked(t, pages[i]), name); has != (i == j) {
				t.Errorf("file of invoice %d holds glyph %s of invoice %d: %v", i, name, j, has)
			}
		}
	}
}

// The page must not be written to: the worker keeps using it.
func TestRenderLeavesThePageAlone(t *testing.T) {
	t.Parallel()
	page := samples(t)["prepaid"]
	before := page.Invoice.Digest() + page.Seller.Digest()
	render(t, page)
	if before != page.Invoice.Digest()+page.Seller.Digest() {
		t.Error("rendering changed the invoice or the seller")
	}
}
