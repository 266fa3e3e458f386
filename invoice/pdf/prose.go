package pdf

import (
	"invoicelink/invoice"
	"invoicelink/invoice/pdf/lang"
)

// wording is a text with its language, empty for that of the page.
type wording struct{ text, language string }

// sellers is a text of the seller's, in the language of the profile if it has
// none in that of the page.
func (c *composer) sellers(local, profile string) wording {
	return wording{prose(local), c.profileLanguage(local, profile)}
}

// profileLanguage is the language of a text that was taken from the profile for
// lack of one in the language of the page, empty for any other.
func (c *composer) profileLanguage(local, profile string) string {
	if own := c.page.Seller.Language; own != "" && local == profile {
		if words, known := lang.Find(own); known && words.Tag != c.Tag {
			return words.Tag
		}
	}
	return ""
}

// intro is what stands above the lines: that the buyer makes out the document
// itself (directive 2006/112/EC, article 226, number 10a), and free text.
func (c *composer) intro() []part {
	var parts []part
	if c.inv.SelfBilled {
		parts = append(parts, c.paragraph(c.strong, c.body(), wording{text: c.SelfBilling})...)
	}
	parts = append(parts, c.paragraph(c.text, c.body(), wording{text: prose(c.inv.Intro)})...)
	if len(parts) > 0 {
		parts[len(parts)-1].h += 3 * mm
	}
	return parts
}

// endNotes are the free texts below the totals.
func (c *composer) endNotes(width length) []part {
	notes := []wording{{text: prose(c.inv.Note)}, c.sellers(c.local.Note, c.page.Seller.Note)}
	if c.state == stateCredit { // there the first is the reason, above
		notes = notes[1:]
	}
	parts := c.headed(width, c.Note, notes...)
	if c.state == stateDue {
		parts = append(parts, c.headed(width, c.Terms, c.terms()...)...)
	}
	return parts
}

// terms are the payment terms, below the cash discounts for paying early.
func (c *composer) terms() []wording {
	var terms []wording
	for _, e := range c.inv.EarlyPayment {
		discount, err := invoice.Percent(c.totals.Payable, e.Percent)
		if err != nil {
			continue // Validate would have refused the percentage
		}
		rest, err := c.totals.Payable.Sub(discount)
		if err != nil {
			continue
		}
		terms = append(terms, wording{text: lang.Fill(c.Texts.EarlyPayment, "percent", c.percent(e.Percent), "discount", c.withCode(discount),
			"date", c.date(e.Until), "amount", c.withCode(rest))})
	}
	if c.inv.PaymentTerms != "" {
		return append(terms, wording{text: prose(c.inv.PaymentTerms)})
	}
	return append(terms, c.sellers(c.local.PaymentTerms, c.page.Seller.PaymentTerms))
}

// headed sets texts below a heading.
func (c *composer) headed(width length, heading string, texts ...wording) []part {
	var parts []part
	for _, w := range texts {
		parts = append(parts, c.paragraph(c.text, width, w)...)
	}
	if len(parts) == 0 {
		return nil
	}
	var head block
	head.place(c.left, 0, c.section.lines([]string{heading}).tag(c.root.Child("H2")))
	return append([]part{{block: head, gap: 3 * mm, keep: true}}, parts...)
}

// paragraph sets a text, one part per line, so that it may run over the end of
// a page, with at least two lines on either side.
func (c *composer) paragraph(t typeface, width length, w wording) []part {
	lines := t.wrapped(width, w.text)
	node := c.root.Child("P")
	node.Lang = w.language
	var parts []part
	for i, line := range lines {
		var b block
		b.place(c.left, 0, t.lines([]string{line}).tag(node))
		parts = append(parts, part{block: b, keep: i == 0 && len(lines) > 1 || i == len(lines)-2})
	}
	return parts
}
