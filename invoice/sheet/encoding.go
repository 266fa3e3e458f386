package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// charCode is the encoding of a CSV file.
type charCode string

const (
	utf8Text    charCode = "UTF-8"
	utf16LE     charCode = "UTF-16 little-endian"
	utf16BE     charCode = "UTF-16 big-endian"
	windows1252 charCode = "Windows-1252"
)

// textForm is how a CSV file is written, so that the results can be written
// the same way.
type textForm struct {
	code  charCode
	bom   bool
	crlf  bool
	comma rune
	// hint is the line "sep=;" that Excel understands, where the file begins
	// with one.
	hint bool
}

func (f textForm) encoding() encoding.Encoding {
	switch f.code {
	case utf16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case utf16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case windows1252:
		return charmap.Windows1252
	}
	return encoding.Nop
}

// bomBytes is the byte order mark's length in the file.
func (f textForm) bomBytes() int64 {
	switch {
	case !f.bom:
		return 0
	case f.code == utf8Text:
		return 3
	}
	return 2
}

// decode reads a file in the form as UTF-8, without its byte order mark.
func (f textForm) decode(r io.ReaderAt, size int64) io.Reader {
	n := f.bomBytes()
	body := io.NewSectionReader(r, n, size-n)
	if f.code == utf8Text {
		return body
	}
	return transform.NewReader(body, f.encoding().NewDecoder())
}

// survey looks at every byte of a CSV file, to tell its encoding.
type survey struct {
	head    []byte
	invalid bool // not UTF-8
	ascii   bool
	undef   int // line of a byte that Windows-1252 does not know
	nul     int // line of a NUL byte
	crlf    bool
	line    int
	last    byte
	rest    []byte // the beginning of a character that a write cut in two
}

func newSurvey(head []byte) *survey {
	return &survey{head: bytes.Clone(head), line: 1, ascii: true}
}

func (s *survey) Write(b []byte) (int, error) {
	for _, c := range b {
		switch {
		case c == '\n':
			s.crlf = s.crlf || s.last == '\r'
			s.line++
		case c == 0 && s.nul == 0:
			s.nul = s.line
		case c >= 0x80:
			s.ascii = false
			if (c == 0x81 || c == 0x8D || c == 0x8F || c == 0x90 || c == 0x9D) && s.undef == 0 {
				s.undef = s.line
			}
		}
		s.last = c
	}
	if s.invalid {
		return len(b), nil
	}
	s.rest = append(s.rest, b...)
	cut := len(s.rest)
	for back := 1; back < utf8.UTFMax && back <= len(s.rest); back++ {
		if utf8.RuneStart(s.rest[len(s.rest)-back]) {
			if !utf8.FullRune(s.rest[len(s.rest)-back:]) {
				cut = len(s.rest) - back
			}
			break
		}
	}
	s.invalid = !utf8.Valid(s.rest[:cut])
	s.rest = append(s.rest[:0], s.rest[cut:]...)
	return len(b), nil
}

// form decides the encoding: by a byte order mark, by the pattern of zero
// bytes that Latin text has in UTF-16, by whether everything is UTF-8, and
// Windows-1252 otherwise.
func (s *survey) form() (textForm, error) {
	f := textForm{code: utf8Text, crlf: s.crlf, comma: ','}
	switch {
	case bytes.HasPrefix(s.head, []byte("\xff\xfe\x00\x00")):
		return f, errors.New("is in UTF-32; save it as CSV UTF-8")
	case bytes.HasPrefix(s.head, []byte("\xff\xfe")):
		f.code, f.bom, f.crlf = utf16LE, true, bytes.Contains(s.head, []byte("\r\x00\n"))
		return f, nil
	case bytes.HasPrefix(s.head, []byte("\xfe\xff")):
		f.code, f.bom, f.crlf = utf16BE, true, bytes.Contains(s.head, []byte("\r\x00\n"))
		return f, nil
	case bytes.HasPrefix(s.head, []byte("\xef\xbb\xbf")):
		f.bom = true
		if s.invalid || len(s.rest) > 0 {
			return f, errors.New("begins as UTF-8 but holds bytes that are not; save it as CSV UTF-8")
		}
	}
	if s.nul > 0 {
		even, odd := zeros(s.head)
		switch {
		case odd > len(s.head)/4 && even == 0:
			f.code, f.crlf = utf16LE, bytes.Contains(s.head, []byte("\r\x00\n"))
			return f, nil
		case even > len(s.head)/4 && odd == 0:
			f.code, f.crlf = utf16BE, bytes.Contains(s.head, []byte("\r\x00\n"))
			return f, nil
		}
		return f, fmt.Errorf("has a NUL byte in line %d, so it is damaged or not a text; export it again", s.nul)
	}
	if s.invalid || len(s.rest) > 0 {
		if s.undef > 0 {
			return f, fmt.Errorf("is neither UTF-8 nor Windows-1252: line %d has a byte that neither knows; save it as CSV UTF-8", s.undef)
		}
		f.code = windows1252
	}
	return f, nil
}

// zeros counts zero bytes at even and odd places.
func zeros(b []byte) (even, odd int) {
	for i, c := range b {
		switch {
		case c != 0:
		case i%2 == 0:
			even++
		default:
			odd++
		}
	}
	return even, odd
}
