package font

import "encoding/binary"

// subset cuts a font file down to the given characters, which are sorted,
// distinct and in the font. Glyph i+1 shows runes[i]; components of composite
// glyphs follow. Glyph 0 is empty: a character that the font lacks never gets
// here, so no box can be printed.
//
// The instructions for the rasteriser (hinting) are left out. They are half
// of the file and change nothing on paper.
func (f *trueType) subset(runes []rune) []byte {
	old := make([]uint16, 1, 2*len(runes)+8) // the font's glyph for each of ours
	for _, r := range runes {
		old = append(old, f.glyph[r])
	}
	parts := map[uint16]uint16{} // components, by the font's glyph
	glyf := make([]byte, 0, 160*len(old))
	loca := make([]uint32, 2, cap(old)+1) // glyph 0 is empty
	for i := 1; i < len(old); i++ {
		glyf = appendGlyph(glyf, f.outline(old[i]), func(component uint16) uint16 {
			id, known := parts[component]
			if !known {
				id = uint16(len(old))
				parts[component], old = id, append(old, component)
			}
			return id
		})
		loca = append(loca, uint32(len(glyf)))
	}
	return f.assemble(runes, old, glyf, loca)
}

func (f *trueType) assemble(runes []rune, old []uint16, glyf []byte, loca []uint32) []byte {
	n := len(old)
	hmtx := make([]byte, 0, 4*n)
	for _, g := range old {
		hmtx = put16(hmtx, int(f.advance[g]), int(f.lsb[g]))
	}
	offsets := make([]byte, 0, 4*len(loca))
	for _, at := range loca {
		offsets = put32(offsets, at)
	}
	head := append([]byte(nil), f.head[:54]...)
	binary.BigEndian.PutUint32(head[8:], 0)  // the file's checksum, set below
	binary.BigEndian.PutUint16(head[50:], 1) // long offsets in loca
	hhea := append([]byte(nil), f.hhea[:36]...)
	binary.BigEndian.PutUint16(hhea[34:], uint16(n))
	maxp := append([]byte(nil), f.maxp[:32]...)
	binary.BigEndian.PutUint16(maxp[4:], uint16(n))

	return fontFile([]table{ // sorted by name, as the format wants it
		{"cmap", writeCmap(runes)}, {"glyf", glyf}, {"head", head}, {"hhea", hhea},
		{"hmtx", hmtx}, {"loca", offsets}, {"maxp", maxp}, {"post", writePost()},
	})
}

type table struct {
	tag  string
	data []byte
}

// fontFile puts tables together to a font file with its checksums.
func fontFile(tables []table) []byte {
	n, power, log := len(tables), 1, 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	size := 12 + 16*n
	for _, t := range tables {
		size += (len(t.data) + 3) &^ 3
	}
	b := put32(make([]byte, 0, size), 0x00010000)
	b = put16(b, n, 16*power, log, 16*(n-power))
	at, head := 12+16*n, 0
	for _, t := range tables {
		if t.tag == "head" {
			head = at
		}
		b = append(b, t.tag...)
		b = put32(put32(put32(b, checksum(t.data)), uint32(at)), uint32(len(t.data)))
		at += (len(t.data) + 3) &^ 3
	}
	for _, t := range tables {
		b = append(b, t.data...)
		for len(b)%4 != 0 {
			b = append(b, 0)
		}
	}
	binary.BigEndian.PutUint32(b[head+8:], 0xB1B0AFBA-checksum(b))
	return b
}

func checksum(b []byte) (sum uint32) {
	for ; len(b) >= 4; b = b[4:] {
		sum += binary.BigEndian.Uint32(b)
	}
	var last [4]byte
	copy(last[:], b)
	return sum + binary.BigEndian.Uint32(last[:])
}

// writePost names no glyph (format 3): a symbolic font is read by its codes.
func writePost() []byte {
	b := put32(make([]byte, 0, 32), 0x00030000)
	for range 7 { // no slant, no underline, proportional, no memory estimates
		b = put32(b, 0)
	}
	return b
}
