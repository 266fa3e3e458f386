package csv

import (
	"bufio"
	"context"
	"encoding/csv"
	"io"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"

	"invoicelink/invoice/text"
)

// Copy writes the file's records as they came, each as change returns it; change
// gets the line and the fields, which it must not keep. Separator, line ends
// and encoding stay; a file in UTF-8 with more than ASCII gets a byte order
// mark, since Excel needs one there. extra are the further texts that change
// puts in. Texts that a spreadsheet would run as a formula get an apostrophe.
func (f *File) Copy(ctx context.Context, w io.Writer, extra func(func(string) bool), change func(line int, record []string) []string) error {
	form := f.Form
	if !form.BOM && form.Encoding == UTF8 {
		ascii, err := f.onlyASCII(extra)
		if err != nil {
			return err
		}
		form.BOM = !ascii
	}
	out := bufio.NewWriter(w)
	encoded, err := form.head(out)
	if err != nil {
		return err
	}
	cw := csv.NewWriter(encoded)
	cw.Comma, cw.UseCRLF = form.Comma, form.CRLF
	rows, err := f.rows()
	if err != nil {
		return err
	}
	for {
		record, err := rows.r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		line, _ := rows.r.FieldPos(0)
		changed := change(line+rows.skip, record)
		for i := range changed {
			changed[i] = text.EscapeFormula(changed[i])
		}
		if err := cw.Write(changed); err != nil {
			return err
		}
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

// head writes what stands before the records: a byte order mark and the hint
// about the separator. What it returns encodes the records.
func (form Form) head(out *bufio.Writer) (*transform.Writer, error) {
	if form.BOM || form.Encoding == UTF16LE || form.Encoding == UTF16BE {
		mark := map[Encoding]string{UTF8: "\xef\xbb\xbf", UTF16LE: "\xff\xfe", UTF16BE: "\xfe\xff"}[form.Encoding]
		if _, err := out.WriteString(mark); err != nil {
			return nil, err
		}
	}
	encoded := transform.NewWriter(out, transform.Nop)
	if form.Encoding != UTF8 {
		encoded = transform.NewWriter(out, encoding.ReplaceUnsupported(form.Encoding.code().NewEncoder()))
	}
	if form.Hint {
		end := "\n"
		if form.CRLF {
			end = "\r\n"
		}
		if _, err := io.WriteString(encoded, "sep="+string(form.Comma)+end); err != nil {
			return nil, err
		}
	}
	return encoded, nil
}

func (f *File) onlyASCII(extra func(func(string) bool)) (bool, error) {
	ascii := true
	extra(func(s string) bool {
		ascii = isASCII(s)
		return ascii
	})
	if !ascii {
		return false, nil
	}
	buf := make([]byte, 64<<10)
	in := io.NewSectionReader(f.r, 0, f.size)
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
