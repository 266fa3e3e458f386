package font_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-fonts/liberation/liberationmonoregular"
	"github.com/go-fonts/liberation/liberationsansregular"
	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"invoicelink/invoice/pdf/font"
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
	file := font.SubsetOf(runes)
	cut, err := sfnt.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(file) > 12_000 {
		t.Errorf("subset of %d letters has %d bytes", len(runes), len(file))
	}
	var a, b sfnt.Buffer
	next := rune(128)
	for _, r := range runes {
		g, _ := whole.GlyphIndex(&a, r)
		code := r
		if r >= 128 {
			code, next = next, next+1
		}
		h, err := cut.GlyphIndex(&b, 0xF000+code) // symbolic: codes, not characters
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
		wantWidth, _ := whole.GlyphAdvance(&a, g, fixed.I(2048), xfont.HintingNone)
		if w, _ := cut.GlyphAdvance(&b, h, fixed.I(2048), xfont.HintingNone); w != wantWidth {
			t.Errorf("%q is %v wide, want %v", r, w, wantWidth)
		}
	}
	for _, r := range "Bb1ñЖ" {
		if h, _ := cut.GlyphIndex(&b, 0xF000+r); h != 0 && r < 128 {
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

// Text is copied by the map to Unicode: letters as they are, the minus sign as
// the one that a spreadsheet reads.
func TestToUnicode(t *testing.T) {
	t.Parallel()
	sans, _ := font.Builtin(font.Sans)
	var set font.Charset
	set.Add("−1 Ж")
	pages, err := set.Pages(sans, font.Regular)
	if err != nil || len(pages) != 1 {
		t.Fatalf("%d pages: %v", len(pages), err)
	}
	cmap := string(pages[0].ToUnicode())
	for _, want := range []string{"97 beginbfchar", "<20> <0020>", "<31> <0031>", "<80> <0416>", "<81> <002D>"} {
		if !strings.Contains(cmap, want) {
			t.Errorf("map has no %s:\n%s", want, cmap)
		}
	}
}

// Marks that stand over a letter would come out next to it, and scripts from
// right to left in the wrong order.
func TestHas(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{font.Sans: true, font.Serif: true, font.Condensed: true, "comic": false} {
		family, known := font.Builtin(name)
		if known != want {
			t.Errorf("typeface %s: %v", name, known)
		}
		if !known {
			continue
		}
		for _, r := range "aÅéşțΩжґ€ộ−°²⁴½" {
			if !family.Has(r) {
				t.Errorf("%s has no %q", name, r)
			}
		}
		for _, r := range []rune{0x0301, 0x0327, 0x202E, 0x2066, 0xFFF9, 'א', 'ع', '茶', 0x1F600} {
			if family.Has(r) {
				t.Errorf("%s says that it sets %U", name, r)
			}
		}
	}
}

// Whether a text can be printed is known before the seller's typeface is: what
// the sans-serif one shows, every other shows too.
func TestEveryTypefaceHasTheSameCharacters(t *testing.T) {
	t.Parallel()
	own, err := font.Parse(liberationmonoregular.TTF, nil)
	if err != nil {
		t.Fatal(err)
	}
	sans, _ := font.Builtin(font.Sans)
	serif, _ := font.Builtin(font.Serif)
	condensed, _ := font.Builtin(font.Condensed)
	for name, family := range map[string]*font.Family{font.Serif: serif, font.Condensed: condensed, "own": own} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var lacks []string
			for r := rune(0); r <= 0xFFFF; r++ {
				if sans.Has(r) && !family.Has(r) {
					lacks = append(lacks, fmt.Sprintf("%U", r))
				}
			}
			if len(lacks) > 0 {
				t.Errorf("lacks %d characters: %v", len(lacks), lacks[:min(20, len(lacks))])
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	restricted := slices.Clone(liberationsansregular.TTF)
	for i := range int(binary.BigEndian.Uint16(restricted[4:])) {
		if at := 12 + 16*i; string(restricted[at:at+4]) == "OS/2" {
			restricted[binary.BigEndian.Uint32(restricted[at+8:])+9] = 2 // fsType: restricted licence
		}
	}
	for name, ttf := range map[string][]byte{
		"nothing": nil, "text": []byte("no font at all"), "OpenType with PostScript outlines": []byte("OTTO\x00\x01\x00\x00\x00\x00\x00\x00\x00"),
		"cut off": liberationsansregular.TTF[:5000], "restricted": restricted,
	} {
		if _, err := font.Parse(ttf, nil); err == nil {
			t.Errorf("%s is read", name)
		}
	}
	family, err := font.Parse(liberationsansregular.TTF, nil)
	if err != nil || !family.Has('ა') {
		t.Errorf("an own font is not read, or not filled up from the fallback: %v", err)
	}
}
