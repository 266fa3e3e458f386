package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	imagedraw "golang.org/x/image/draw"

	"invoicelink/invoice"
)

// Limits of an image. A file of 256 KB can blow up to any size when decoded, so
// the size is read from its header first.
const (
	maxPixels = 16 << 20
	maxSide   = 16384
	// logoPixels is the width or height in pixels beyond which a logo is scaled
	// down: 400 dots per inch over its 62 mm. paperPixels is 150 dots per inch
	// over the height of A4.
	logoPixels  = 980
	paperPixels = 1754
)

// picture is a seller's logo or letter paper ready to be embedded: a PNG
// without transparency, or a JPEG in gray or RGB. It is never written to.
type picture struct {
	name   string // fpdf's name of the image type
	data   []byte
	width  int // pixels
	height int
}

var errBlank = errors.New("image shows nothing on white paper: all of it is white or transparent; give one in dark colours")

// openPicture reads a PNG, JPEG or SVG file and makes it ready for printing, at most
// so many pixels wide or high.
func openPicture(file []byte, pixels int) (*picture, error) {
	if len(file) > invoice.MaxLogoBytes {
		return nil, fmt.Errorf("image has %d bytes; at most %d are allowed", len(file), invoice.MaxLogoBytes)
	}
	if isSVG(file) {
		img, err := drawSVG(file, pixels)
		if err != nil {
			return nil, err
		}
		if blank(img) {
			return nil, errBlank
		}
		return flatten(img, pixels, 1, false)
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil || (format != "png" && format != "jpeg") {
		return nil, errors.New("image cannot be read; give a PNG, JPEG or SVG file")
	}
	w, h := config.Width, config.Height
	if w < 1 || h < 1 || w > maxSide || h > maxSide || w*h > maxPixels {
		return nil, fmt.Errorf("image is %d × %d pixels large; at most %d pixels in all and %d on a side are allowed", w, h, maxPixels, maxSide)
	}
	img, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("image is damaged; save it again as PNG or JPEG: %w", err)
	}
	turn := 1
	if format == "jpeg" {
		turn = orientation(file)
		img = rightCMYK(img)
	}
	if blank(img) {
		return nil, errBlank
	}
	_, converted := img.(*image.RGBA) // from four inks
	if format == "jpeg" && turn == 1 && !converted && max(w, h) <= 2*pixels {
		return &picture{name: "JPG", data: file, width: w, height: h}, nil
	}
	return flatten(img, pixels, turn, format == "jpeg")
}

// flatten lays the image over white, since fpdf would split and deflate
// transparency twice for every page, turns it upright, and scales it down to
// what can be seen.
func flatten(img image.Image, pixels, turn int, photo bool) (*picture, error) {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	if most := max(w, h); most > pixels {
		w, h = max(1, w*pixels/most), max(1, h*pixels/most)
	}
	flat := image.NewRGBA(image.Rect(0, 0, w, h))
	imagedraw.Draw(flat, flat.Bounds(), image.NewUniform(color.White), image.Point{}, imagedraw.Src)
	imagedraw.CatmullRom.Scale(flat, flat.Bounds(), img, img.Bounds(), imagedraw.Over, nil)
	flat = upright(flat, turn)
	var out bytes.Buffer
	p := &picture{name: "PNG", width: flat.Bounds().Dx(), height: flat.Bounds().Dy()}
	var err error
	if photo {
		p.name, err = "JPG", jpeg.Encode(&out, flat, &jpeg.Options{Quality: 90})
	} else {
		// Opaque RGBA is written as plain RGB.
		err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, flat)
	}
	p.data = out.Bytes()
	return p, err
}

// blank reports whether nothing of the image would be seen on white paper.
func blank(img image.Image) bool {
	const faint = 0xF000 // of 0xFFFF
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, a := img.At(x, y).RGBA() // premultiplied: add the white that shows through
			if white := 0xFFFF - a; min(r+white, g+white, bl+white) < faint {
				return false
			}
		}
	}
	return true
}

// fit returns the largest size inside the box that keeps the proportions.
func (p *picture) fit(width, height length) (w, h length) {
	w, h = width, width*length(p.height)/length(p.width)
	if h > height {
		w, h = height*length(p.width)/length(p.height), height
	}
	return w, h
}
