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
	word, _ := c.category(category)
	first, n := utf8.DecodeRuneInString(word)
	if n == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + word[n:]
}

// category is a VAT category without a rate in words, and the sentence that the
// law wants for one without a case; both are empty for one with a rate.
func (c *composer) category(category invoice.VATCategory) (word, law string) {
	switch category {
	case invoice.VATExempt:
		return c.Exempt, c.LawExempt
	case invoice.VATReverseCharge:
		return c.ReverseCharge, c.LawReverseCharge
	case invoice.VATIntraCommunity:
		return c.IntraCommunity, c.LawIntraCommunity
	case invoice.VATExport:
		return c.Export, c.LawExport
	case invoice.VATOutOfScope:
		return c.OutsideScope, c.LawOutsideScope
	}
	return "", ""
}

// law is the sentence that the law wants for a category without VAT: the
// sender's own reason, or the words of the case with its provision.
func (c *composer) law(category invoice.VATCategory) string {
	e := c.doc.Exemption(category)
	if e.Reason != "" {
		return prose(e.Reason)
	}
	sentence, provision := c.caseWords(e.Case)
	if sentence == "" {
		if _, sentence = c.category(category); sentence == "" {
			return ""
		}
		provision = e.Code
	}
	if provision != "" {
		sentence += " (" + provision + ")"
	}
	return sentence + "."
}

// caseWords are the words of a case and its provision.
func (c *composer) caseWords(key invoice.ExemptionCase) (sentence, provision string) {
	article := func(n string) string { return lang.Fill(c.Article, "n", n) }
	switch key {
	case invoice.CaseArt44:
		return c.LawOutsideScope, article("44")
	case invoice.CaseArt138:
		return c.LawIntraCommunity, article("138")
	case invoice.CaseArt146:
		return c.LawExport, article("146")
	case invoice.CaseArt194:
		return c.LawReverseCharge, article("194")
	case invoice.CaseArt196:
		return c.LawReverseCharge, article("196")
	case invoice.CaseArt199:
		return c.LawReverseCharge, article("199")
	case invoice.CaseDE13b:
		return c.LawReverseCharge, "§ 13b UStG"
	case invoice.CaseDK46:
		return c.LawReverseCharge, "momsloven § 46"
	case invoice.CaseSmallBusiness:
		return c.SmallBusiness, article("284")
	case invoice.CaseDE19:
		return c.SmallBusiness, "§ 19 UStG"
	case invoice.CaseDK48:
		return c.SmallBusiness, "momsloven § 48"
	case invoice.CaseMarginTravel:
		return c.MarginTravelAgents, ""
	case invoice.CaseMarginGoods:
		return c.MarginSecondHand, ""
	case invoice.CaseMarginArt:
		return c.MarginArt, ""
	case invoice.CaseMarginItems:
		return c.MarginCollectors, ""
	case invoice.CaseOutOfScope:
		return c.LawOutsideScope, ""
	case invoice.CaseExport:
		return c.LawExport, ""
	case invoice.CaseReverseCharge:
		return c.LawReverseCharge, ""
	}
	return "", ""
}
