package invoice

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Design is how a seller's pages look. The empty one is a plain A4 page in a
// sans-serif typeface with a blue accent.
type Design struct {
	// Accent is the colour of headings and rules as #RRGGBB, with a contrast of
	// at least 4.5 : 1 to white (WCAG 2.2, 1.4.3).
	Accent string `json:"accent,omitempty" yaml:"accent"`
	// Typeface is one of the built-in ones: sans, serif or condensed.
	Typeface string `json:"typeface,omitempty" yaml:"typeface"`
	// Font and FontBold are TrueType files of an own typeface, which replaces
	// the built-in one, at most MaxFontBytes each. Without FontBold the regular
	// is used for both.
	Font     []byte `json:"font,omitempty" yaml:"-"`
	FontBold []byte `json:"fontBold,omitempty" yaml:"-"`
	// Paper is the format of the sheet: a4 or letter.
	Paper string `json:"paper,omitempty" yaml:"paper"`
	// Window is the envelope whose window shows the recipient.
	Window string `json:"window,omitempty" yaml:"window"`
	// LetterPaper is a PNG, JPEG or SVG of a whole sheet, printed behind the first
	// page in the place of logo and name, at most MaxLogoBytes.
	LetterPaper []byte `json:"letterPaper,omitempty" yaml:"-"`
	// Columns are the optional columns of the lines, of position, item,
	// quantity, unit, price, discount and vat; empty means all that have content.
	// What a line needs is printed in any case.
	Columns []string `json:"columns,omitempty" yaml:"columns"`
}

// Papers, windows and columns of a Design.
const (
	PaperA4        = "a4"
	PaperLetter    = "letter"
	WindowNone     = ""
	WindowDIN5008A = "din5008a" // envelopes DL and C6/5, short letterhead
	WindowDIN5008B = "din5008b" // envelopes DL and C6/5, tall letterhead
	WindowC5       = "c5"       // the Nordic envelope C5, window at the left
)

// MaxFontBytes is the largest font file that is taken, for the same reason as
// MaxLogoBytes.
const MaxFontBytes = 192 << 10

// maxSellerFiles bounds logo, letter paper and fonts together: the profile
// travels in one message.
const maxSellerFiles = 640 << 10

// Transfer is how pages help with a bank transfer.
type Transfer struct {
	// Code is the QR code of a transfer: epc prints the EPC code (GiroCode) on
	// each invoice in EUR to an account of the SEPA area, swiss the payment slip of
	// a QR-bill on each in CHF or EUR to a Swiss account. Empty prints none: a page
	// with a payment link has one code already.
	Code string `json:"code,omitempty" yaml:"code"`
	// FIKCreditor is the eight-digit creditor number of a Danish payment
	// agreement (kortart 71); the payment line is printed with it.
	FIKCreditor string `json:"fikCreditor,omitempty" yaml:"fik_creditor"`
	// KID prints a Norwegian customer identification as the reference. The bank
	// must have agreed to it.
	KID bool `json:"kid,omitempty" yaml:"kid"`
}

// The codes of a Transfer.
const (
	TransferEPC   = "epc"
	TransferSwiss = "swiss"
)

// EInvoiceNone is the EInvoice of a seller whose PDFs carry no XML.
const EInvoiceNone = "none"

// LocalTexts are the seller's texts in one language. An empty one falls back to
// the profile's own.
type LocalTexts struct {
	// Language is a two-letter tag such as de.
	Language string `json:"language" yaml:"language"`
	// PaymentTerms are printed below the totals (BT-20).
	PaymentTerms string `json:"paymentTerms,omitempty" yaml:"payment_terms"`
	// Note is printed below the invoice's own note.
	Note string `json:"note,omitempty" yaml:"note"`
	// Footer is printed at the foot of every page.
	Footer string `json:"footer,omitempty" yaml:"footer"`
	// Fields are further particulars printed with the references, at most
	// MaxFields.
	Fields []Field `json:"fields,omitempty" yaml:"fields"`
}

// Field is a particular of the seller's or sender's own.
type Field struct {
	// Label says what Value is.
	Label string `json:"label" yaml:"label"`
	// Value is the particular itself.
	Value string `json:"value" yaml:"value"`
}

// MaxFields is how many such particulars a seller may print, and an invoice.
const MaxFields = 8

// TextsIn returns the seller's texts in the primary language of a page.
func (s *Seller) TextsIn(language string) LocalTexts {
	var t LocalTexts
	if i := slices.IndexFunc(s.Texts, func(t LocalTexts) bool { return t.Language == language }); i >= 0 {
		t = s.Texts[i]
	}
	if t.PaymentTerms == "" {
		t.PaymentTerms = s.PaymentTerms
	}
	if t.Note == "" {
		t.Note = s.Note
	}
	if t.Footer == "" {
		t.Footer = s.Footer
	}
	if len(t.Fields) == 0 {
		t.Fields = s.Fields
	}
	return t
}

// design checks what follows from the profile alone; colours, typefaces and
// images are checked where they are printed.
func (p *Problems) design(s *Seller) {
	d := &s.Design
	p.oneOf("seller.design.paper", d.Paper, "", PaperA4, PaperLetter)
	p.oneOf("seller.design.window", d.Window, WindowNone, WindowDIN5008A, WindowDIN5008B, WindowC5)
	if d.Paper == PaperLetter && d.Window != WindowNone {
		p.add("window-paper", "seller.design.window", d.Window, d.Window+" is an envelope for A4; leave it out for letter paper")
	}
	for i, column := range d.Columns {
		p.oneOf(fmt.Sprintf("seller.design.columns[%d]", i), column, "position", "item", "quantity", "unit", "price", "discount", "vat")
	}
	p.oneOf("seller.eInvoice", s.EInvoice, "", EInvoiceNone)
	p.oneOf("seller.transfer.code", s.Transfer.Code, "", TransferEPC, TransferSwiss)
	if s.Transfer.Code == TransferSwiss {
		p.swiss(s)
	}
	if n := s.Transfer.FIKCreditor; n != "" && (len(n) != 8 || !digits(n)) {
		p.add("fik-creditor-invalid", "seller.transfer.fikCreditor", n, clip(n)+" is not a creditor number of 8 digits")
	}
	sum := len(s.Logo)
	for _, f := range []struct {
		field string
		data  []byte
		most  int
	}{{"letterPaper", d.LetterPaper, MaxLogoBytes}, {"font", d.Font, MaxFontBytes}, {"fontBold", d.FontBold, MaxFontBytes}} {
		if len(f.data) > f.most {
			p.add("file-too-large", "seller.design."+f.field, "", fmt.Sprintf("has %d bytes; at most %d are allowed", len(f.data), f.most))
		}
		sum += len(f.data)
	}
	if sum > maxSellerFiles {
		p.add("file-too-large", "seller.design", "", fmt.Sprintf("logo, letter paper and fonts have %d bytes together; at most %d are allowed", sum, maxSellerFiles))
	}
	if len(d.LetterPaper) > 0 && !isImage(d.LetterPaper) {
		p.add("logo-format", "seller.design.letterPaper", "", "is neither a PNG nor a JPEG nor an SVG file")
	}
	p.fields("seller", s.Fields)
	for i, texts := range s.Texts {
		path := fmt.Sprintf("seller.texts[%d]", i)
		if tag := texts.Language; len(tag) != 2 || tag != strings.ToLower(tag) {
			p.add("language-tag", path+".language", tag, clip(tag)+" is not a two-letter language tag such as en or da")
		}
		p.fields(path, texts.Fields)
	}
}

// swiss is what the payment slip needs: A4, one of the typefaces that its style
// guide names, and a structured address of the seller.
func (p *Problems) swiss(s *Seller) {
	d, a := &s.Design, s.Address
	if d.Paper == PaperLetter || len(d.Font) > 0 || d.Typeface != "" && d.Typeface != "sans" {
		p.add("swiss-slip-design", "seller.transfer.code", TransferSwiss, "needs A4 paper and the typeface sans, without an own font")
	}
	if a.Zip == "" || a.City == "" || a.Country == "" {
		p.add("swiss-slip-address", "seller.address", "", "is missing post code, town or country, which a payment slip states")
	}
}

func (p *Problems) fields(path string, list []Field) {
	if len(list) > MaxFields {
		p.add("too-many", strings.TrimPrefix(path+".fields", "."), "", fmt.Sprintf("has %d fields; at most %d are printed", len(list), MaxFields))
	}
	for i, f := range list {
		if strings.TrimSpace(f.Label) == "" || strings.TrimSpace(f.Value) == "" {
			p.add("field-incomplete", strings.TrimPrefix(fmt.Sprintf("%s.fields[%d]", path, i), "."), f.Label+f.Value, "has no label or no value; give both")
		}
	}
}

func (p *Problems) oneOf(field, value string, allowed ...string) {
	for _, a := range allowed {
		if value == a {
			return
		}
	}
	p.add("unknown-choice", field, value, clip(value)+" is not one of "+strings.TrimPrefix(strings.Join(allowed, ", "), ", "))
}

// isImage reports whether a file begins as a PNG, JPEG or SVG does; whether it
// can be drawn is for the page to say.
func isImage(file []byte) bool {
	return bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")) || bytes.HasPrefix(file, []byte("\xff\xd8\xff")) ||
		bytes.Contains(file[:min(len(file), 4<<10)], []byte("<svg"))
}
