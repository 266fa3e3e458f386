package event

import (
	"maps"
	"slices"
	"strings"
)

// nearest returns the known name that the sender probably meant: one that
// differs in case, "_" or "-", or by at most two letters in a longer name.
// It returns "" where none is near.
func nearest(name string, fields map[string][]int) string {
	const longest = 40 // a hostile name is not worth the comparison
	if len(name) > longest {
		return ""
	}
	plain := fold(name)
	best, distance := "", 3
	for _, known := range slices.Sorted(maps.Keys(fields)) {
		d := editDistance(plain, fold(known))
		if d < distance && d*3 < len(known) || d == 0 {
			best, distance = known, d
		}
	}
	return best
}

func fold(s string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(s))
}

// editDistance is Levenshtein's, in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
