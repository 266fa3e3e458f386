package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
)

// errIrregular is what read says of a name that is no file to be read.
var errIrregular = errors.New("not a regular file of a PDF's size")

// read gives the bytes under a name. It follows no symbolic link at the name,
// opens nothing but a regular file, and reads at most MaxBytes.
func (d *dir) read(name string) ([]byte, error) {
	before, err := d.root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s", errIrregular, before.Mode().Type())
	}
	f, err := d.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !os.SameFile(before, fi) {
		return nil, fmt.Errorf("%w: replaced while it was opened", errIrregular)
	}
	if fi.Size() > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes", errIrregular, fi.Size())
	}
	data := make([]byte, 0, fi.Size()+1)
	buf := bytes.NewBuffer(data)
	if _, err := io.Copy(buf, io.LimitReader(f, MaxBytes+1)); err != nil {
		return nil, err
	}
	if buf.Len() > MaxBytes {
		return nil, fmt.Errorf("%w: it grows", errIrregular)
	}
	return buf.Bytes(), nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func reader(data []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(data)) }
