package pdf

import (
	"strings"

	"rsc.io/qr"

	"invoicelink/invoice"
	"invoicelink/invoice/bankcode"
)

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
		{c.AccountHolder, holder}, {"IBAN", account.IBAN}, {"BIC", account.BIC}, {c.Bank, account.Bank}, c.reference(),
	} {
		value := cleanLine(row[1])
		if value == "" {
			continue
		}
		actual := ""
		if row[0] == "IBAN" || row[0] == c.Reference && value == c.rf() {
			// Printed in groups of four (ISO 13616, ISO 11649), copied without
			// spaces.
			actual = strings.ReplaceAll(value, " ", "")
			value = inFours(actual)
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

// inFours is a text in groups of four characters, never broken between them.
func inFours(s string) string {
	var b strings.Builder
	for i, r := range []rune(s) {
		if i > 0 && i%4 == 0 {
			b.WriteRune(noBreakSpace)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// reference is what the payer of a transfer quotes, by the kind of reference
// that the seller's bank reads: FIK, KID, RF next to an EPC code, else the
// invoice's number.
func (c *composer) reference() [2]string {
	transfer := c.page.Seller.Transfer
	if transfer.FIKCreditor != "" {
		if line, err := bankcode.FIK(c.inv.Number, transfer.FIKCreditor); err == nil {
			return [2]string{"FIK", line}
		}
	}
	if transfer.KID {
		if kid, err := bankcode.KID(c.inv.Number); err == nil {
			return [2]string{"KID", kid}
		}
	}
	if rf := c.rf(); rf != "" {
		return [2]string{c.Reference, rf}
	}
	return [2]string{c.Reference, c.inv.Number}
}

// rf is the reference in the EPC code, empty without one.
func (c *composer) rf() string {
	if c.epc() == "" {
		return ""
	}
	rf, err := bankcode.RF(c.inv.Number)
	if err != nil {
		return "" // the code has the number as text
	}
	return rf
}

// epc is the text of the EPC code, empty if the invoice can have none.
func (c *composer) epc() string {
	if c.state != stateDue || c.page.Seller.Transfer.Code != invoice.TransferEPC || c.doc.Account().IBAN == "" {
		return ""
	}
	payload, err := bankcode.EPC(c.doc.Account(), c.totals.Payable, c.inv.Number)
	if err != nil {
		return "" // another currency, or an account outside of the area
	}
	return payload
}

// bankCode is the QR code of a bank transfer. It stands at the end, in a frame
// of its own with its title and a sentence that says what it is not, so that
// nobody takes it for the code of the payment link.
func (c *composer) bankCode() []part {
	payload := c.epc()
	if payload == "" {
		return nil
	}
	code, err := qrOf(payload)
	if err != nil || code.Size > 69 { // at most version 13 is what EPC069-12 wants
		return nil
	}
	module := max(moduleWide, 26*mm/length(code.Size))
	side, quiet := module*length(code.Size), module*quietZone
	span := side + 2*quiet
	figure := c.root.Child("Figure")
	figure.Alt = c.BankCodeAlt
	account := c.doc.Account()
	width := c.body() - span - panelGap - panelPad
	words := c.section.set(width, c.Texts.BankCode).tag(c.root.Child("H2"))
	words.place(0, words.h, c.strong.set(width, c.withCode(c.totals.Payable)+" · "+cleanLine(account.Holder)).tag(c.root.Child("P")))
	words.place(0, words.h, c.small.set(width, c.BankCodeHint).tag(c.root.Child("P")))

	var b block
	b.add(box{kind: codeBox, x: c.left + quiet, y: quiet, w: side, h: side, colour: ink, code: code, node: figure},
		box{kind: frameBox, x: c.left, w: c.body(), h: span, size: 500, colour: hairline})
	b.place(c.left+span+panelGap, (span-words.h)/2, words)
	b.h = span
	return []part{{block: b, gap: 4 * mm}}
}

// qrOf is the code that holds a payload, with error correction M, as both
// standards of bank codes want it.
func qrOf(payload string) (*QR, error) {
	encoded, err := qr.Encode(payload, qr.M)
	if err != nil {
		return nil, err
	}
	code := &QR{Size: encoded.Size, Bits: make([]byte, (encoded.Size*encoded.Size+7)/8)}
	for y := range encoded.Size {
		for x := range encoded.Size {
			if i := y*encoded.Size + x; encoded.Black(x, y) {
				code.Bits[i/8] |= 0x80 >> (i % 8)
			}
		}
	}
	return code, nil
}
