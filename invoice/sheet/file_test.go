package sheet_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"invoicelink/invoice/sheet"

	"invoicelink/worker/testkit/tool"
)

func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func utf16Text(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	return b.String()
}

func TestFilesThatAreSomethingElse(t *testing.T) {
	t.Parallel()
	const ole = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
	for name, c := range map[string]struct{ file, content, want string }{
		"html":         {"list.xlsx", "\r\n<!DOCTYPE html><html><body>Log in</body></html>", "is an HTML page"},
		"html as csv":  {"list.csv", "<html><head><title>502</title></head></html>", "is an HTML page"},
		"old xls":      {"list.xlsx", ole + strings.Repeat("\x00", 600) + utf16Text("Workbook"), "old .xls format"},
		"encrypted":    {"list.xlsx", ole + strings.Repeat("\x00", 100_000) + utf16Text("EncryptedPackage"), "protected with a password"},
		"empty":        {"list.xlsx", "", "empty file of 0 bytes"},
		"empty csv":    {"list.csv", "", "empty file of 0 bytes"},
		"text as xlsx": {"list.xlsx", "Invoice number,Issue date\n", "rename it to .csv"},
		"noise":        {"list.xlsx", "\x01\x02\x03", "is not a workbook"},
		"pdf":          {"list.csv", "%PDF-1.7\n", "is a PDF"},
		"json":         {"list.csv", `{"number": "A-1"}`, "is JSON"},
		"xml":          {"list.xlsx", "<?xml version=\"1.0\"?><Workbook/>", "is an XML document"},
		"zip as csv":   {"list.csv", "PK\x03\x04", "rename it to .xlsx"},
		"cut zip":      {"list.xlsx", "PK\x03\x04 and no more", "cut off or damaged"},
		"xls":          {"list.xls", "x", "save it as .xlsx"},
		"ods":          {"list.ods", "PK\x03\x04", "save it as .xlsx"},
		"unknown":      {"list.txt", "Invoice number,Issue date\n", "only .xlsx and .csv are read"},
		"no extension": {"list", "Invoice number,Issue date\n", "has no extension"},
		"only blanks":  {"list.csv", "\n\n , , \n", "is empty"},
		"no header":    {"list.csv", "one,two,three\n1,2,3\n", "has no header row"},
		"no rows":      {"list.csv", "Invoice number,Issue date,Due date,Currency,Customer name,Description,Quantity,Unit price,VAT %\n", "no invoice below it"},
		"nul":          {"list.csv", "Invoice number,Issue date\nA\x00B,\n", "NUL byte in line 2"},
		"bad bytes":    {"list.csv", "Invoice number,Issue date\nA\x81,\n", "cannot be read before"},
		"broken bom":   {"list.csv", "\xef\xbb\xbfInvoice number,Issue date\nA\xff,\n", "begins as UTF-8"},
		"open quote":   {"list.csv", csvHead + `A-1,2026-11-20,2026-12-20,EUR,"Customer,Thing,2,100,25` + "\nA-2,,,,,,,,\n", "has a quoted field that is not closed"},
		"bare quotes":  {"list.csv", csvHead + "A-1,2026-11-20,2026-12-20,EUR,Customer,19\" screen,2,100,25\nA-2,,,,,20\" screen,,,\n", "list.csv:3: has a quotation mark inside a field"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, write(t, c.file, c.content), sheet.Options{}, c.want)
		})
	}
	t.Run("missing", func(t *testing.T) {
		t.Parallel()
		fe := refused(t, filepath.Join(t.TempDir(), "list.xlsx"), sheet.Options{}, "cannot be opened")
		if !errors.Is(fe, os.ErrNotExist) {
			t.Errorf("cause of %v is not that there is no file", fe)
		}
	})
	t.Run("directory", func(t *testing.T) {
		t.Parallel()
		refused(t, t.TempDir(), sheet.Options{}, "is not a regular file")
	})
}

const csvHead = "Invoice number,Issue date,Due date,Currency,Customer name,Description,Quantity,Unit price,VAT %\n"

// repack changes the parts of a workbook; a nil content leaves one out.
func repack(t testing.TB, path string, change func(name string, content []byte) []byte) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if content = change(f.Name, content); content == nil {
			continue
		}
		part, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, "list.xlsx", out.String())
}

func onSheet(change func([]byte) []byte) func(string, []byte) []byte {
	return func(name string, content []byte) []byte {
		if strings.HasPrefix(name, "xl/worksheets/sheet") {
			return change(content)
		}
		return content
	}
}

func TestDamagedWorkbooks(t *testing.T) {
	t.Parallel()
	path := workbook(t, [][]any{headers, good("A-1"), good("A-2"), good("A-3")}, nil)
	// Wherever a sheet is cut off, it must not pass for a shorter one.
	t.Run("sheet cut off", func(t *testing.T) {
		t.Parallel()
		size := 0
		repack(t, path, onSheet(func(c []byte) []byte { size = len(c); return c }))
		for cut := 60; cut < size-3; cut += 41 {
			refused(t, repack(t, path, onSheet(func(c []byte) []byte { return c[:cut] })), sheet.Options{}, "cut off or damaged in sheet1.xml")
		}
	})
	t.Run("closed early", func(t *testing.T) {
		t.Parallel()
		refused(t, repack(t, path, onSheet(func(c []byte) []byte { return bytes.ReplaceAll(c, []byte("</sheetData>"), nil) })), sheet.Options{}, "cut off or damaged")
	})
	t.Run("file cut off", func(t *testing.T) {
		t.Parallel()
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		refused(t, write(t, "list.xlsx", string(data[:len(data)/2])), sheet.Options{}, "zip archive that was cut off")
	})
	t.Run("rows out of order", func(t *testing.T) {
		t.Parallel()
		refused(t, repack(t, path, onSheet(func(c []byte) []byte { return bytes.Replace(c, []byte(`<row r="3"`), []byte(`<row r="2"`), 1) })), sheet.Options{}, "out of order")
	})
	t.Run("no workbook in it", func(t *testing.T) {
		t.Parallel()
		refused(t, repack(t, path, func(name string, c []byte) []byte {
			if name == "docProps/app.xml" {
				return c
			}
			return nil
		}), sheet.Options{}, "zip archive without a workbook")
	})
	t.Run("shared text missing", func(t *testing.T) {
		t.Parallel()
		refused(t, repack(t, path, func(name string, c []byte) []byte {
			if name == "xl/sharedStrings.xml" {
				return []byte(`<sst><si><t>one</t></si></sst>`)
			}
			return c
		}), sheet.Options{}, "names shared text")
	})
	t.Run("zip bomb", func(t *testing.T) {
		t.Parallel()
		refused(t, repack(t, path, onSheet(func(c []byte) []byte {
			return bytes.Replace(c, []byte("<sheetData>"), append(bytes.Repeat([]byte("<!-- -->      "), 2<<20), "<sheetData>"...), 1)
		})), sheet.Options{}, "like a zip bomb")
	})
	t.Run("long text", func(t *testing.T) {
		t.Parallel()
		refused(t, repack(t, path, onSheet(func(c []byte) []byte {
			return bytes.Replace(c, []byte("<sheetData>"), append(bytes.Repeat([]byte(" "), 2<<20), "<sheetData>"...), 1)
		})), sheet.Options{}, "more than 1 MiB")
	})
}

func TestLimits(t *testing.T) {
	t.Parallel()
	rows := [][]any{headers, good("A-1"), {}, good("A-2"), good("A-3")}
	path := workbook(t, rows, nil)
	refused(t, path, sheet.Options{MaxRows: 2}, "has more than 2 rows of data")
	if b := read(t, path, sheet.Options{MaxRows: 3}); b.Rows != 3 {
		t.Errorf("%d rows, want 3", b.Rows)
	}
	refused(t, path, sheet.Options{MaxBytes: 1000}, "at most 1000 bytes are read")
	refused(t, path, sheet.Options{MaxBytes: 100}, "at most 100 bytes")
	ctx, stop := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	stop(why)
	if _, err := sheet.Read(ctx, path, sheet.Options{}); !errors.Is(err, why) {
		t.Errorf("error is %v, want %v", err, why)
	}
}

// TestDefaultRowLimit reads 100,000 rows and refuses one more.
func TestDefaultRowLimit(t *testing.T) {
	t.Parallel()
	tool.Long(t)
	var b strings.Builder
	b.WriteString(csvHead)
	for i := range sheet.DefaultMaxRows {
		fmt.Fprintf(&b, "A-%d,2026-11-20,2026-12-20,EUR,Example Customer Ltd,Thing,2,100.50,25\n", i)
	}
	if book := read(t, write(t, "list.csv", b.String()), sheet.Options{}); len(book.Entries) != sheet.DefaultMaxRows {
		t.Errorf("%d invoices", len(book.Entries))
	}
	b.WriteString("A,2026-11-20,2026-12-20,EUR,Example Customer Ltd,Thing,2,100.50,25\n")
	refused(t, write(t, "list.csv", b.String()), sheet.Options{}, "has more than 100000 rows of data")
}
