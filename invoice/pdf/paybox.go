package pdf

import "fmt"

const (
	codeWidth  = 32 * mm     // of the QR code's modules, at least
	moduleSize = 4 * mm / 10 // at least, so that large codes can be read by a telephone
	quietZone  = 4           // modules on each side (ISO/IEC 18004, 9.1)
	boxPadding = 3 * mm
)

// payment is the box with the QR code and the link, or the sentence that
// stands in its place. It is never cut.
func (c *composer) payment() []part {
	p := c.page.Payment
	if p == nil {
		return c.noPayment()
	}
	module := max(moduleSize, (codeWidth+length(p.QR.Size)-1)/length(p.QR.Size))
	side := module * length(p.QR.Size)
	quiet := module * quietZone
	words := c.payWords(right - boxPadding - (left + side + 2*quiet + 2*boxPadding))
	warning := c.warning(body - 2*boxPadding)

	var b block
	inner := max(side+2*quiet, words.h)
	height := boxPadding + inner + boxPadding
	if warning.h > 0 {
		height += warning.h + 1*mm
	}
	b.add(fill(left, 0, body, height, tint),
		box{kind: frameBox, x: left, y: 0, w: body, h: height, size: 700, colour: accent})
	// The quiet zone is painted white: the tint must not come near the code.
	x, y := left+boxPadding, boxPadding+(inner-side-2*quiet)/2
	b.add(fill(x, y, side+2*quiet, side+2*quiet, white),
		box{kind: codeBox, x: x + quiet, y: y + quiet, w: side, h: side, colour: ink},
		box{kind: linkBox, x: x, y: y, w: side + 2*quiet, h: side + 2*quiet})
	b.place(x+side+2*quiet+boxPadding, boxPadding+(inner-words.h)/2, words)
	b.place(x, boxPadding+inner+1*mm, warning)
	b.h = height
	return []part{{block: b, gap: 5 * mm}}
}

// payWords stand beside the code: what to do, how much, where, until when.
func (c *composer) payWords(width length) block {
	p := c.page.Payment
	var b block
	if c.page.Mark != MarkNone {
		word := c.test
		if c.page.Mark == MarkSandbox {
			word = c.sandbox
		}
		b.place(0, 0, typeface{size: 11000, leading: 15000, weight: bold, colour: alarm}.wrap(width, word))
	}
	heading := typeface{size: 12500, leading: 16500, weight: bold, colour: accent}
	b.place(0, b.h, heading.wrap(width, c.payTitle))
	amount := typeface{size: 15000, leading: 20000, weight: bold}
	b.place(0, b.h, shrink(amount, amount.leading, 7000, func(t typeface) block {
		return t.wrap(width, c.withCode(c.totals.Payable))
	}))
	b.h += 1 * mm
	b.place(0, b.h, c.linkText(width))
	b.h += 1 * mm
	if !p.PayableUntil.IsZero() {
		b.place(0, b.h, strong.wrap(width, fmt.Sprintf(c.payableUntil, c.momentOf(p.PayableUntil.In(c.zone)))))
	}
	if !c.page.RenewedOn.IsZero() {
		b.place(0, b.h, label.wrap(width, fmt.Sprintf(c.renewedOn, c.dayOf(c.page.RenewedOn.In(c.zone)))))
	}
	return b
}

// linkText is the link letter by letter, every line of it clickable.
func (c *composer) linkText(width length) block {
	t := typeface{size: 8000, leading: 10500, colour: accent}
	return shrink(t, 40*mm, 5000, func(t typeface) block {
		lines := wrap(t.weight, t.size, width, c.page.Payment.Link)
		b := t.lines(lines)
		for i, line := range lines {
			y := length(i) * t.leading
			w := t.measure(line)
			b.add(fill(0, y+t.ascent()+t.size/8, w, 350, accent),
				box{kind: linkBox, x: 0, y: y, w: w, h: t.leading})
		}
		return b
	})
}

// warning says under the code that the link dies soon after it is opened.
func (c *composer) warning(width length) block {
	if c.page.Payment.OnceOpened <= 0 {
		return block{}
	}
	t := small.shrunk(8000)
	t.weight, t.colour = bold, ink
	return t.wrap(width, fmt.Sprintf(c.onceOnly, c.span(c.page.Payment.OnceOpened)))
}

// noPayment says why there is no code: paid already, or nothing to pay. Where
// an amount is due and no link was given it says nothing; the bank details
// follow.
func (c *composer) noPayment() []part {
	var sentence string
	switch {
	case c.inv.IsCreditNote():
	case !c.page.PaidOn.IsZero():
		sentence = fmt.Sprintf(c.paidOn, c.dayOf(c.page.PaidOn.In(c.zone)))
	case !c.totals.Payable.IsPositive():
		sentence = c.nothingToPay
	}
	if sentence == "" {
		return nil
	}
	t := typeface{size: 11000, leading: 15000, weight: bold, colour: accent}
	words := t.wrap(body-2*boxPadding, sentence)
	var b block
	b.add(fill(left, 0, body, words.h+2*boxPadding, tint))
	b.place(left+boxPadding, boxPadding, words)
	b.h = words.h + 2*boxPadding
	return []part{{block: b, gap: 5 * mm}}
}
