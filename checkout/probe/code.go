package probe

import (
	"bytes"
	"encoding/base64"
	"image"
	_ "image/jpeg" // for image.Decode
	_ "image/png"  // for image.Decode
	"regexp"
	"strings"

	"invoicelink/checkout"
)

// maxPixels of an image that is decoded here.
const maxPixels = 16 << 20

var spaces = regexp.MustCompile(`\s+`)

// code describes the image of a link: how it is written, what it is, and what
// it holds.
func (p *prober) code(l checkout.Link, asked int) {
	if l.QRCode == "" {
		p.found("code", "QR code", "there is none in the answer; one is drawn from the link")
		return
	}
	w := &p.report.Sandbox
	var raw []byte
	w.QRForm, raw = textForm(l.QRCode)
	p.found("code", "how the image is written", "%s, %d characters", w.QRForm, len(l.QRCode))
	config, format, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil || config.Width*config.Height > maxPixels {
		p.found("code", "image", "neither PNG nor JPEG of a sensible size (%d bytes)", len(raw))
	} else {
		w.QRImage = imageForm(raw, format)
		p.found("code", "image", "%s, %d × %d pixels; %d were asked for", w.QRImage, config.Width, config.Height, asked)
	}
	qr, err := checkout.ReadQR(l.QRCode, l.URL)
	if err != nil {
		p.found("code", "what it holds", "%v", err)
		return
	}
	p.found("code", "what it holds", "exactly the payment link, in %d × %d modules", len(qr.Modules), len(qr.Modules))
	if img, _, err := image.Decode(bytes.NewReader(raw)); err == nil && qr.Source == checkout.QRReturned {
		margin := quietZone(img, len(qr.Modules))
		p.found("code", "quiet zone", "%d modules", margin)
		if w.QRMargin = margin; margin == 0 {
			w.QRMargin = -1
		}
	}
}

// textForm is the sandbox's word for how bytes are written, and the bytes.
func textForm(text string) (form string, raw []byte) {
	form = "base64"
	if strings.HasPrefix(text, "data:") {
		_, text, _ = strings.Cut(text, ",")
		form = "data-uri"
	} else if spaces.MatchString(text) {
		form = "wrapped"
	}
	text = spaces.ReplaceAllString(text, "")
	padded := strings.HasSuffix(text, "=") || len(text)%4 == 0
	urlSafe := strings.ContainsAny(text, "-_")
	if form == "base64" && urlSafe {
		form = "base64url"
	} else if form == "base64" && !padded {
		form = "unpadded"
	}
	encoding := base64.RawStdEncoding
	if urlSafe {
		encoding = base64.RawURLEncoding
	}
	raw, _ = encoding.DecodeString(strings.TrimRight(text, "=")) // what is damaged ends in "neither PNG nor JPEG"
	return form, raw
}

// imageForm is the sandbox's word for an image. A PNG's header has the bit
// depth at byte 24 and the colour type at 25 (PNG, section 11.2.1).
func imageForm(raw []byte, format string) string {
	if format != "png" || len(raw) < 26 {
		return format
	}
	switch depth, colour := raw[24], raw[25]; {
	case depth == 1:
		return "png"
	case colour == 0 && depth == 16:
		return "png-gray16"
	case colour == 0:
		return "png-gray"
	case colour == 3:
		return "png-palette"
	case colour == 2:
		return "png-rgb"
	}
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return "png-rgba"
	}
	if _, _, _, alpha := img.At(img.Bounds().Min.X, img.Bounds().Min.Y).RGBA(); alpha == 0 {
		return "png-transparent"
	}
	return "png-rgba"
}

// quietZone measures the white margin in whole modules.
func quietZone(img image.Image, modules int) int {
	b := img.Bounds()
	dark := func(x, y int) bool {
		r, g, bl, a := img.At(x, y).RGBA()
		return a > 0x8000 && r+g+bl < 3*0x8000
	}
	left, right := b.Max.X, b.Min.X
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if dark(x, y) {
				left, right = min(left, x), max(right, x)
			}
		}
	}
	width := right - left + 1
	if width < modules {
		return 0
	}
	return (left - b.Min.X) * modules / width
}
