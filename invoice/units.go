package invoice

import "strings"

// unitWords are units of UN/ECE Recommendation 20 by the words that invoices
// use for them, in lower case and without a final point.
var unitWords = words(map[string]string{
	"C62": "one unit units enhed enheder einheit einheiten eenheid unité unités unidad unidades unità jednostka enhet enheter yksikkö",
	"H87": "pcs pc piece pieces stk stck stück stuk stuks st styk stykker styck kpl kappale pièce pièces pz pezzo pezzi pza uds ud szt sztuk sztuka ks kus db tk buc бр шт τεμ τεμ/χια ea each peça",
	"HUR": "h hr hrs hour hours std stunde stunden time timer tim timme timmar tunti tuntia uur uren heure heures hora horas ora ore godz godzina godziny hod óra год ώρα ώρες tund",
	"MIN": "min minute minutes minut minutter minuten minuutti minuto minutos minuti",
	"SEC": "s sec second seconds sek sekunde",
	"DAY": "d day days tag tage dag dage dagar päivä pv jour jours día días giorno giorni dzień dni den dní nap доба день ημέρα päev",
	"WEE": "week weeks woche wochen uge uger vecka veckor viikko semaine semaines semana semanas settimana tydzień týden",
	"MON": "month months mo monat monate måned måneder mån månad månader kk kuukausi maand maanden mois mes meses mese mesi mies miesiąc miesiące měsíc місяць μήνας",
	"QAN": "quarter quarters quartal kvartal trimestre",
	"ANN": "year years yr jahr jahre år vuosi jaar an année ans año años anno anni rok lata рік έτος έτη",
	"KGM": "kg kilo kilogram kilograms kilogramm кг", "GRM": "g gr gram gramm grams", "MGM": "mg", "TNE": "ton tons tonne tonnes tonnen",
	"MTR": "m meter metre metres metri metro mètre mètres м lfm lbm", "CMT": "cm", "MMT": "mm", "KMT": "km kilometer kilometers kilometre kilometres км",
	"MTK": "m2 m² qm kvm sqm", "MTQ": "m3 m³ cbm kbm", "CMK": "cm2 cm²",
	"LTR": "l ltr liter litre litres liters litr litro λ л", "MLT": "ml", "CLT": "cl", "HLT": "hl",
	"KWH": "kwh", "MWH": "mwh", "KWT": "kw", "WHR": "wh",
	"SET": "set sets sæt satz sätze sats sarja", "PR": "pair pairs par paar paire", "DZN": "dozen dozens dutzend dusin",
	"XBX": "box boxes kasse karton carton kartong ctn æske schachtel boîte caja scatola pudełko", "XPK": "pack packs package packages pakke pakker paket pakete paquet paczka pck",
	"XPX": "pallet pallets palle paller palette paletten pall", "XBO": "bottle bottles flaske flasche flaschen flaska", "XRO": "roll rolls rulle rolle rollen", "XBG": "bag bags pose sack säcke sæk",
	"LS": "lump lump-sum pauschal pauschale psch pauschalpreis fast forfait forfaitaire", "E48": "service services leistung ydelse tjänst послуга",
	"P1": "% percent prozent procent", "IE": "person persons personen personer pers", "E49": "workingday manday arbejdsdag arbeitstag", "LH": "manhour labour-hour arbeitsstunde mandetime",
})

// unitCodes are further codes that are taken as they are, in upper case.
var unitCodes = func() map[string]bool {
	m := map[string]bool{}
	for _, code := range strings.Fields(`2N 4L 5B A9 ACR AD AMP APZ BLL BUI C34 CEN CTM D41 DMQ DMT DPC E27 E50 E51 E54 EA FOT FTK FTQ GLI GLL GRO
		HEA HMQ INH INK JOU KEL KMH KMK KNT KT KWN LBR LEF LO MBR MIL MMQ MTS NAR NMP NPT NT ONZ OZA PTI
		RM SMI STI STN TST U2 VLT WTT XAE XAM XBA XBE XBX XCA XCR XCS XCT XCX XDR XKG XPA XPC XPP XSA XTU XUN YDK YRD Z11 ZP ZZ`) {
		m[code] = true
	}
	for _, code := range unitWords {
		m[code] = true
	}
	return m
}()

func words(by map[string]string) map[string]string {
	m := map[string]string{}
	for code, list := range by {
		for word := range strings.FieldsSeq(list) {
			m[word] = code
		}
	}
	return m
}

// UnitCode returns the code of UN/ECE Recommendation 20 for a unit as it is
// written on invoices ("Std.", "stk", "m²") or for the code itself (BT-130),
// and "" if the unit is empty or not known. A word wins over a code: "ST" is a
// piece, not a sheet.
func UnitCode(unit string) string {
	unit = strings.TrimSpace(unit)
	if code, ok := unitWords[strings.TrimSuffix(strings.ToLower(unit), ".")]; ok {
		return code
	}
	if unitCodes[unit] {
		return unit
	}
	return ""
}
