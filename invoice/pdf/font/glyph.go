package font

import "encoding/binary"

// Flags of the components of a composite glyph (OpenType, table glyf).
const (
	argsAreWords     = 0x0001
	hasScale         = 0x0008
	moreComponents   = 0x0020
	hasTwoScales     = 0x0040
	hasTwoByTwo      = 0x0080
	hasInstructions  = 0x0100
	glyphHeaderBytes = 10
)

// appendGlyph appends an outline without its instructions, padded to four
// bytes. The components of a composite are renumbered by number.
func appendGlyph(to, outline []byte, number func(component uint16) uint16) []byte {
	if len(outline) < glyphHeaderBytes {
		return to
	}
	if contours := int(int16(u16(outline, 0))); contours >= 0 {
		to = appendSimple(to, outline, contours)
	} else {
		to = appendComposite(to, outline, number)
	}
	for len(to)%4 != 0 {
		to = append(to, 0)
	}
	return to
}

func appendSimple(to, outline []byte, contours int) []byte {
	at := glyphHeaderBytes + 2*contours
	if at+2 > len(outline) {
		return to
	}
	to = append(to, outline[:at]...)
	to = append(to, 0, 0) // no instructions
	skip := at + 2 + int(u16(outline, at))
	if skip > len(outline) {
		return to
	}
	return append(to, outline[skip:]...)
}

func appendComposite(to, outline []byte, number func(component uint16) uint16) []byte {
	start := len(to)
	to = append(to, outline[:glyphHeaderBytes]...)
	for at := glyphHeaderBytes; at+4 <= len(outline); {
		flags := u16(outline, at)
		size := 6
		if flags&argsAreWords != 0 {
			size += 2
		}
		switch {
		case flags&hasScale != 0:
			size += 2
		case flags&hasTwoScales != 0:
			size += 4
		case flags&hasTwoByTwo != 0:
			size += 8
		}
		if at+size > len(outline) {
			return to[:start]
		}
		here := len(to)
		to = append(to, outline[at:at+size]...)
		binary.BigEndian.PutUint16(to[here:], flags&^hasInstructions)
		binary.BigEndian.PutUint16(to[here+2:], number(u16(outline, at+2)))
		at += size
		if flags&moreComponents == 0 {
			break
		}
	}
	return to
}
