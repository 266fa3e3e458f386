package pdf

import (
	"fmt"
	"math"
	"strconv"

	"invoicelink/invoice/text"
)

// colour is an entry of the page's palette: black, greys, one accent, and red
// for what must not be overlooked.
type colour uint8

const (
	ink colour = iota
	grey
	hairline
	tint
	accent
	white
	alarm
	pale // the mark across the page
	calm // the test mark's banner
)

func (c colour) String() string {
	return [...]string{"ink", "grey", "hairline", "tint", "accent", "white", "alarm", "pale", "calm"}[c]
}

// rgb is a colour of sRGB, 0 to 255. One without a hue is written as
// DeviceGray, so that text and codes print in black ink alone.
type rgb [3]uint8

// palette of a page. Ink and grey keep a contrast above 4.5 : 1 on white and on
// tint (WCAG 2.2, 1.4.3).
type palette [calm + 1]rgb

// defaultAccent is a dark blue with a contrast of 9.9 : 1 to white.
var defaultAccent = rgb{29, 66, 120}

func paletteOf(accentColour rgb) palette {
	return palette{
		ink: {0, 0, 0}, grey: {92, 92, 92}, hairline: {208, 208, 208}, tint: {245, 245, 245},
		accent: accentColour, white: {255, 255, 255}, alarm: {190, 22, 34}, pale: {248, 237, 237}, calm: {96, 96, 96},
	}
}

// parseAccent reads #RRGGBB; empty is the default. Too pale a colour is refused.
func parseAccent(s string) (rgb, error) {
	if s == "" {
		return defaultAccent, nil
	}
	v, err := strconv.ParseUint(s[min(1, len(s)):], 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		return rgb{}, fmt.Errorf("%s is not a colour such as #1d4278", text.Truncate(s, maxShown))
	}
	c := rgb{uint8(v >> 16), uint8(v >> 8), uint8(v)}
	const least = 4.5
	if got := contrast(c, paletteOf(c)[tint]); got < least {
		return rgb{}, fmt.Errorf("%s has a contrast of %.1f : 1 to the paper; at least %.1f : 1 is needed to be read (WCAG 2.2, 1.4.3); take a darker one", s, got, least)
	}
	return c, nil
}

// contrast is the ratio of luminances of WCAG 2.2.
func contrast(a, b rgb) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c rgb) float64 {
	var sum float64
	for i, weight := range [...]float64{0.2126, 0.7152, 0.0722} {
		v := float64(c[i]) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}

// append writes the operands of a colour and its operator, for filling or for
// lines.
func (c rgb) append(b []byte, line bool) []byte {
	operator := [2]string{"rg", "g"}
	if line {
		operator = [2]string{"RG", "G"}
	}
	if c[0] == c[1] && c[1] == c[2] {
		b = append(length(int(c[0])*1000/255).append(b), ' ')
		return append(b, operator[1]...)
	}
	for _, v := range c {
		b = append(length(int(v)*1000/255).append(b), ' ')
	}
	return append(b, operator[0]...)
}
