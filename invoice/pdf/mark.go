package pdf

import "invoicelink/invoice/pdf/font"

// mark shows on every page that a document is not a real one: a banner along
// the top, and a word across the page, drawn as outlines under the text so
// that searching and copying the text are not disturbed.
func (c *composer) mark() block {
	var b block
	if c.page.Mark == MarkNone {
		return b
	}
	b.add(box{kind: markBox, w: c.width, h: c.height, colour: pale, text: c.markWord()})
	t := c.strong.in(font.Bold, white).shrunk(9000)
	t.leading = 5 * mm
	banner := alarm
	if c.page.Mark == MarkTest {
		banner = calm
	}
	b.add(fill(c.left, 4*mm, c.body(), 5*mm, banner))
	line := t.at(0, 4*mm, c.markSentence())
	line.x = c.left + (c.body()-line.w)/2
	b.add(line)
	return b
}

// markWord is what stands across the page; the same in all languages.
func (c *composer) markWord() string {
	if c.page.Mark == MarkTest {
		return "TEST"
	}
	return "SANDBOX"
}

func (c *composer) markSentence() string {
	if c.page.Mark == MarkTest {
		return c.Test
	}
	return c.Sandbox
}

// paper is what lies behind the text: the seller's letter paper on the first
// page, and the marks for folding and punching.
func (c *composer) paper(first bool) block {
	var b block
	if first && c.seller.paper != nil {
		w, h := c.seller.paper.fit(c.width, c.height) // in its own proportions
		b.add(box{kind: imageBox, w: w, h: h, image: c.seller.paper})
	}
	for _, y := range c.marks {
		if first {
			b.add(fill(5*mm, y, 4*mm, 400, grey))
		}
	}
	return b
}
