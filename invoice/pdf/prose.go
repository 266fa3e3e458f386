package pdf

import "strings"

// note is the invoice's free text, below the totals.
func (c *composer) note() []part {
	return prose(c.noteTitle, clean(c.inv.Note), body)
}

// prose sets a headed text a line a part, so that it may run over the end of
// a page, with at least two lines on either side.
func prose(heading, s string, width length) []part {
	lines := wrap(text.weight, text.size, width, s)
	if len(lines) == 0 {
		return nil
	}
	var head block
	head.place(left, 0, section.lines([]string{heading}))
	parts := []part{{block: head, gap: 4 * mm, keep: true}}
	for i, line := range lines {
		var b block
		b.place(left, 0, text.lines([]string{line}))
		parts = append(parts, part{block: b, keep: i == 0 && len(lines) > 1 || i == len(lines)-2})
	}
	return parts
}

// bankAndTerms is what a payment without the link needs, and the terms. They
// stand side by side where both are short.
func (c *composer) bankAndTerms() []part {
	terms := clean(c.seller.PaymentTerms)
	bank := c.bankBlock()
	if c.inv.IsCreditNote() || c.settled() {
		terms = ""
	}
	const column = (body - 8*mm) / 2
	switch lines := wrap(text.weight, text.size, column, terms); {
	case bank.h == 0:
		return prose(c.termsTitle, terms, body)
	case len(lines) == 0 || len(lines) > 8:
		var b block
		b.place(left, 0, bank)
		return append([]part{{block: b, gap: 4 * mm}}, prose(c.termsTitle, terms, body)...)
	default:
		var b block
		b.place(left, 0, bank)
		b.place(left+column+8*mm, 0, section.lines([]string{c.termsTitle}))
		b.place(left+column+8*mm, section.leading, text.lines(lines))
		return []part{{block: b, gap: 4 * mm}}
	}
}

// settled reports whether nothing is left to pay.
func (c *composer) settled() bool {
	return !c.page.PaidOn.IsZero() || !c.totals.Payable.IsPositive()
}

// bankBlock is the account for a transfer; empty where there is nothing to
// transfer or nowhere to.
func (c *composer) bankBlock() block {
	var b block
	s := c.seller
	if c.inv.IsCreditNote() || c.settled() || (s.IBAN == "" && s.Bank == "") {
		return b
	}
	rows := [][2]string{
		{c.bank, cleanLine(s.Bank)}, {"IBAN", groupedIBAN(s.IBAN)}, {"BIC", cleanLine(s.BIC)},
		{c.reference, cleanLine(c.inv.Number)},
	}
	var column length
	for _, row := range rows {
		column = max(column, label.measure(row[0]))
	}
	column += 4 * mm
	const width = (body - 8*mm) / 2
	b.place(0, 0, section.lines([]string{c.bankTitle}))
	for _, row := range rows {
		if row[1] == "" {
			continue
		}
		b.add(label.at(0, b.h, row[0]))
		b.place(column, b.h, text.wrap(width-column, row[1]))
	}
	return b
}

// groupedIBAN is an IBAN in groups of four, as ISO 13616 wants it on paper,
// never broken between them.
func groupedIBAN(iban string) string {
	iban = strings.ReplaceAll(cleanLine(iban), " ", "")
	var b strings.Builder
	for i, r := range []rune(iban) {
		if i > 0 && i%4 == 0 {
			b.WriteRune(noBreakSpace)
		}
		b.WriteRune(r)
	}
	return b.String()
}
