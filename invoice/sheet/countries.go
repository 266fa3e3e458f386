package sheet

import (
	"strings"

	"invoicelink/invoice/sheet/profile"
)

// countryOf turns a country's name into its ISO 3166-1 code where it is one of
// those below, and a code into upper case. Anything else is left for
// invoice.Validate to refuse.
func countryOf(s string) string {
	if len(s) == 2 && !strings.EqualFold(s, "UK") {
		return strings.ToUpper(s)
	}
	if code, ok := countries[profile.Fold(s)]; ok {
		return code
	}
	return s
}

// countries by folded name: those of Europe in English and in their own
// languages, and their main partners.
var countries = func() map[string]string {
	m := map[string]string{}
	for code, names := range map[string]string{
		"AT": "Austria|Österreich|Østrig", "BE": "Belgium|Belgique|België|Belgien", "BG": "Bulgaria|България", "HR": "Croatia|Hrvatska",
		"CY": "Cyprus|Κύπρος", "CZ": "Czechia|Czech Republic|Česko|Česká republika", "DK": "Denmark|Danmark|Dänemark", "EE": "Estonia|Eesti",
		"FI": "Finland|Suomi", "FR": "France|Frankrig|Frankreich", "DE": "Germany|Deutschland|Tyskland", "GR": "Greece|Ελλάδα|Grækenland",
		"HU": "Hungary|Magyarország", "IE": "Ireland|Éire", "IT": "Italy|Italia|Italien", "LV": "Latvia|Latvija", "LT": "Lithuania|Lietuva",
		"LU": "Luxembourg|Luxemburg", "MT": "Malta", "NL": "Netherlands|The Netherlands|Nederland|Holland", "PL": "Poland|Polska|Polen",
		"PT": "Portugal", "RO": "Romania|România", "SK": "Slovakia|Slovensko", "SI": "Slovenia|Slovenija", "ES": "Spain|España|Spanien",
		"SE": "Sweden|Sverige|Schweden", "IS": "Iceland|Ísland|Island", "NO": "Norway|Norge|Noreg", "LI": "Liechtenstein",
		"CH": "Switzerland|Schweiz|Suisse|Svizzera", "GB": "United Kingdom|Great Britain|Storbritannien|UK", "UA": "Ukraine|Україна",
		"US": "United States|United States of America|USA", "CA": "Canada", "FO": "Faroe Islands|Føroyar|Færøerne", "GL": "Greenland|Grønland",
		"TR": "Turkey|Türkiye", "RS": "Serbia|Srbija", "AU": "Australia", "NZ": "New Zealand", "JP": "Japan", "CN": "China", "IN": "India",
	} {
		for name := range strings.SplitSeq(names, "|") {
			m[profile.Fold(name)] = code
		}
	}
	return m
}()
