package checkout

import (
	"image"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// guard keeps a panic inside gozxing from ending the worker: it is a port of a
// large library, fed here with whatever the network brought. A panic counts as
// not readable.
func guard(read func() bool) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return read()
}

// decodeModules decodes bare modules. It returns them upright: a mirrored code
// is mirrored back, since not every scanner reads mirrored ones.
func decodeModules(modules [][]bool) (upright [][]bool, payload string, ok bool) {
	ok = guard(func() bool {
		bits, err := gozxing.ParseBoolMapToBitMatrix(modules)
		if err != nil {
			return false
		}
		result, err := decoder.NewDecoder().DecodeWithoutHint(bits)
		if err != nil || result.GetText() == "" || result.HasStructuredAppend() {
			return false
		}
		upright, payload = modules, result.GetText()
		if mirrored(result) {
			upright = transpose(modules)
		}
		return true
	})
	return upright, payload, ok
}

func mirrored(r *common.DecoderResult) bool {
	meta, ok := r.GetOther().(*decoder.QRCodeDecoderMetaData)
	return ok && meta.IsMirrored()
}

func transpose(modules [][]bool) [][]bool {
	t := newModules(len(modules))
	for y, row := range modules {
		for x, dark := range row {
			t[x][y] = dark
		}
	}
	return t
}

// newModules is a square field in one allocation.
func newModules(n int) [][]bool {
	all, rows := make([]bool, n*n), make([][]bool, n)
	for y := range rows {
		rows[y] = all[y*n : (y+1)*n : (y+1)*n]
	}
	return rows
}

// bitmap prepares an image for gozxing.
func bitmap(g *gray) (*gozxing.BinaryBitmap, error) {
	return gozxing.NewBinaryBitmapFromImage(&image.Gray{Pix: g.pix, Stride: g.w, Rect: image.Rect(0, 0, g.w, g.h)})
}

// readPure is gozxing's way for an image that is nothing but an upright code.
// It returns the payload and keeps the modules to itself.
func readPure(g *gray) (modules [][]bool, payload string, ok bool) {
	ok = guard(func() bool {
		bmp, err := bitmap(g)
		if err != nil {
			return false
		}
		result, err := qrcode.NewQRCodeReader().Decode(bmp, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
		if err != nil || result.GetText() == "" {
			return false
		}
		payload = result.GetText()
		// The detector's modules, if it finds the same code, are those of
		// the image; without them the caller draws the link.
		if m, text, found := readDetected(g); found && text == payload {
			modules = m
		}
		return true
	})
	return modules, payload, ok
}

// readDetected is gozxing's way for a code anywhere in a picture.
func readDetected(g *gray) (modules [][]bool, payload string, ok bool) {
	for _, invert := range []bool{false, true} {
		ok = guard(func() bool {
			bmp, err := bitmap(g.inverted(invert))
			if err != nil {
				return false
			}
			matrix, err := bmp.GetBlackMatrix()
			if err != nil {
				return false
			}
			found, err := detector.NewDetector(matrix).DetectWithoutHints()
			if err != nil {
				return false
			}
			bits := found.GetBits()
			m := newModules(bits.GetHeight())
			for y := range m {
				for x := range m[y] {
					m[y][x] = bits.Get(x, y)
				}
			}
			var read bool
			modules, payload, read = decodeModules(m)
			return read
		})
		if ok {
			return modules, payload, true
		}
	}
	return nil, "", false
}

func (g *gray) inverted(invert bool) *gray {
	if !invert {
		return g
	}
	n := newGray(g.w, g.h)
	for i, v := range g.pix {
		n.pix[i] = 255 - v
	}
	return n
}
