package event

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// child is the JSON path of a member (RFC 9535). An unusual name is written in
// brackets and shortened.
func child(path, name string) string {
	if plain(name) {
		return path + "." + name
	}
	quoted := strconv.Quote(clip(name, 64))
	quoted = strings.ReplaceAll(strings.ReplaceAll(quoted, `\"`, `"`), `'`, `\'`)
	return path + "['" + quoted[1:len(quoted)-1] + "']"
}

func plain(name string) bool {
	for i := range len(name) {
		c := name[i] | 0x20
		letter := c >= 'a' && c <= 'z' || name[i] == '_'
		if !letter && (i == 0 || name[i] < '0' || name[i] > '9') {
			return false
		}
	}
	return name != "" && len(name) <= 64
}

func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func invalidAt(data []byte) int {
	at := 0
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
		data = data[size:]
	}
	return at
}

// position is the line and column of the byte before the offset, both from 1;
// the column counts characters.
func position(data []byte, offset int64) (line, column int) {
	before := data[:min(max(offset-1, 0), int64(len(data)))]
	line = 1 + bytes.Count(before, []byte("\n"))
	return line, 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
}
