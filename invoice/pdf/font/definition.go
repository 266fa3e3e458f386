package font

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"unicode/utf16"
)

// Definition describes the code page as fpdf's AddFontFromBytes reads it. Its
// File entry ends in ".z", which makes fpdf embed the subset as it is given,
// so it must be deflated already. size is the length of the subset inflated.
func (p *CodePage) Definition(size int) []byte {
	f := p.face
	var widths [256]int
	for code, r := range p.codes() {
		widths[code] = f.width(f.glyph[r])
	}
	const symbolic = 4 // PDF 1.7 (ISO 32000-1), table 123
	b := make([]byte, 0, 1600)
	b = fmt.Appendf(b, `{"Tp":"TrueType","Name":"%s","Desc":{"Ascent":%d,"Descent":%d,"CapHeight":%d,"Flags":%d,"StemV":%d,`,
		p.Name, f.perMille(f.ascent), f.perMille(f.descent), f.perMille(f.capHeight), symbolic, f.stemV())
	b = fmt.Appendf(b, `"FontBBox":{"Xmin":%d,"Ymin":%d,"Xmax":%d,"Ymax":%d}},"Cw":[`,
		f.perMille(int(f.bbox[0])), f.perMille(int(f.bbox[1])), f.perMille(int(f.bbox[2])), f.perMille(int(f.bbox[3])))
	for i, w := range widths {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(w), 10)
	}
	b = append(append(b, `],"File":"`...), p.Family...)
	return fmt.Appendf(b, `.z","OriginalSize":%d}`, size)
}

// Subset is the font file of the code page, not compressed.
func (p *CodePage) Subset() []byte { return p.face.subset(p.runes) }

// Key tells code pages apart: two with the same key are the same font.
func (p *CodePage) Key() CodePageKey { return CodePageKey{p.face, string(p.runes), p.Family} }

// CodePageKey identifies a code page in a cache.
type CodePageKey struct {
	face   *Face
	runes  string
	family string
}

// ToUnicode is the CMap (ISO 32000-1, 9.10.3) by which a reader searches and
// copies the page's text. The minus sign is copied as a hyphen-minus, so that
// an amount is pasted as a number.
func (p *CodePage) ToUnicode() []byte {
	b := make([]byte, 0, 512+16*len(p.runes))
	b = append(b, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"+
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"+
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<00> <FF>\nendcodespacerange\n"...)
	const most = 100 // entries in a block
	left := len(p.runes)
	inBlock := 0
	for code, r := range p.codes() {
		if inBlock == 0 {
			inBlock = min(most, left)
			b = fmt.Appendf(b, "%d beginbfchar\n", inBlock)
		}
		if r == minusSign {
			r = '-'
		}
		b = fmt.Appendf(b, "<%02X> <", code)
		for _, unit := range utf16.Encode([]rune{r}) {
			b = fmt.Appendf(b, "%04X", unit)
		}
		b = append(b, ">\n"...)
		left, inBlock = left-1, inBlock-1
		if inBlock == 0 {
			b = append(b, "endbfchar\n"...)
		}
	}
	return append(b, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"...)
}

const minusSign = '\u2212'

// subsetTag is the six capitals by which readers know a subset (ISO 32000-1,
// 9.6.4). It follows from the characters, so two documents share a tag only
// if they share the subset.
func subsetTag(f *Face, runes []rune) string {
	sum := sha256.Sum256([]byte(f.name + string(runes)))
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag)
}
