package pdf

import (
	"invoicelink/invoice"
	"invoicelink/invoice/pdf/lang"
)

// intro is what stands above the lines: that the buyer makes out the document
// itself (directive 2006/112/EC, article 226, number 10a), and free text.
func (c *composer) intro() []part {
	var parts []part
	if c.inv.SelfBilled {
		parts = append(parts, c.paragraph(c.strong, c.SelfBilling)...)
	}
	parts = append(parts, c.paragraph(c.text, prose(c.inv.Intro))...)
	if len(parts) > 0 {
		parts[len(parts)-1].h += 3 * mm
	}
	return parts
}

// endNotes are the free texts below the totals.
func (c *composer) endNotes() []part {
	var parts []part
	if c.state != stateCredit { // there it is the reason, above
		parts = append(parts, c.headed(c.Note, prose(c.inv.Note))...)
	}
	parts = append(parts, c.headed(c.Note, prose(c.local.Note))...)
	if c.state == stateDue {
		parts = append(parts, c.headed(c.Terms, c.terms())...)
	}
	return parts
}

// terms are the payment terms, below the cash discounts for paying early.
func (c *composer) terms() string {
	words := ""
	for _, e := range c.inv.EarlyPayment {
		discount, err := invoice.Percent(c.totals.Payable, e.Percent)
		if err != nil {
			continue // Validate would have refused the percentage
		}
		rest, err := c.totals.Payable.Sub(discount)
		if err != nil {
			continue
		}
		words += lang.Fill(c.Texts.EarlyPayment, "percent", c.percent(e.Percent), "discount", c.withCode(discount),
			"date", c.date(e.Until), "amount", c.withCode(rest)) + "\n"
	}
	terms := c.inv.PaymentTerms
	if terms == "" {
		terms = c.local.PaymentTerms
	}
	return words + prose(terms)
}

// headed sets a text below a heading.
func (c *composer) headed(heading, s string) []part {
	parts := c.paragraph(c.text, s)
	if len(parts) == 0 {
		return nil
	}
	var head block
	head.place(c.left, 0, c.section.lines([]string{heading}).tag(c.root.Child("H2")))
	return append([]part{{block: head, gap: 3 * mm, keep: true}}, parts...)
}

// paragraph sets a text, one part per line, so that it may run over the end of
// a page, with at least two lines on either side.
func (c *composer) paragraph(t typeface, s string) []part {
	lines := t.wrapped(c.body(), s)
	node := c.root.Child("P")
	var parts []part
	for i, line := range lines {
		var b block
		b.place(c.left, 0, t.lines([]string{line}).tag(node))
		parts = append(parts, part{block: b, keep: i == 0 && len(lines) > 1 || i == len(lines)-2})
	}
	return parts
}
