package pdf

// intro is the free text above the lines.
func (c *composer) intro() []part { return nil }

// endNotes are the free texts below the totals.
func (c *composer) endNotes() []part {
	var parts []part
	if c.state != stateCredit { // where it is the reason, above
		parts = append(parts, c.headed(c.Note, prose(c.inv.Note))...)
	}
	parts = append(parts, c.headed(c.Note, prose(c.local.Note))...)
	if c.state == stateDue {
		parts = append(parts, c.headed(c.Terms, prose(c.local.PaymentTerms))...)
	}
	return parts
}

// headed sets a text below a heading, one part per line, so that it may run
// over the end of a page, with at least two lines on either side.
func (c *composer) headed(heading, s string) []part {
	lines := c.text.wrapped(c.body(), s)
	if len(lines) == 0 {
		return nil
	}
	var head block
	head.place(c.left, 0, c.section.lines([]string{heading}).tag(c.root.Child("H2")))
	parts := []part{{block: head, gap: 3 * mm, keep: true}}
	paragraph := c.root.Child("P")
	for i, line := range lines {
		var b block
		b.place(c.left, 0, c.text.lines([]string{line}).tag(paragraph))
		parts = append(parts, part{block: b, keep: i == 0 && len(lines) > 1 || i == len(lines)-2})
	}
	return parts
}
