package xlsx

import (
	"errors"
	"io"
	"strconv"
	"strings"
)

// maxSharedBytes limits the shared texts of a workbook, which are held in
// memory while it is read.
const maxSharedBytes = 256 << 20

// readStrings reads the table of texts which cells share.
func (c *container) readStrings(name string) ([]string, error) {
	p, err := c.open(name)
	if err != nil {
		return nil, err
	}
	defer p.close()
	var out []string
	size := 0
	for {
		t, err := p.token()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if !t.is("si") {
			continue
		}
		s := ""
		if t.kind == start {
			if s, err = p.richText("si"); err != nil {
				return nil, err
			}
		}
		if size += len(s) + 16; size > maxSharedBytes {
			return nil, errors.New("has more than 256 MiB of text; split it")
		}
		out = append(out, s)
	}
}

// richText collects the texts up to the end of the named element: plain ones
// and the runs of formatted ones, without phonetic hints (rPh).
func (p *part) richText(end string) (string, error) {
	text, err := p.richTextAppend(nil, end)
	return string(text), err
}

func (p *part) richTextAppend(out []byte, end string) ([]byte, error) {
	inText, phonetic := false, 0
	for {
		t, err := p.inside()
		if err != nil {
			return nil, err
		}
		switch {
		case t.kind == start && string(t.name) == "t":
			inText = phonetic == 0
		case t.kind == start && string(t.name) == "rPh":
			phonetic++
		case t.ends("t"):
			inText = false
		case t.ends("rPh"):
			phonetic--
		case t.ends(end):
			return []byte(unescape(string(out))), nil
		case t.kind == chars && inText:
			out = append(out, unentity(t.raw)...)
		case t.kind == cdata && inText:
			out = append(out, t.raw[9:len(t.raw)-3]...)
		}
		if len(out) > maxTokenBytes {
			return nil, errLongText
		}
	}
}

// unescape reads the escapes _xHHHH_ for characters that XML cannot hold
// (ECMA-376 part 1, 22.9.2.19). Excel writes a carriage return so.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if strings.HasPrefix(s[i:], "_x") && i+7 <= len(s) && s[i+6] == '_' {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil && (n < 0xD800 || n > 0xDFFF) {
				b.WriteRune(rune(n))
				i += 7
				continue
			}
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}
