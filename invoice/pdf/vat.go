package pdf

import (
	"unicode"
	"unicode/utf8"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf/lang"
)

// noteMarks are what joins a rate of 0 % to the sentence that explains it.
var noteMarks = [...]string{"¹", "²", "³", "⁴", "⁵"}

// categoryNotes gives each VAT category that has a sentence a mark.
func (c *composer) categoryNotes() map[invoice.VATCategory]string {
	notes := map[invoice.VATCategory]string{}
	for _, g := range c.totals.VAT {
		if c.law(g.Category) != "" && notes[g.Category] == "" && len(notes) < len(noteMarks) {
			notes[g.Category] = noteMarks[len(notes)]
		}
	}
	return notes
}

// categoryWord names a VAT category without a rate in words, beginning with a
// capital.
func (c *composer) categoryWord(category invoice.VATCategory) string {
	word := c.category(category)
	first, n := utf8.DecodeRuneInString(word)
	if n == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + word[n:]
}

func (c *composer) category(category invoice.VATCategory) string {
	switch category {
	case invoice.VATExempt:
		return c.Exempt
	case invoice.VATReverseCharge:
		return c.ReverseCharge
	case invoice.VATIntraCommunity:
		return c.IntraCommunity
	case invoice.VATExport:
		return c.Export
	case invoice.VATOutOfScope:
		return c.OutsideScope
	}
	return ""
}

// law is the sentence that the law wants for a category without VAT, with the
// provision if there is one.
func (c *composer) law(category invoice.VATCategory) string {
	sentence, article := "", ""
	switch category {
	case invoice.VATExempt:
		sentence = c.LawExempt
	case invoice.VATReverseCharge:
		sentence, article = c.LawReverseCharge, "196"
	case invoice.VATIntraCommunity:
		sentence, article = c.LawIntraCommunity, "138"
	case invoice.VATExport:
		sentence, article = c.LawExport, "146"
	case invoice.VATOutOfScope:
		sentence = c.LawOutsideScope
	default:
		return ""
	}
	if article != "" {
		sentence += " (" + lang.Fill(c.Article, "n", article) + ")"
	}
	return sentence + "."
}
