package pdf

import "strconv"

// codePath is the QR code as one path of rectangles in whole modules, to be
// filled at once: runs of dark modules, joined over the rows in which they
// stay the same. One path has no seams on any printer or screen, and is some
// kilobytes smaller and milliseconds faster than an image.
//
// The caller scales a module to its size; y grows upwards from the lower edge.
func (q QR) codePath(b []byte) []byte {
	// The open runs, by the column in which they begin: how wide they are and
	// in which row they began.
	width, since := make([]int, q.Size), make([]int, q.Size)
	row := make([]int, q.Size)
	for y := range q.Size + 1 {
		clear(row)
		for x := 0; y < q.Size && x < q.Size; x++ {
			start := x
			for x < q.Size && q.dark(x, y) {
				x++
			}
			if x > start {
				row[start] = x - start
			}
		}
		for x := range q.Size {
			if width[x] == row[x] {
				continue
			}
			if width[x] > 0 {
				for _, v := range [...]int{x, q.Size - y, width[x], y - since[x]} {
					b = append(strconv.AppendInt(b, int64(v), 10), ' ')
				}
				b = append(b, "re\n"...)
			}
			width[x], since[x] = row[x], y
		}
	}
	return append(b, "f\n"...)
}
