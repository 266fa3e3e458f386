package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// pack deflates the page contents of a file that fpdf v0.9.0 wrote without
// compression, and writes the cross-reference table anew. fpdf makes two
// compressors of 1.2 MB for each document; that was 80 % of all memory and a
// third of the time. Here they come from a pool.
//
// Objects are found by the table, never by searching, since an invoice may
// hold any text.
func pack(file []byte) ([]byte, error) {
	offsets, table, trailer, err := crossReference(file)
	if err != nil {
		return nil, fmt.Errorf("pack the document: %w", err)
	}
	order := make([]int, len(offsets)) // the objects as they follow in the file
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return offsets[a] - offsets[b] })

	out := make([]byte, 0, len(file))
	out = append(out, file[:offsets[order[0]]]...)
	moved := make([]int, len(offsets))
	for n, object := range order {
		end := table
		if n+1 < len(order) {
			end = offsets[order[n+1]]
		}
		moved[object] = len(out)
		out = appendObject(out, file[offsets[object]:end])
	}
	at := len(out)
	out = fmt.Appendf(out, "xref\n0 %d\n0000000000 65535 f \n", len(moved)+1)
	for _, offset := range moved {
		out = fmt.Appendf(out, "%010d 00000 n \n", offset)
	}
	out = append(out, trailer...)
	return fmt.Appendf(out, "startxref\n%d\n%%%%EOF\n", at), nil
}

// crossReference reads the offsets of the objects 1, 2 …, where the table
// begins, and the trailer after it.
func crossReference(file []byte) (offsets []int, table int, trailer []byte, err error) {
	bad := errors.New("it has no cross-reference table as fpdf writes it")
	last := bytes.LastIndex(file, []byte("startxref\n"))
	if last < 0 {
		return nil, 0, nil, bad
	}
	line, _, _ := bytes.Cut(file[last+len("startxref\n"):], []byte("\n"))
	if table, err = strconv.Atoi(string(line)); err != nil || table < 0 || table >= last {
		return nil, 0, nil, bad
	}
	rest, found := bytes.CutPrefix(file[table:last], []byte("xref\n0 "))
	count, rest, more := bytes.Cut(rest, []byte("\n"))
	n, err := strconv.Atoi(string(count))
	const entry = 20 // bytes, ISO 32000-1, 7.5.4
	if err != nil || !found || !more || n < 2 || len(rest) < entry*n {
		return nil, 0, nil, bad
	}
	for i := 1; i < n; i++ {
		offset, err := strconv.Atoi(string(rest[entry*i : entry*i+10]))
		if err != nil || offset <= 0 || offset >= table {
			return nil, 0, nil, bad
		}
		offsets = append(offsets, offset)
	}
	return offsets, table, rest[entry*n:], nil
}

// appendObject copies an object. One that is a bare stream, whose dictionary
// holds nothing but its length, is deflated: fpdf writes only page contents
// so.
func appendObject(out, object []byte) []byte {
	head, rest, found := bytes.Cut(object, []byte("<</Length "))
	size, content, stream := bytes.Cut(rest, []byte(">>\nstream\n"))
	n, err := strconv.Atoi(string(size))
	if !found || !stream || err != nil || n < 0 || n > len(content) || !bytes.HasSuffix(head, []byte(" 0 obj\n")) || len(head) > 20 {
		return append(out, object...)
	}
	packed := deflate(content[:n])
	out = append(out, head...)
	out = fmt.Appendf(out, "<</Filter /FlateDecode /Length %d>>\nstream\n", len(packed))
	return append(append(out, packed...), content[n:]...)
}
