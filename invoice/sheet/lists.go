package sheet

import (
	"cmp"
	"strconv"
	"strings"
)

// leftOut is why rows are left out.
type leftOut struct {
	code          string
	column, value string // of a rule
}

func (a leftOut) compare(b leftOut) int {
	return cmp.Or(strings.Compare(a.code, b.code), strings.Compare(a.column, b.column), strings.Compare(a.value, b.value))
}

// sentence says it of the rows.
func (a leftOut) sentence(rows []int) Sentence {
	if a.column != "" {
		return say(a.code, len(rows), a.column, a.value, list(rows))
	}
	return say(a.code, len(rows), list(rows))
}

// leave1 leaves a row out.
func (x *builder) leave1(code string, row int) {
	why := leftOut{code: code}
	x.leftOut[why] = append(x.leftOut[why], row)
}

// list names the first few of many rows.
func list(rows []int) string {
	const most = 10
	var parts []string
	for _, n := range rows[:min(len(rows), most)] {
		parts = append(parts, strconv.Itoa(n))
	}
	if len(rows) > most {
		parts = append(parts, "…")
	}
	return strings.Join(parts, ", ")
}
