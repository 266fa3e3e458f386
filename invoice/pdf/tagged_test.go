package pdf_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
)

// checkTagged: whatever is painted is marked, each mark belongs to one element
// of its own type, and the parent tree says the same as the elements.
func checkTagged(t *testing.T, f *file) {
	owner := map[string]*element{}
	f.structure().each(func(e *element) {
		for _, c := range e.content {
			if owner[c] != nil {
				t.Errorf("content %s belongs to two elements", c)
			}
			owner[c] = e
		}
	})
	parents := map[int]any{}
	nums := f.list(f.catalog(), "StructTreeRoot", "ParentTree", "Nums")
	for i := 0; i+1 < len(nums); i += 2 {
		parents[f.number(nums[i])] = nums[i+1]
	}
	seen := 0
	for i, p := range f.pages() {
		pieces, outside, _ := f.content(p)
		if len(outside) > 0 {
			t.Errorf("page %d paints outside of marked content: %q", i+1, outside)
		}
		list := f.list(parents[f.number(p, "StructParents")])
		for _, piece := range pieces {
			if piece.mcid < 0 {
				continue
			}
			seen++
			e := owner[fmt.Sprintf("%s/%d", p, piece.mcid)]
			switch {
			case e == nil:
				t.Errorf("page %d: content %d belongs to no element", i+1, piece.mcid)
			case e.role != piece.tag:
				t.Errorf("page %d: content %d is marked %s and belongs to %s", i+1, piece.mcid, piece.tag, e.role)
			case piece.mcid >= len(list) || list[piece.mcid] != e.ref:
				t.Errorf("page %d: the parent tree does not lead from content %d to its element", i+1, piece.mcid)
			}
		}
		if text := f.text(p, "Tabs"); text != "/S" {
			t.Errorf("page %d has the tab order %s", i+1, text)
		}
	}
	if seen != len(owner) || seen == 0 {
		t.Errorf("%d pieces of content are marked and %d belong to elements", seen, len(owner))
	}
}

func checkCatalog(t *testing.T, f *file) {
	if f.get(f.catalog(), "MarkInfo", "Marked") != true || f.get(f.catalog(), "ViewerPreferences", "DisplayDocTitle") != true {
		t.Errorf("catalog is %v", f.get(f.catalog()))
	}
	if tag := strings.TrimPrefix(f.text(f.catalog(), "Lang"), "u:"); len(tag) != 2 {
		t.Errorf("language is %q", tag)
	}
	if role := f.structure().role; role != "Document" {
		t.Errorf("root of the structure is %s", role)
	}
}

func checkFigures(t *testing.T, f *file) {
	f.structure().each(func(e *element) {
		if e.role == "Figure" && e.alt == "" {
			t.Errorf("figure %s has no alternative text", e.ref)
		}
	})
}

func checkHeadings(t *testing.T, f *file) {
	var levels []string
	f.structure().each(func(e *element) {
		if strings.Trim(e.role, "H123456") == "" {
			levels = append(levels, e.role)
		}
	})
	if len(levels) == 0 || levels[0] != "H1" {
		t.Fatalf("headings are %v, want H1 first", levels)
	}
	for _, l := range levels[1:] {
		if l != "H2" {
			t.Errorf("headings are %v, want H2 after the first", levels)
		}
	}
}

// checkTables: rows of as many cells, headers with a scope.
func checkTables(t *testing.T, f *file) {
	tables := 0
	f.structure().each(func(e *element) {
		if e.role != "Table" {
			return
		}
		tables++
		for _, row := range e.kids {
			if row.role != "TR" || len(row.kids) != len(e.kids[0].kids) {
				t.Errorf("row %s %s has %d cells, the first has %d", row.ref, row.role, len(row.kids), len(e.kids[0].kids))
			}
			for _, cell := range row.kids {
				scope := f.text(cell.dict, "A", "Scope")
				if cell.role != "TD" && (cell.role != "TH" || scope != "/Column" && scope != "/Row") {
					t.Errorf("cell %s is %s with the scope %q", cell.ref, cell.role, scope)
				}
			}
		}
	})
	if tables < 2 {
		t.Errorf("%d tables, want those of lines and totals at least", tables)
	}
}

// checkLinks: each annotation says in words where it leads, belongs to a Link
// element, and is found from there and back.
func checkLinks(t *testing.T, f *file) {
	parents := map[int]any{}
	nums := f.list(f.catalog(), "StructTreeRoot", "ParentTree", "Nums")
	for i := 0; i+1 < len(nums); i += 2 {
		parents[f.number(nums[i])] = nums[i+1]
	}
	links := map[string]*element{}
	f.structure().each(func(e *element) {
		for _, a := range e.annotations {
			links[a] = e
		}
	})
	for _, p := range f.pages() {
		for _, a := range f.list(p, "Annots") {
			e := links[a.(string)]
			if e == nil || e.role != "Link" || e.alt == "" || parents[f.number(a, "StructParent")] != e.ref {
				t.Errorf("annotation %v belongs to %v", a, e)
			}
			if f.text(a, "Contents") == "" {
				t.Errorf("annotation %v has no contents", a)
			}
			delete(links, a.(string))
		}
	}
	if len(links) > 0 {
		t.Errorf("elements refer to annotations that no page has: %v", links)
	}
}

func checkEmbedded(t *testing.T, f *file, want []byte) {
	files := f.list(f.catalog(), "AF")
	packet := string(f.stream(f.ref(f.catalog(), "Metadata")))
	if want == nil {
		if len(files) > 0 || f.get(f.catalog(), "Names") != nil || strings.Contains(packet, "factur-x") {
			t.Errorf("a file without an e-invoice has %v and %s", files, packet)
		}
		return
	}
	if len(files) != 1 {
		t.Fatalf("associated files are %v", files)
	}
	spec := files[0]
	names := f.list(f.catalog(), "Names", "EmbeddedFiles", "Names")
	if len(names) != 2 || names[0] != "u:factur-x.xml" || names[1] != spec {
		t.Errorf("embedded files are %v, want factur-x.xml as %v", names, spec)
	}
	if f.text(spec, "F") != "u:factur-x.xml" || f.text(spec, "UF") != "u:factur-x.xml" || f.text(spec, "AFRelationship") != "/Alternative" {
		t.Errorf("file specification is %v", f.get(spec))
	}
	stream := f.ref(f.get(spec, "EF"), "F")
	if got := f.stream(stream); !bytes.Equal(got, want) || f.ref(f.get(spec, "EF"), "UF") != stream {
		t.Errorf("embedded file is %q", got)
	}
	if f.text(stream, "Subtype") != "/text/xml" || f.number(stream, "Params", "Size") != len(want) || f.text(stream, "Params", "ModDate") == "" {
		t.Errorf("embedded file is described as %v", f.get(stream))
	}
	for _, text := range []string{
		"<fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>factur-x.xml</fx:DocumentFileName><fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>",
		"<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>",
		"<pdfaProperty:name>ConformanceLevel</pdfaProperty:name>",
	} {
		if !strings.Contains(packet, text) {
			t.Errorf("metadata has no %s", text)
		}
	}
}

// The reading order begins with who writes to whom and what it is, then how it
// is paid; and poppler reads the tags as well.
func TestReadingOrder(t *testing.T) {
	t.Parallel()
	out := run(t, "pdfinfo", "-struct-text", writeSample(t, samples(t)["plain"]))
	at := 0
	for _, want := range []string{
		"Sample Nordic Supplies ApS", "Example Trading GmbH", "Invoice 2026-0042", "Invoice no.", "Amount due", "EUR 2,492.33", "Due date",
		"22 December 2026", "Pay online", "Bank transfer", "IBAN", "Description", "Office chair, adjustable", "Total excluding VAT", "2,040.15",
		"VAT summary", "Payment terms", "Thank you for your order.",
	} {
		n := strings.Index(out[at:], want)
		if n < 0 {
			t.Fatalf("%q does not follow in reading order:\n%s", want, out)
		}
		at += n
	}
}

// The e-invoice says what the page says: the same reason for no VAT, in the
// page's language, and the same link.
func TestEInvoiceBelongsToThePage(t *testing.T) {
	t.Parallel()
	page := samples(t)["prepaid"]
	page.Invoice.Language = "de"
	xml, err := pdf.EInvoice(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Steuerschuldnerschaft des Leistungsempfängers (Artikel 196 der Richtlinie 2006/112/EG)", strings.ReplaceAll(sampleLink, "&", "&amp;"), "3742.30",
	} {
		if !bytes.Contains(xml, []byte(want)) {
			t.Errorf("e-invoice has no %s:\n%s", want, xml)
		}
	}
	page.Seller.EInvoice = invoice.EInvoiceNone
	if xml, err := pdf.EInvoice(page); err != nil || xml != nil {
		t.Errorf("a seller that wants none gets %d bytes: %v", len(xml), err)
	}
	if pdf.CaseText("ja") != nil {
		t.Error("a language without texts has sentences")
	}
}
