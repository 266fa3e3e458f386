package checkout_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	qrcode "github.com/skip2/go-qrcode"

	"invoicelink/checkout"
)

// codeImage is a QR code in grey, with what it was made from.
type codeImage struct {
	modules [][]bool
	img     *image.Gray
}

// drawCode draws a code with a quiet zone of margin modules, scaled to size
// pixels, the module size being a fraction where it does not divide.
func drawCode(tb testing.TB, link string, size, margin int) codeImage {
	tb.Helper()
	code, err := qrcode.New(link, qrcode.Medium)
	if err != nil {
		tb.Fatal(err)
	}
	code.DisableBorder = true
	m := code.Bitmap()
	n := len(m) + 2*margin
	img := image.NewGray(image.Rect(0, 0, size, size))
	for y := range size {
		row := img.Pix[y*img.Stride : y*img.Stride+size]
		my := y*n/size - margin
		for x := range row {
			row[x] = 255
			if mx := x*n/size - margin; mx >= 0 && my >= 0 && mx < len(m) && my < len(m) && m[my][mx] {
				row[x] = 0
			}
		}
	}
	return codeImage{m, img}
}

func (c codeImage) paint(to draw.Image, light, dark color.Color) draw.Image {
	b := c.img.Bounds()
	for y := range b.Dy() {
		for x := range b.Dx() {
			if c.img.GrayAt(x, y).Y == 0 {
				to.Set(x, y, dark)
			} else {
				to.Set(x, y, light)
			}
		}
	}
	return to
}

func encodeCode(tb testing.TB, c codeImage, form string) string {
	tb.Helper()
	b := c.img.Bounds()
	var img image.Image = c.img
	quality := 75
	white, black := color.White, color.Black
	palette := color.Palette{white, black}
	switch form {
	case "png1":
		img = c.paint(image.NewPaletted(b, palette), white, black)
	case "png1-swapped":
		img = c.paint(image.NewPaletted(b, color.Palette{black, white}), white, black)
	case "png2", "png4", "png-palette8":
		for i := range map[string]int{"png2": 2, "png4": 9, "png-palette8": 200}[form] {
			palette = append(palette, color.Gray{Y: uint8(10 + i)})
		}
		img = c.paint(image.NewPaletted(b, palette), white, black)
	case "png-palette-alpha":
		img = c.paint(image.NewPaletted(b, color.Palette{color.NRGBA{}, black}), color.NRGBA{}, black)
	case "png-gray", "png-interlaced-gray1":
	case "png-gray16":
		img = c.paint(image.NewGray16(b), white, black)
	case "png-rgb":
		img = c.paint(image.NewRGBA(b), white, black)
	case "png-rgba":
		img = c.paint(image.NewNRGBA(b), color.NRGBA{255, 255, 255, 254}, color.NRGBA{0, 0, 0, 255})
	case "png-rgb16":
		img = c.paint(image.NewRGBA64(b), white, black)
	case "png-rgba16":
		img = c.paint(image.NewNRGBA64(b), color.NRGBA64{}, black)
	case "png-transparent":
		img = c.paint(image.NewNRGBA(b), color.NRGBA{}, color.NRGBA{0, 0, 0, 255})
	case "png-half-transparent":
		img = c.paint(image.NewNRGBA(b), color.NRGBA{0, 0, 0, 10}, color.NRGBA{0, 0, 0, 200})
	case "png-color":
		img = c.paint(image.NewNRGBA(b), color.NRGBA{255, 250, 205, 255}, color.NRGBA{10, 20, 110, 255})
	case "png-inverted":
		img = c.paint(image.NewGray(b), black, white)
	case "jpeg":
	case "jpeg-poor":
		quality = 15
	case "jpeg-color":
		img = c.paint(image.NewNRGBA(b), color.NRGBA{255, 250, 205, 255}, color.NRGBA{10, 20, 110, 255})
	default:
		tb.Fatalf("form %q is unknown", form)
	}
	var out bytes.Buffer
	var err error
	switch {
	case strings.HasPrefix(form, "jpeg"):
		err = jpeg.Encode(&out, img, &jpeg.Options{Quality: quality})
	case form == "png-interlaced-gray1":
		out.Write(interlaced(c.img))
	default:
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, img)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

var allForms = []string{"png1", "png1-swapped", "png2", "png4", "png-palette8", "png-palette-alpha", "png-gray", "png-gray16", "png-rgb",
	"png-rgba", "png-rgb16", "png-rgba16", "png-transparent", "png-half-transparent", "png-color", "png-inverted",
	"png-interlaced-gray1", "jpeg", "jpeg-poor", "jpeg-color"}

func TestReadQRForms(t *testing.T) {
	t.Parallel()
	for _, form := range allForms {
		for _, look := range []struct{ size, margin int }{{300, 4}, {250, 1}, {233, 0}, {411, 2}} {
			t.Run(fmt.Sprintf("%s-%d-%d", form, look.size, look.margin), func(t *testing.T) {
				t.Parallel()
				link := benchLink(look.size)
				c := drawCode(t, link, look.size, look.margin)
				got, err := checkout.ReadQR(encodeCode(t, c, form), link)
				if err != nil {
					t.Fatal(err)
				}
				if got.Source != checkout.QRReturned || got.Note != "" {
					t.Errorf("got source %q with note %q", got.Source, got.Note)
				}
				sameModules(t, got.Modules, c.modules)
			})
		}
	}
}

func sameModules(t *testing.T, got, want [][]bool) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d modules a side, want %d", len(got), len(want))
	}
	for y := range want {
		for x := range want[y] {
			if got[y][x] != want[y][x] {
				t.Fatalf("module %d,%d differs", x, y)
			}
		}
	}
}
