package xlsx

import (
	"bytes"
	"fmt"
	"io"

	"invoicelink/invoice/text"
)

// tokenKind is what a token of a part is.
type tokenKind uint8

const (
	other tokenKind = iota // a comment, a declaration, an instruction
	start                  // <name …>
	end                    // </name>
	empty                  // <name …/>
	chars                  // text between tags, entities not yet replaced
	cdata                  // <![CDATA[…]]>
)

// token is one piece of XML, valid until the next one. raw is exactly what the
// file has, so that what is not understood can be copied.
type token struct {
	kind  tokenKind
	name  []byte // local name of a tag
	attrs []byte // between name and end of a tag
	raw   []byte
}

// is reports whether the token begins the element.
func (t *token) is(name string) bool {
	return (t.kind == start || t.kind == empty) && string(t.name) == name
}

// ends reports whether the token ends the element.
func (t *token) ends(name string) bool { return t.kind == end && string(t.name) == name }

// attr returns an attribute by its local name; "" if there is none.
func (t *token) attr(name string) string {
	raw, _ := t.attrRaw(name)
	return unentity(raw)
}

// attrRaw is attr with the entities as they are.
func (t *token) attrRaw(name string) ([]byte, bool) {
	rest := t.attrs
	for {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		eq := bytes.IndexByte(rest, '=')
		if eq < 0 {
			return nil, false
		}
		key := bytes.TrimRight(rest[:eq], " \t\r\n")
		rest = bytes.TrimLeft(rest[eq+1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return nil, false
		}
		stop := bytes.IndexByte(rest[1:], rest[0])
		if stop < 0 {
			return nil, false
		}
		value := rest[1 : 1+stop]
		rest = rest[2+stop:]
		if bytes.HasPrefix(key, []byte("xmlns")) {
			continue
		}
		if i := bytes.LastIndexByte(key, ':'); i >= 0 {
			key = key[i+1:]
		}
		if string(key) == name {
			return value, true
		}
	}
}

// scanner cuts the bytes of a part into tokens. It is a fifth of the cost of
// encoding/xml's raw tokens (measured) and keeps the raw bytes, which is what
// copying a sheet needs.
type scanner struct {
	r     io.Reader
	buf   []byte
	pos   int              // of the next token
	depth int              // of open elements
	open  [maxDepth][]byte // their names with prefixes, reused
	root  bool
	eof   bool
}

// maxDepth is how deep elements may be nested, and maxName how many bytes their
// names may have: what is remembered of a part stays small. The elements of a
// workbook need about twenty and fifty.
const (
	maxDepth = 256
	maxName  = 1000
)

func newScanner(r io.Reader) *scanner { return &scanner{r: r, buf: make([]byte, 0, 64<<10)} }

// fill reads more behind what is in the buffer, from the current token on.
func (s *scanner) fill() error {
	if s.eof {
		return io.EOF
	}
	if s.pos > 0 {
		s.buf = append(s.buf[:0], s.buf[s.pos:]...)
		s.pos = 0
	}
	if len(s.buf) == cap(s.buf) {
		if len(s.buf) > maxTokenBytes {
			return errLongText
		}
		s.buf = append(make([]byte, 0, 2*cap(s.buf)), s.buf...)
	}
	n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
	s.buf = s.buf[:len(s.buf)+n]
	if err == io.EOF {
		s.eof = true
		if n > 0 {
			return nil
		}
	}
	return err
}

// index finds the end of a mark at or behind from, counted from the token's
// beginning, and reads on until it is there.
func (s *scanner) index(from int, mark string) (int, error) {
	for {
		if from < len(s.buf)-s.pos {
			if i := bytes.Index(s.buf[s.pos+from:], []byte(mark)); i >= 0 {
				return from + i + len(mark), nil
			}
		}
		from = max(from, len(s.buf)-s.pos-len(mark)+1)
		if err := s.fill(); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
	}
}

// tagEnd finds the end of a tag, past attribute values that hold a '>'.
func (s *scanner) tagEnd() (int, error) {
	at := 1
	for {
		stop, err := s.index(at, ">")
		if err != nil {
			return 0, err
		}
		tag := s.buf[s.pos : s.pos+stop]
		if bytes.Count(tag, []byte{'"'})%2 == 0 && bytes.Count(tag, []byte{'\''})%2 == 0 || !insideQuotes(tag[:len(tag)-1]) {
			return stop, nil
		}
		at = stop
	}
}

func insideQuotes(tag []byte) bool {
	quote := byte(0)
	for _, c := range tag {
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		}
	}
	return quote != 0
}

var bom = []byte("\xef\xbb\xbf")

// next returns the next token; io.EOF at the end of a part whose elements are
// all closed.
func (s *scanner) next() (token, error) {
	for s.pos >= len(s.buf) {
		if err := s.fill(); err != nil {
			if err == io.EOF && (s.depth != 0 || !s.root) {
				err = io.ErrUnexpectedEOF
			}
			return token{}, err
		}
	}
	if s.buf[s.pos] != '<' {
		return s.charsToken()
	}
	for len(s.buf)-s.pos < 9 && !s.eof {
		if err := s.fill(); err != nil && err != io.EOF {
			return token{}, err
		}
	}
	rest := s.buf[s.pos:]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		return s.until(other, 4, "-->")
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		t, err := s.until(cdata, 9, "]]>")
		if err == nil && s.depth == 0 {
			return token{}, fmt.Errorf("text outside of the document")
		}
		return t, err
	case bytes.HasPrefix(rest, []byte("<?")):
		t, err := s.until(other, 2, "?>")
		if err == nil {
			err = declared(t.raw)
		}
		return t, err
	case bytes.HasPrefix(rest, []byte("<!")):
		return token{}, fmt.Errorf("a document type, which workbooks do not have")
	}
	return s.tag()
}

func (s *scanner) until(kind tokenKind, from int, mark string) (token, error) {
	stop, err := s.index(from, mark)
	if err != nil {
		return token{}, err
	}
	t := token{kind: kind, raw: s.buf[s.pos : s.pos+stop]}
	s.pos += stop
	return t, nil
}

// declared refuses encodings other than UTF-8, the only one besides UTF-16
// that a workbook may use (ECMA-376 part 2), and the one that all use.
func declared(raw []byte) error {
	if !bytes.HasPrefix(raw, []byte("<?xml")) {
		return nil
	}
	t := token{attrs: bytes.TrimSuffix(raw[5:], []byte("?>"))}
	if e := t.attr("encoding"); e != "" && !bytes.EqualFold([]byte(e), []byte("utf-8")) && !bytes.EqualFold([]byte(e), []byte("us-ascii")) {
		return fmt.Errorf("encoding %s is not UTF-8", text.Quote(e))
	}
	return nil
}

func (s *scanner) charsToken() (token, error) {
	from := 0
	for {
		if i := bytes.IndexByte(s.buf[s.pos+from:], '<'); i >= 0 {
			from += i
			break
		}
		from = len(s.buf) - s.pos
		if err := s.fill(); err == io.EOF {
			break
		} else if err != nil {
			return token{}, err
		}
	}
	t := token{kind: chars, raw: s.buf[s.pos : s.pos+from]}
	s.pos += from
	if s.depth == 0 {
		if text := bytes.TrimPrefix(bytes.TrimSpace(t.raw), bom); len(text) > 0 {
			return token{}, fmt.Errorf("text outside of the document")
		}
	}
	return t, nil
}

func (s *scanner) tag() (token, error) {
	stop, err := s.tagEnd()
	if err != nil {
		return token{}, err
	}
	t := token{kind: start, raw: s.buf[s.pos : s.pos+stop]}
	s.pos += stop
	body := t.raw[1 : len(t.raw)-1]
	switch {
	case len(body) > 0 && body[0] == '/':
		t.kind, body = end, body[1:]
	case len(body) > 0 && body[len(body)-1] == '/':
		t.kind, body = empty, body[:len(body)-1]
	}
	s.root = true
	name := body
	if i := bytes.IndexAny(body, " \t\r\n"); i >= 0 {
		name, t.attrs = body[:i], body[i:]
	}
	if err := s.nest(t.kind, name); err != nil {
		return token{}, err
	}
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	if len(name) == 0 || name[0] == '<' || bytes.IndexByte(t.attrs, '<') >= 0 {
		return token{}, fmt.Errorf("a tag without a name")
	}
	t.name = name
	return t, nil
}

// nest counts the open elements. A part whose elements do not end in turn is
// refused, as XML asks (XML 1.0, 2.1): to read on would take a value for
// another cell's.
func (s *scanner) nest(kind tokenKind, name []byte) error {
	switch kind {
	case start:
		if s.depth == maxDepth || len(name) > maxName {
			return fmt.Errorf("elements nested more than %d deep, or a name of more than %d bytes", maxDepth, maxName)
		}
		s.open[s.depth] = append(s.open[s.depth][:0], name...)
		s.depth++
	case end:
		if s.depth == 0 {
			return fmt.Errorf("an element ends that did not begin")
		}
		s.depth--
		if open := s.open[s.depth]; !bytes.Equal(open, name) {
			return fmt.Errorf("element %s is open, and </%s> stands there", text.Truncate(string(open), 40), text.Truncate(string(name), 40))
		}
	}
	return nil
}
