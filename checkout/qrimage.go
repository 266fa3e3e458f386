package checkout

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
)

const (
	maxImageText = 8 << 20 // characters of base64
	// maxPixels is 4,000 × 4,000: more than any QR code needs, and 16 MB as
	// grey. It is checked before anything is decompressed.
	maxPixels = 16_000_000
)

// gray is an image as luminance, 0 black to 255 white, transparency already
// laid over white.
type gray struct {
	w, h int
	pix  []uint8 // row by row, w bytes each
}

var withoutSpace = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "")

// decodeImageText undoes the base64, in any of its spellings.
func decodeImageText(s string) ([]byte, error) {
	if len(s) > maxImageText {
		return nil, fmt.Errorf("it is longer than %d characters", maxImageText)
	}
	s = strings.TrimSpace(s)
	if s == "" {
		return nil, errors.New("it is empty")
	}
	if len(s) >= 5 && strings.EqualFold(s[:5], "data:") {
		// RFC 2397: data:[<mediatype>][;base64],<data>. The media type is not
		// believed; the bytes say what they are.
		head, data, ok := strings.Cut(s, ",")
		if !ok || !strings.HasSuffix(strings.ToLower(strings.TrimSpace(head)), ";base64") {
			return nil, errors.New("it is a data: URI without base64")
		}
		s = data
	}
	if strings.ContainsAny(s, " \t\r\n") {
		s = withoutSpace.Replace(s)
	}
	s = strings.TrimRight(s, "=")
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(s, "-_") {
		encoding = base64.RawURLEncoding
	}
	raw, err := encoding.DecodeString(s)
	if err != nil {
		return nil, errors.New("it is not base64")
	}
	return raw, nil
}

// readImage decodes PNG or JPEG. The decoders are other people's code fed with
// bytes from the network, so a panic in one of them is an unreadable image and
// not the end of the worker.
func readImage(raw []byte) (img *gray, err error) {
	defer func() {
		if r := recover(); r != nil {
			img, err = nil, fmt.Errorf("its decoder stopped: %v", r)
		}
	}()
	var config func([]byte) (image.Config, error)
	var decode func([]byte) (image.Image, error)
	switch {
	case bytes.HasPrefix(raw, []byte(pngMagic)):
		config = func(b []byte) (image.Config, error) { return png.DecodeConfig(bytes.NewReader(b)) }
		decode = func(b []byte) (image.Image, error) { return png.Decode(bytes.NewReader(b)) }
	case bytes.HasPrefix(raw, []byte("\xff\xd8\xff")):
		config = func(b []byte) (image.Config, error) { return jpeg.DecodeConfig(bytes.NewReader(b)) }
		decode = func(b []byte) (image.Image, error) { return jpeg.Decode(bytes.NewReader(b)) }
	default:
		return nil, errors.New("it is neither PNG nor JPEG")
	}
	c, err := config(raw)
	if err != nil {
		return nil, fmt.Errorf("read its header: %w", err)
	}
	if c.Width < 21 || c.Height < 21 || c.Width > maxPixels/c.Height {
		return nil, fmt.Errorf("it has %d × %d pixels, which is too few or too many", c.Width, c.Height)
	}
	if raw[0] == pngMagic[0] {
		if img, ok := fastPNG(raw); ok {
			return img, nil
		}
	}
	decoded, err := decode(raw)
	if err != nil {
		return nil, fmt.Errorf("decode it: %w", err)
	}
	return toGray(decoded), nil
}

const pngMagic = "\x89PNG\r\n\x1a\n"
