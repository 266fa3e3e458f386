package pdf

import (
	"crypto/sha256"
	"fmt"
	"strconv"
)

// definition describes the code page as fpdf's AddFontFromBytes reads it, and
// file is the deflated subset that belongs to it. Texts can be searched and
// copied through the glyph names of the encoding's differences: poppler,
// MuPDF, Ghostscript and pdf.js were seen to read them.
func (p *codePage) definition() (definition, file []byte) {
	f := p.face
	ttf := f.subset(p.runes)
	var widths [256]int
	diff := make([]byte, 0, 8*len(p.runes))
	code := 128
	for _, r := range p.runes {
		if r < 128 {
			widths[r] = f.width(f.glyph[r])
			continue
		}
		if code == 128 {
			diff = append(diff, "128"...)
		}
		diff = append(append(diff, " /"...), glyphName(r)...)
		widths[code] = f.width(f.glyph[r])
		code++
	}
	const nonSymbolic = 32 // PDF 1.7 (ISO 32000-1), table 123
	b := make([]byte, 0, 1600)
	b = append(b, `{"Tp":"TrueType","Name":"`...)
	b = append(b, subsetTag(p)...)
	b = append(b, '+')
	b = append(b, f.name...)
	b = append(b, `","Desc":{"Ascent":`...)
	for i, v := range []struct {
		name  string
		value int
	}{
		{"", f.perMille(f.ascent)}, {"Descent", f.perMille(f.descent)}, {"CapHeight", f.perMille(f.capHeight)},
		{"Flags", nonSymbolic}, {"StemV", stemV(f)},
	} {
		if i > 0 {
			b = append(append(append(b, `,"`...), v.name...), `":`...)
		}
		b = strconv.AppendInt(b, int64(v.value), 10)
	}
	b = fmt.Appendf(b, `,"FontBBox":{"Xmin":%d,"Ymin":%d,"Xmax":%d,"Ymax":%d}},"Cw":[`,
		f.perMille(int(f.bbox[0])), f.perMille(int(f.bbox[1])), f.perMille(int(f.bbox[2])), f.perMille(int(f.bbox[3])))
	for i, w := range widths {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(w), 10)
	}
	b = append(append(b, `],"Diff":"`...), diff...)
	// A name that ends in .z makes fpdf embed the file as it is, already
	// deflated.
	b = append(append(b, `","File":"`...), p.family...)
	b = append(b, `.z","OriginalSize":`...)
	b = strconv.AppendInt(b, int64(len(ttf)), 10)
	return append(b, '}'), deflate(ttf)
}

// subsetTag is the six capitals by which readers know a subset (ISO 32000-1,
// 9.6.4). It follows from the characters, so two documents share a tag only
// where they share the subset.
func subsetTag(p *codePage) string {
	sum := sha256.Sum256([]byte(p.face.name + string(p.runes)))
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag)
}

// stemV is the thickness of the stems, which readers use only to choose a
// stand-in for a font that is not embedded.
func stemV(f *face) int {
	if len(f.name) > 4 && f.name[len(f.name)-4:] == "Bold" {
		return 140
	}
	return 80
}
