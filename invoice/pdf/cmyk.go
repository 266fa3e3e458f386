package pdf

import (
	"image"
	"image/color"
)

// inks are the colours of sRGB that full areas of cyan, magenta, yellow and
// black give, alone and over each other, on coated paper (after the
// characterisation FOGRA39; bit 0 is cyan, bit 3 black). Go's own conversion
// takes the inks for ideal and shows a blue of 100 % cyan as turquoise.
var inks = [16][3]float64{
	{255, 255, 255}, {0, 158, 227}, {230, 0, 126}, {49, 39, 131}, {255, 237, 0}, {0, 150, 64}, {227, 6, 19}, {52, 48, 46},
	{29, 29, 27}, {0, 17, 26}, {24, 0, 12}, {6, 0, 14}, {28, 26, 0}, {0, 16, 6}, {24, 0, 0}, {0, 0, 0},
}

// rightCMYK converts a picture in four inks to sRGB; others are returned as
// they are. Pixels between the inks are mixed from them (Neugebauer).
func rightCMYK(img image.Image) image.Image {
	four, ok := img.(*image.CMYK)
	if !ok {
		return img
	}
	b := four.Bounds()
	out := image.NewRGBA(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			out.SetRGBA(x, y, mix(four.CMYKAt(x, y)))
		}
	}
	return out
}

func mix(c color.CMYK) color.RGBA {
	part := [4]float64{float64(c.C) / 255, float64(c.M) / 255, float64(c.Y) / 255, float64(c.K) / 255}
	var sum [3]float64
	for i, ink := range inks {
		weight := 1.0
		for bit, v := range part {
			if i>>bit&1 == 1 {
				weight *= v
			} else {
				weight *= 1 - v
			}
		}
		for n := range sum {
			sum[n] += weight * ink[n]
		}
	}
	return color.RGBA{uint8(sum[0] + 0.5), uint8(sum[1] + 0.5), uint8(sum[2] + 0.5), 255}
}
