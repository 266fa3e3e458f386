package pdf_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// lexer reads values (ISO 32000-1, 7.2 and 7.3).
type lexer struct {
	data []byte
	at   int
	file *file // takes faults; nil for none
}

const (
	space     = " \n\r\t\f\x00"
	delimiter = "()<>[]{}/%"
)

func (p *lexer) skip() {
	for p.at < len(p.data) && strings.IndexByte(space, p.data[p.at]) >= 0 {
		p.at++
	}
}

// next is the next value; operator("") at the end.
func (p *lexer) next() any {
	p.skip()
	if p.at >= len(p.data) {
		return operator("")
	}
	switch c := p.data[p.at]; {
	case c == '/':
		p.at++
		return p.name()
	case c == '(':
		return p.literal()
	case bytes.HasPrefix(p.data[p.at:], []byte("<<")):
		p.at += 2
		d := dict{}
		for {
			key, ok := p.next().(name)
			if !ok {
				return d
			}
			d[key] = p.next()
		}
	case bytes.HasPrefix(p.data[p.at:], []byte(">>")):
		p.at += 2
		return operator(">>")
	case c == '<':
		return p.hex()
	case c == '[':
		p.at++
		var a array
		for {
			v := p.next()
			if v == operator("]") || v == operator("") {
				return a
			}
			a = append(a, v)
		}
	case c == ']':
		p.at++
		return operator("]")
	}
	return p.word()
}

func (p *lexer) name() name {
	var b []byte
	for ; p.at < len(p.data) && strings.IndexByte(space+delimiter, p.data[p.at]) < 0; p.at++ {
		if p.data[p.at] == '#' && p.at+2 < len(p.data) {
			if v, err := strconv.ParseUint(string(p.data[p.at+1:p.at+3]), 16, 8); err == nil {
				b = append(b, byte(v))
				p.at += 2
				continue
			}
		}
		b = append(b, p.data[p.at])
	}
	return name(b)
}

func (p *lexer) literal() string {
	var b []byte
	for depth := 0; p.at < len(p.data); p.at++ {
		c := p.data[p.at]
		switch c {
		case '\\':
			p.at++
			c = p.data[p.at]
		case '(':
			if depth++; depth == 1 {
				continue
			}
		case ')':
			if depth--; depth == 0 {
				p.at++
				return string(b)
			}
		}
		b = append(b, c)
	}
	return string(b)
}

func (p *lexer) hex() string {
	digits, _, _ := bytes.Cut(p.data[p.at+1:], []byte(">"))
	p.at += len(digits) + 2
	if p.file != nil && len(digits)%2 != 0 {
		p.file.fault("6.1.6-1", "string <%s> has an odd number of digits", digits)
	}
	var b []byte
	for i := 0; i+1 < len(digits); i += 2 {
		v, err := strconv.ParseUint(string(digits[i:i+2]), 16, 8)
		if err != nil && p.file != nil {
			p.file.fault("6.1.6-2", "string <%s> has other signs than digits", digits)
		}
		b = append(b, byte(v))
	}
	return string(b)
}

// word is a number, a reference or a keyword.
func (p *lexer) word() any {
	start := p.at
	for p.at < len(p.data) && strings.IndexByte(space+delimiter, p.data[p.at]) < 0 {
		p.at++
	}
	if p.at == start {
		p.at++
	}
	s := string(p.data[start:p.at])
	switch s {
	case "true", "false":
		return s == "true"
	case "null":
		return nil
	}
	if n, err := strconv.Atoi(s); err == nil {
		if bytes.HasPrefix(p.data[p.at:], []byte(" 0 R")) {
			p.at += len(" 0 R")
			return ref(n)
		}
		return n
	}
	if v, err := strconv.ParseFloat(s, 64); err == nil {
		return v
	}
	return operator(s)
}

// write appends a value as a file has it, keys sorted.
func write(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case name:
		b = append(b, '/')
		for _, c := range []byte(v) {
			if strings.IndexByte(space+delimiter+"#", c) >= 0 || c > '~' {
				b = fmt.Appendf(b, "#%02X", c)
				continue
			}
			b = append(b, c)
		}
		return b
	case string:
		for i := range len(v) {
			if v[i] < ' ' || v[i] > '~' {
				return fmt.Appendf(b, "<%X>", v)
			}
		}
		return fmt.Appendf(b, "(%s)", strings.NewReplacer("\\", "\\\\", "(", "\\(", ")", "\\)").Replace(v))
	case ref:
		return fmt.Appendf(b, "%d 0 R", v)
	case array:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ' ')
			}
			b = write(b, e)
		}
		return append(b, ']')
	case dict:
		b = append(b, "<<"...)
		for _, key := range slices.Sorted(maps.Keys(v)) {
			b = write(append(write(b, key), ' '), v[key])
		}
		return append(b, ">>"...)
	}
	return fmt.Append(b, v)
}

// bodies are the objects as they are written: of a stream the dictionary
// without filter and length, and the data, apart by a line that neither has.
const streamBegins = "\n---stream---\n"
