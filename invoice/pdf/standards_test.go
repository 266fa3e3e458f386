package pdf_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-fonts/liberation/liberationmonoregular"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
)

// clause is one rule of a standard, or several that one look decides, by their
// numbers: A are those of ISO 19005-3, level A, and UA those of ISO 14289-1,
// each with the number of the test by which veraPDF's profiles PDFA-3A and
// PDFUA-1 know it.
type clause struct {
	id    string
	check func(*file, *report)
}

var clauses = slices.Concat(archiveClauses, accessClauses)

// report is what is wrong with a file.
type report []string

func (r *report) add(format string, args ...any) { *r = append(*r, fmt.Sprintf(format, args...)) }

func (r *report) wrong(is bool, format string, args ...any) {
	if is {
		r.add(format, args...)
	}
}

// standardPages are documents of every form.
func standardPages(t *testing.T) map[string]pdf.Page {
	t.Helper()
	pages := samples(t)
	add := func(name string, change func(*pdf.Page)) {
		p := pdf.Page{Invoice: plainInvoice(), Seller: seller(), Payment: payment(t, sampleLink)}
		change(&p)
		pages[name] = p
	}
	add("one line", func(p *pdf.Page) { p.Invoice.Lines = p.Invoice.Lines[:1] })
	add("1,000 lines", func(p *pdf.Page) {
		for len(p.Invoice.Lines) < invoice.MaxLines {
			p.Invoice.Lines = append(p.Invoice.Lines, p.Invoice.Lines[len(p.Invoice.Lines)%7])
		}
	})
	add("many rates", func(p *pdf.Page) {
		for rate := 1; rate < 12; rate++ {
			line := p.Invoice.Lines[0]
			line.VATRate = invoice.Decimal(fmt.Sprint(rate))
			p.Invoice.Lines = append(p.Invoice.Lines, line)
		}
	})
	add("negative", func(p *pdf.Page) { p.Invoice.Lines, p.Payment = p.Invoice.Lines[5:6], nil })
	add("letter paper", func(p *pdf.Page) { p.Seller.Design.LetterPaper = samplePaper(t, 210, 297) })
	add("own font, US Letter", func(p *pdf.Page) {
		p.Seller.Design.Font, p.Seller.Design.Paper = liberationmonoregular.TTF, invoice.PaperLetter
	})
	add("condensed, drawn logo", func(p *pdf.Page) {
		p.Seller.Design.Typeface = "condensed"
		p.Seller.Logo = []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><rect width="10" height="10" fill="#1d4278"/></svg>`)
	})
	add("photo as logo", func(p *pdf.Page) { p.Seller.Logo = samplePhoto(t) })
	add("renewed", func(p *pdf.Page) { p.RenewedOn = time.Date(2026, 12, 23, 23, 30, 0, 0, time.UTC) })
	add("signs of PDF and XML", func(p *pdf.Page) {
		p.Invoice.Number, p.Seller.Name, p.Invoice.Buyer.Name = `(7)\2)`, `A & B <C> "Ω"`, `)\(`
	})
	add("terms of another language", func(p *pdf.Page) {
		p.Invoice.Language, p.Seller.Language = "da", "en-GB"
		p.Seller.Texts = []invoice.LocalTexts{{Language: "da", Footer: "Tak for ordren."}}
	})
	add("no account", func(p *pdf.Page) { p.Seller.IBAN, p.Seller.BIC, p.Seller.Bank, p.Payment = "", "", "", nil })
	for _, tag := range pdf.Languages() {
		add("in "+tag, func(p *pdf.Page) { p.Invoice.Language = tag })
	}
	for name, page := range pages {
		if name == "credit" { // a seller may switch it off
			continue
		}
		xml, err := pdf.EInvoice(page)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		page.XML = xml
		pages[name] = page
	}
	return pages
}

// Every document keeps every clause.
func TestStandards(t *testing.T) {
	t.Parallel()
	for name, page := range standardPages(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := parseFile(render(t, page))
			if err != nil {
				t.Fatal(err)
			}
			if has := len(f.files()) == 1 && bytes.Equal(f.data(f.files()[0], "EF", "F"), page.XML); has != (page.XML != nil) {
				t.Errorf("the e-invoice is in the file: %v, want %v", has, !has)
			}
			// Changes of language are marked (UA 7.2), here those of the terms alone.
			other := 0
			for _, e := range f.structure().elements() {
				if e.dict["Lang"] != nil {
					other++
				}
			}
			if want := strings.Count(name, "terms of another language"); other != want {
				t.Errorf("%d elements are in another language, want %d", other, want)
			}
			for _, c := range clauses {
				var r report
				if c.check(f, &r); len(r) > 0 {
					t.Errorf("%s: %s", c.id, strings.Join(r[:min(3, len(r))], "\n"))
				}
			}
		})
	}
}

// damage is a change to a file that keeps all clauses, and the clause that it
// breaks.
type damage struct {
	clause string
	// find in an object and put instead; or change the bytes of the file.
	find, put string
	bytes     func([]byte) []byte
}

// swap changes the bytes of a file where they stand first.
func swap(old, with string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(with), 1) }
}

// Each clause can fail: a file in which it is broken is found by it.
func TestStandardsFindDamage(t *testing.T) {
	t.Parallel()
	page := samples(t)["full"]
	var err error
	if page.XML, err = pdf.EInvoice(page); err != nil {
		t.Fatal(err)
	}
	whole, err := parseFile(render(t, page))
	if err != nil {
		t.Fatal(err)
	}
	bodies := whole.bodies()
	if broken := brokenClauses(t, assemble(bodies, whole.trailer)); len(broken) > 0 {
		t.Fatalf("the file taken apart and put together breaks %v", broken)
	}
	controlled := map[string]bool{}
	for _, d := range damages {
		controlled[d.clause] = true
		t.Run(d.clause, func(t *testing.T) {
			t.Parallel()
			damaged := map[ref][]byte{}
			for n, body := range bodies {
				damaged[n] = body
			}
			if d.find != "" {
				n := firstWith(bodies, d.find)
				if n == 0 {
					t.Fatalf("no object has %s", d.find)
				}
				damaged[n] = bytes.Replace(bodies[n], []byte(d.find), []byte(d.put), 1)
			}
			raw := assemble(damaged, whole.trailer)
			if d.bytes != nil {
				before := bytes.Clone(raw)
				if raw = d.bytes(raw); bytes.Equal(raw, before) {
					t.Fatal("nothing is changed")
				}
			}
			if broken := brokenClauses(t, raw); !slices.Contains(broken, d.clause) {
				t.Errorf("damage breaks %v, want %s", broken, d.clause)
			}
		})
	}
	for _, c := range clauses {
		if !controlled[c.id] {
			t.Errorf("nothing shows that %s can fail", c.id)
		}
	}
}

func firstWith(bodies map[ref][]byte, part string) ref {
	var first ref
	for n, body := range bodies {
		if bytes.Contains(body, []byte(part)) && (first == 0 || n < first) {
			first = n
		}
	}
	return first
}

func brokenClauses(t *testing.T, raw []byte) []string {
	t.Helper()
	f, err := parseFile(raw)
	if err != nil {
		t.Fatal(err)
	}
	var broken []string
	for _, c := range clauses {
		var r report
		if c.check(f, &r); len(r) > 0 {
			broken = append(broken, c.id)
		}
	}
	return broken
}

var damages = []damage{
	{clause: "A 6.1.2-1, UA 6.1-1", bytes: swap("%PDF-1.7", "%PDF-1.8")},
	{clause: "A 6.1.2-2", bytes: swap("%\xE2\xE3", "%\xE2a")},
	{clause: "A 6.1.3-1", bytes: func(b []byte) []byte { return regexp.MustCompile(`/ID \[[^]]*\]`).ReplaceAll(b, []byte("/Ab []")) }},
	{clause: "A 6.1.3-2", bytes: swap("trailer\n<<", "trailer\n<</Encrypt<<>>")},
	{clause: "A 6.1.3-3", bytes: func(b []byte) []byte { return append(b, "more"...) }},
	{clause: "A 6.1.6-1", find: "/Type /Catalog", put: "/Type /Catalog/More <414>"},
	{clause: "A 6.1.6-2", find: "/Type /Catalog", put: "/Type /Catalog/More <4G>"},
	{clause: "A 6.1.7.1-1", bytes: func(b []byte) []byte { return regexp.MustCompile(`/Length \d`).ReplaceAll(b, []byte("/Length 9")) }},
	{clause: "A 6.1.7.1-2", bytes: swap(">>\nstream\n", ">>\nstream\r")},
	{clause: "A 6.1.7.1-3", find: "/Type /EmbeddedFile", put: "/Type /EmbeddedFile/F (other.xml)"},
	{clause: "A 6.1.7.2-1", find: "/Type /EmbeddedFile", put: "/Type /EmbeddedFile/Filter /LZWDecode"},
	{clause: "A 6.1.8-1", find: "/S /H1", put: "/S /H#FF1"},
	{clause: "A 6.1.9-1", bytes: swap("\n1 0 obj\n", "\n1  0 obj")},
	{clause: "A 6.1.13-1", find: "/Type /Catalog", put: "/Type /Catalog/More 2147483648"},
	{clause: "A 6.1.13-2, 6.1.13-5", find: "/Type /Catalog", put: "/Type /Catalog/More 0." + strings.Repeat("0", 40) + "1"},
	{clause: "A 6.1.13-3", find: "/Type /Catalog", put: "/Type /Catalog/More (" + strings.Repeat("a", 32768) + ")"},
	{clause: "A 6.1.13-4", find: "/Type /Catalog", put: "/Type /Catalog/" + strings.Repeat("a", 128) + " true"},
	{clause: "A 6.1.13-8", find: "/Artifact BMC", put: strings.Repeat("q ", 29) + "/Artifact BMC"},
	{clause: "A 6.1.13-11", find: "/MediaBox [0 0 595.28", put: "/MediaBox [0 0 2"},
	{clause: "A 6.2.2-1", find: "/Artifact BMC", put: "bold /Artifact BMC"},
	{clause: "A 6.2.2-2", find: "/Resources 2 0 R", put: ""},
	{clause: "A 6.2.3-1", find: "mntrRGB ", put: "linkRGB "},
	{clause: "A 6.2.3-2, 6.2.3-3", find: "/OutputIntents [", put: "/OutputIntents [<</S /GTS_PDFX/DestOutputProfileRef <<>>>> "},
	{clause: "A 6.2.4.3-2", find: "/S /GTS_PDFA1", put: "/S /GTS_PDFX"},
	{clause: "A 6.2.4.3-3", find: "/Artifact BMC", put: "0 0 0 1 k /Artifact BMC"},
	{clause: "A 6.2.4.3-4", find: "/S /GTS_PDFA1", put: "/S /GTS_PDFX"},
	{clause: "A 6.2.5-1, 6.2.10-1", find: "/Type /Catalog", put: "/Type /Catalog/More <</Type /ExtGState/TR /Identity>>"},
	{clause: "A 6.2.6-1", find: "/Artifact BMC", put: "/Other ri /Artifact BMC"},
	{clause: "A 6.2.8-1", find: "/Subtype /Image", put: "/Subtype /Image/Alternates []"},
	{clause: "A 6.2.8-2", find: "/Subtype /Image", put: "/Subtype /Image/OPI <<>>"},
	{clause: "A 6.2.8-3", find: "/Subtype /Image", put: "/Subtype /Image/Interpolate true"},
	{clause: "A 6.2.8-4", find: "/BitsPerComponent 8", put: "/BitsPerComponent 3"},
	{clause: "A 6.2.9-1, 6.2.9-2, 6.2.9-3, UA 7.20-1", find: "/Subtype /Image", put: "/Subtype /Form/OPI <<>>/Ref <<>>"},
	{clause: "A 6.2.10-2", find: "/Subtype /Image", put: "/Subtype /Image/SMask 1 0 R"},
	{clause: "A 6.2.11.2-1", find: "/Type /Font/", put: "/Type /Fount/"},
	{clause: "A 6.2.11.2-2, 6.2.11.2-7", find: "/Subtype /TrueType", put: "/Subtype /Type9"},
	{clause: "A 6.2.11.2-3", find: "/BaseFont /", put: "/BaseName /"},
	{clause: "A 6.2.11.2-4, 6.2.11.2-5, 6.2.11.2-6", find: "/LastChar 255", put: "/LastChar 254"},
	{clause: "A 6.2.11.4.1-1, UA 7.21.4.1-1", find: "/FontFile2", put: "/FontFile9"},
	{clause: "A 6.2.11.4.1-2, 6.2.11.8-1, UA 7.21.4.1-2, 7.21.8-1", find: ") Tj", put: "\x01) Tj"},
	{clause: "A 6.2.11.4.2-1, UA 7.21.4.2-1", find: "/Type /FontDescriptor", put: "/Type /FontDescriptor/CharSet (/A)"},
	{clause: "A 6.2.11.4.2-2, UA 7.21.4.2-2", find: "/Type /FontDescriptor", put: "/Type /FontDescriptor/CIDSet 1 0 R"},
	{clause: "A 6.2.11.5-1, UA 7.21.5-1", bytes: damageWidths},
	{clause: "A 6.2.11.6-1, 6.2.11.6-2, UA 7.21.6-1, 7.21.6-2", find: "/Flags 4/", put: "/Flags 32/"},
	{clause: "A 6.2.11.6-3, UA 7.21.6-3", find: "/Type /Font/", put: "/Type /Font/Encoding /WinAnsiEncoding/"},
	{clause: "A 6.2.11.6-4, UA 7.21.6-4", find: "\x00\x00\x00\x01\x00\x03\x00\x00\x00\x00\x00\x0c", put: "\x00\x00\x00\x01\x00\x03\x00\x01\x00\x00\x00\x0c"},
	{clause: "A 6.2.11.7.2-1, UA 7.21.7-1", find: "<65> <0065>\n", put: ""},
	{clause: "A 6.2.11.7.2-2, UA 7.21.7-2", find: "<65> <0065>\n", put: "<65> <FEFF>\n"},
	{clause: "A 6.2.11.7.3-1", find: "<65> <0065>\n", put: "<65> <E065>\n"},
	{clause: "A 6.3.1-1, 6.3.3-1, UA 7.18.1-1", find: "/Subtype /Link", put: "/Subtype /Movie"},
	{clause: "A 6.3.2-1", find: "/F 4/", put: "/"},
	{clause: "A 6.3.2-2", find: "/F 4/", put: "/F 6/"},
	{clause: "A 6.3.3-2, 6.3.3-3, 6.3.3-4", find: "/Subtype /Link", put: "/Subtype /Link/AP <<>>"},
	{clause: "A 6.4.2-1, UA 7.15-1", find: "/Type /Catalog", put: "/Type /Catalog/AcroForm <</XFA (form)>>"},
	{clause: "A 6.4.2-2", find: "/Type /Catalog", put: "/Type /Catalog/NeedsRendering true"},
	{clause: "A 6.5.1-1", find: "/S /URI", put: "/S /Launch"},
	{clause: "A 6.5.2-1", find: "/Type /Catalog", put: "/Type /Catalog/AA <<>>"},
	{clause: "A 6.9-1, UA 7.10-1", find: "/Type /Catalog", put: "/Type /Catalog/OCProperties <</D <<>>>>"},
	{clause: "A 6.11-1", find: "/Type /Catalog", put: "/Type /Catalog/Requirements []"},
	{clause: "A 6.1.12-1", find: "/Type /Catalog", put: "/Type /Catalog/Perms <</Other <<>>>>"},
	{clause: "A 6.10-1", find: "/Names <<", put: "/Names <</AlternatePresentations <<>>"},
	{clause: "A 6.5.2-2, 6.10-2", find: "/Type /Page>>", put: "/Type /Page/AA <<>>>>"},
	{clause: "A 6.6.2.1-1, UA 7.1-8", find: "/Metadata ", put: "/Metadate "},
	{clause: "A 6.6.2.1-2, 6.6.2.1-3", find: `<?xpacket begin=`, put: `<?xpacket bytes="9" begin=`},
	{clause: "A 6.6.2.1-4", find: "</dc:title>", put: "</dc:titles>"},
	{clause: "A 6.6.2.1-5", find: "<dc:title>", put: "\xFF<dc:title>"},
	{clause: "A 6.6.2.3.1-1", find: "<fx:Version>1.0</fx:Version>", put: "<fx:Version>1.0</fx:Version><fx:Other>1</fx:Other>"},
	{clause: "A 6.6.2.3.1-2", find: "<xmp:CreateDate>2026-", put: "<xmp:CreateDate>2026/"},
	{clause: "A 6.6.2.3.2-1, 6.6.2.3.3-6", find: "<pdfaSchema:prefix>fx", put: "<pdfaSchema:other>1</pdfaSchema:other><pdfaSchema:prefix>fx"},
	{clause: "A 6.6.2.3.3-1", bytes: damageSchemas},
	{clause: "A 6.6.2.3.3-2, 6.6.2.3.3-3, 6.6.2.3.3-4, 6.6.2.3.3-5", find: "<pdfaSchema:prefix>fx</", put: "<pdfaSchema:prefix><rdf:Bag><rdf:li>fx</rdf:li></rdf:Bag></"},
	{clause: "A 6.6.2.3.3-7, 6.6.2.3.3-8, 6.6.2.3.3-9, 6.6.2.3.3-10", find: ">external<", put: ">outer<"},
	{clause: "A 6.6.3", find: "/Producer (", put: "/Producer (other "},
	{clause: "A 6.6.4-1, 6.6.4-2", find: "<pdfaid:part>3", put: "<pdfaid:part>2"},
	{clause: "A 6.6.4-3", find: "<pdfaid:conformance>A", put: "<pdfaid:conformance>B"},
	{clause: "A 6.6.4-4, 6.6.4-5", find: `xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>3</pdfaid:part>`,
		put: `xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:a="http://www.aiim.org/pdfa/ns/id/"><a:part>3</a:part>`},
	{clause: "A 6.6.4-6, 6.6.4-7, UA 5-4, 5-5", find: "<pdfaid:part>3", put: `<a:amd xmlns:a="http://www.aiim.org/pdfa/ns/id/">1</a:amd><pdfaid:part>3`},
	{clause: "A 6.8-1", find: "/Subtype /text#2Fxml", put: ""},
	{clause: "A 6.8-2, UA 7.11-1", find: "/UF (factur-x.xml)", put: ""},
	{clause: "A 6.8-3", find: "/AFRelationship /Alternative", put: ""},
	{clause: "A 6.8-4", find: "/AF [", put: "/AG ["},
	{clause: "A 6.8", find: "/Params <</ModDate", put: "/Params <</Modified"},
	{clause: "Factur-X 1.0, metadata", find: "<fx:ConformanceLevel>EN 16931<", put: "<fx:ConformanceLevel>BASIC<"},
	{clause: "Factur-X 1.0, file", find: "<rsm:CrossIndustryInvoice", put: "<rsm:Invoice"},
	{clause: "ISO 32000-1 9.10.3", find: "<00> <FF>", put: "<00> <7F>"},

	{clause: "UA 5-1, 5-2", find: "<pdfuaid:part>1", put: "<pdfuaid:part>2"},
	{clause: "UA 5-3", find: `xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>`,
		put: `xmlns:a="http://www.aiim.org/pdfua/ns/id/"><a:part>1</a:part>`},
	{clause: "UA 6.2-1, A 6.7.2.2-1", find: "/Marked true", put: "/Marked false"},
	{clause: "UA 7.1-1", find: ">>BDC\n", put: ">>BDC\n/Artifact BMC EMC\n"},
	{clause: "UA 7.1-2", find: "/Artifact BMC\n", put: "/Artifact BMC\n/P <</MCID 0>> BDC EMC\n"},
	{clause: "UA 7.1-3", find: "/Artifact BMC\n", put: "0 0 9 9 re f\n/Artifact BMC\n"},
	{clause: "UA 7.1-4", find: "/Marked true", put: "/Marked true/Suspects true"},
	{clause: "UA 7.1-5, A 6.7.3.4-1", find: "/S /H1", put: "/S /Title"},
	{clause: "UA 7.1-6, 7.1-7, A 6.7.3.4-2, 6.7.3.4-3", find: "/Type /StructTreeRoot", put: "/Type /StructTreeRoot/RoleMap <</P /Q/Q /P>>"},
	{clause: "UA 7.1-9", find: "dc:title>", put: "dc:other>"},
	{clause: "UA 7.1-10", find: "/DisplayDocTitle true", put: "/DisplayDocTitle false"},
	{clause: "UA 7.1-11, A 6.7.3.3-1", find: "/StructTreeRoot ", put: "/StructTreeRout "},
	{clause: "UA 7.1-12", find: "/P ", put: "/Q "},
	{clause: "UA 7.2-3, 7.2-11, 7.2-12, 7.2-13, 7.2-14, 7.2-16, 7.2-39", find: "/S /TR", put: "/S /P"},
	{clause: "UA 7.2-4", find: "/S /Table", put: "/S /P"},
	{clause: "UA 7.2-8", find: "/S /TR", put: "/S /P"},
	{clause: "UA 7.2-9", bytes: func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("/S /TR"), []byte("/S /LI")) }},
	{clause: "UA 7.2-10", find: "/S /TH", put: "/S /P"},
	{clause: "UA 7.2-15, 7.2-41, 7.2-42, 7.2-43", find: "/Scope /Column", put: "/Scope /Column/ColSpan 2"},
	{clause: "UA 7.2-17", find: "/S /L>>", put: "/S /P>>"},
	{clause: "UA 7.2-18", find: "/S /LI>>", put: "/S /P>>"},
	{clause: "UA 7.2-19, 7.2-40", find: "/S /LI>>", put: "/S /P>>"},
	{clause: "UA 7.2-20", find: "/S /Lbl>>", put: "/S /P>>"},
	{clause: "UA 7.2-21, 7.2-22, 7.2-23, 7.2-24, 7.2-30, 7.2-31, 7.2-32, 7.2-33, 7.2-34", find: "/Lang (de)", put: ""},
	{clause: "UA 7.2-29, A 6.7.4-1", find: "/Lang (de)", put: "/Lang (Deutsch, wie gesprochen)"},
	{clause: "UA 7.2, metadata", find: "/Lang (de)", put: "/Lang (da)"},
	{clause: "UA 7.3-1", find: "/S /Figure", put: "/Alt ()/S /Figure"},
	{clause: "UA 7.3, bounds", find: "/BBox [", put: "/Box ["},
	{clause: "UA 7.4.2-1", find: "/S /H2", put: "/S /H3"},
	{clause: "UA 7.4.4-1, 7.4.4-2, 7.4.4-3", find: "/S /H2", put: "/S /H"},
	{clause: "UA 7.5-1, 7.5-2", find: "/Scope /Row", put: "/Scope /Column"},
	{clause: "UA 7.7-1, 7.9-1", find: "/S /Lbl", put: "/S /Note"},
	{clause: "UA 7.18.1-2", find: "/StructParent ", put: "/Contents ()/StructParent 9/StructParents "},
	{clause: "UA 7.18.3-1", find: "/Tabs /S", put: "/Tabs /R"},
	{clause: "UA 7.18.5-1", find: "/S /Link", put: "/S /P"},
	{clause: "UA 7.18.5-2", find: "/Contents <FEFF", put: "/Contents ()/More <FEFF"},
	{clause: "ISO 32000-1 14.7.4.3", find: "/Type /OBJR", put: "/Type /MCR"},
	{clause: "ISO 32000-1 14.7.4.4", find: "/P<</MCID ", put: "/H1<</MCID "},
}

// damageSchemas lists the described schemas in order, where a bag is wanted.
func damageSchemas(b []byte) []byte {
	return regexp.MustCompile(`(?s)(schemas><rdf:)Bag(.*</rdf:)Bag(></pdfaExtension)`).ReplaceAll(b, []byte("${1}Seq${2}Seq${3}"))
}

// damageWidths makes the first letter of the first font's hmtx table wider.
func damageWidths(b []byte) []byte {
	b = bytes.Clone(b)
	at := bytes.Index(b, []byte("hmtx"))
	head := bytes.LastIndex(b[:at], []byte("\nstream\n")) + len("\nstream\n")
	table := head + int(binary.BigEndian.Uint32(b[at+8:]))
	for i := range 100 {
		b[table+4*i] ^= 1
	}
	return b
}
