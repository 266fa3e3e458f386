package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"image"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
)

// isSVG reports whether a file looks like an SVG.
func isSVG(file []byte) bool {
	head := bytes.TrimLeft(file[:min(len(file), 4<<10)], "\xEF\xBB\xBF \t\r\n")
	return bytes.HasPrefix(head, []byte("<svg")) || bytes.HasPrefix(head, []byte("<?xml")) && bytes.Contains(head, []byte("<svg")) ||
		bytes.HasPrefix(head, []byte("<!")) && bytes.Contains(head, []byte("<svg"))
}

// drawSVG turns a drawing into pixels, as many on its longer side. What the
// parser does not know, such as texts, is an error instead of a gap.
func drawSVG(file []byte, pixels int) (img image.Image, err error) {
	const advice = "save it as plain SVG with texts turned into paths, or as PNG"
	defer func() {
		if p := recover(); p != nil { // the parser trusts its input
			img, err = nil, errors.New("SVG is damaged; "+advice)
		}
	}()
	icon, err := oksvg.ReadIconStream(bytes.NewReader(file), oksvg.StrictErrorMode)
	if err != nil {
		return nil, fmt.Errorf("SVG cannot be drawn; %s: %w", advice, err)
	}
	w, h := icon.ViewBox.W, icon.ViewBox.H
	if !(w > 0 && h > 0) || w/h > 100 || h/w > 100 {
		return nil, errors.New("SVG has no size; give its svg element a viewBox")
	}
	scale := float64(pixels) / max(w, h)
	pw, ph := max(1, int(w*scale)), max(1, int(h*scale))
	rgba := image.NewRGBA(image.Rect(0, 0, pw, ph))
	icon.SetTarget(0, 0, float64(pw), float64(ph))
	icon.Draw(rasterx.NewDasher(pw, ph, rasterx.NewScannerGV(pw, ph, rgba, rgba.Bounds())), 1)
	return rgba, nil
}
