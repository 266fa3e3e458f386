package sheet

import (
	"strings"

	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/profile"
)

// totalWords mark a row of totals, folded, in thirty languages.
var totalWords = words("Total|Totals|Grand total|Sum|Subtotal|Sub total|Sum total|Total amount|Total sum|Carried forward|Brought forward|" +
	"I alt|Sum i alt|Ialt|Sum total|Totalt|Summa|Summe|Gesamt|Gesamtsumme|Gesamtbetrag|Endsumme|Zwischensumme|Übertrag|Summe gesamt|" +
	"Total général|Total general|Totaux|Sous-total|Total HT|Total TTC|Suma|Suma total|Razem|Ogółem|Łącznie|Suma całkowita|" +
	"Totale|Totale complessivo|Totale generale|Subtotale|Somma|Total geral|Soma|Totaal|Subtotaal|Eindtotaal|Totaal generaal|" +
	"Yhteensä|Välisumma|Loppusumma|Celkem|Součet|Mezisoučet|Spolu|Súčet|Összesen|Mindösszesen|Végösszeg|Toplam|Genel toplam|Ara toplam|Kokku|Kopā|Pavisam|Iš viso|Viso|" +
	"Итого|Всего|Сумма|Разом|Усього|Всього|Підсумок|Общо|Всичко|Укупно|Ukupno|Skupaj|Sveukupno|Total general:|Totalul|Σύνολο|Γενικό σύνολο|Samtals|Alls|Iomlán|" +
	"合計|小計|総計|总计|合计|小计|總計|합계|총계|소계|المجموع|الإجمالي|سهم|סהכ|รวม|รวมทั้งสิ้น|Tổng|Tổng cộng|Jumlah|Kabuuan|कुल|कुल योग|Saldo|Jumla|Gesamttotal")

// totalEndings are words behind one of those that change nothing.
var totalEndings = words("DKK|EUR|SEK|NOK|USD|GBP|PLN|CHF|CZK|HUF|INR|JPY|general|generalgeneral|amount|due|sum|net|gross|brutto|netto|HT|TTC|inkl moms|incl vat|excl vat|of all|invoices|rows|page|for")

// isTotalWord reports whether a text marks a row of totals.
func (t *table) isTotalWord(s string) bool {
	if len(s) > 60 {
		return false
	}
	h := profile.Fold(s)
	if totalWords[h] && h != "" {
		return true
	}
	for _, w := range t.p.TotalsWords {
		if profile.Fold(w) == h {
			return true
		}
	}
	first, rest, found := strings.Cut(strings.TrimRight(grid.Trim(s), ":"), " ")
	return found && totalWords[profile.Fold(first)] && totalEndings[profile.Fold(rest)]
}

// isTotals recognises a row of totals by its word: it has no date, no other
// text below a column that is read, and no number of an invoice; a number below
// unit prices only if the word stands in the place of the invoice number.
func (t *table) isTotals(r *grid.Row) string {
	l := t.l
	number := r.At(l.first[fNumber])
	numbered := number.Kind == grid.Text && t.isTotalWord(number.Text)
	if number.Kind != grid.Blank && l.first[fNumber] >= 0 && !numbered {
		return ""
	}
	word := ""
	for i := range r.Cells {
		c := &r.Cells[i]
		f := noField
		if c.Col < len(l.roles) {
			f = l.roles[c.Col].f
		}
		switch {
		case f == fUnitPrice && !numbered, f != noField && specs[f].read == readDate:
			return ""
		case c.Kind == grid.Text && t.isTotalWord(c.Text):
			word = c.Text
		case c.Kind == grid.Text && f != noField:
			if _, err := parseNumber(c.Text); err != nil {
				return ""
			}
		}
	}
	return word
}
