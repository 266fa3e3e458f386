package finish

import (
	"crypto/md5" //nolint:gosec // the identifier of ISO 32000-1, 14.4 is no secret
	"encoding/binary"
	"fmt"
	"strconv"
)

// objects writes a file: streams as they come, all other objects gathered in
// object streams (ISO 32000-1, 7.5.7), which make a tagged document a third of
// its size, and a cross-reference stream.
type objects struct {
	out     []byte
	entries []entry // by object number
	next    int     // number of the next new object

	index, bodies []byte // of the object stream that is being filled
	members       []int
}

type entry struct {
	stream int // number of the object stream, 0 for none
	at     int // offset in the file, or place in the stream
}

func newObjects(count, size int) *objects {
	o := &objects{out: make([]byte, 0, size), entries: make([]entry, count+1, count+64), next: count + 1}
	// Four bytes above 127 mark the file as binary (ISO 19005-3, 6.1.2).
	o.out = append(o.out, "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"...)
	return o
}

// reserve gives out a new object number.
func (o *objects) reserve() int { return o.reserveUpTo(o.next + 1) }

// reserveUpTo gives out all numbers below end and returns the first of them.
func (o *objects) reserveUpTo(end int) int {
	first := o.next
	for o.next < end {
		o.entries = append(o.entries, entry{})
		o.next++
	}
	return first
}

// plain writes an object that is no stream; write appends its body.
func (o *objects) plain(n int, write func([]byte) []byte) {
	const most = 2000 // objects in a stream
	o.index = strconv.AppendInt(o.index, int64(n), 10)
	o.index = append(strconv.AppendInt(append(o.index, ' '), int64(len(o.bodies)), 10), ' ')
	o.bodies = append(write(o.bodies), '\n')
	o.members = append(o.members, n)
	if len(o.members) == most {
		o.flush()
	}
}

// flush writes the object stream that was filled.
func (o *objects) flush() {
	if len(o.members) == 0 {
		return
	}
	n := o.reserve()
	for i, member := range o.members {
		o.entries[member] = entry{stream: n, at: i}
	}
	first := len(o.index)
	data := Deflate(append(o.index, o.bodies...))
	o.stream(n, fmt.Sprintf("/Type/ObjStm/N %d/First %d/Filter/FlateDecode", len(o.members), first), data)
	o.index, o.bodies, o.members = o.index[:0], o.bodies[:0], o.members[:0]
}

// stream writes a stream object; dict is without its brackets and /Length.
func (o *objects) stream(n int, dict string, data []byte) {
	o.entries[n] = entry{at: len(o.out)}
	o.out = fmt.Appendf(o.out, "%d 0 obj\n<<%s/Length %d>>\nstream\n", n, dict, len(data))
	o.out = append(append(o.out, data...), "\nendstream\nendobj\n"...)
}

// copied writes a stream object as it is.
func (o *objects) copied(n int, body []byte) {
	o.entries[n] = entry{at: len(o.out)}
	o.out = append(fmt.Appendf(o.out, "%d 0 obj\n", n), body...)
	o.out = append(o.out, "\nendobj\n"...)
}

// close writes the cross-reference stream and returns the file. The file's
// identifier is a digest of all that stands before.
func (o *objects) close(catalog, info int) []byte {
	o.flush()
	n := o.reserve()
	at := len(o.out)
	o.entries[n] = entry{at: at}
	id := md5.Sum(o.out) //nolint:gosec // see above
	// Rows of a type, an offset or stream, and a place, each as the difference
	// to the row above (predictor 12): neighbours differ little.
	const width = 7
	rows := make([]byte, 0, (width+1)*len(o.entries))
	var last [width]byte
	for i, e := range o.entries {
		var row [width]byte
		switch {
		case i == 0:
			binary.BigEndian.PutUint16(row[5:], 65535)
		case e.stream > 0:
			row[0] = 2
			binary.BigEndian.PutUint32(row[1:], uint32(e.stream))
			binary.BigEndian.PutUint16(row[5:], uint16(e.at))
		default:
			row[0] = 1
			binary.BigEndian.PutUint32(row[1:], uint32(e.at))
		}
		rows = append(rows, 2) // the filter of the row: "up"
		for k := range row {
			rows = append(rows, row[k]-last[k])
		}
		last = row
	}
	o.stream(n, fmt.Sprintf("/Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/ID[<%X><%X>]"+
		"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns %d>>", len(o.entries), catalog, info, id, id, width), Deflate(rows))
	return fmt.Appendf(o.out, "startxref\n%d\n%%%%EOF\n", at)
}
