package xlsx

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"invoicelink/invoice/text"
)

const (
	// unzipFactor is how much larger than the limit on the file a workbook may
	// be unpacked, all parts together, and unzipLeast what is allowed in any
	// case. A sheet of 100,000 rows and 26 columns has 7 MB packed and 106 MB
	// unpacked, 15 times as much (measured).
	unzipFactor = 16
	unzipLeast  = 256 << 20
	// ratioLimit and ratioFrom recognise a zip bomb: one part that unpacks to more
	// than ratioLimit times its packed size, once it is larger than ratioFrom
	// bytes. Deflate reaches 1,032 at most.
	ratioLimit = 400
	ratioFrom  = 16 << 20
	// maxTokenBytes is the largest piece of XML between two tags. A cell holds
	// 32,767 characters (Excel's specifications and limits), at most six
	// bytes each as "&#xNN;" or three as UTF-8.
	maxTokenBytes = 1 << 20
	maxParts      = 10_000 // files inside a workbook
)

var (
	errBomb     = errors.New("unpacks to far more than its size, like a zip bomb, so it was not read; save only the invoice sheet as a new workbook")
	errLongText = errors.New("has a text of more than 1 MiB in one cell; a cell holds 32,767 characters")
)

// container is a workbook's zip archive, with a budget for unpacking.
type container struct {
	parts  map[string]*zip.File
	files  []*zip.File
	budget int64
	limit  int64
}

// openContainer reads the archive's directory.
func openContainer(f io.ReaderAt, size, maxBytes int64) (*container, error) {
	z, err := zip.NewReader(f, size)
	if err != nil {
		return nil, fmt.Errorf("is a zip archive that was cut off or damaged, so an upload or download was perhaps not complete; send it again: %w", err)
	}
	if len(z.File) > maxParts {
		return nil, errBomb
	}
	c := &container{parts: map[string]*zip.File{}, files: z.File, limit: max(maxBytes*unzipFactor, unzipLeast)}
	for _, part := range z.File {
		name := partName(part.Name)
		if _, twice := c.parts[name]; twice {
			return nil, fmt.Errorf("holds the part %s twice, so readers would disagree about it; save it again in a spreadsheet program", text.Quote(part.Name))
		}
		c.parts[name] = part
	}
	c.budget = c.limit
	return c, nil
}

// partName is the form in which parts are looked up: names are compared
// without case (ECMA-376 part 2, 6.2.2.3), and some writers put a backslash.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

func (c *container) has(name string) bool { return c.parts[partName(name)] != nil }

// instead says what an archive is that holds no workbook.
func (c *container) instead() string {
	switch {
	case c.has("xl/workbook.bin"):
		return "is a binary workbook (.xlsb); save it as .xlsx"
	case c.has("content.xml") && c.has("mimetype"):
		return "is an OpenDocument file; save it as .xlsx"
	case c.has("word/document.xml"):
		return "is a Word document, not a workbook"
	case c.has("ppt/presentation.xml"):
		return "is a presentation, not a workbook"
	case c.has("index/document.iwa"):
		return "is a Numbers document; export it as .xlsx"
	}
	return "is a zip archive without a workbook in it; if the workbook is packed, unpack it first"
}

// open starts reading a part as XML. The caller closes what it gets.
func (c *container) open(name string) (*part, error) {
	f := c.parts[partName(name)]
	if f == nil {
		return nil, fmt.Errorf("lacks the part %s; save it again in a spreadsheet program", text.Quote(name))
	}
	if f.UncompressedSize64 > ratioFrom && f.UncompressedSize64 > ratioLimit*max(f.CompressedSize64, 1) {
		return nil, errBomb
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("has a part %s that cannot be unpacked; save it again in a spreadsheet program: %w", text.Quote(name), err)
	}
	p := &part{name: path.Base(f.Name), c: c, r: r, packed: max(int64(f.CompressedSize64), 1)}
	p.scanner = newScanner(p)
	return p, nil
}

// part is one part being read; what it reads counts against the limits.
type part struct {
	*scanner
	name   string
	c      *container
	r      io.ReadCloser
	packed int64
	total  int64
	limit  error
}

// Read gives the scanner its bytes.
func (p *part) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.total += int64(n)
	p.c.budget -= int64(n)
	if p.c.budget < 0 || p.total > ratioFrom && p.total > ratioLimit*p.packed {
		p.limit = errBomb
		return 0, p.limit
	}
	return n, err
}

// token is the next token, valid until the one after it; its error says what is
// wrong with the file, but io.EOF at the end of a part that is complete.
func (p *part) token() (token, error) {
	t, err := p.next()
	if err == nil || err == io.EOF {
		return t, err
	}
	return t, p.explain(err)
}

// inside is token within an element: the end of the part is an error there.
func (p *part) inside() (token, error) {
	t, err := p.token()
	if err == io.EOF {
		err = p.explain(io.ErrUnexpectedEOF)
	}
	return t, err
}

func (p *part) explain(err error) error {
	switch {
	case p.limit != nil:
		return p.limit
	case errors.Is(err, errLongText):
		return err
	case errors.Is(err, zip.ErrChecksum):
		return fmt.Errorf("is damaged: the checksum of %s does not fit; send it again: %w", p.name, err)
	}
	return fmt.Errorf("is cut off or damaged in %s, so what is there may not be all; save or send it again: %w", p.name, err)
}

func (p *part) close() error { return p.r.Close() }

func isTrue(s string) bool { return s == "1" || s == "true" || s == "on" }
