package font

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// trueType is a font file taken apart as far as printing and cutting need it:
// the tables of the OpenType specification 1.9 with TrueType outlines. It is
// read-only once parsed, so that any number of goroutines may cut from it.
type trueType struct {
	unitsPerEm int
	glyf       []byte
	loca       []uint32
	advance    []uint16 // by glyph, in font units
	lsb        []int16
	widths     []uint16 // by glyph, in thousandths of the type size
	// glyph is the glyph of every character of the Basic Multilingual Plane, 0
	// where the font has none. A flat table of 128 KB: it is looked into for
	// every character of every page.
	glyph [1 << 16]uint16

	ascent, descent, capHeight int // in font units
	bbox                       [4]int16
	head, hhea, maxp           []byte
	// restricted fonts may not be embedded, or not as a subset.
	restricted bool
}

func parseTrueType(data []byte) (*trueType, error) {
	tables, err := tablesOf(data)
	if err != nil {
		return nil, err
	}
	f := &trueType{head: tables["head"], hhea: tables["hhea"], maxp: tables["maxp"], glyf: tables["glyf"]}
	if len(f.head) < 54 || len(f.hhea) < 36 || len(f.maxp) < 32 {
		return nil, errors.New("read font: table head, hhea or maxp is missing or short")
	}
	if f.unitsPerEm = int(u16(f.head, 18)); f.unitsPerEm == 0 {
		return nil, errors.New("read font: has no units per em")
	}
	for i := range f.bbox {
		f.bbox[i] = int16(u16(f.head, 36+2*i))
	}
	f.ascent, f.descent = int(int16(u16(f.hhea, 4))), int(int16(u16(f.hhea, 6)))
	f.capHeight = f.ascent * 3 / 4
	if os2 := tables["OS/2"]; len(os2) >= 10 {
		const noEmbedding, noSubset, bitmapOnly = 0x0002, 0x0100, 0x0200
		f.restricted = u16(os2, 8)&(noEmbedding|noSubset|bitmapOnly) != 0
	}
	if os2 := tables["OS/2"]; len(os2) >= 90 {
		f.capHeight = int(u16(os2, 88))
	}
	n := int(u16(f.maxp, 4))
	if err := f.readLoca(tables["loca"], n, u16(f.head, 50) == 1); err != nil {
		return nil, err
	}
	if err := f.readWidths(tables["hmtx"], n, int(u16(f.hhea, 34))); err != nil {
		return nil, err
	}
	return f, f.readCmap(tables["cmap"])
}

func tablesOf(data []byte) (map[string][]byte, error) {
	if len(data) < 12 || binary.BigEndian.Uint32(data) != 0x00010000 {
		return nil, errors.New("read font: is not a TrueType file")
	}
	tables := map[string][]byte{}
	for i := range int(u16(data, 4)) {
		at := 12 + 16*i
		if at+16 > len(data) {
			return nil, errors.New("read font: table directory is cut off")
		}
		start, size := uint64(u32(data, at+8)), uint64(u32(data, at+12))
		if start+size > uint64(len(data)) {
			return nil, fmt.Errorf("read font: table %q is cut off", data[at:at+4])
		}
		tables[string(data[at:at+4])] = data[start : start+size : start+size]
	}
	return tables, nil
}

func (f *trueType) readLoca(loca []byte, n int, long bool) error {
	size := 2
	if long {
		size = 4
	}
	if len(loca) < size*(n+1) {
		return errors.New("read font: table loca is short")
	}
	f.loca = make([]uint32, n+1)
	for i := range f.loca {
		if long {
			f.loca[i] = u32(loca, 4*i)
		} else {
			f.loca[i] = 2 * uint32(u16(loca, 2*i))
		}
		if int(f.loca[i]) > len(f.glyf) || (i > 0 && f.loca[i] < f.loca[i-1]) {
			return fmt.Errorf("read font: outline of glyph %d lies outside of the file", i)
		}
	}
	return nil
}

// readWidths fills in the advance of the glyphs past the last one that the
// table states: they all have that one's.
func (f *trueType) readWidths(hmtx []byte, n, stated int) error {
	if stated == 0 || stated > n || len(hmtx) < 4*stated+2*(n-stated) {
		return errors.New("read font: table hmtx is short")
	}
	f.advance, f.lsb = make([]uint16, n), make([]int16, n)
	for i := range n {
		if i < stated {
			f.advance[i], f.lsb[i] = u16(hmtx, 4*i), int16(u16(hmtx, 4*i+2))
		} else {
			f.advance[i], f.lsb[i] = f.advance[stated-1], int16(u16(hmtx, 4*stated+2*(i-stated)))
		}
	}
	f.widths = make([]uint16, n)
	for i, units := range f.advance {
		f.widths[i] = uint16(f.perMille(int(units)))
	}
	return nil
}

// width of a glyph in thousandths of the type size, as a PDF font states it.
func (f *trueType) width(glyph uint16) int { return int(f.widths[glyph]) }

func (f *trueType) perMille(units int) int {
	if units < 0 {
		return -f.perMille(-units)
	}
	return (units*1000 + f.unitsPerEm/2) / f.unitsPerEm
}

// outline of a glyph, empty for a space.
func (f *trueType) outline(glyph uint16) []byte {
	return f.glyf[f.loca[glyph]:f.loca[glyph+1]]
}

func u16(b []byte, at int) uint16 { return binary.BigEndian.Uint16(b[at:]) }
func u32(b []byte, at int) uint32 { return binary.BigEndian.Uint32(b[at:]) }
