package pdf_test

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"invoicelink/invoice/pdf"
)

// standardPages are documents of every form, with and without an e-invoice.
func standardPages(t *testing.T) map[string]pdf.Page {
	t.Helper()
	all := samples(t)
	pages := map[string]pdf.Page{}
	for _, name := range []string{"plain", "long", "credit", "prepaid", "sandbox", "mixed", "zero", "paid", "full", "hostile"} {
		page := all[name]
		if name != "credit" { // a seller may switch it off
			xml, err := pdf.EInvoice(page)
			if err != nil || !bytes.Contains(xml, []byte("<rsm:CrossIndustryInvoice")) {
				t.Fatalf("%s: e-invoice is %.60q: %v", name, xml, err)
			}
			page.XML = xml
		}
		pages[name] = page
	}
	return pages
}

// The clauses of PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1) that the
// finishing step is there for, each looked for in the finished file.
func TestStandards(t *testing.T) {
	t.Parallel()
	for name, page := range standardPages(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := openFile(t, page)
			for _, clause := range []struct {
				name  string
				check func(*testing.T, *file)
			}{
				{"A 6.1.2 header", checkHeader}, {"A 6.1.3 trailer", checkTrailer}, {"A 6.2.3 output intent", checkIntent},
				{"A 6.2.4 colours", checkColours}, {"A 6.2.11 fonts", checkFonts}, {"A 6.3 annotations", checkAnnotations},
				{"A 6.6 metadata", checkMetadata}, {"A 6.2.10 no transparency, no actions", checkForbidden},
				{"UA 7.1 everything is tagged", checkTagged}, {"UA 7.1 catalog", checkCatalog}, {"UA 7.3 figures", checkFigures},
				{"UA 7.4 headings", checkHeadings}, {"UA 7.5 tables", checkTables}, {"UA 7.18 links", checkLinks},
			} {
				t.Run(clause.name, func(t *testing.T) {
					g := *f
					g.t = t
					clause.check(t, &g)
				})
			}
			t.Run("A 6.8 embedded file", func(t *testing.T) { checkEmbedded(t, f, page.XML) })
		})
	}
}

func checkHeader(t *testing.T, f *file) {
	lines := bytes.SplitN(f.raw, []byte("\n"), 3)
	if string(lines[0]) != "%PDF-1.7" || len(lines[1]) < 5 || lines[1][0] != '%' {
		t.Fatalf("file begins with %q", f.raw[:20])
	}
	for _, b := range lines[1][1:5] {
		if b < 128 {
			t.Errorf("comment after the header has the byte %#x, want four above 127", b)
		}
	}
}

func checkTrailer(t *testing.T, f *file) {
	id := f.list(f.trailer, "ID")
	if len(id) != 2 || id[0] != id[1] || len(id[0].(string)) != len("b:")+32 {
		t.Errorf("ID is %v, want 16 bytes twice", id)
	}
	if f.trailer["/Encrypt"] != nil {
		t.Error("file is encrypted")
	}
}

func checkIntent(t *testing.T, f *file) {
	intents := f.list(f.catalog(), "OutputIntents")
	if len(intents) != 1 || f.text(intents[0], "S") != "/GTS_PDFA1" || f.number(intents[0], "DestOutputProfile", "N") != 3 {
		t.Fatalf("output intents are %v", intents)
	}
	profile := f.stream(f.ref(intents[0], "DestOutputProfile"))
	if int(binary.BigEndian.Uint32(profile)) != len(profile) || string(profile[12:20]) != "mntrRGB " || string(profile[36:40]) != "acsp" || profile[8] > 4 {
		t.Errorf("profile of %d bytes begins with %q", len(profile), profile[:40])
	}
}

var cmyk = regexp.MustCompile(`(?m) [kK]$| cs$| CS$| scn?$| sh$| gs$`)

func checkColours(t *testing.T, f *file) {
	for i, p := range f.pages() {
		content := f.stream(f.ref(p, "Contents"))
		if found := cmyk.Find(content); found != nil {
			t.Errorf("page %d has the operator %s", i+1, found)
		}
		if !bytes.Contains(content, []byte("\n0 g\n")) {
			t.Errorf("page %d has no text in black ink", i+1)
		}
	}
	for ref, o := range f.objects {
		if o.Stream.Dict["/Subtype"] == "/Image" {
			if space := fmt.Sprint(o.Stream.Dict["/ColorSpace"]); strings.Contains(space, "CMYK") || o.Stream.Dict["/Interpolate"] == true {
				t.Errorf("image %s is in %s", ref, space)
			}
		}
	}
}

// checkFonts: embedded, symbolic, one cmap for symbols, widths as in the
// program, and every code that is set mapped to a character.
func checkFonts(t *testing.T, f *file) {
	codes := map[string][]byte{}
	for _, p := range f.pages() {
		_, _, set := f.content(p)
		for name, c := range set {
			codes[name] = append(codes[name], c...)
		}
	}
	fonts := f.get(f.pages()[0], "Resources", "Font").(dict)
	if len(fonts) == 0 || len(codes) != len(fonts) {
		t.Errorf("%d fonts, of which %d are used", len(fonts), len(codes))
	}
	for name, font := range fonts {
		if f.get(font, "Encoding") != nil || f.number(font, "FontDescriptor", "Flags") != 4 {
			t.Errorf("%s is not symbolic: encoding %v, flags %d", name, f.get(font, "Encoding"), f.number(font, "FontDescriptor", "Flags"))
		}
		cmap := string(f.stream(f.ref(font, "ToUnicode")))
		program := f.stream(f.ref(f.get(font, "FontDescriptor"), "FontFile2"))
		parsed, err := sfnt.Parse(program)
		if err != nil {
			t.Fatal(err)
		}
		onlySymbolMap(t, program)
		widths := f.list(font, "Widths")
		var buf sfnt.Buffer
		for _, code := range codes[name] {
			if !strings.Contains(cmap, fmt.Sprintf("<%02X> <", code)) {
				t.Errorf("%s: code %#x has no character", name, code)
			}
			glyph, err := parsed.GlyphIndex(&buf, 0xF000+rune(code))
			if err != nil || glyph == 0 {
				t.Fatalf("%s: code %#x has no glyph", name, code)
			}
			advance, _ := parsed.GlyphAdvance(&buf, glyph, fixed.I(1000), 0)
			if got, want := f.number(widths[int(code)-32]), advance.Round(); got-want > 1 || want-got > 1 {
				t.Errorf("%s: code %#x is %d wide, in the program %d", name, code, got, want)
			}
		}
		if bad := regexp.MustCompile(`> <(0000|FEFF|FFFE)>`).FindString(cmap); bad != "" {
			t.Errorf("%s maps to %s", name, bad)
		}
	}
}

func onlySymbolMap(t *testing.T, program []byte) {
	t.Helper()
	for i := range int(binary.BigEndian.Uint16(program[4:])) {
		entry := program[12+16*i:]
		if string(entry[:4]) != "cmap" {
			continue
		}
		table := program[binary.BigEndian.Uint32(entry[8:]):]
		if n, platform, encoding := binary.BigEndian.Uint16(table[2:]), binary.BigEndian.Uint16(table[4:]), binary.BigEndian.Uint16(table[6:]); n != 1 || platform != 3 || encoding != 0 {
			t.Errorf("font has %d maps, the first (%d, %d); want one (3, 0)", n, platform, encoding)
		}
	}
}

func checkAnnotations(t *testing.T, f *file) {
	for _, p := range f.pages() {
		for _, a := range f.list(p, "Annots") {
			if f.number(a, "F") != 4 || f.text(a, "Subtype") != "/Link" || f.get(a, "AP") != nil {
				t.Errorf("annotation is %v, want a link with the flag Print alone", f.get(a))
			}
		}
	}
}

func checkMetadata(t *testing.T, f *file) {
	metadata := f.get(f.catalog(), "Metadata").(dict)
	if metadata["/Filter"] != nil || metadata["/Type"] != "/Metadata" || metadata["/Subtype"] != "/XML" {
		t.Errorf("metadata is %v", metadata)
	}
	packet := f.stream(f.ref(f.catalog(), "Metadata"))
	decoder := xml.NewDecoder(bytes.NewReader(packet))
	for {
		if _, err := decoder.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("packet is not XML: %v", err)
		}
	}
	title := strings.TrimPrefix(f.text(f.trailer, "Info", "Title"), "u:")
	for _, want := range []string{
		`<?xpacket begin="` + "\uFEFF", "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>", "<pdfuaid:part>1</pdfuaid:part>",
		"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>", `<rdf:li xml:lang="x-default">` + title + "</rdf:li>",
		"<xmp:CreateDate>2026-",
	} {
		if !strings.Contains(string(packet), want) {
			t.Errorf("packet has no %s", want)
		}
	}
	if date := f.text(f.trailer, "Info", "CreationDate"); !strings.HasSuffix(date, "Z") {
		t.Errorf("creation date %s has no zone", date)
	}
}

func checkForbidden(t *testing.T, f *file) {
	for _, key := range []string{"OpenAction", "AA", "JavaScript", "AcroForm", "OCProperties", "Requirements"} {
		if f.get(f.catalog(), key) != nil {
			t.Errorf("catalog has /%s", key)
		}
	}
	for ref, o := range f.objects {
		d := o.Stream.Dict
		if d == nil {
			d, _ = o.Value.(dict)
		}
		for _, key := range []string{"/SMask", "/Group", "/BM", "/CA", "/ca", "/TR", "/PS", "/Alternates", "/OPI"} {
			if d[key] != nil {
				t.Errorf("object %s has %s", ref, key)
			}
		}
		if d["/S"] == "/JavaScript" || d["/S"] == "/Launch" || fmt.Sprint(d["/Filter"]) == "/LZWDecode" {
			t.Errorf("object %s is %v", ref, d)
		}
	}
}
