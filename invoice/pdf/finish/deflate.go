package finish

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zlib"
)

// A new writer zeroes over a megabyte for a few kilobytes of font, so writers
// are used again. Level 1 makes files 4 % larger than level 6 and takes half of
// its time. The level is a part of the promise that the same page gives
// the same bytes.
var deflaters = sync.Pool{New: func() any {
	w, err := zlib.NewWriterLevel(nil, 1)
	if err != nil {
		panic(fmt.Sprintf("finish: make a zlib writer: %v", err)) // the level is a valid constant
	}
	return w
}}

// Deflate returns the data as a zlib stream (RFC 1950), which a PDF calls
// FlateDecode.
func Deflate(data []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(data)/2 + 64)
	w := deflaters.Get().(*zlib.Writer)
	defer deflaters.Put(w)
	w.Reset(&out)
	// Writing to memory cannot fail.
	_, _ = w.Write(data)
	_ = w.Close()
	return out.Bytes()
}
