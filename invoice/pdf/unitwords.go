package pdf

import "invoicelink/invoice"

// symbols are units that are written alike in all languages, by their code of
// UN/ECE Recommendation 20.
var symbols = map[string]string{
	"KGM": "kg", "GRM": "g", "MGM": "mg", "TNE": "t", "MTR": "m", "CMT": "cm", "MMT": "mm", "KMT": "km", "MTK": "m²", "CMK": "cm²", "MTQ": "m³",
	"LTR": "l", "MLT": "ml", "CLT": "cl", "HLT": "hl", "KWH": "kWh", "MWH": "MWh", "KWT": "kW", "WHR": "Wh", "SEC": "s", "P1": "%",
}

// unit is the unit of a quantity as its sender wrote it. A code, which people do
// not read, becomes the word for it; one without a word stays.
func (c *composer) unit(unit string) string {
	unit = cleanLine(unit)
	if invoice.UnitCode(unit) != unit {
		return unit
	}
	word := symbols[unit]
	switch unit {
	case "C62", "H87", "EA":
		word = c.Piece
	case "HUR", "LH":
		word = c.Hours
	case "MIN":
		word = c.Minutes
	case "DAY", "E49":
		word = c.Days
	case "WEE":
		word = c.Week
	case "MON":
		word = c.Month
	case "QAN":
		word = c.Quarter
	case "ANN":
		word = c.Year
	case "SET":
		word = c.Set
	case "PR":
		word = c.Pair
	case "XPK":
		word = c.Pack
	case "LS":
		word = c.FlatRate
	}
	if word == "" {
		return unit
	}
	return word
}
