package pdf

import (
	"strconv"
	"strings"

	"invoicelink/invoice/pdf/lang"
)

// foot stands at the bottom of every page: the seller's own text, and the
// particulars that the law wants on business letters. Who the seller is stands
// at the top.
func (c *composer) foot() block {
	return shrink(c.small.shrunk(7200), 50*mm, 4500, func(t typeface) block {
		var b block
		b.add(fill(c.left, 0, c.body(), 500, hairline))
		b.h = 2 * mm
		width := c.body() - 22*mm // the page number stands at the end of the first line
		footer := append(cleanLines(c.local.Footer), cleanLines(c.page.Seller.LegalInfo)...)
		if len(footer) > 4 {
			footer = []string{strings.Join(footer, " · ")}
		}
		for _, line := range footer {
			b.place(c.left, b.h, t.set(width, line))
			width = c.body()
		}
		b.h = max(b.h, 2*mm+t.leading) // the page number
		return b
	})
}

// pageNumber stands on the first line of the foot.
func (c *composer) pageNumber(n, of int) block {
	var b block
	b.add(c.small.shrunk(7200).right(c.right, 2*mm, lang.Fill(c.Page, "page", strconv.Itoa(n), "pages", strconv.Itoa(of))))
	return b
}
