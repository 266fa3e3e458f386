package pdf_test

import (
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// fontObject is a font with its program and the codes that pages set in it.
type fontObject struct {
	dict
	program []byte
	parsed  *sfnt.Font
	first   int
	widths  array
	codes   []byte
	unicode map[byte]string
}

func (f *file) fonts() map[name]*fontObject {
	if f.typefaces != nil {
		return f.typefaces
	}
	fonts := map[name]*fontObject{}
	f.typefaces = fonts
	for _, p := range f.pages() {
		for key, v := range f.dict(p, "Resources", "Font") {
			if fonts[key] != nil {
				continue
			}
			d := f.dict(v)
			o := &fontObject{dict: d, program: f.data(d, "FontDescriptor", "FontFile2"), first: f.number(d, "FirstChar"), widths: f.list(d, "Widths"), unicode: map[byte]string{}}
			o.parsed, _ = sfnt.Parse(o.program)
			for _, m := range regexp.MustCompile(`<(..)> <([0-9A-F]+)>\n`).FindAllSubmatch(f.data(d, "ToUnicode"), -1) {
				var code byte
				_, _ = fmt.Sscanf(string(m[1]), "%02X", &code)
				p := lexer{data: fmt.Appendf(nil, "<FEFF%s>", m[2])}
				o.unicode[code] = decodeText(p.hex())
			}
			delete(o.unicode, 0) // of the code space
			fonts[key] = o
		}
	}
	for _, c := range f.contents() {
		for key, codes := range c.codes {
			if o := fonts[key]; o != nil {
				o.codes = append(o.codes, codes...)
			}
		}
	}
	for _, o := range fonts {
		slices.Sort(o.codes)
		o.codes = slices.Compact(o.codes)
	}
	return fonts
}

// glyph is the one that a symbolic font has for a code, 0 for none.
func (o *fontObject) glyph(code byte) sfnt.GlyphIndex {
	if o.parsed == nil {
		return 0
	}
	var buf sfnt.Buffer
	glyph, _ := o.parsed.GlyphIndex(&buf, 0xF000+rune(code))
	return glyph
}

// advance is what the program's hmtx table says, in thousandths.
func (o *fontObject) advance(code byte) int {
	if o.parsed == nil {
		return -1
	}
	var buf sfnt.Buffer
	width, _ := o.parsed.GlyphAdvance(&buf, o.glyph(code), fixed.I(1000), 0)
	return width.Round()
}

// maps are platform and encoding of the character maps.
func (o *fontObject) maps() [][2]uint16 {
	var maps [][2]uint16
	if len(o.program) < 12 {
		return nil
	}
	for i := range int(binary.BigEndian.Uint16(o.program[4:])) {
		entry := o.program[12+16*i:]
		if string(entry[:4]) != "cmap" {
			continue
		}
		table := o.program[binary.BigEndian.Uint32(entry[8:]):]
		for n := range int(binary.BigEndian.Uint16(table[2:])) {
			maps = append(maps, [2]uint16{binary.BigEndian.Uint16(table[4+8*n:]), binary.BigEndian.Uint16(table[6+8*n:])})
		}
	}
	return maps
}

const (
	nsRDF  = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	nsDC   = "http://purl.org/dc/elements/1.1/"
	nsXMP  = "http://ns.adobe.com/xap/1.0/"
	nsPDF  = "http://ns.adobe.com/pdf/1.3/"
	nsPDFA = "http://www.aiim.org/pdfa/ns/id/"
	nsUA   = "http://www.aiim.org/pdfua/ns/id/"
	nsFX   = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
	nsExt  = "http://www.aiim.org/pdfa/ns/extension/"
)
