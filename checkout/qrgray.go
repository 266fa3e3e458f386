package checkout

import (
	"image"
	"image/color"
	"sync"
)

// pixels keeps the memory of images that have been read: that of the usual one
// is a quarter of what an invoice allocates. It holds *[]uint8.
var pixels sync.Pool

// newGray returns an image of which every pixel is still to be set: they are
// those of any image before it.
func newGray(w, h int) *gray {
	g := &gray{w: w, h: h}
	if kept, _ := pixels.Get().(*[]uint8); kept != nil && cap(*kept) >= w*h {
		g.pix = (*kept)[:w*h]
	} else {
		g.pix = make([]uint8, w*h)
	}
	return g
}

// release gives the pixels to the next image; nobody may look at them any more.
func (g *gray) release() {
	kept := g.pix // whoever takes it reads this variable, not g
	g.pix = nil
	pixels.Put(&kept)
}

// toGray turns any image into luminance over white.
func toGray(img image.Image) *gray {
	b := img.Bounds()
	g := newGray(b.Dx(), b.Dy())
	switch src := img.(type) {
	case *image.Gray:
		for y := range g.h {
			copy(g.row(y), src.Pix[y*src.Stride:])
		}
	case *image.YCbCr:
		for y := range g.h {
			copy(g.row(y), src.Y[y*src.YStride:])
		}
	case *image.Paletted:
		var table [256]uint8
		for i, c := range src.Palette {
			table[i] = lumaOf(c)
		}
		for y := range g.h {
			in := src.Pix[y*src.Stride:]
			for x := range g.row(y) {
				g.pix[y*g.w+x] = table[in[x]]
			}
		}
	case *image.NRGBA:
		for y := range g.h {
			in := src.Pix[y*src.Stride:]
			for x := range g.w {
				p := in[x*4 : x*4+4 : x*4+4]
				g.pix[y*g.w+x] = over(luma(uint32(p[0]), uint32(p[1]), uint32(p[2])), uint32(p[3]))
			}
		}
	case *image.RGBA:
		// image/png returns RGBA only for opaque images.
		for y := range g.h {
			in := src.Pix[y*src.Stride:]
			for x := range g.w {
				p := in[x*4 : x*4+4 : x*4+4]
				g.pix[y*g.w+x] = uint8(luma(uint32(p[0]), uint32(p[1]), uint32(p[2])) + 255 - uint32(p[3]))
			}
		}
	default:
		for y := range g.h {
			for x := range g.w {
				g.pix[y*g.w+x] = lumaOf(img.At(b.Min.X+x, b.Min.Y+y))
			}
		}
	}
	return g
}

func (g *gray) row(y int) []uint8 { return g.pix[y*g.w : (y+1)*g.w] }

// luma is the luminance of ITU-R BT.601, as image/color computes it.
func luma(r, g, b uint32) uint32 { return (19595*r + 38470*g + 7471*b + 1<<15) >> 16 }

// over lays a luminance with straight alpha over white.
func over(y, alpha uint32) uint8 { return uint8((y*alpha + 255*(255-alpha) + 127) / 255) }

func lumaOf(c color.Color) uint8 {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return over(luma(uint32(n.R), uint32(n.G), uint32(n.B)), uint32(n.A))
}
