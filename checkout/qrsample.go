package checkout

import (
	"bytes"
	"math"
)

// sample reads a code that fills its image but for a quiet zone, upright and
// undistorted: it finds the bounds of what is dark and takes one pixel from
// the middle of each module. Light on dark is tried second.
func sample(g *gray) (modules [][]bool, payload string, ok bool) {
	threshold, ok := g.threshold()
	if !ok {
		return nil, "", false
	}
	for _, invert := range []bool{false, true} {
		s := sampler{g, threshold, invert}
		b, ok := s.bounds()
		if !ok {
			continue
		}
		for _, n := range s.widths(b) {
			m := s.modules(b, n)
			if !timing(m) {
				continue
			}
			if modules, payload, ok := decodeModules(m); ok {
				return modules, payload, true
			}
		}
	}
	return nil, "", false
}

// threshold is the middle between the darkest and the lightest of a grid of
// pixels that is fine enough to meet the finder patterns of the largest code,
// 7 of 177 modules wide. An image with too little contrast has none.
func (g *gray) threshold() (uint8, bool) {
	lo, hi := uint8(255), uint8(0)
	stepX, stepY := max(1, g.w/80), max(1, g.h/80)
	for y := 0; y < g.h; y += stepY {
		row := g.row(y)
		for x := 0; x < len(row); x += stepX {
			lo, hi = min(lo, row[x]), max(hi, row[x])
		}
	}
	return uint8((int(lo) + int(hi) + 1) / 2), int(hi)-int(lo) >= 32
}

type sampler struct {
	*gray
	threshold uint8
	invert    bool
}

func (s *sampler) dark(x, y int) bool {
	return (s.pix[y*s.w+x] < s.threshold) != s.invert
}

// box is a field of pixels, the ends exclusive.
type box struct{ left, top, right, bottom int }

// bounds finds the smallest box around all that is dark. The three finder
// patterns touch all four sides of it.
func (s *sampler) bounds() (box, bool) {
	b := box{left: s.w, top: -1}
	for y := range s.h {
		if y > 0 && bytes.Equal(s.row(y), s.row(y-1)) {
			if b.bottom == y {
				b.bottom++ // as dark as the row above
			}
			continue
		}
		first := s.first(y, b.left)
		if first < 0 {
			// Nothing dark up to the left bound; the rest of the row still
			// counts for the bottom.
			if first = s.first(y, s.w); first < 0 {
				continue
			}
		}
		if b.top < 0 {
			b.top = y
		}
		b.left, b.bottom = min(b.left, first), y+1
		b.right = max(b.right, s.last(y, b.right))
	}
	w, h := b.right-b.left, b.bottom-b.top
	// A module that is off by more than one would be sampled twice or not at
	// all, so width and height must agree to within a module of the smallest.
	return b, b.top >= 0 && min(w, h) >= 21 && math.Abs(float64(w-h)) <= float64(max(w, h))/21
}

// first is the first dark pixel of row y before end, or -1.
func (s *sampler) first(y, end int) int {
	for x := range end {
		if s.dark(x, y) {
			return x
		}
	}
	return -1
}

// last is one past the last dark pixel of row y from start on, or start.
func (s *sampler) last(y, start int) int {
	for x := s.w; x > start; x-- {
		if s.dark(x-1, y) {
			return x
		}
	}
	return start
}

// widths are the possible widths in modules, the likeliest first. The upper
// side begins with the seven dark modules of a finder pattern and a light one.
func (s *sampler) widths(b box) []int {
	run, y := 0, b.top+(b.bottom-b.top)/400
	for x := b.left; x < b.right && s.dark(x, y); x++ {
		run++
	}
	if run < 7 {
		return nil
	}
	version := int(math.Round((7*float64(b.right-b.left)/float64(run) - 17) / 4))
	var widths []int
	for _, v := range []int{version, version + 1, version - 1, version + 2, version - 2} {
		if n := 17 + 4*v; v >= 1 && v <= 40 && n <= b.right-b.left && n <= b.bottom-b.top {
			widths = append(widths, n)
		}
	}
	return widths
}

// modules takes the pixel in the middle of each module.
func (s *sampler) modules(b box, n int) [][]bool {
	m := newModules(n)
	w, h := b.right-b.left, b.bottom-b.top
	for y := range n {
		py := b.top + (2*y+1)*h/(2*n)
		for x := range n {
			m[y][x] = s.dark(b.left+(2*x+1)*w/(2*n), py)
		}
	}
	return m
}

// timing checks the alternating modules between the finder patterns, which
// fail at once when the width is wrong.
func timing(m [][]bool) bool {
	wrong := 0
	for i := 8; i < len(m)-8; i++ {
		dark := i%2 == 0
		if m[6][i] != dark {
			wrong++
		}
		if m[i][6] != dark {
			wrong++
		}
	}
	return wrong <= len(m)/16
}
