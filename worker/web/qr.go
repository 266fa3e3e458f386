package web

import (
	"strconv"
	"strings"
)

// quietZone is the white margin around a QR code, in modules (ISO/IEC 18004,
// section 6.3.8).
const quietZone = 4

// qrPicture is a QR code for an SVG element: one path of dark runs.
type qrPicture struct {
	Box  string // its viewBox
	Path string
	Side int // modules with the margin
}

// pictureOf draws the modules that the ledger holds, which are those that are
// printed: row by row, packed, the highest bit first. Nil where there are none.
func pictureOf(bits []byte, size int) *qrPicture {
	if size < 21 || size > 177 || len(bits) != (size*size+7)/8 {
		return nil
	}
	dark := func(x, y int) bool {
		i := y*size + x
		return bits[i/8]&(0x80>>(i%8)) != 0
	}
	var b strings.Builder
	for y := range size {
		for x := 0; x < size; x++ {
			if !dark(x, y) {
				continue
			}
			from := x
			for x+1 < size && dark(x+1, y) {
				x++
			}
			n := strconv.Itoa(x - from + 1)
			b.WriteString("M" + strconv.Itoa(from+quietZone) + " " + strconv.Itoa(y+quietZone) + "h" + n + "v1h-" + n + "z")
		}
	}
	side := size + 2*quietZone
	return &qrPicture{Box: "0 0 " + strconv.Itoa(side) + " " + strconv.Itoa(side), Path: b.String(), Side: side}
}
