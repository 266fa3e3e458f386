package pdf_test

import (
	"fmt"
	"strings"
	"testing"

	"invoicelink/invoice/pdf"
)

// The path covers exactly the dark modules, each once.
func TestCodePathCoversTheModules(t *testing.T) {
	t.Parallel()
	for _, link := range []string{"https://a.example/1", sampleLink, "https://a.example/" + strings.Repeat("long", 200)} {
		qr := qrOf(t, link)
		got := make([]int, qr.Size*qr.Size)
		rectangles := 0
		for line := range strings.Lines(pdf.CodePath(qr)) {
			var x, y, w, h int
			if n, _ := fmt.Sscanf(line, "%d %d %d %d re", &x, &y, &w, &h); n != 4 {
				if line != "f\n" {
					t.Fatalf("unexpected line %q", line)
				}
				continue
			}
			rectangles++
			for i := range w * h {
				got[(qr.Size-1-(y+i/w))*qr.Size+x+i%w]++
			}
		}
		dark := 0
		for i, n := range got {
			want := int(qr.Bits[i/8]>>(7-i%8)) & 1
			dark += want
			if n != want {
				t.Fatalf("module %d of %d × %d is painted %d times, want %d", i, qr.Size, qr.Size, n, want)
			}
		}
		if rectangles*2 > dark {
			t.Errorf("%d rectangles for %d dark modules", rectangles, dark)
		}
	}
}

func TestMeasureKnowsWidths(t *testing.T) {
	t.Parallel()
	// Liberation Sans has the widths of Arial: 556, 278 and 1000 thousandths.
	for s, want := range map[string]float64{"0": 5.004, " ": 2.502, "\u00A0": 2.502, "…": 9, "": 0} {
		if got := pdf.WidthOf(s); got != want {
			t.Errorf("%q is %v points wide at 9 points, want %v", s, got, want)
		}
	}
}
