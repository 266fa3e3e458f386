package pdf

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/bankcode"
	"invoicelink/invoice/pdf/font"
)

// Measures of the payment slip of a Swiss QR-bill (Swiss Implementation
// Guidelines QR-bill 2.3, style guide): it fills the foot of the last page, the
// receipt at the left and the payment part at the right.
const (
	slipHeight   = 105 * mm
	receiptWidth = 62 * mm
	slipMargin   = 5 * mm
	swissCode    = 46 * mm // of the code's modules
	infoLeft     = receiptWidth + 56*mm
	// slipRoom is by how much the foot of the page moves up: the line above the
	// slip says that it is cut off.
	slipRoom = slipHeight - footBottom + 4*mm
)

// raise moves the letterhead together if no envelope's window asks for its
// place, so that short invoices and their slip share a page.
func (c *composer) raise() {
	if !c.returnLine {
		c.addressTop -= 5 * mm // no sender's line above it
		by := c.recipientTop - c.addressTop
		c.recipientTop, c.windowBottom, c.titleTop = c.recipientTop-by, c.windowBottom-by, c.titleTop-by
	}
}

// slipFits reports whether the last page has room for the slip.
func (c *composer) slipFits(sheets []sheet, bottom length) bool {
	return c.swiss == nil || sheets[len(sheets)-1].y <= bottom-slipRoom
}

// slipPage lays out a body that leaves no room for the slip. The table stays
// whole on the first page, with the notes above the slip; one that runs over
// takes its last rows and totals to the page of the slip.
func (c *composer) slipPage(first, next frame) []sheet {
	c.tight = false
	table := c.tableParts()
	whole := func() bool { return len(c.paginate(table, first, next)) == 1 }
	if !whole() {
		c.tight = true
		table = c.tableParts()
	}
	notes := c.noteParts()
	if whole() {
		if len(notes) > 0 {
			notes[0].fresh = true
		}
	} else {
		start := slices.IndexFunc(table, func(p part) bool { return p.row == len(c.inv.Lines) })
		for start > 0 && table[start-1].keep && table[start-1].row > 0 {
			start--
		}
		table[start].fresh = true
	}
	sheets := c.paginate(append(table, notes...), first, next)
	if n := len(sheets); n == 1 || !c.slipFits(sheets, next.bottom) {
		sheets = append(sheets, sheet{y: next.top})
	}
	return sheets
}

// slipWords are the headings in the official languages; a page in another one
// has the English.
type slipWords struct {
	receipt, part, account, reference, additional, payableBy, payableByBlank, currency, amount, acceptance, separate string
}

var slipTexts = map[string]slipWords{
	"en": {"Receipt", "Payment part", "Account / Payable to", "Reference", "Additional information", "Payable by", "Payable by (name/address)",
		"Currency", "Amount", "Acceptance point", "Separate before paying in"},
	"de": {"Empfangsschein", "Zahlteil", "Konto / Zahlbar an", "Referenz", "Zusätzliche Informationen", "Zahlbar durch", "Zahlbar durch (Name/Adresse)",
		"Währung", "Betrag", "Annahmestelle", "Vor der Einzahlung abzutrennen"},
	"fr": {"Récépissé", "Section paiement", "Compte / Payable à", "Référence", "Informations supplémentaires", "Payable par", "Payable par (nom/adresse)",
		"Monnaie", "Montant", "Point de dépôt", "À détacher avant le versement"},
	"it": {"Ricevuta", "Sezione pagamento", "Conto / Pagabile a", "Riferimento", "Informazioni supplementari", "Pagabile da", "Pagabile da (nome/indirizzo)",
		"Valuta", "Importo", "Punto di accettazione", "Da staccare prima del versamento"},
}

// slipFields are what the code says, line by line: the slip prints that and
// nothing else.
type slipFields struct {
	account, reference, message, currency, amount string
	creditor, debtor                              []string
}

func slipFieldsOf(payload string) slipFields {
	l := strings.Split(payload, "\n")
	person := func(from int) []string {
		var lines []string
		for _, s := range []string{l[from+1], l[from+2], strings.TrimSpace(l[from+4] + " " + l[from+5])} {
			if s != "" {
				lines = append(lines, s)
			}
		}
		return lines
	}
	f := slipFields{account: inFours(l[3]), creditor: person(4), amount: swissAmount(l[18]), currency: l[19], debtor: person(20), reference: l[28], message: l[29]}
	if l[27] == "QRR" {
		f.reference = inFives(f.reference)
	} else {
		f.reference = inFours(f.reference)
	}
	return f
}

// swissAmount groups the digits of the francs by spaces.
func swissAmount(s string) string {
	whole, cents, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + string(noBreakSpace) + whole[i:]
	}
	return whole + "." + cents
}

// inFives is a QR reference: two digits, then groups of five.
func inFives(s string) string {
	for i := len(s) - 5; i > 0; i -= 5 {
		s = s[:i] + string(noBreakSpace) + s[i:]
	}
	return s
}

// slipCode is the Swiss QR code, or nil if the page has no slip: the seller
// wants none, nothing is due, or account and currency are no Swiss ones. What
// makes a slip impossible otherwise is an error, since a QR-IBAN cannot be paid
// without one.
func (c *composer) slipCode() (*bankcode.Code, error) {
	if c.state != stateDue || c.page.Seller.Transfer.Code != invoice.TransferSwiss {
		return nil, nil
	}
	code, err := bankcode.SwissOf(c.doc)
	switch {
	case errors.Is(err, bankcode.ErrNotPayable):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("payment slip: %w", err)
	}
	return &code, nil
}

// slip is the payment slip with its own origin at the left end of the line that
// is cut along.
func (c *composer) slip(code string) block {
	f := slipFieldsOf(code)
	words, known := slipTexts[c.Tag]
	if !known {
		words = slipTexts["en"]
	}
	var b block
	b.add(fill(0, 0, c.width, 300, ink), fill(receiptWidth, 0, 300, slipHeight, ink))
	cut := c.small.shrunk(7000)
	line := cut.at(0, -cut.leading, words.separate)
	line.x = (c.width - line.w) / 2
	b.add(line)
	b.place(slipMargin, slipMargin, c.receipt(f, words))
	b.place(receiptWidth+slipMargin, slipMargin, c.paymentPart(f, words, code))
	b.h = slipHeight
	return b
}

// column sets headings and values below each other.
type slipColumn struct {
	block
	c           *composer
	head, value typeface
	width       length
}

func (s *slipColumn) add(heading string, lines ...string) {
	if len(lines) == 0 || lines[0] == "" {
		return
	}
	s.place(0, s.h, s.head.lines([]string{heading}).tag(s.c.root.Child("P")))
	p := s.c.root.Child("P")
	for _, line := range lines {
		s.place(0, s.h, s.value.exactly().set(s.width, line).tag(p))
	}
	s.h += s.value.leading / 2
}

// blank is a field to be filled in by hand, marked by its corners.
func (s *slipColumn) blank(heading string, w, h length) {
	s.place(0, s.h, s.head.lines([]string{heading}).tag(s.c.root.Child("P")))
	const arm, thick = 3 * mm, 750
	top := s.h + 1*mm
	for _, x := range []length{0, w - arm} {
		for _, y := range []length{top, top + h - thick} {
			s.block.add(fill(x, y, arm, thick, ink))
		}
	}
	for _, x := range []length{0, w - thick} {
		for _, y := range []length{top, top + h - arm} {
			s.block.add(fill(x, y, thick, arm, ink))
		}
	}
	s.h = top + h
}

func (c *composer) slipColumn(head, value, width length) *slipColumn {
	h, v := c.strong.shrunk(head).in(font.Bold, ink), c.text.shrunk(value)
	h.leading, v.leading = value*11/10, value*11/10
	return &slipColumn{c: c, head: h, value: v, width: width}
}

func (c *composer) information(s *slipColumn, f slipFields, words slipWords, additional bool, blankW, blankH length) {
	s.add(words.account, append([]string{f.account}, f.creditor...)...)
	s.add(words.reference, f.reference)
	if additional {
		s.add(words.additional, f.message)
	}
	if len(f.debtor) > 0 {
		s.add(words.payableBy, f.debtor...)
	} else {
		s.blank(words.payableByBlank, blankW, blankH)
	}
}

func (c *composer) receipt(f slipFields, words slipWords) block {
	const inner = receiptWidth - 2*slipMargin
	title := c.strong.shrunk(11000).in(font.Bold, ink)
	var b block
	b.place(0, 0, title.lines([]string{words.receipt}).tag(c.root.Child("H2")))
	info := c.slipColumn(6000, 8000, inner)
	c.information(info, f, words, false, 52*mm, 20*mm)
	b.place(0, 7*mm, info.block)
	b.place(0, 63*mm, c.slipAmount(f, words, 6000, 8000))
	acceptance := c.strong.shrunk(6000).in(font.Bold, ink).right(inner, 77*mm, words.acceptance)
	acceptance.node = c.root.Child("P")
	b.add(acceptance)
	return b
}

func (c *composer) slipAmount(f slipFields, words slipWords, head, value length) block {
	var b block
	left, right := c.slipColumn(head, value, 20*mm), c.slipColumn(head, value, 40*mm)
	left.add(words.currency, f.currency)
	right.add(words.amount, f.amount)
	b.place(0, 0, left.block)
	b.place(16*mm, 0, right.block)
	return b
}

func (c *composer) paymentPart(f slipFields, words slipWords, payload string) block {
	var b block
	b.place(0, 0, c.strong.shrunk(11000).in(font.Bold, ink).lines([]string{words.part}).tag(c.root.Child("H2")))
	figure := c.root.Child("Figure")
	figure.Alt = c.BankCodeAlt
	code, err := qrOf(payload)
	if err == nil { // SPC bounds the payload
		b.add(box{kind: codeBox, x: 0, y: 12 * mm, w: swissCode, h: swissCode, colour: ink, code: code, node: figure})
	}
	b.add(swissCross((swissCode-7*mm)/2, 12*mm+(swissCode-7*mm)/2)...)
	b.place(0, 63*mm, c.slipAmount(f, words, 8000, 10000))
	info := c.slipColumn(8000, 10000, c.width-infoLeft-slipMargin)
	c.information(info, f, words, true, 65*mm, 25*mm)
	b.place(infoLeft-receiptWidth-slipMargin, 0, info.block)
	return b
}

// swissCross is the mark in the middle of the code, 7 mm wide.
func swissCross(x, y length) []box {
	const side, border, width, arm = 7 * mm, 7 * mm / 36, 7 * mm / 6, 35 * mm / 9
	return []box{
		fill(x, y, side, side, white), fill(x+border, y+border, side-2*border, side-2*border, ink),
		fill(x+(side-width)/2, y+(side-arm)/2, width, arm, white), fill(x+(side-arm)/2, y+(side-width)/2, arm, width, white),
	}
}
