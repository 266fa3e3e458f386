package sheet

import (
	"bufio"
	"context"
	"encoding/csv"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// writeCSV writes the records as they came, with the result columns.
func (b *Book) writeCSV(ctx context.Context, f *file, w io.Writer, rows map[int]resultRow) error {
	form := b.form
	if !form.bom && form.code == utf8Text {
		ascii, err := b.onlyASCII(f, rows)
		if err != nil {
			return err
		}
		form.bom = !ascii
	}
	out := bufio.NewWriter(w)
	if err := form.begin(out); err != nil {
		return err
	}
	encoded := transform.NewWriter(out, encoding.ReplaceUnsupported(form.encoding().NewEncoder()))
	if form.code == utf8Text {
		encoded = transform.NewWriter(out, transform.Nop)
	}
	if form.hint {
		end := "\n"
		if form.crlf {
			end = "\r\n"
		}
		if _, err := io.WriteString(encoded, "sep="+string(form.comma)+end); err != nil {
			return err
		}
	}
	cw := csv.NewWriter(encoded)
	cw.Comma, cw.UseCRLF = form.comma, form.crlf
	err := f.records(func(line int, record []string) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return cw.Write(b.resultRecord(line, record, rows))
	})
	if err != nil {
		return err
	}
	cw.Flush()
	if err := cw.Error(); err != nil {
		return err
	}
	if err := encoded.Close(); err != nil {
		return err
	}
	return out.Flush()
}

// records calls yield with each record of the file and its line.
func (f *file) records(yield func(int, []string) error) error {
	rows, err := f.csvRows()
	if err != nil {
		return err
	}
	for {
		record, err := rows.r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		line, _ := rows.r.FieldPos(0)
		if err := yield(line+rows.skip, record); err != nil {
			return err
		}
	}
}

// resultRecord is a record with its results. Fields beyond the header's stay
// behind them.
func (b *Book) resultRecord(line int, record []string, rows map[int]resultRow) []string {
	out := make([]string, 0, len(record)+len(resultHeaders))
	for _, field := range record {
		out = append(out, harmless(field))
	}
	if line < b.layout.row {
		return out
	}
	columns := b.resultColumns(b.layout.width)
	last := 0
	for _, c := range columns {
		last = max(last, c)
	}
	texts := rows[line].texts
	if line == b.layout.row {
		texts = resultHeaders
	}
	var extra []string
	if b.layout.results[0] < 0 {
		for len(out) < b.layout.width {
			out = append(out, "")
		}
		out, extra = out[:b.layout.width:b.layout.width], out[b.layout.width:]
	}
	for len(out) <= last {
		out = append(out, "")
	}
	for i, c := range columns {
		out[c] = harmless(texts[i])
	}
	if strings.Join(extra, "") != "" {
		out = append(out, extra...)
	}
	return out
}

// harmless puts an apostrophe before a text that a spreadsheet would run as a
// formula (OWASP, CSV injection); numbers such as -5 stay numbers. Read takes it
// off again.
func harmless(s string) string {
	if s == "" || strings.IndexByte("=+-@\t\r", s[0]) < 0 {
		return s
	}
	if _, err := parseNumber(s); err == nil {
		return s
	}
	return "'" + s
}

func (b *Book) onlyASCII(f *file, rows map[int]resultRow) (bool, error) {
	for _, r := range rows {
		if !isASCII(strings.Join(r.texts[:], "")) {
			return false, nil
		}
	}
	buf := make([]byte, 64<<10)
	in := io.NewSectionReader(f, 0, f.size)
	for {
		n, err := in.Read(buf)
		if !isASCII(string(buf[:n])) {
			return false, nil
		}
		if err == io.EOF {
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// begin writes the byte order mark.
func (f textForm) begin(w io.Writer) error {
	if !f.bom && (f.code == utf8Text || f.code == windows1252) {
		return nil
	}
	mark := map[charCode]string{utf8Text: "\xef\xbb\xbf", utf16LE: "\xff\xfe", utf16BE: "\xfe\xff"}[f.code]
	_, err := io.WriteString(w, mark)
	return err
}
