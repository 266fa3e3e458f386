package sandbox

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"maps"
	"slices"
	"strings"
	"sync"
)

// codeFor makes the text of the answer's qrCode, and says what it holds.
func codeFor(link string, size int, w Switches, f *Fault) (text, held string, err error) {
	held = link
	if f != nil {
		switch f.Kind {
		case FaultNoQR:
			return "", "", nil
		case FaultWrongQR:
			held = strings.Replace(link, "://", "://elsewhere.", 1)
		case FaultBadQR:
			held = ""
		}
	}
	var modules [][]bool
	if held == "" {
		modules = stripes()
	} else if modules, err = encodeQR(held); err != nil {
		return "", "", fmt.Errorf("draw a link of %d bytes: %w", len(held), err)
	}
	margin := w.QRMargin
	switch margin {
	case 0:
		margin = 4
	case -1:
		margin = 0
	}
	raw, kind, err := encodeImage(modules, margin, size, w.QRImage)
	if err != nil {
		return "", "", fmt.Errorf("encode the image: %w", err)
	}
	return encodeText(raw, kind, w.QRForm), held, nil
}

// stripes is an image that no reader takes for a QR code.
func stripes() [][]bool {
	m := make([][]bool, 33)
	for y := range m {
		m[y] = make([]bool, 33)
		for x := range m[y] {
			m[y][x] = x%4 < 2
		}
	}
	return m
}

// look is the colour model of an image and the colours of its modules.
type look struct {
	light, dark color.Color
	canvas      func(image.Rectangle) draw.Image
}

var looks = map[string]look{
	"png-gray":        {color.Gray{255}, color.Gray{0}, func(r image.Rectangle) draw.Image { return image.NewGray(r) }},
	"png-gray16":      {color.Gray16{0xffff}, color.Gray16{0}, func(r image.Rectangle) draw.Image { return image.NewGray16(r) }},
	"png-rgb":         {color.White, color.Black, func(r image.Rectangle) draw.Image { return image.NewRGBA(r) }},
	"png-rgba":        {color.NRGBA{255, 255, 255, 254}, color.NRGBA{0, 0, 0, 255}, newNRGBA},
	"png-transparent": {color.NRGBA{}, color.NRGBA{0, 0, 0, 255}, newNRGBA},
	"png-color":       {color.NRGBA{255, 250, 205, 255}, color.NRGBA{10, 20, 110, 255}, newNRGBA},
	"png-palette":     {color.White, color.Black, newPaletted},
	"jpeg":            {color.Gray{255}, color.Gray{0}, func(r image.Rectangle) draw.Image { return image.NewGray(r) }},
}

// newPaletted has colours enough for eight bits a pixel.
func newPaletted(r image.Rectangle) draw.Image {
	palette := color.Palette{color.White, color.Black}
	for i := range 30 {
		palette = append(palette, color.Gray{uint8(i * 8)})
	}
	return image.NewPaletted(r, palette)
}

func newNRGBA(r image.Rectangle) draw.Image { return image.NewNRGBA(r) }

// imageForms are the values of [Switches.QRImage].
func imageForms() []string {
	return slices.Sorted(func(yield func(string) bool) {
		if yield("png") {
			maps.Keys(looks)(yield)
		}
	})
}

// pngBuffers is shared by all encoders: a new deflate state for every image
// would be most of its cost.
type pngBuffers struct{ pool sync.Pool }

func (p *pngBuffers) Get() *png.EncoderBuffer  { b, _ := p.pool.Get().(*png.EncoderBuffer); return b }
func (p *pngBuffers) Put(b *png.EncoderBuffer) { p.pool.Put(b) }

var encoder = png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: &pngBuffers{}}

func encodeImage(modules [][]bool, margin, size int, form string) (raw []byte, kind string, err error) {
	if form == "" || form == "png" {
		raw, err := bitPNG(modules, margin, size)
		return raw, "image/png", err
	}
	var out bytes.Buffer
	l := looks[form]
	img := l.canvas(image.Rect(0, 0, size, size))
	fill(modules, margin, size, func(y int, dark func(x int) bool) {
		for x := range size {
			if dark(x) {
				img.Set(x, y, l.dark)
			} else {
				img.Set(x, y, l.light)
			}
		}
	})
	if form == "jpeg" {
		err = jpeg.Encode(&out, img, &jpeg.Options{Quality: 75})
		return out.Bytes(), "image/jpeg", err
	}
	err = encoder.Encode(&out, img)
	return out.Bytes(), "image/png", err
}

// fill paints the code as large as fits in whole pixels per module, or, if not
// even that fits, as well as can be.
func fill(modules [][]bool, margin, size int, paint func(y int, dark func(x int) bool)) {
	n, columns := len(modules), pixelModules(len(modules), margin, size)
	for y := range size {
		my := columns[y]
		paint(y, func(x int) bool {
			mx := columns[x]
			return my >= 0 && mx >= 0 && my < n && mx < n && modules[my][mx]
		})
	}
}

// pixelModules says for each of size pixels which of n modules it shows; below
// 0, or n and above, is the quiet zone.
func pixelModules(n, margin, size int) []int {
	scale := size / (n + 2*margin)
	off := (size - n*scale) / 2
	at := func(p int) int {
		if scale == 0 {
			return p*(n+2*margin)/size - margin
		}
		if p < off {
			return -1
		}
		return (p - off) / scale
	}
	modules := make([]int, size)
	for p := range modules {
		modules[p] = at(p)
	}
	return modules
}

func encodeText(raw []byte, kind, form string) string {
	switch form {
	case "data-uri":
		return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(raw)
	case "base64url":
		return base64.URLEncoding.EncodeToString(raw)
	case "unpadded":
		return base64.RawStdEncoding.EncodeToString(raw)
	case "wrapped":
		var b strings.Builder
		for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(raw)), 76) { // RFC 2045's lines
			b.Write(line)
			b.WriteString("\r\n")
		}
		return b.String()
	}
	return base64.StdEncoding.EncodeToString(raw)
}
