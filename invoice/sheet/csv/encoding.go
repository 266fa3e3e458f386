package csv

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Encoding is the name of a character encoding, as the WHATWG's Encoding
// standard writes it in lower case.
type Encoding string

// The encodings that are recognised.
const (
	UTF8        Encoding = "utf-8"
	UTF16LE     Encoding = "utf-16le"
	UTF16BE     Encoding = "utf-16be"
	Windows1250 Encoding = "windows-1250" // Central Europe
	Windows1251 Encoding = "windows-1251" // Cyrillic
	Windows1252 Encoding = "windows-1252" // Western Europe
	Windows1253 Encoding = "windows-1253" // Greek
	Windows1254 Encoding = "windows-1254" // Turkish
	Windows1257 Encoding = "windows-1257" // Baltic
	ISO88592    Encoding = "iso-8859-2"   // Central Europe
	ISO885915   Encoding = "iso-8859-15"  // Western Europe with a euro sign
	KOI8R       Encoding = "koi8-r"       // Cyrillic
	Macintosh   Encoding = "macintosh"    // Western Europe, from old Macs
	ShiftJIS    Encoding = "shift_jis"    // Japanese
)

// single are the encodings that Detector tells apart by the letters they give,
// the usual ones first: of two that give the same text the first is named.
var single = []struct {
	name      Encoding
	code      encoding.Encoding
	languages []string
}{
	{Windows1252, charmap.Windows1252, western},
	{Windows1250, charmap.Windows1250, central},
	{Windows1251, charmap.Windows1251, cyrillic},
	{Windows1253, charmap.Windows1253, greek},
	{Windows1254, charmap.Windows1254, turkish},
	{Windows1257, charmap.Windows1257, baltic},
	{ISO88592, charmap.ISO8859_2, central},
	{ISO885915, charmap.ISO8859_15, western},
	{KOI8R, charmap.KOI8R, cyrillic},
	{Macintosh, charmap.Macintosh, western},
	{ShiftJIS, japanese.ShiftJIS, []string{""}},
}

// ParseEncoding finds an encoding by one of its names, such as "cp1250".
func ParseEncoding(name string) (Encoding, error) {
	plain := strings.ToLower(strings.TrimSpace(name))
	if rest, ok := strings.CutPrefix(plain, "cp125"); ok {
		plain = "windows-125" + rest
	}
	e, err := htmlindex.Get(plain)
	if err != nil {
		return "", fmt.Errorf("encoding %q is not known; name one such as windows-1250", name)
	}
	out, err := htmlindex.Name(e)
	if err != nil {
		return "", fmt.Errorf("encoding %q is not known; name one such as windows-1250", name)
	}
	return Encoding(out), nil
}

func (e Encoding) code() encoding.Encoding {
	switch e {
	case UTF8, "":
		return encoding.Nop
	case UTF16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case UTF16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	code, err := htmlindex.Get(string(e))
	if err != nil {
		return encoding.Nop
	}
	return code
}

// Form is how a CSV file is written, so that results can be written the same
// way.
type Form struct {
	Encoding Encoding
	BOM      bool // it begins with a byte order mark
	CRLF     bool
	CR       bool // lines end in a carriage return alone
	Comma    rune // between the fields
	// Hint says that the file begins with the line "sep=;" that Excel
	// understands.
	Hint bool
}

// bomBytes is the byte order mark's length in the file.
func (f Form) bomBytes() int64 {
	switch {
	case !f.BOM:
		return 0
	case f.Encoding == UTF8:
		return 3
	}
	return 2
}

// decode reads a file in the form as UTF-8, without its byte order mark.
func (f Form) decode(r io.ReaderAt, size int64) io.Reader {
	n := f.bomBytes()
	var body io.Reader = io.NewSectionReader(r, n, size-n)
	if f.Encoding != UTF8 {
		body = transform.NewReader(body, f.Encoding.code().NewDecoder())
	}
	if f.CR {
		body = &lineFeeds{body}
	}
	return body
}

// lineFeeds turns carriage returns, the line ends of old Macs, into line feeds.
type lineFeeds struct{ r io.Reader }

func (l *lineFeeds) Read(b []byte) (int, error) {
	n, err := l.r.Read(b)
	for i := range b[:n] {
		if b[i] == '\r' {
			b[i] = '\n'
		}
	}
	return n, err
}

// sampleBytes is how much of the lines with more than ASCII is looked at.
const sampleBytes = 64 << 10

// Detector looks at every byte of a CSV file, to tell its encoding. Write the
// whole file to it, then ask Forms.
type Detector struct {
	head    []byte
	invalid bool // not UTF-8
	nul     int  // line of a NUL byte
	crlf    bool
	cr, lf  int
	line    int
	last    byte
	rest    []byte // the beginning of a character that a write cut in two
	current []byte // the line so far
	high    bool   // it holds more than ASCII
	sample  []byte
}

// NewDetector returns a detector for a file that begins with head.
func NewDetector(head []byte) *Detector {
	return &Detector{head: bytes.Clone(head), line: 1}
}

// Write takes the next bytes of the file. It never fails.
func (s *Detector) Write(b []byte) (int, error) {
	for _, c := range b {
		switch {
		case c == '\n':
			s.crlf = s.crlf || s.last == '\r'
			s.line++
			s.lf++
			s.endLine()
		case c == '\r':
			s.cr++
		case c == 0 && s.nul == 0:
			s.nul = s.line
		case c >= 0x80:
			s.high = true
		}
		if len(s.current) < 4096 {
			s.current = append(s.current, c)
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

func (s *Detector) endLine() {
	if s.high && len(s.sample) < sampleBytes {
		s.sample = append(append(s.sample, s.current...), '\n')
	}
	s.current, s.high = s.current[:0], false
}

// Forms returns how the file may be written, the likeliest first; the
// separator is not decided yet. It is one form if a byte order mark, the zero
// bytes of UTF-16, valid UTF-8 or the letters decide; several if they leave
// encodings that give different texts. Its error says what the file is instead.
func (s *Detector) Forms() ([]Form, error) {
	s.endLine()
	f := Form{Encoding: UTF8, CRLF: s.crlf, CR: s.cr > 0 && s.lf == 0, Comma: ','}
	wide := func(e Encoding, bom bool) []Form {
		f.Encoding, f.BOM, f.CR = e, bom, false
		f.CRLF = bytes.Contains(s.head, []byte("\r\x00\n"))
		return []Form{f}
	}
	switch {
	case bytes.HasPrefix(s.head, []byte("\xff\xfe\x00\x00")):
		return nil, errors.New("is in UTF-32; save it as CSV UTF-8")
	case bytes.HasPrefix(s.head, []byte("\xff\xfe")):
		return wide(UTF16LE, true), nil
	case bytes.HasPrefix(s.head, []byte("\xfe\xff")):
		return wide(UTF16BE, true), nil
	case bytes.HasPrefix(s.head, []byte("\xef\xbb\xbf")):
		f.BOM = true
		if s.invalid || len(s.rest) > 0 {
			return nil, errors.New("begins as UTF-8 but holds bytes that are not; save it as CSV UTF-8")
		}
	}
	if s.nul > 0 {
		even, odd := zeros(s.head)
		switch {
		case odd > len(s.head)/4 && even == 0:
			return wide(UTF16LE, false), nil
		case even > len(s.head)/4 && odd == 0:
			return wide(UTF16BE, false), nil
		}
		return nil, fmt.Errorf("has a NUL byte in line %d, so it is damaged or not a text; export it again", s.nul)
	}
	if !s.invalid && len(s.rest) == 0 {
		return []Form{f}, nil
	}
	encodings := byLetters(s.sample)
	if len(encodings) == 0 {
		return nil, errors.New("is neither UTF-8 nor in another encoding that gives letters; save it as CSV UTF-8, or name its encoding in an import profile")
	}
	var out []Form
	for _, e := range encodings {
		f.Encoding = e
		out = append(out, f)
	}
	return out, nil
}

// Sample returns texts of the file with more than ASCII, as the encoding gives
// them; most of them at most.
func (s *Detector) Sample(e Encoding, most int) []string {
	text, err := e.code().NewDecoder().Bytes(s.sample)
	if err != nil {
		return nil
	}
	var out []string
	seen := map[string]bool{}
	for _, word := range strings.FieldsFunc(string(text), func(r rune) bool { return strings.ContainsRune(",;\t|\"\r\n", r) }) {
		if word = strings.TrimSpace(word); len(out) < most && !seen[word] && strings.ContainsFunc(word, func(r rune) bool { return r >= 0x80 }) {
			seen[word] = true
			out = append(out, word)
		}
	}
	return out
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
