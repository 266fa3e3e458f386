package pdf

// mark shows on every page that a document is not a real one: a banner along
// the top, and a word across the page, drawn as outlines under the text so
// that searching and copying the text are not disturbed.
func (c *composer) mark() block {
	var b block
	if c.page.Mark == MarkNone {
		return b
	}
	b.add(box{kind: markBox, w: pageWidth, h: pageHeight, colour: pale, text: c.markWord()})
	t := typeface{size: 9000, leading: 5 * mm, weight: bold, colour: white}
	banner, words := alarm, c.sandbox
	if c.page.Mark == MarkTest {
		banner, words = calm, c.test
	}
	b.add(fill(left, 4*mm, body, 5*mm, banner))
	line := t.at(0, 4*mm, words)
	line.x = left + (body-line.w)/2
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
