package xlsx

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// unentity replaces the entities of XML in a text. One that XML does not know
// stays as it is.
func unentity(raw []byte) string {
	if bytes.IndexByte(raw, '&') < 0 && bytes.IndexByte(raw, '\r') < 0 && utf8.Valid(raw) {
		return string(raw)
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case c == '\r': // XML turns line ends into one line feed
			if i+1 < len(raw) && raw[i+1] == '\n' {
				continue
			}
			out = append(out, '\n')
		case c == '&':
			r, n := entity(raw[i:])
			if n == 0 {
				out = append(out, c)
				continue
			}
			out = utf8.AppendRune(out, r)
			i += n - 1
		default:
			out = append(out, c)
		}
	}
	return string(bytes.ToValidUTF8(out, []byte("\uFFFD")))
}

func entity(raw []byte) (rune, int) {
	stop := bytes.IndexByte(raw[:min(len(raw), 12)], ';')
	if stop < 2 {
		return 0, 0
	}
	body := string(raw[1:stop])
	switch body {
	case "amp":
		return '&', stop + 1
	case "lt":
		return '<', stop + 1
	case "gt":
		return '>', stop + 1
	case "quot":
		return '"', stop + 1
	case "apos":
		return '\'', stop + 1
	}
	if body[0] != '#' {
		return 0, 0
	}
	base, digits := 10, body[1:]
	if len(digits) > 0 && (digits[0] == 'x' || digits[0] == 'X') {
		base, digits = 16, digits[1:]
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return 0, 0
	}
	return rune(n), stop + 1
}
