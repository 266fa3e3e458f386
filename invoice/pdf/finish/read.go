package finish

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// source is a file that fpdf v0.9.0 wrote without compression, taken apart.
type source struct {
	objects       [][]byte // object n+1, without "n 0 obj" and "endobj"
	info, catalog int      // object numbers
}

// read takes the file apart. Objects are found by the cross-reference table,
// never by searching, since an invoice may hold any text.
func read(file []byte) (*source, error) {
	offsets, table, trailer, err := crossReference(file)
	if err != nil {
		return nil, err
	}
	s := &source{objects: make([][]byte, len(offsets))}
	if s.info, err = reference(trailer, "/Info "); err != nil {
		return nil, err
	}
	if s.catalog, err = reference(trailer, "/Root "); err != nil {
		return nil, err
	}
	for i, offset := range offsets {
		end := table
		for _, other := range offsets {
			if other > offset && other < end {
				end = other
			}
		}
		body, begins := bytes.CutPrefix(file[offset:end], fmt.Appendf(nil, "%d 0 obj\n", i+1))
		body, ends := bytes.CutSuffix(body, []byte("\nendobj\n"))
		if !begins || !ends {
			return nil, fmt.Errorf("object %d is not as fpdf writes it", i+1)
		}
		s.objects[i] = body
	}
	return s, nil
}

// reference reads the number of an object that the trailer refers to.
func reference(trailer []byte, key string) (int, error) {
	_, rest, _ := bytes.Cut(trailer, []byte(key))
	number, _, _ := bytes.Cut(rest, []byte(" "))
	n, err := strconv.Atoi(string(number))
	if err != nil || n < 1 {
		return 0, fmt.Errorf("the trailer has no %s", key)
	}
	return n, nil
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
