package pdf

import (
	"net/url"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"invoicelink/invoice/pdf/finish"
	"invoicelink/invoice/pdf/font"
	"invoicelink/invoice/pdf/lang"
)

const (
	codeWidth   = 32 * mm      // of the QR code's modules, at least
	codeMost    = 45 * mm      // up to here modules stay as large as they should
	moduleWide  = 6 * mm / 10  // what a telephone reads from poor paper
	moduleLeast = 4 * mm / 10  // at least, whatever the size
	quietZone   = 4            // modules on each side (ISO/IEC 18004, 9.1)
	panelPad    = 35 * mm / 10 // inside of the panel
	panelGap    = 5 * mm       // between its columns
)

// moduleOf is the size of a module of a code with n on a side.
func moduleOf(n int) length {
	module := max((codeWidth+length(n)-1)/length(n), min(moduleWide, codeMost/length(n)))
	return max(module, moduleLeast)
}

// panel stands on the first page above the lines: what is due, by when, and
// how to pay it.
func (c *composer) panel() block {
	var code block
	width := c.body() - 2*panelPad
	if c.page.Payment != nil {
		code = c.payCode()
		width -= codeSpan(c.page.Payment.QR.Size) + panelGap
	}
	if c.state == statePaid {
		code = c.paidStamp()
		width -= codeMost + panelGap
	}
	var words block
	if c.page.Mark != MarkNone {
		words.place(0, 0, c.strong.in(font.Bold, alarm).shrunk(11000).set(width, c.markSentence()).tag(c.root.Child("P")))
	}
	words.place(0, words.h, c.figures(width))
	for _, sentence := range c.stateWords() {
		words.place(0, words.h+1*mm, c.strong.set(width, sentence).tag(c.root.Child("P")))
	}
	if c.state == stateDue {
		words.place(0, words.h+2*mm, c.ways(width))
	}
	if len(c.page.Receipts) > 0 {
		words.place(0, words.h+1*mm, shrink(c.text, 60*mm, 4500, func(t typeface) block { return c.receipts(t, width) }))
	}
	if c.state == stateCredit && c.inv.Note != "" {
		words.place(0, words.h+1*mm, c.section.lines([]string{c.Reason}).tag(c.root.Child("H2")))
		words.place(0, words.h, c.text.set(width, prose(c.inv.Note)).tag(c.root.Child("P")))
	}
	inner := max(words.h, code.h)
	var b block
	b.add(fill(0, 0, c.body(), inner+2*panelPad, tint), fill(0, 0, c.body(), 1200, accent))
	b.place(panelPad, panelPad, words)
	b.place(c.body()-panelPad-code.width(), panelPad, code)
	b.h = inner + 2*panelPad
	return b
}

// receipts are the payments, one a line: day, amount, and what is known of how
// it was paid.
func (c *composer) receipts(t typeface, width length) block {
	list := c.root.Child("L")
	var b block
	day := func(r Receipt) string { return c.Day(r.At.In(c.zone)) }
	var indent length
	for _, r := range c.page.Receipts {
		indent = max(indent, t.measure(day(r))+3*mm)
	}
	for _, r := range c.page.Receipts {
		item := list.Child("LI")
		facts := []string{c.withCode(r.Amount.Round())}
		if r.Online {
			facts = append(facts, c.PaidOnline)
		}
		if reference := cleanLine(r.Reference); reference != "" && c.holds(reference) {
			facts = append(facts, reference)
		}
		y := b.h
		b.place(0, y, t.lines([]string{day(r)}).tag(item.Child("Lbl")))
		b.place(indent, y, t.lines(t.wrapFacts(width-indent, facts)).tag(item.Child("LBody")))
	}
	return b
}

// holds reports whether the page's fonts hold every letter.
func (c *composer) holds(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r != noBreakSpace && !c.text.Has(r) }) < 0
}

// codeSpan is the width of a code with its quiet zone.
func codeSpan(n int) length {
	return moduleOf(n) * length(n+2*quietZone)
}

// figures are the amount and the due date, the loudest of the page.
func (c *composer) figures(width length) block {
	name, value := c.payableWords()
	list := c.root.Child("L")
	t := c.title.shrunk(18500).in(font.Bold, ink)
	date, half := "", width
	if c.state == stateDue && c.inv.DueDate != "" {
		// In one size and on one line, as long as that is larger than the rest.
		date, half = c.date(c.inv.DueDate), (width-panelGap)/2
		for t.size > 11000 && (t.measure(value) > half || t.measure(date) > half) {
			t = t.shrunk(t.size - 500)
		}
	}
	set := func(s string) block {
		return shrink(t, t.leading, 7000, func(t typeface) block { return t.set(half, s) })
	}
	var b block
	b.place(0, 0, c.labelled(list, name, set(value)))
	if date != "" {
		b.place(half+panelGap, 0, c.labelled(list, c.DueDate, set(date)))
	}
	return b
}

func (c *composer) labelled(list *finish.Node, name string, value block) block {
	item := list.Child("LI")
	b := c.label.shrunk(8000).lines([]string{name}).tag(item.Child("Lbl"))
	b.place(0, b.h, value.tag(item.Child("LBody")))
	return b
}

// ways are how the amount is paid: by the link, by bank transfer, or as one
// asks the seller.
func (c *composer) ways(width length) block {
	var columns []func(length) block
	if c.page.Payment != nil {
		columns = append(columns, c.payOnline)
	}
	if c.hasAccount() {
		columns = append(columns, c.bankTransfer)
	}
	var b block
	switch len(columns) {
	case 0:
		var contact []string
		for _, s := range []string{c.page.Seller.Email, c.page.Seller.Phone} {
			if s = cleanLine(s); s != "" {
				contact = append(contact, s)
			}
		}
		if len(contact) == 0 {
			contact = []string{cleanLine(c.page.Seller.Name)}
		}
		return c.text.set(width, lang.Fill(c.AskHowToPay, "contact", strings.Join(contact, " · "))).tag(c.root.Child("P"))
	case 1:
		return columns[0](width)
	}
	const longLink = 250 // bytes, from which a link asks for the whole width
	if len(c.page.Payment.Link) > longLink {
		b = columns[0](width)
		b.place(0, b.h+1*mm, columns[1](width))
		return b
	}
	half := (width - panelGap) / 2
	b.place(0, 0, columns[0](half))
	b.place(half+panelGap, 0, columns[1](half))
	return b
}

// payOnline is the link: a sentence to click, the link letter by letter, and
// in small print how long it works.
func (c *composer) payOnline(width length) block {
	p := c.page.Payment
	b := c.section.lines([]string{c.PayOnline}).tag(c.root.Child("H2"))
	link := c.root.Child("Link")
	link.Alt = c.linkAlt()
	click := c.strong.in(font.Bold, accent).shrunk(9200)
	b.place(0, b.h, clickable(click, click.wrapped(width, lang.Fill(c.PayAt, "host", c.host())), link))
	url := c.small.in(font.Regular, accent)
	b.place(0, b.h, shrink(url, 40*mm, 4500, func(t typeface) block {
		return clickable(t, t.exactly().wrapped(width, p.Link), link)
	}))
	if !p.PayableUntil.IsZero() {
		b.place(0, b.h+800, c.small.set(width, lang.Fill(c.ValidUntil, "moment", c.Moment(p.PayableUntil.In(c.zone)))).tag(c.root.Child("P")))
	}
	if p.OnceOpened > 0 {
		b.place(0, b.h, c.small.in(font.Bold, ink).set(width, lang.Fill(c.OnceOpened, "span", c.Span(p.OnceOpened))).tag(c.root.Child("P")))
	}
	if !c.page.RenewedOn.IsZero() {
		b.place(0, b.h, c.small.set(width, lang.Fill(c.Renewed, "date", c.Day(c.page.RenewedOn.In(c.zone)))).tag(c.root.Child("P")))
	}
	return b
}

func (c *composer) linkAlt() string { return lang.Fill(c.LinkAlt, "host", c.host()) }

// host is where the link leads, as people know it.
func (c *composer) host() string {
	u, err := url.Parse(c.page.Payment.Link) // checked before
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// clickable sets lines that are underlined and open the link.
func clickable(t typeface, lines []string, link *finish.Node) block {
	b := t.lines(lines).tag(link)
	for i, line := range lines {
		y := length(i) * t.leading
		w := t.at(0, 0, line).w
		b.add(fill(0, y+t.ascent()+t.size/8, w, 350, t.colour),
			box{kind: linkBox, x: 0, y: y, w: w, h: t.leading, node: link})
	}
	return b
}

// payCode is the QR code with its caption, clickable as a whole.
func (c *composer) payCode() block {
	qr := &c.page.Payment.QR
	module := moduleOf(qr.Size)
	side, quiet := module*length(qr.Size), module*quietZone
	link := c.root.Child("Link")
	link.Alt = c.linkAlt()
	figure := link.Child("Figure")
	figure.Alt = c.QRAlt
	var b block
	// The quiet zone is white: the tint must not come near the code.
	b.add(fill(0, 0, side+2*quiet, side+2*quiet, white),
		box{kind: codeBox, x: quiet, y: quiet, w: side, h: side, colour: ink, code: qr, node: figure},
		box{kind: linkBox, w: side + 2*quiet, h: side + 2*quiet, node: link})
	b.h = side + 2*quiet
	caption := c.strong.in(font.Bold, accent)
	for _, line := range caption.wrapped(side+2*quiet, c.Scan) {
		at := caption.at(0, b.h+500, line)
		at.x = (side + 2*quiet - at.w) / 2
		at.node = link
		b.add(at)
		b.h += caption.leading
	}
	return b
}

// paidStamp is the word Paid in a frame.
func (c *composer) paidStamp() block {
	word := cases.Upper(language.Make(c.Tag)).String(c.Paid)
	t := c.title.shrunk(20000)
	for t.measure(word) > codeMost-6*mm && t.size > 8000 {
		t = t.shrunk(t.size - 500)
	}
	line := t.at(0, 2*mm, word)
	line.x = (codeMost - line.w) / 2
	line.node = c.root.Child("P")
	b := block{h: t.leading + 4*mm}
	b.add(line, box{kind: frameBox, w: codeMost, h: b.h, size: 1800, colour: accent})
	return b
}
