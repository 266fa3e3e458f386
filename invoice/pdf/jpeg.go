package pdf

import (
	"encoding/binary"
	"image"
)

// segments calls f with each marker segment of a JPEG before its scan, until f
// returns false.
func segments(file []byte, f func(marker byte, data []byte) bool) {
	for at := 2; at+4 <= len(file) && file[at] == 0xFF; {
		marker, size := file[at+1], int(binary.BigEndian.Uint16(file[at+2:]))
		if marker == 0xDA || size < 2 || at+2+size > len(file) || !f(marker, file[at+4:at+2+size]) {
			return
		}
		at += 2 + size
	}
}

// orientation reads how a camera held the picture (EXIF 2.32, tag 0x0112): 1 to
// 8, 1 being upright.
func orientation(file []byte) int {
	turn := 1
	segments(file, func(marker byte, data []byte) bool {
		if marker != 0xE1 || len(data) < 14 || string(data[:6]) != "Exif\x00\x00" {
			return true
		}
		tiff := data[6:]
		var order binary.ByteOrder = binary.BigEndian
		if tiff[0] == 'I' {
			order = binary.LittleEndian
		}
		at := int(order.Uint32(tiff[4:]))
		if at+2 > len(tiff) || at < 8 {
			return false
		}
		for i := range int(order.Uint16(tiff[at:])) {
			entry := at + 2 + 12*i
			if entry+12 > len(tiff) {
				return false
			}
			if order.Uint16(tiff[entry:]) == 0x0112 {
				if v := int(order.Uint16(tiff[entry+8:])); v >= 1 && v <= 8 {
					turn = v
				}
				return false
			}
		}
		return false
	})
	return turn
}

// upright undoes what orientation says.
func upright(img *image.RGBA, turn int) *image.RGBA {
	if turn <= 1 || turn > 8 {
		return img
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if turn >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch turn {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			out.SetRGBA(tx, ty, img.RGBAAt(x, y))
		}
	}
	return out
}
