package sheet

// totalWords mark a row of totals, folded.
var totalWords = map[string]bool{
	"total": true, "totals": true, "grandtotal": true, "sum": true, "subtotal": true, "ialt": true, "sumialt": true, "summe": true, "gesamt": true, "gesamtsumme": true,
	"totalgeneral": true, "suma": true, "razem": true, "ogolem": true, "totaux": true, "totalgeneral:": true, "yhteensa": true, "summa": true, "totalt": true, "totale": true,
	"totaal": true, "celkem": true, "разом": true, "усього": true, "всього": true, "συνολο": true,
}

// totalsWord recognises a row of totals: a word for it, no date, nothing else
// but numbers, and a number below unit prices only where the word stands in the
// place of the invoice number.
func (x *builder) totalsWord(r *row) string {
	l := x.b.layout
	word := ""
	numbered := totalWords[fold(r.at(l.first[fNumber]).text)]
	for _, c := range r.cells {
		f, known := l.fields[c.col]
		switch {
		case known && f == fUnitPrice && !numbered, known && specs[f].read == readDate:
			return ""
		case c.kind == text && totalWords[fold(c.text)]:
			word = c.text
		case c.kind == text:
			if _, err := parseNumber(c.text); err != nil && known {
				return ""
			}
		}
	}
	if c := r.at(l.first[fNumber]); c.kind != blank && c.text != word {
		return ""
	}
	return word
}
