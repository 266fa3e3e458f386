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

func samplePhoto(t *testing.T) []byte {
	t.Helper()
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 30, 200)), nil); err != nil {
		t.Fatal(err)
	}
	return photo.Bytes()
}

func TestLogoIsPrintedWithinItsBox(t *testing.T) {
	t.Parallel()
	for name, file := range map[string][]byte{
		"transparent": sampleLogo(t),
		"tall":        samplePhoto(t),
		"wide":        encodePNG(t, image.NewGray(image.Rect(0, 0, 3000, 2))),
		"16 bit":      encodePNG(t, image.NewGray16(image.Rect(0, 0, 40, 40))),
		"palette":     encodePNG(t, image.NewPaletted(image.Rect(0, 0, 9, 9), color.Palette{color.Black, color.Transparent})),
		"drawing":     []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><rect width="10" height="10" fill="#1d4278"/><path d="M12 0 L40 5 L12 10 Z" fill="#c0392b"/></svg>`),
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
		{"drawing without a size", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><rect width="1" height="1"/></svg>`), "viewBox"},
		{"drawing with text", []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text x="1" y="1">a</text></svg>`), "paths"},
		{"broken drawing", []byte(`<svg viewBox="0 0 9 9"><path d="M 0`), "SVG"},
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

// A picture that a camera took sideways stands upright, and full cyan over full
// magenta is the blue of the printer's inks, not that of a screen.
func TestLogoIsTurnedAndSeparated(t *testing.T) {
	t.Parallel()
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, image.NewGray(image.Rect(0, 0, 40, 20)), nil); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
	turned := append([]byte("\xff\xd8\xff\xe1\x00"+string(rune(len(exif)+2))+exif), plain.Bytes()[2:]...)
	if _, w, h, err := pdf.Prepare(turned); err != nil || w != 20 || h != 40 {
		t.Errorf("a picture of 40 × 20 held sideways is %d × %d: %v", w, h, err)
	}
	if _, w, h, err := pdf.Prepare(plain.Bytes()); err != nil || w != 40 || h != 20 {
		t.Errorf("an upright picture of 40 × 20 is %d × %d: %v", w, h, err)
	}
	for _, tt := range []struct {
		ink  color.CMYK
		want color.RGBA
	}{
		{color.CMYK{}, color.RGBA{255, 255, 255, 255}}, {color.CMYK{C: 255}, color.RGBA{0, 158, 227, 255}},
		{color.CMYK{C: 255, M: 255}, color.RGBA{49, 39, 131, 255}}, {color.CMYK{K: 255}, color.RGBA{29, 29, 27, 255}},
	} {
		if got := pdf.Mix(tt.ink); got != tt.want {
			t.Errorf("%v is %v, want %v", tt.ink, got, tt.want)
		}
	}
}
