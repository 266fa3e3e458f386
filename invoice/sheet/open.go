package sheet

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"invoicelink/invoice/sheet/csv"
)

// file is an open file that has been looked at once.
type file struct {
	*os.File
	path   string
	size   int64
	sha256 string
	format Format
	// detector has seen the whole file, if it is a CSV file.
	detector *csv.Detector
}

// openFile opens a file, takes its SHA-256 and says what it is. Whatever makes
// it unusable is a *FileError.
func openFile(ctx context.Context, path string, maxBytes int64) (*file, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fileError(path, say("file-open", cause(err)), err)
	}
	out := &file{File: f, path: path}
	if err := out.look(ctx, maxBytes); err != nil {
		f.Close() // was only read
		return nil, err
	}
	return out, nil
}

func (f *file) look(ctx context.Context, maxBytes int64) error {
	info, err := f.Stat()
	if err != nil {
		return fileError(f.path, say("file-read", cause(err)), err)
	}
	if !info.Mode().IsRegular() {
		return fileError(f.path, say("file-not-regular"), nil)
	}
	if f.size = info.Size(); f.size > maxBytes {
		return fileError(f.path, say("file-too-large", megabytes(f.size), megabytes(maxBytes)), nil)
	}
	head := make([]byte, 4096)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return fileError(f.path, say("file-read", cause(err)), err)
	}
	format, instead := formatOf(f.path, head[:n], f.contains)
	if instead.Code != "" {
		return fileError(f.path, instead, nil)
	}
	f.format = format
	sum := sha256.New()
	f.detector = csv.NewDetector(head[:n])
	sinks := []io.Writer{sum}
	if format == CSV {
		sinks = append(sinks, f.detector)
	}
	if _, err := io.Copy(io.MultiWriter(sinks...), &contextReader{ctx, io.NewSectionReader(f, 0, f.size)}); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fileError(f.path, say("file-read", cause(err)), err)
	}
	f.sha256 = hex.EncodeToString(sum.Sum(nil))
	return nil
}

// contains searches the whole file; it is asked only about files that are
// refused anyway.
func (f *file) contains(s string) bool {
	r := bufio.NewReader(io.NewSectionReader(f, 0, f.size))
	const window = 1 << 16
	var tail []byte
	buf := make([]byte, window)
	for {
		n, err := r.Read(buf)
		tail = append(tail, buf[:n]...)
		if bytes.Contains(tail, []byte(s)) {
			return true
		}
		if err != nil {
			return false
		}
		tail = append([]byte(nil), tail[max(0, len(tail)-len(s)):]...)
	}
}

// contextReader ends a long read when its context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if c.ctx.Err() != nil {
		return 0, context.Cause(c.ctx)
	}
	return c.r.Read(p)
}

// cause is the reason of a file operation without its path, which stands
// before it already.
func cause(err error) string {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}

func megabytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}
