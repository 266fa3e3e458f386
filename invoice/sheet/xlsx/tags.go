package xlsx

import (
	"bytes"
	"slices"
	"strings"
)

// closed is a tag without content.
func closed(t token) []byte {
	if t.kind != start {
		return t.raw
	}
	return slices.Concat(t.raw[:len(t.raw)-1], []byte("/>"))
}

// setAttr gives a tag an attribute, in place of the one that it has.
func setAttr(raw []byte, name, value string) []byte {
	raw = removeAttr(raw, name)
	at := len(raw) - 1
	if bytes.HasSuffix(raw, []byte("/>")) {
		at--
	}
	out := append([]byte(nil), bytes.TrimRight(raw[:at], " \t\r\n")...)
	out = append(out, ' ')
	out = append(out, name...)
	out = append(out, '=', '"')
	out = append(out, escape(value)...)
	out = append(out, '"')
	return append(out, raw[at:]...)
}

// removeAttr takes an attribute off a tag.
func removeAttr(raw []byte, name string) []byte {
	for from := 0; ; {
		i := bytes.Index(raw[from:], []byte(name+"="))
		if i < 0 {
			return raw
		}
		i += from
		if i == 0 || !strings.ContainsRune(" \t\r\n", rune(raw[i-1])) {
			from = i + 1
			continue
		}
		open := i + len(name) + 1
		if open >= len(raw) {
			return raw
		}
		stop := bytes.IndexByte(raw[open+1:], raw[open])
		if stop < 0 {
			return raw
		}
		return append(append([]byte(nil), raw[:i-1]...), raw[open+stop+2:]...)
	}
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\r", "&#13;")

// escape writes a text for XML, without the characters that it cannot hold.
func escape(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return escaper.Replace(s)
}

// setTagAttr sets an attribute of an element's first tag.
func setTagAttr(element []byte, name, value string) []byte {
	stop := bytes.IndexByte(element, '>') + 1
	return append(setAttr(element[:stop], name, value), element[stop:]...)
}

// prefixOf is the name space prefix of a tag, with its colon.
func prefixOf(raw []byte) string {
	name := strings.TrimLeft(string(raw[:min(len(raw), 100)]), "</")
	if i := strings.IndexAny(name, " \t\r\n>/"); i >= 0 {
		name = name[:i]
	}
	if prefix, _, ok := strings.Cut(name, ":"); ok {
		return prefix + ":"
	}
	return ""
}
