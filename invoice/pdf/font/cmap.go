package font

import (
	"errors"
	"slices"
)

// readCmap reads the Windows Unicode subtable (platform 3, encoding 1, format
// 4), which every text font has.
func (f *trueType) readCmap(cmap []byte) error {
	table, err := unicodeTable(cmap)
	if err != nil {
		return err
	}
	segments := int(u16(table, 6)) / 2
	if len(table) < 16+8*segments {
		return errors.New("read font: character map is cut off")
	}
	ends, starts := 14, 16+2*segments
	deltas, offsets := starts+2*segments, starts+4*segments
	for i := range segments {
		first, last := int(u16(table, starts+2*i)), int(u16(table, ends+2*i))
		delta, offset := u16(table, deltas+2*i), int(u16(table, offsets+2*i))
		for c := first; c <= last && c < 0xFFFF; c++ {
			glyph := uint16(c) + delta
			if offset != 0 {
				at := offsets + 2*i + offset + 2*(c-first)
				if at+2 > len(table) {
					return errors.New("read font: character map points outside of itself")
				}
				if glyph = u16(table, at); glyph != 0 {
					glyph += delta
				}
			}
			if int(glyph) < len(f.advance) {
				f.glyph[c] = glyph
			}
		}
	}
	return nil
}

func unicodeTable(cmap []byte) ([]byte, error) {
	if len(cmap) >= 4 {
		for i := range int(u16(cmap, 2)) {
			at := 4 + 8*i
			if at+8 > len(cmap) {
				break
			}
			start := int(u32(cmap, at+4))
			if u16(cmap, at) == 3 && u16(cmap, at+2) == 1 && start+16 <= len(cmap) && u16(cmap, start) == 4 {
				return cmap[start:], nil
			}
		}
	}
	return nil, errors.New("read font: has no Unicode character map of format 4")
}

// writeCmap is the character map of a symbolic subset whose glyph i+1 shows
// runes[i]: platform 3, encoding 0, with the page's codes from 0xF000 on
// (ISO 32000-1, 9.6.6.4). It is the only map, as PDF/A wants it.
func writeCmap(runes []rune) []byte {
	type segment struct{ first, last, glyph int }
	var segments []segment
	p := CodePage{runes: runes}
	glyph := 0
	for code := range p.codes() {
		code += 0xF000
		glyph++
		if n := len(segments); n > 0 && segments[n-1].last+1 == code {
			segments[n-1].last++
			continue
		}
		segments = append(segments, segment{code, code, glyph})
	}
	segments = append(segments, segment{0xFFFF, 0xFFFF, 0}) // the format wants it

	n := len(segments)
	power, log := 1, 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	size := 16 + 8*n
	b := make([]byte, 0, 12+size)
	b = put16(b, 0, 1, 3, 0, 0, 12) // version, one table: platform 3, encoding 0, at 12
	b = put16(b, 4, size, 0, 2*n, 2*power, log, 2*(n-power))
	for _, s := range segments {
		b = put16(b, s.last)
	}
	b = put16(b, 0)
	for _, s := range segments {
		b = put16(b, s.first)
	}
	for _, s := range segments {
		delta := s.glyph - s.first
		if s.first == 0xFFFF {
			delta = 1
		}
		b = put16(b, delta)
	}
	return append(b, slices.Repeat([]byte{0, 0}, n)...)
}

// put16 appends the low 16 bits of each value, big end first.
func put16(b []byte, values ...int) []byte {
	for _, v := range values {
		b = append(b, byte(v>>8), byte(v))
	}
	return b
}

func put32(b []byte, v uint32) []byte {
	return append(b, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
}
