package pdf

import "invoicelink/invoice"

// The sums at the page breaks of a long table repeat what can be added up, so
// they are artifacts: the table goes on without them.

func (c *composer) carryHeight() length {
	return 2*c.text.leading + 2*rowPadding
}

func (c *composer) broughtHeight() length { return c.text.leading + 2*rowPadding }

// carried are the subtotal of a page's lines and the sum of all lines so far.
func (c *composer) carried(from, to int) block {
	subtotal := c.running[to-1]
	if from > 1 {
		if rest, err := subtotal.Sub(c.running[from-2]); err == nil { // the same currency
			subtotal = rest
		}
	}
	var b block
	b.h = rowPadding
	c.carry(&b, c.PageSubtotal, subtotal)
	c.carry(&b, c.CarriedForward, c.running[to-1])
	return b
}

func (c *composer) brought(to int) block {
	var b block
	b.h = rowPadding
	c.carry(&b, c.BroughtForward, c.running[to-1])
	b.h += rowPadding
	b.add(fill(c.left, b.h, c.body(), 400, hairline))
	return b
}

func (c *composer) carry(b *block, name string, sum invoice.Amount) {
	value := c.strong.right(c.right, b.h, c.money(sum))
	label := c.text.right(c.right-value.w-4*mm, b.h, name)
	b.add(label, value)
	b.h += c.text.leading
}
