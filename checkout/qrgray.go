package checkout

import (
	"image"
	"image/color"
)

// toGray turns any image into luminance over white.
func toGray(img image.Image) *gray {
	b := img.Bounds()
	g := &gray{w: b.Dx(), h: b.Dy(), pix: make([]uint8, b.Dx()*b.Dy())}
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
