package pdf

import (
	"fmt"
	"strings"
)

// foot stands at the bottom of every page: who the seller is by law, how to
// reach it, and its own footer text.
func (c *composer) foot() block {
	return shrink(small.shrunk(7200), 50*mm, 4500, func(t typeface) block {
		var b block
		b.add(fill(left, 0, body, 500, hairline))
		b.h = 2 * mm
		width := body - 22*mm // the page number stands at the end of the first line
		var facts []string
		for _, fact := range [][2]string{
			{"", c.seller.Name},
			{c.registrationNo, c.seller.RegistrationNo}, {c.vatID, c.seller.VATID},
			{c.phone, c.seller.Phone}, {c.email, c.seller.Email},
		} {
			if value := cleanLine(fact[1]); value != "" {
				facts = append(facts, strings.TrimSpace(fact[0]+" "+value))
			}
		}
		footer := cleanLines(c.seller.Footer)
		if len(footer) > 4 {
			footer = []string{strings.Join(footer, " · ")}
		}
		for _, line := range footer {
			b.place(left, b.h, t.wrap(width, line))
			width = body
		}
		b.place(left, b.h, t.lines(wrapFacts(t, width, facts)))
		return b
	})
}

// wrapFacts joins facts with points and breaks lines between facts only,
// unless one alone is too long.
func wrapFacts(t typeface, width length, facts []string) []string {
	var lines []string
	line := ""
	for _, fact := range facts {
		if joined := line + " · " + fact; line != "" && t.measure(joined) <= width {
			line = joined
			continue
		}
		if line != "" {
			lines = append(lines, wrap(t.weight, t.size, width, line)...)
		}
		line = fact
	}
	return append(lines, wrap(t.weight, t.size, width, line)...)
}

// pageNumber stands on the first line of the foot.
func (c *composer) pageNumber(n, of int) block {
	var b block
	b.add(small.shrunk(7200).right(right, 2*mm, fmt.Sprintf(c.pageOf, n, of)))
	return b
}
