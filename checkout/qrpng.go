package checkout

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"sync"

	"github.com/klauspost/compress/zlib"
)

// fastPNG decodes the usual PNG straight into luminance, three to five times
// as fast as image/png with a conversion behind it: non-interlaced grey or
// palette of up to 8 bits, RGB or RGBA of 8 bits. It reports false for
// everything else and for everything that is damaged; image/png then decides
// and finds the words. The caller has checked width and height.
func fastPNG(raw []byte) (*gray, bool) {
	p, ok := parsePNG(raw)
	if !ok {
		return nil, false
	}
	zr, err := inflater(&p.data)
	if err != nil {
		return nil, false
	}
	defer inflaters.Put(zr)
	g := newGray(p.w, p.h)
	bytesPerPixel := max(1, p.channels*p.depth/8)
	stride := (p.w*p.channels*p.depth + 7) / 8
	now, before := make([]byte, stride+1), make([]byte, stride+1)
	for y := range g.h {
		if _, err := io.ReadFull(zr, now); err != nil || !unfilter(now[0], now[1:], before[1:], bytesPerPixel) {
			return nil, false
		}
		if y > 0 && bytes.Equal(now[1:], before[1:]) {
			copy(g.row(y), g.row(y-1)) // the rows of one module are alike
		} else {
			p.unpack(g.row(y), now[1:])
		}
		now, before = before, now
	}
	return g, true
}

// inflaters keeps decompressors: each owns 40 KB of tables.
var inflaters sync.Pool

func inflater(r io.Reader) (io.ReadCloser, error) {
	if zr, ok := inflaters.Get().(io.ReadCloser); ok {
		return zr, zr.(zlib.Resetter).Reset(r, nil)
	}
	return zlib.NewReader(r)
}

// pngParts is what is needed of the chunks.
type pngParts struct {
	w, h, depth, channels int
	table                 [256]uint8 // luminance of a sample, for grey and palette
	data                  bytes.Buffer
}

func parsePNG(raw []byte) (*pngParts, bool) {
	p := &pngParts{}
	colour, palette, ended := -1, 0, false
	var luminance [256]uint32
	var alpha [256]uint32
	for rest := raw[len(pngMagic):]; !ended; {
		if len(rest) < 12 {
			return nil, false
		}
		n := binary.BigEndian.Uint32(rest)
		if uint64(n)+12 > uint64(len(rest)) {
			return nil, false
		}
		name, data := string(rest[4:8]), rest[8:8+n]
		if crc32.ChecksumIEEE(rest[4:8+n]) != binary.BigEndian.Uint32(rest[8+n:]) {
			return nil, false
		}
		rest = rest[12+n:]
		if (colour < 0) != (name == "IHDR") {
			return nil, false
		}
		switch name {
		case "IHDR":
			if len(data) != 13 || data[10]|data[11]|data[12] != 0 {
				return nil, false // another method, or interlaced
			}
			p.w, p.h = int(binary.BigEndian.Uint32(data)), int(binary.BigEndian.Uint32(data[4:]))
			p.depth, colour = int(data[8]), int(data[9])
			switch {
			case (colour == 0 || colour == 3) && (p.depth == 1 || p.depth == 2 || p.depth == 4 || p.depth == 8):
				p.channels = 1
			case colour == 2 && p.depth == 8:
				p.channels = 3
			case colour == 6 && p.depth == 8:
				p.channels = 4
			default:
				return nil, false
			}
		case "PLTE":
			palette = len(data) / 3
			if len(data)%3 != 0 || palette == 0 || palette > 256 {
				return nil, false
			}
			for i := range palette {
				luminance[i], alpha[i] = luma(uint32(data[3*i]), uint32(data[3*i+1]), uint32(data[3*i+2])), 255
			}
		case "tRNS":
			if colour != 3 || len(data) > palette {
				return nil, false
			}
			for i, a := range data {
				alpha[i] = uint32(a)
			}
		case "IDAT":
			p.data.Write(data)
		case "IEND":
			ended = true
		}
	}
	values := 1 << p.depth
	switch {
	case colour == 0:
		for i := range values {
			p.table[i] = uint8(i * 255 / (values - 1))
		}
	case colour == 3 && palette == 0:
		return nil, false
	case colour == 3:
		for i := range palette {
			p.table[i] = over(luminance[i], alpha[i])
		}
	}
	return p, p.data.Len() > 0
}

// unpack turns one unfiltered row into luminance.
func (p *pngParts) unpack(to []uint8, from []byte) {
	switch {
	case p.channels == 3:
		for x := range to {
			c := from[3*x : 3*x+3 : 3*x+3]
			to[x] = uint8(luma(uint32(c[0]), uint32(c[1]), uint32(c[2])))
		}
	case p.channels == 4:
		for x := range to {
			c := from[4*x : 4*x+4 : 4*x+4]
			to[x] = over(luma(uint32(c[0]), uint32(c[1]), uint32(c[2])), uint32(c[3]))
		}
	case p.depth == 8:
		for x := range to {
			to[x] = p.table[from[x]]
		}
	case p.depth == 1:
		whole := len(to) / 8
		for i, b := range from[:whole] {
			c := to[8*i : 8*i+8 : 8*i+8]
			c[0], c[1], c[2], c[3] = p.table[b>>7], p.table[b>>6&1], p.table[b>>5&1], p.table[b>>4&1]
			c[4], c[5], c[6], c[7] = p.table[b>>3&1], p.table[b>>2&1], p.table[b>>1&1], p.table[b&1]
		}
		for x := whole * 8; x < len(to); x++ {
			to[x] = p.table[from[whole]>>(7-x%8)&1]
		}
	default:
		perByte, mask := 8/p.depth, byte(1<<p.depth-1)
		for x := range to {
			to[x] = p.table[from[x/perByte]>>(8-p.depth*(x%perByte+1))&mask]
		}
	}
}

// unfilter undoes a row's filter (PNG specification, section 9).
func unfilter(kind byte, now, before []byte, bpp int) bool {
	switch kind {
	case 0:
	case 1:
		for i := bpp; i < len(now); i++ {
			now[i] += now[i-bpp]
		}
	case 2:
		for i := range now {
			now[i] += before[i]
		}
	case 3:
		for i := range now {
			left := 0
			if i >= bpp {
				left = int(now[i-bpp])
			}
			now[i] += uint8((left + int(before[i])) / 2)
		}
	case 4:
		for i := range now {
			var left, corner int
			if i >= bpp {
				left, corner = int(now[i-bpp]), int(before[i-bpp])
			}
			now[i] += uint8(paeth(left, int(before[i]), corner))
		}
	default:
		return false
	}
	return true
}

func paeth(left, above, corner int) int {
	p := left + above - corner
	dl, da, dc := abs(p-left), abs(p-above), abs(p-corner)
	switch {
	case dl <= da && dl <= dc:
		return left
	case da <= dc:
		return above
	}
	return corner
}

func abs(n int) int { return max(n, -n) }
