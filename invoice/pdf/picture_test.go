package pdf_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"invoicelink/invoice/pdf"
)

func encodePNG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLogoIsPrintedWithinItsBox(t *testing.T) {
	t.Parallel()
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 30, 200)), nil); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{
		"transparent": sampleLogo(t),
		"tall":        photo.Bytes(),
		"wide":        encodePNG(t, image.NewGray(image.Rect(0, 0, 3000, 2))),
		"16 bit":      encodePNG(t, image.NewGray16(image.Rect(0, 0, 40, 40))),
		"palette":     encodePNG(t, image.NewPaletted(image.Rect(0, 0, 9, 9), color.Palette{color.Black, color.Transparent})),
		"one pixel":   encodePNG(t, image.NewGray(image.Rect(0, 0, 1, 1))),
	} {
		page := pdf.Page{Invoice: plainInvoice(), Seller: seller()}
		page.Seller.Logo = file
		found := false
		for _, b := range boxesOf(t, page)[0] {
			if b.Kind == "image" {
				found = true
				if b.W > 62.1 || b.H > 15.1 || b.W <= 0 || b.H <= 0 {
					t.Errorf("%s: logo is %.1f × %.1f mm large", name, b.W, b.H)
				}
			}
		}
		if !found {
			t.Errorf("%s: logo is not on the page", name)
		}
		run(t, "qpdf", "--check", writeSample(t, page))
	}
}

func TestLogoIsMadeSmall(t *testing.T) {
	t.Parallel()
	kind, w, h, err := pdf.Prepare(encodePNG(t, image.NewGray(image.Rect(0, 0, 1960, 490))))
	if err != nil || kind != "PNG" || w != 980 || h != 245 {
		t.Errorf("a logo of 1960 × 490 becomes %s %d × %d: %v", kind, w, h, err)
	}
}

func TestLogoRefused(t *testing.T) {
	t.Parallel()
	sound := sampleLogo(t)
	bomb := bytes.Clone(sound)
	binary.BigEndian.PutUint32(bomb[16:], 16000) // width and height in IHDR
	binary.BigEndian.PutUint32(bomb[20:], 16000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	for _, tt := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty file", []byte{0}, "PNG, JPEG"},
		{"GIF", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), "PNG, JPEG"},
		{"cut off", sound[:len(sound)/2], "damaged"},
		{"blown up", bomb, "16000 × 16000"},
		{"white", encodePNG(t, whitePicture(color.White)), "nothing"},
		{"transparent", encodePNG(t, image.NewNRGBA(image.Rect(0, 0, 8, 8))), "nothing"},
		{"white on transparent", encodePNG(t, whitePicture(color.NRGBA{255, 255, 255, 128})), "nothing"},
		{"too many bytes", make([]byte, 300<<10), "bytes"},
	} {
		if _, _, _, err := pdf.Prepare(tt.file); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error is %v, want one with %q", tt.name, err, tt.want)
		}
	}
}

func whitePicture(c color.Color) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, 12, 12))
	for i := range 12 {
		img.Set(i, 5, c)
	}
	return img
}
