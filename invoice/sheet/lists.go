package sheet

import (
	"strconv"
	"strings"
)

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
