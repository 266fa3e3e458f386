package pdf_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"invoicelink/invoice/pdf"
)

// A subset is a font of its own: another parser finds the same letters in it,
// with the same outlines and widths, and no others.
func TestSubsetIsAFont(t *testing.T) {
	t.Parallel()
	whole, err := sfnt.Parse(liberationsansregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	runes := []rune("AZaz09 .ÅéşțΩжґ€ộ") // simple and composite glyphs
	slices.Sort(runes)
	file := pdf.Subset(runes)
	cut, err := sfnt.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(file) > 12_000 {
		t.Errorf("subset of %d letters has %d bytes", len(runes), len(file))
	}
	var a, b sfnt.Buffer
	for _, r := range runes {
		g, _ := whole.GlyphIndex(&a, r)
		h, err := cut.GlyphIndex(&b, r)
		if err != nil || h == 0 {
			t.Fatalf("subset lacks %q: %v", r, err)
		}
		want, err := whole.LoadGlyph(&a, g, fixed.I(2048), nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := cut.LoadGlyph(&b, h, fixed.I(2048), nil)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q has another outline: %v", r, err)
		}
		wantWidth, _ := whole.GlyphAdvance(&a, g, fixed.I(2048), font.HintingNone)
		if w, _ := cut.GlyphAdvance(&b, h, fixed.I(2048), font.HintingNone); w != wantWidth {
			t.Errorf("%q is %v wide, want %v", r, w, wantWidth)
		}
		if r > '~' {
			if name, _ := cut.GlyphName(&b, h); name != fmt.Sprintf("uni%04X", r) {
				t.Errorf("%q is named %q", r, name)
			}
		}
	}
	for _, r := range "Bb1ñЖ" {
		if h, _ := cut.GlyphIndex(&b, r); h != 0 {
			t.Errorf("subset holds %q, which was not asked for", r)
		}
	}
	var sum uint32
	for i := 0; i < len(file); i += 4 {
		sum += binary.BigEndian.Uint32(file[i:])
	}
	if sum != 0xB1B0AFBA {
		t.Errorf("checksum of the file is %#x, want 0xB1B0AFBA (OpenType, head.checksumAdjustment)", sum)
	}
}

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
