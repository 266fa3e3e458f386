package batch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"invoicelink/worker/atomicfile"
)

// ErrDamaged is wrapped where a kept file is not what was written: a bit was
// flipped, it was cut, or somebody edited it.
var ErrDamaged = errors.New("damaged or changed by hand; restore it from a backup")

// sealMark begins the last line of a kept file, which is a comment in YAML; the
// SHA-256 of all before it follows.
const sealMark = "# sha256: "

// writeSealed writes a file as a whole or not at all, with its digest.
func writeSealed(path string, data []byte) error {
	if !bytes.HasSuffix(data, []byte("\n")) {
		data = append(data, '\n')
	}
	sum := sha256.Sum256(data)
	return atomicfile.Write(path, fmt.Appendf(data, "%s%x\n", sealMark, sum), 0o600)
}

// readSealed reads a file that writeSealed wrote.
func readSealed(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	at := bytes.LastIndex(data, []byte(sealMark))
	if at < 0 {
		return nil, fmt.Errorf("%s is %w", path, ErrDamaged)
	}
	if sum := sha256.Sum256(data[:at]); string(data[at:]) != fmt.Sprintf("%s%x\n", sealMark, sum) {
		return nil, fmt.Errorf("%s is %w", path, ErrDamaged)
	}
	return data[:at], nil
}

// readJSON reads a file that writeJSON wrote.
func readJSON(path string, v any) error {
	data, err := readSealed(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

// writeJSON writes a file as a whole or not at all, with its digest.
func writeJSON(path string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return writeSealed(path, data)
}

// sumOf is the SHA-256 of a file, in hexadecimal.
func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
