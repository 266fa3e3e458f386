package pdf

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"sync"

	imagedraw "golang.org/x/image/draw"

	"invoicelink/invoice"
)

// Limits of a logo. A file of 256 KB can blow up to any size when decoded, so
// the size is read from its header first.
const (
	maxLogoPixels = 16 << 20
	maxLogoSide   = 16384
	// printedLogo is the width or height in pixels beyond which a logo is
	// scaled down: 400 dots an inch over its 62 mm.
	printedLogo = 980
)

// logo is a seller's logo ready to be embedded: a PNG without transparency,
// or a JPEG. It is shared by pages and never written to.
type logo struct {
	name   string // fpdf's name of the image type
	data   []byte
	width  int // pixels
	height int
}

// logos are those that were made ready, by the digest of their file. A fleet
// prints for few sellers; what is beyond the limit is simply made again.
var logos = struct {
	sync.Mutex
	ready map[[32]byte]*logo
}{ready: map[[32]byte]*logo{}}

// openLogo reads a PNG or JPEG file.
func openLogo(file []byte) (*logo, error) {
	const most = 64
	key := sha256.Sum256(file)
	logos.Lock()
	l := logos.ready[key]
	logos.Unlock()
	if l != nil {
		return l, nil
	}
	l, err := makeLogo(file)
	if err != nil {
		return nil, err
	}
	logos.Lock()
	defer logos.Unlock()
	if len(logos.ready) >= most {
		clear(logos.ready)
	}
	logos.ready[key] = l
	return l, nil
}

func makeLogo(file []byte) (*logo, error) {
	if len(file) > invoice.MaxLogoBytes {
		return nil, fmt.Errorf("logo has %d bytes; at most %d are allowed", len(file), invoice.MaxLogoBytes)
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil || (format != "png" && format != "jpeg") {
		return nil, errors.New("logo cannot be read; give a PNG or JPEG file")
	}
	w, h := config.Width, config.Height
	if w < 1 || h < 1 || w > maxLogoSide || h > maxLogoSide || w*h > maxLogoPixels {
		return nil, fmt.Errorf("logo is %d × %d pixels large; at most %d pixels in all and %d on a side are allowed",
			w, h, maxLogoPixels, maxLogoSide)
	}
	img, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("logo is damaged; save it again as PNG or JPEG: %w", err)
	}
	if _, cmyk := img.(*image.CMYK); format == "jpeg" && !cmyk && max(w, h) <= 2*printedLogo {
		return &logo{name: "JPG", data: file, width: w, height: h}, nil
	}
	return flatten(img, format == "jpeg")
}

// flatten lays the image over white, since fpdf would split and deflate
// transparency twice for every page, and scales it down to what can be seen.
func flatten(img image.Image, photo bool) (*logo, error) {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	if most := max(w, h); most > printedLogo {
		w, h = max(1, w*printedLogo/most), max(1, h*printedLogo/most)
	}
	flat := image.NewRGBA(image.Rect(0, 0, w, h))
	imagedraw.Draw(flat, flat.Bounds(), image.NewUniform(color.White), image.Point{}, imagedraw.Src)
	imagedraw.CatmullRom.Scale(flat, flat.Bounds(), img, img.Bounds(), imagedraw.Over, nil)
	var out bytes.Buffer
	l := &logo{name: "PNG", width: w, height: h}
	var err error
	if photo {
		l.name, err = "JPG", jpeg.Encode(&out, flat, &jpeg.Options{Quality: 90})
	} else {
		// Opaque RGBA is written as plain RGB.
		err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, flat)
	}
	l.data = out.Bytes()
	return l, err
}

// fit returns the largest size inside the box that keeps the proportions.
func (l *logo) fit(width, height length) (w, h length) {
	w, h = width, width*length(l.height)/length(l.width)
	if h > height {
		w, h = height*length(l.width)/length(l.height), height
	}
	return w, h
}
