package pdf

import (
	"cmp"

	"invoicelink/invoice"
)

// symbols are units that are written alike in all languages, by their code of
// UN/ECE Recommendation 20.
var symbols = map[string]string{
	"KGM": "kg", "GRM": "g", "MGM": "mg", "TNE": "t", "MTR": "m", "CMT": "cm", "MMT": "mm", "KMT": "km", "MTK": "m²", "CMK": "cm²", "MTQ": "m³",
	"LTR": "l", "MLT": "ml", "CLT": "cl", "HLT": "hl", "KWH": "kWh", "MWH": "MWh", "KWT": "kW", "WHR": "Wh", "SEC": "s", "P1": "%",
	"2N": "dB", "4L": "MB", "AD": "B", "AMP": "A", "APZ": "oz t", "C34": "mol", "CEN": "× 100", "CTM": "ct", "D41": "t/m³", "DMQ": "dm³", "DMT": "dm",
	"FOT": "ft", "FTK": "ft²", "FTQ": "ft³", "GLI": "gal (UK)", "GLL": "gal (US)", "HMQ": "hm³", "INH": "in", "INK": "in²", "JOU": "J", "KEL": "K",
	"KMH": "km/h", "KMK": "km²", "KNT": "kn", "LBR": "lb", "MBR": "mbar", "MIL": "× 1000", "MMQ": "mm³", "MTS": "m/s", "ONZ": "oz", "OZA": "fl oz (US)",
	"PTI": "pt (UK)", "SMI": "mi", "VLT": "V", "WTT": "W", "YDK": "yd²", "YRD": "yd",
}

// rareUnits are the names of further codes, in English on every page (UN/ECE
// Recommendations 20 and 21): people rather read a foreign word than a code.
var rareUnits = map[string]string{
	"5B": "batch", "A9": "rate", "ACR": "acre", "BLL": "barrel (US)", "BUI": "bushel (UK)", "DPC": "dozen", "DZN": "dozen", "E27": "dose", "E48": "service",
	"E50": "accounting unit", "E51": "job", "E54": "trip", "GRO": "gross", "HEA": "head", "IE": "person", "KT": "kit", "LEF": "leaf", "LO": "lot",
	"NAR": "articles", "NMP": "packs", "NPT": "parts", "RM": "ream", "STI": "stone", "STN": "short ton", "TST": "ten sets", "U2": "tablet", "ZP": "page",
	"XAE": "aerosol", "XAM": "ampoule", "XBA": "barrel", "XBE": "bundle", "XBG": "bag", "XBO": "bottle", "XBX": "box", "XCA": "can", "XCR": "crate",
	"XCS": "case", "XCT": "carton", "XCX": "can", "XDR": "drum", "XKG": "keg", "XPA": "packet", "XPC": "parcel", "XPP": "piece", "XPX": "pallet",
	"XRO": "roll", "XSA": "sack", "XTU": "tube", "XUN": "unit",
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
	return cmp.Or(word, rareUnits[unit], unit)
}
