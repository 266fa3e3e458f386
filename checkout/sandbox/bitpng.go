package sandbox

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"sync"
)

// bitPNG writes a code as a PNG of one bit per pixel with a palette of white and
// black, the form that most libraries choose for a QR code. Writing it here
// takes a tenth of image/png's time: rows of the same modules are noticed
// before they are compressed instead of after.
func bitPNG(modules [][]bool, margin, size int) ([]byte, error) {
	stride := (size + 7) / 8
	row, same := make([]byte, stride+1), make([]byte, stride+1)
	same[0] = 2 // filter Up with nothing but zeros: as the row above
	var data bytes.Buffer
	z, _ := deflaters.Get().(*zlib.Writer)
	if z == nil {
		z, _ = zlib.NewWriterLevel(nil, zlib.BestSpeed) // the level is valid
	}
	defer deflaters.Put(z)
	z.Reset(&data)
	var failed error
	write := func(b []byte) {
		if _, err := z.Write(b); err != nil && failed == nil {
			failed = err
		}
	}
	n, at := len(modules), pixelModules(len(modules), margin, size)
	for y, my := range at {
		if y > 0 && my == at[y-1] {
			write(same)
			continue
		}
		clear(row)
		if my >= 0 && my < n {
			for x, mx := range at {
				if mx >= 0 && mx < n && modules[my][mx] {
					row[1+x/8] |= 0x80 >> (x % 8)
				}
			}
		}
		write(row)
	}
	if err := z.Close(); err != nil && failed == nil {
		failed = err
	}
	head := binary.BigEndian.AppendUint32(nil, uint32(size))
	head = binary.BigEndian.AppendUint32(head, uint32(size))
	head = append(head, 1, 3, 0, 0, 0) // one bit, palette, not interlaced
	out := append(make([]byte, 0, data.Len()+100), "\x89PNG\r\n\x1a\n"...)
	out = appendChunk(out, "IHDR", head)
	out = appendChunk(out, "PLTE", []byte{255, 255, 255, 0, 0, 0})
	out = appendChunk(out, "IDAT", data.Bytes())
	return appendChunk(out, "IEND", nil), failed
}

// deflaters keeps compressors, each of which owns more than a megabyte.
var deflaters sync.Pool

func appendChunk(out []byte, name string, data []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
	start := len(out)
	out = append(append(out, name...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[start:]))
}
