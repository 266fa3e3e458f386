package sheet

import (
	"bytes"
	"path/filepath"
	"strings"
)

// formatOf says by the first bytes of a file, its extension and, for a
// compound file, a search of its directory, how to read it, or what it is
// instead.
func formatOf(path string, head []byte, contains func(string) bool) (Format, Sentence) {
	ext := strings.ToLower(filepath.Ext(path))
	if len(head) == 0 {
		return "", say("file-is-empty")
	}
	if what := disguise(head, contains); what.Code != "" {
		return "", what
	}
	zip := bytes.HasPrefix(head, []byte("PK\x03\x04"))
	switch ext {
	case ".xlsx":
		if !zip {
			if looksLikeText(head) {
				return "", say("file-is-text")
			}
			return "", say("file-is-no-workbook")
		}
		return XLSX, Sentence{}
	case ".csv":
		if zip {
			return "", say("file-is-zip")
		}
		return CSV, Sentence{}
	case ".xls":
		return "", say("file-is-old-extension")
	case ".xlsm", ".xlsb", ".xltx", ".ods", ".numbers":
		return "", say("file-extension-unread", ext)
	case "":
		return "", say("file-is-no-extension")
	}
	return "", say("file-extension-unknown", clip(ext))
}

// disguise recognises what is neither a workbook nor CSV under any name.
func disguise(head []byte, contains func(string) bool) Sentence {
	if bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) {
		// [MS-OFFCRYPTO] 2.3.4.1: an encrypted workbook is a compound file
		// with this stream; names are UTF-16.
		if contains("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00") {
			return say("file-is-password")
		}
		return say("file-is-old")
	}
	if bytes.HasPrefix(head, []byte("%PDF-")) {
		return say("file-is-pdf")
	}
	for _, magic := range []string{"\x89PNG", "\xff\xd8\xff", "GIF8"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return say("file-is-picture")
		}
	}
	start := strings.ToLower(string(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")))
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<table", "<!--"} {
		if strings.HasPrefix(start, tag) {
			return say("file-is-html-page")
		}
	}
	if strings.HasPrefix(start, "<?xml") || strings.HasPrefix(start, "<workbook") {
		if strings.Contains(start, "<html") {
			return say("file-is-html")
		}
		return say("file-is-xml")
	}
	if strings.HasPrefix(start, `{"`) || strings.HasPrefix(start, `[{`) || strings.HasPrefix(start, "{\n") {
		return say("file-is-json")
	}
	if strings.HasPrefix(start, `{\rtf`) {
		return say("file-is-rtf")
	}
	return Sentence{}
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
