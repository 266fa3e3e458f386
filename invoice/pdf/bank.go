package pdf

import "strings"

// hasAccount reports whether there is a bank account to pay to.
func (c *composer) hasAccount() bool {
	account := c.doc.Account()
	return account.IBAN != "" || account.Bank != ""
}

// bankTransfer is the account for a transfer.
func (c *composer) bankTransfer(width length) block {
	account := c.doc.Account()
	holder := account.Holder
	if holder == c.page.Seller.Name {
		holder = ""
	}
	b := c.section.lines([]string{c.BankTransfer}).tag(c.root.Child("H2"))
	list := c.root.Child("L")
	for _, row := range [][2]string{
		{c.AccountHolder, holder}, {"IBAN", account.IBAN}, {"BIC", account.BIC}, {c.Bank, account.Bank}, {c.Reference, c.inv.Number},
	} {
		value := cleanLine(row[1])
		if value == "" {
			continue
		}
		actual := ""
		if row[0] == "IBAN" {
			// Printed in groups of four (ISO 13616), copied without spaces.
			actual = strings.ReplaceAll(value, " ", "")
			value = groupedIBAN(actual)
		}
		item := list.Child("LI")
		label := c.label.shrunk(8000)
		label.leading = c.text.leading
		name := label.at(0, b.h, row[0])
		name.y = c.text.at(0, b.h, "").y // on the value's baseline
		name.node = item.Child("Lbl")
		b.add(name)
		body := item.Child("LBody")
		if x := name.w + 14*mm/10; x+c.text.measure(value) <= width {
			line := c.text.at(x, b.h, value)
			line.actual, line.node = actual, body
			b.add(line)
			b.h += c.text.leading
			continue
		}
		b.h += c.text.leading
		lines := shrink(c.text, c.text.leading, 6000, func(t typeface) block { return t.exactly().set(width, value) })
		if actual != "" && len(lines.boxes) == 1 {
			lines.boxes[0].actual = actual
		}
		b.place(0, b.h, lines.tag(body))
	}
	return b
}

// groupedIBAN is an IBAN in groups of four, as ISO 13616 wants it on paper,
// never broken between them.
func groupedIBAN(iban string) string {
	var b strings.Builder
	for i, r := range []rune(iban) {
		if i > 0 && i%4 == 0 {
			b.WriteRune(noBreakSpace)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// bankCode is the code of a bank transfer, apart from the payment link.
func (c *composer) bankCode() []part { return nil }
