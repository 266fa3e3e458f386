package sheet

import (
	"bytes"
	"path/filepath"
	"strings"
)

// formatOf says by the first bytes of a file, its extension and, for a
// compound file, a search of its directory, how to read it, or what it is
// instead.
func formatOf(path string, head []byte, contains func(string) bool) (Format, string) {
	ext := strings.ToLower(filepath.Ext(path))
	if len(head) == 0 {
		return "", "is an empty file of 0 bytes; send it again"
	}
	if what := disguise(head, contains); what != "" {
		return "", what
	}
	zip := bytes.HasPrefix(head, []byte("PK\x03\x04"))
	switch ext {
	case ".xlsx":
		if !zip {
			if looksLikeText(head) {
				return "", "is plain text, not a workbook; rename it to .csv, or save it as an Excel workbook (.xlsx)"
			}
			return "", "is not a workbook, whatever its name says; open it in a spreadsheet program and save it as .xlsx"
		}
		return XLSX, ""
	case ".csv":
		if zip {
			return "", "is a zip archive, perhaps a workbook, not CSV text; rename it to .xlsx, or export it as CSV"
		}
		return CSV, ""
	case ".xls":
		return "", "has the extension of an old workbook; save it as .xlsx"
	case ".xlsm", ".xlsb", ".xltx", ".ods", ".numbers":
		return "", "has the extension " + ext + ", which is not read here; save it as .xlsx"
	case "":
		return "", "has no extension; .xlsx and .csv are read"
	}
	return "", "has the extension " + clip(ext) + "; only .xlsx and .csv are read"
}

// disguise recognises what is neither a workbook nor CSV under any name.
func disguise(head []byte, contains func(string) bool) string {
	if bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) {
		// [MS-OFFCRYPTO] 2.3.4.1: an encrypted workbook is a compound file
		// with this stream; names are UTF-16.
		if contains("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00") {
			return "is protected with a password; open it, take the password off and save it again"
		}
		return "is a workbook in the old .xls format; open it and save it as .xlsx"
	}
	if bytes.HasPrefix(head, []byte("%PDF-")) {
		return "is a PDF, not a spreadsheet; send the workbook it was made from"
	}
	for _, magic := range []string{"\x89PNG", "\xff\xd8\xff", "GIF8"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return "is a picture, not a spreadsheet; send the workbook itself"
		}
	}
	start := strings.ToLower(string(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")))
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<table", "<!--"} {
		if strings.HasPrefix(start, tag) {
			return "is an HTML page, not a spreadsheet, perhaps an error or a login page that was saved under this name; download or export the file again"
		}
	}
	if strings.HasPrefix(start, "<?xml") || strings.HasPrefix(start, "<workbook") {
		if strings.Contains(start, "<html") {
			return "is an HTML page, not a spreadsheet; download or export the file again"
		}
		return "is an XML document, not a workbook; open it in a spreadsheet program and save it as .xlsx"
	}
	if strings.HasPrefix(start, `{"`) || strings.HasPrefix(start, `[{`) || strings.HasPrefix(start, "{\n") {
		return "is JSON, not a spreadsheet; export it as .xlsx or .csv"
	}
	if strings.HasPrefix(start, `{\rtf`) {
		return "is a text document (RTF), not a spreadsheet; export it as .xlsx or .csv"
	}
	return ""
}

// looksLikeText reports whether the bytes hold no control characters but
// those of text.
func looksLikeText(head []byte) bool {
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' {
			return false
		}
	}
	return true
}
