package checkout_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
)

// interlaced writes a grey image as an Adam7-interlaced PNG of one bit a
// pixel, which image/png reads but cannot write.
func interlaced(img *image.Gray) []byte {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	var data bytes.Buffer
	z := zlib.NewWriter(&data)
	for _, p := range [][4]int{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}} {
		for y := p[1]; y < h; y += p[3] {
			row, n := []byte{0}, 0
			for x := p[0]; x < w; x += p[2] {
				if n%8 == 0 {
					row = append(row, 0)
				}
				if img.GrayAt(x, y).Y > 127 {
					row[len(row)-1] |= 0x80 >> (n % 8)
				}
				n++
			}
			if n > 0 {
				_, _ = z.Write(row)
			}
		}
	}
	_ = z.Close()
	return pngFile(w, h, 1, 0, 1, data.Bytes())
}

// pngFile puts a PNG together from its compressed image data.
func pngFile(w, h int, depth, colour, interlace byte, idat []byte) []byte {
	head := binary.BigEndian.AppendUint32(nil, uint32(w))
	head = binary.BigEndian.AppendUint32(head, uint32(h))
	head = append(head, depth, colour, 0, 0, interlace)
	out := []byte("\x89PNG\r\n\x1a\n")
	for _, c := range []struct {
		name string
		data []byte
	}{{"IHDR", head}, {"IDAT", idat}, {"IEND", nil}} {
		out = binary.BigEndian.AppendUint32(out, uint32(len(c.data)))
		body := append([]byte(c.name), c.data...)
		out = append(out, body...)
		out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(body))
	}
	return out
}
