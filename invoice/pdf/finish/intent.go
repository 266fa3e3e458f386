package finish

import (
	"encoding/binary"
	"math"
	"sync"
)

// intent writes what colours mean: sRGB (ISO 19005-3, 6.2.3). It covers gray
// as well.
func (f *file) intent() int {
	profile, intent := f.reserve(), f.reserve()
	f.stream(profile, "/N 3/Filter/FlateDecode", deflatedSRGB())
	f.plain(intent, func(b []byte) []byte {
		b = append(b, "<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)"+
			"/Info(sRGB IEC61966-2.1)/RegistryName(http://www.color.org)/DestOutputProfile "...)
		return append(appendRef(b, profile), ">>"...)
	})
	return intent
}

var deflatedSRGB = sync.OnceValue(func() []byte { return Deflate(sRGB()) })

// sRGB is the colour space of IEC 61966-2-1 as an ICC profile, version 2.1,
// for displays: primaries adapted to D50, and the curve as a table.
func sRGB() []byte {
	curve := append([]byte("curv\x00\x00\x00\x00"), 0, 0, 4, 0)
	for i := range 1024 {
		x := float64(i) / 1023
		y := x / 12.92
		if x > 0.04045 {
			y = math.Pow((x+0.055)/1.055, 2.4)
		}
		curve = binary.BigEndian.AppendUint16(curve, uint16(math.Round(y*65535)))
	}
	const name = "sRGB IEC61966-2.1\x00"
	desc := binary.BigEndian.AppendUint32([]byte("desc\x00\x00\x00\x00"), uint32(len(name)))
	desc = append(append(desc, name...), make([]byte, 8+3+67)...) // no Unicode, no Macintosh name
	tags := []struct {
		name string
		data []byte
	}{
		{"desc", desc},
		{"cprt", []byte("text\x00\x00\x00\x00No copyright, use freely\x00")},
		{"wtpt", xyz(0xF351, 0x10000, 0x116CC)},
		{"rXYZ", xyz(0x6FA2, 0x38F5, 0x0390)},
		{"gXYZ", xyz(0x6299, 0xB785, 0x18DA)},
		{"bXYZ", xyz(0x24A0, 0x0F84, 0xB6CF)},
		{"rTRC", curve}, {"gTRC", nil}, {"bTRC", nil}, // one curve for all
	}
	at := 128 + 4 + 12*len(tags)
	table := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	var data []byte
	var offset, size int
	for _, t := range tags {
		if t.data != nil {
			offset, size = at+len(data), len(t.data)
			data = append(data, t.data...)
			data = append(data, make([]byte, -len(data)&3)...)
		}
		table = append(table, t.name...)
		table = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(table, uint32(offset)), uint32(size))
	}
	header := make([]byte, 128)
	binary.BigEndian.PutUint32(header, uint32(128+len(table)+len(data)))
	copy(header[8:], "\x02\x10\x00\x00mntrRGB XYZ ")
	binary.BigEndian.PutUint16(header[24:], 2026) // date of the profile
	header[27], header[29] = 1, 1
	copy(header[36:], "acsp")
	copy(header[68:], xyz(0xF6D6, 0x10000, 0xD32D)[8:]) // D50
	return append(append(header, table...), data...)
}

// xyz is a colour in fixed-point numbers of 16 and 16 bits.
func xyz(x, y, z uint32) []byte {
	b := []byte("XYZ \x00\x00\x00\x00")
	for _, v := range [...]uint32{x, y, z} {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}
