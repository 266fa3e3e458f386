package sheet

import (
	"strings"

	"invoicelink/invoice/sheet/profile"
)

// nearest returns the field whose header a folded text misses by a typing
// error, or noField. Only own headers and long aliases are compared: among
// short words too many lie close together (date, rate, data).
func nearest(header string) field {
	own, single := profile.Words(header), profile.Fold(header)
	if len(own) == 0 || len(single) < 5 {
		return noField
	}
	for f := range ownFieldCount {
		if nearWords(own, profile.Words(specs[f].header)) || nearText(single, profile.Fold(specs[f].header), 8) {
			return field(f)
		}
	}
	for alias, f := range byAlias {
		// No two fields have aliases this close, so the order of the map
		// does not matter; a test holds that.
		if nearText(single, alias, 10) {
			return f
		}
	}
	return noField
}

// nearWords compares word by word, so that "Customer note" is not near
// "Customer no".
func nearWords(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	missed := 0
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		shorter, longer := min(len(a[i]), len(b[i])), max(len(a[i]), len(b[i]))
		most := 1
		switch {
		case !sameDigits(a[i], b[i]), shorter < 4, len(a) == 1 && shorter < 5:
			return false
		case longer >= 8:
			most = 2
		}
		if distance(a[i], b[i], most) > most {
			return false
		}
		missed++
	}
	return missed > 0
}

// nearText compares texts without their spaces, for those of a length only.
func nearText(a, b string, least int) bool {
	return len(a) >= least && len(b) >= least && a != b && sameDigits(a, b) && distance(a, b, 1) == 1
}

// sameDigits keeps "Discount 2" and "Discount %" away from "Discount": what is
// no letter is not mistyped.
func sameDigits(a, b string) bool { return signs(a) == signs(b) }

func signs(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '%' || r == '#' || r == '@' {
			return r
		}
		return -1
	}, s)
}

// distance is the number of letters added, dropped, changed or swapped with
// their neighbour between two texts (optimal string alignment); anything above
// most is most+1.
func distance(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	if max(len(x), len(y))-min(len(x), len(y)) > most || max(len(x), len(y)) > 100 {
		return most + 1
	}
	before, above, here := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(x); i++ {
		here[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			here[j] = min(above[j]+1, here[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				here[j] = min(here[j], before[j-2]+1)
			}
		}
		before, above, here = above, here, before
	}
	return min(above[len(y)], most+1)
}
