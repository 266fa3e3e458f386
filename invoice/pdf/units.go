package pdf

import "strconv"

// length is a distance on the page in thousandths of a PostScript point
// (1/72 inch). Whole numbers, because the same page must give the same bytes
// on every machine, also where floating-point products are fused.
type length int

const (
	pt length = 1000
	mm length = 2835 // 2,834.6 rounded: 0.03 mm too long over the height of A4
)

// points is the length as fpdf takes it.
func (l length) points() float64 { return float64(l) / 1000 }

// append writes the length in points with at most three decimals, as a PDF
// content stream has it.
func (l length) append(b []byte) []byte {
	if l < 0 {
		b, l = append(b, '-'), -l
	}
	b = strconv.AppendInt(b, int64(l/1000), 10)
	rest := int(l % 1000)
	if rest == 0 {
		return b
	}
	b = append(b, '.', byte('0'+rest/100))
	if rest%100 != 0 {
		b = append(b, byte('0'+rest/10%10))
	}
	if rest%10 != 0 {
		b = append(b, byte('0'+rest%10))
	}
	return b
}

func (l length) String() string { return string(l.append(nil)) }
