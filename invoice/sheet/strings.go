package sheet

import (
	"encoding/xml"
	"fmt"
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
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != "si" {
			continue
		}
		s, err := p.richText("si")
		if err != nil {
			return nil, err
		}
		if size += len(s) + 16; size > maxSharedBytes {
			return nil, fmt.Errorf("has more than 256 MiB of text; split it")
		}
		out = append(out, s)
	}
}

// richText collects the texts up to the end of the named element: plain ones
// and the runs of formatted ones, without phonetic hints (rPh).
func (p *part) richText(end string) (string, error) {
	var first string
	var rest strings.Builder
	inText, phonetic := false, 0
	for {
		t, err := p.token()
		if err != nil {
			return "", p.unfinished(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "t":
				inText = phonetic == 0
			case "rPh":
				phonetic++
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				inText = false
			case "rPh":
				phonetic--
			case end:
				if rest.Len() > 0 {
					first += rest.String()
				}
				return unescape(first), nil
			}
		case xml.CharData:
			switch {
			case !inText:
			case first == "":
				first = string(t)
			default:
				rest.Write(t)
				if rest.Len() > maxTokenBytes {
					return "", errLongText
				}
			}
		}
	}
}

// unfinished turns the end of a part inside an element into an error.
func (p *part) unfinished(err error) error {
	if err == io.EOF {
		return p.explain(io.ErrUnexpectedEOF)
	}
	return err
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
