package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
	"invoicelink/worker/audit"
	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit"
)

// Whatever of an invoice's files is not what the record says is named.
func TestVerifyPages(t *testing.T) {
	t.Parallel()
	inv := testkit.Invoice("V-1")
	page := pdf.Page{Invoice: &inv, Seller: testkit.Seller()}
	bare, err := pdf.Render(page)
	testkit.Must(t, err)
	page.XML, err = pdf.EInvoice(page)
	testkit.Must(t, err)
	whole, err := pdf.Render(page)
	testkit.Must(t, err)
	if xml, err := pdf.Embedded(whole); err != nil || string(xml) != string(page.XML) {
		t.Fatalf("embedded: %d bytes, %v; want the %d of the e-invoice", len(xml), err, len(page.XML))
	}
	if xml, err := pdf.Embedded(bare); err != nil || xml != nil {
		t.Errorf("embedded in a page without: %q, %v", xml, err)
	}
	ubl := []byte("<Invoice/>")
	cut := append([]byte{}, whole...)
	at := strings.Index(string(cut), "/Type/EmbeddedFile") + 200
	copy(cut[at:], "################")
	for name, c := range map[string]struct {
		page   []byte // nil: none
		ubl    []byte
		change func(*ledger.Record)
		want   string
	}{
		"all there":          {page: whole, ubl: ubl},
		"no UBL wanted":      {page: whole, change: func(r *ledger.Record) { r.UBL = "" }},
		"no e-invoice":       {page: bare, ubl: ubl, change: func(r *ledger.Record) { r.EInvoice = "" }},
		"page missing":       {ubl: ubl, want: "V-1.pdf is missing"},
		"another page":       {page: append([]byte("x"), whole...), ubl: ubl, want: "V-1.pdf is not the page that was published"},
		"e-invoice missing":  {page: bare, ubl: ubl, want: "V-1.pdf has no e-invoice, and the record says that it has"},
		"another e-invoice":  {page: whole, ubl: ubl, change: func(r *ledger.Record) { r.EInvoice = digestOf(ubl) }, want: "V-1.pdf has an e-invoice that is not the record's"},
		"e-invoice damaged":  {page: cut, ubl: ubl, want: "V-1.pdf is damaged: read the embedded e-invoice"},
		"UBL missing":        {page: whole, want: "V-1.xml is missing"},
		"another UBL":        {page: whole, ubl: []byte("<CreditNote/>"), want: "V-1.xml is not the UBL e-invoice that was published"},
		"nothing was issued": {change: func(r *ledger.Record) { *r = ledger.Record{Number: "V-1"} }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			r := ledger.Record{Number: "V-1", PDF: "V-1.pdf", SHA256: digestOf(whole), EInvoice: digestOf(page.XML), UBL: digestOf(ubl)}
			if c.page != nil {
				testkit.Must(t, os.WriteFile(filepath.Join(dir, "V-1.pdf"), c.page, 0o600))
				if c.want == "" || strings.Contains(c.want, "e-invoice") {
					r.SHA256 = digestOf(c.page)
				}
			}
			if c.ubl != nil {
				testkit.Must(t, os.WriteFile(filepath.Join(dir, "V-1.xml"), c.ubl, 0o600))
			}
			if c.change != nil {
				c.change(&r)
			}
			store := &audit.Store{Records: map[string]ledger.Record{invoice.Key("V-1"): r}}
			findings := (&verifyCmd{Pages: []string{dir}}).pages(store)
			got := ""
			for _, f := range findings {
				got += f.What
			}
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) || len(findings) > 1 {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
