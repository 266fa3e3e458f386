package xlsx_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/xlsx"
)

const (
	types = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`
	rels  = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	main  = `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="List" sheetId="1" r:id="s1"/></sheets></workbook>`
	links = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`
	sheet = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>`
	// rows are a header and a row, in inline texts.
	rows = `<row r="1"><c r="A1" t="inlineStr"><is><t>No</t></is></c><c r="B1" t="inlineStr"><is><t>Amount</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t xml:space="preserve"> A&amp;1 </t></is></c><c r="B2"><v>12.5</v></c></row>`
)

// parts are the parts of a small workbook with a picture in it.
func parts() map[string]string {
	return map[string]string{
		"[Content_Types].xml": types, "_rels/.rels": rels, "xl/workbook.xml": main, "xl/_rels/workbook.xml.rels": links,
		"xl/worksheets/sheet1.xml": fmt.Sprintf(sheet, rows), "xl/media/image1.png": "\x89PNG of somebody", "docProps/custom.xml": "<a>\n <b/></a>",
	}
}

func pack(tb testing.TB, parts map[string]string) *bytes.Reader {
	tb.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, content := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return bytes.NewReader(out.Bytes())
}

const mostBytes = 16 << 20

// cells reads the first sheet as "A1=text" in their order.
func cells(f *bytes.Reader) (string, error) {
	w, err := xlsx.Open(f, f.Size(), mostBytes)
	if err != nil {
		return "", err
	}
	r, err := w.Rows(w.Sheets[0])
	if err != nil {
		return "", err
	}
	defer r.Close()
	var out []string
	for {
		row, err := r.Next()
		if err == io.EOF {
			return strings.Join(out, " "), nil
		}
		if err != nil {
			return "", err
		}
		for _, c := range row.Cells {
			out = append(out, grid.Name(c.Col, row.Num)+"="+c.Text)
		}
	}
}

func TestReading(t *testing.T) {
	t.Parallel()
	with := func(name, content string) map[string]string {
		p := parts()
		p[name] = content
		return p
	}
	data := func(rows string) map[string]string {
		return with("xl/worksheets/sheet1.xml", fmt.Sprintf(sheet, rows))
	}
	for name, tt := range map[string]struct {
		parts map[string]string
		want  string // the cells
		fault string // or a part of the error
	}{
		"plain":           {parts: parts(), want: "A1=No B1=Amount A2= A&1  B2=12.5"},
		"no references":   {parts: data(`<row><c t="inlineStr"><is><t>A</t></is></c><c><v>1</v></c></row><row><c><v>2</v></c></row>`), want: "A1=A B1=1 A2=2"},
		"rich text":       {parts: data(`<row r="1"><c r="A1" t="inlineStr"><is><r><t>A</t></r><rPh sb="0" eb="1"><t>x</t></rPh><r><t>B</t></r></is></c></row>`), want: "A1=AB"},
		"cdata":           {parts: data(`<row r="1"><c r="A1" t="inlineStr"><is><t><![CDATA[<A>]]></t></is></c></row>`), want: "A1=<A>"},
		"comment inside":  {parts: data(`<row r="1"><!-- c --><c r="A1"><v>1<!-- c -->2</v></c></row>`), want: "A1=12"},
		"rows backwards":  {parts: data(`<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>`), fault: "out of order"},
		"cells backwards": {parts: data(`<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>`), fault: "out of order"},
		"shared text":     {parts: data(`<row r="1"><c r="A1" t="s"><v>7</v></c></row>`), fault: "shared text"},
		"cut":             {parts: with("xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1"><c r="A1"><v>1`), fault: "damaged"},
		"wrong nesting":   {parts: data(`<row r="1"><c r="A1"><v>1</c></v></row>`), fault: "element v is open, and </c> stands there"},
		"wrong prefix":    {parts: data(`<row r="1"><c r="A1"><v>1</x:v></c></row>`), fault: "element v is open, and </x:v> stands there"},
		"space in an end": {parts: data("<row r=\"1\"><c r=\"A1\"><v>1</v\n></c ></row>"), want: "A1=1"},
		"deep":            {parts: data(strings.Repeat("<a>", 300) + strings.Repeat("</a>", 300)), fault: "more than 256 deep"},
		"document type":   {parts: with("xl/worksheets/sheet1.xml", `<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>`), fault: "document type"},
		"encoding":        {parts: with("xl/worksheets/sheet1.xml", `<?xml version="1.0" encoding="ISO-8859-1"?><worksheet/>`), fault: "not UTF-8"},
		"no sheet part":   {parts: with("xl/_rels/workbook.xml.rels", `<Relationships/>`), fault: "sheet"},
		"no workbook":     {parts: map[string]string{"a.txt": "x"}, fault: "workbook"},
		"long text":       {parts: data(`<row r="1"><c r="A1" t="inlineStr"><is><t>` + strings.Repeat("a", 2<<20) + `</t></is></c></row>`), fault: "1 MiB in one cell"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := cells(pack(t, tt.parts))
			if tt.fault == "" && err != nil || got != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
			if tt.fault != "" && (err == nil || !strings.Contains(err.Error(), tt.fault)) {
				t.Errorf("error is %v, want one of %q", err, tt.fault)
			}
		})
	}
}

func TestNoArchive(t *testing.T) {
	t.Parallel()
	whole := pack(t, parts())
	data := make([]byte, whole.Size())
	if _, err := whole.ReadAt(data, 0); err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(data)
	at := bytes.Index(flipped, []byte("xl/worksheets/sheet1.xml")) + len("xl/worksheets/sheet1.xml") + 5
	flipped[at] ^= 0xff
	for name, file := range map[string][]byte{"nothing": nil, "cut": data[:len(data)/2], "flipped": flipped} {
		if got, err := cells(bytes.NewReader(file)); err == nil {
			t.Errorf("%s: read %q", name, got)
		}
	}
}

// TestRewriteKeepsTheOtherParts adds a column and holds that every other part is
// the sender's, byte for byte, and that the rows are what they were.
func TestRewriteKeepsTheOtherParts(t *testing.T) {
	t.Parallel()
	f := pack(t, parts())
	w, err := xlsx.Open(f, f.Size(), mostBytes)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = w.Rewrite(t.Context(), &out, []xlsx.Edit{{
		Sheet: "List", HeaderRow: 1, LastRow: 2, Fresh: true, Author: "test", Columns: []xlsx.NewColumn{{Col: 2, Header: "Status", Width: 10}},
		Values: func(row int) []xlsx.Value {
			if row != 2 {
				return nil
			}
			return []xlsx.Value{{Text: "issued & <done>"}}
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := cells(bytes.NewReader(out.Bytes())); err != nil || got != "A1=No B1=Amount C1=Status A2= A&1  B2=12.5 C2=issued & <done>" {
		t.Errorf("rows are %q, %v", got, err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, part := range z.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		switch want := parts()[part.Name]; part.Name {
		case "xl/media/image1.png", "docProps/custom.xml", "xl/workbook.xml", "_rels/.rels":
			kept++
			if string(got) != want {
				t.Errorf("%s is\n%s\nwant\n%s", part.Name, got, want)
			}
		}
	}
	if kept != 4 {
		t.Errorf("%d of 4 parts are there", kept)
	}
}

func FuzzRows(f *testing.F) {
	f.Add(rows)
	f.Add(`<row r="1"><c r="A1" t="inlineStr"><is><t>A</t></is></c></row>`)
	f.Fuzz(func(t *testing.T, rows string) {
		p := parts()
		p["xl/worksheets/sheet1.xml"] = fmt.Sprintf(sheet, rows)
		_, _ = cells(pack(t, p)) // whatever is there, it ends without a panic
	})
}
