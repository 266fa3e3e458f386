package invoice

import (
	"regexp"
	"strconv"
	"strings"
)

// vatIDRule is the form of a country's VAT identifiers behind their prefix, in
// words too, and their check digits where the algorithm is public.
type vatIDRule struct {
	form  *regexp.Regexp
	words string
	valid func(string) bool // nil: only the form is known
}

func form(s string) *regexp.Regexp { return regexp.MustCompile("^(?:" + s + ")$") }

// vatIDRules are by the prefix of the identifier. Forms are those of the VIES
// system of the European Commission (Regulation (EU) No 904/2010), algorithms
// those that the tax administrations publish.
var vatIDRules = map[string]vatIDRule{
	"AT": {form(`U\d{8}`), "U and 8 digits", validAT},
	"BE": {form(`[01]\d{9}`), "10 digits that begin with 0 or 1", func(s string) bool { return number(s[:8])%97 == 97-number(s[8:]) }},
	"BG": {form(`\d{9,10}`), "9 or 10 digits", validBG},
	"CY": {form(`\d{8}[A-Z]`), "8 digits and a letter", validCY},
	"CZ": {form(`\d{8,10}`), "8 to 10 digits", validCZ},
	"DE": {form(`[1-9]\d{8}`), "9 digits", iso7064},
	"DK": {form(`[1-9]\d{7}`), "8 digits", func(s string) bool { return weighted(s, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0 }},
	"EE": {form(`10\d{7}`), "9 digits that begin with 10", func(s string) bool { return weighted(s, 3, 7, 1, 3, 7, 1, 3, 7, 1)%10 == 0 }},
	"EL": {form(`\d{9}`), "9 digits", func(s string) bool { return weighted(s[:8], 256, 128, 64, 32, 16, 8, 4, 2)%11%10 == int(s[8]-'0') }},
	"ES": {form(`[A-Z]\d{7}[A-Z0-9]|\d{8}[A-Z]`), "9 characters, the first or the last one a letter", validES},
	"FI": {form(`\d{8}`), "8 digits", func(s string) bool { return weighted(s, 7, 9, 10, 5, 8, 4, 2, 1)%11 == 0 }},
	"FR": {form(`[A-HJ-NP-Z0-9]{2}\d{9}`), "2 characters and 9 digits", validFR},
	"GB": {form(`\d{9}|\d{12}|GD[0-4]\d\d|HA[5-9]\d\d`), "9 or 12 digits", validGB},
	"HR": {form(`\d{11}`), "11 digits", iso7064},
	"HU": {form(`\d{8}`), "8 digits", func(s string) bool { return weighted(s, 9, 7, 3, 1, 9, 7, 3, 1)%10 == 0 }},
	"IE": {form(`\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W]`), "7 digits and 1 or 2 letters", validIE},
	"IT": {form(`\d{11}`), "11 digits", luhn},
	"LT": {form(`\d{9}|\d{12}`), "9 or 12 digits", validLT},
	"LU": {form(`\d{8}`), "8 digits", func(s string) bool { return number(s[:6])%89 == number(s[6:]) }},
	"LV": {form(`\d{11}`), "11 digits", validLV},
	"MT": {form(`[1-9]\d{7}`), "8 digits", func(s string) bool { return weighted(s, 3, 4, 6, 7, 8, 9, 10, 1)%37 == 0 }},
	"NL": {form(`\d{9}B\d\d`), "9 digits, B and 2 digits", validNL},
	"PL": {form(`\d{10}`), "10 digits", func(s string) bool { return weighted(s[:9], 6, 5, 7, 2, 3, 4, 5, 6, 7)%11 == int(s[9]-'0') }},
	"PT": {form(`[1-9]\d{8}`), "9 digits", func(s string) bool { return mod11(weighted(s[:8], 9, 8, 7, 6, 5, 4, 3, 2)) == int(s[8]-'0') }},
	"RO": {form(`[1-9]\d{1,9}`), "2 to 10 digits", validRO},
	"SE": {form(`\d{10}01`), "10 digits and 01", func(s string) bool { return luhn(s[:10]) }},
	"SI": {form(`[1-9]\d{7}`), "8 digits", func(s string) bool { return mod11(weighted(s[:7], 8, 7, 6, 5, 4, 3, 2)) == int(s[7]-'0') }},
	"SK": {form(`\d{10}`), "10 digits", func(s string) bool { return number(s)%11 == 0 }},
	"NO": {form(`\d{9}(?:MVA)?`), "9 digits and MVA", func(s string) bool { return weighted(s[:9], 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0 }},
	"CH": {form(`E\d{9}(?:MWST|TVA|IVA)?`), "E, 9 digits and MWST", func(s string) bool { return weighted(s[1:10], 5, 4, 3, 2, 7, 6, 5, 4, 1)%11 == 0 }},
}

func init() { vatIDRules["XI"] = vatIDRules["GB"] }

// vatID reports what is wrong with a VAT identifier: a prefix that is no country
// (BR-CO-09), another form than its country's, or wrong check digits. Points,
// hyphens and spaces in it do not count.
func (p *Problems) vatID(field, id string) {
	if id == "" {
		return
	}
	plain := PlainVATID(id)
	switch {
	case vatCountry(plain) == "":
		p.add("BR-CO-09", field, id, clip(id)+" does not begin with a country code, such as DK or DE")
		return
	case strings.HasPrefix(plain, "GR"): // EN 16931 takes GR, VIES does not
		p.add("vat-id-form", field, id, clip(id)+" is not a VAT id of Greece: it begins with EL")
		return
	}
	rule, known := vatIDRules[plain[:2]]
	switch {
	case !known:
	case !rule.form.MatchString(plain[2:]):
		p.add("vat-id-form", field, id, clip(id)+" is not a VAT id of "+plain[:2]+": "+rule.words+" follow the country code")
	case rule.valid != nil && !rule.valid(plain[2:]):
		p.add("vat-id-check-digit", field, id, clip(id)+" has a wrong check digit; compare it with the party's own letters or with VIES")
	}
}

// PlainVATID is a VAT identifier in upper case without what people write into it
// to read it better.
func PlainVATID(id string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", ".", "", "-", "", "\u00a0", "").Replace(id))
}

// number reads a string of digits that a form has checked; longer ones than 18
// digits do not occur.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// weighted is the sum of digits times weights.
func weighted(s string, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return sum
}

// mod11 is the check digit of a sum, modulo 11; 10 and 11 become 0.
func mod11(sum int) int {
	if c := 11 - sum%11; c < 10 {
		return c
	}
	return 0
}

// luhn checks by modulo 10 with every second digit doubled, the last one the
// check digit (ISO/IEC 7812-1).
func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return sum%10 == 0
}

// iso7064 checks by ISO 7064, MOD 11,10.
func iso7064(s string) bool {
	product := 10
	for i := range len(s) - 1 {
		sum := (int(s[i]-'0') + product) % 10
		if sum == 0 {
			sum = 10
		}
		product = 2 * sum % 11
	}
	return (11-product)%10 == int(s[len(s)-1]-'0')
}

func validAT(s string) bool {
	sum := 4
	for i, c := range s[1:8] {
		d := int(c - '0')
		if i%2 == 1 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return (100-sum)%10 == int(s[8]-'0')
}

// validBG knows the numbers of companies (9 digits); those of persons have
// several forms.
func validBG(s string) bool {
	if len(s) == 10 {
		return true
	}
	c := weighted(s[:8], 1, 2, 3, 4, 5, 6, 7, 8) % 11
	if c == 10 {
		c = weighted(s[:8], 3, 4, 5, 6, 7, 8, 9, 10) % 11 % 10
	}
	return c == int(s[8]-'0')
}

func validCY(s string) bool {
	sum := 0
	for i, c := range s[:8] {
		d := int(c - '0')
		if i%2 == 0 {
			d = []int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21}[d]
		}
		sum += d
	}
	return byte('A'+sum%26) == s[8] && s[:2] != "12"
}

// validCZ knows the numbers of companies (8 digits); those of persons have
// several forms.
func validCZ(s string) bool {
	if len(s) != 8 {
		return true
	}
	c := 11 - weighted(s[:7], 8, 7, 6, 5, 4, 3, 2)%11
	return s[0] != '9' && c%10 == int(s[7]-'0')
}

// validES knows NIF, NIE and CIF.
func validES(s string) bool {
	const letters = "TRWAGMYFPDXBNJZSQVHLCKE"
	switch c := s[0]; {
	case c >= '0' && c <= '9':
		return letters[number(s[:8])%23] == s[8]
	case c == 'X' || c == 'Y' || c == 'Z':
		return letters[(int(c-'X')*10_000_000+number(s[1:8]))%23] == s[8]
	case c == 'K' || c == 'L' || c == 'M':
		return letters[number(s[1:8])%23] == s[8]
	}
	sum := 0
	for i, c := range s[1:8] {
		d := int(c - '0')
		if i%2 == 0 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	check := (10 - sum%10) % 10
	return s[8] == byte('0'+check) || s[8] == "JABCDEFGHI"[check]
}

// validFR knows the key of two digits; one with letters has no public rule.
func validFR(s string) bool {
	if !digits(s[:2]) {
		return true
	}
	return (number(s[2:])*100+12)%97 == number(s[:2]) && (luhn(s[2:]) || strings.HasPrefix(s[2:], "000") || strings.HasPrefix(s[2:], "356000000")) // Monaco, the post
}

func validGB(s string) bool {
	if !digits(s) {
		return true // government departments and health authorities
	}
	rest := weighted(s, 8, 7, 6, 5, 4, 3, 2, 10, 1) % 97
	return rest == 0 || rest == 42 || rest == 55 // the series by which numbers were given out
}

func validIE(s string) bool {
	const letters = "WABCDEFGHIJKLMNOPQRSTUV"
	if s[1] < '0' || s[1] > '9' { // the form until 2012
		return letters[(weighted("0"+s[2:7]+s[:1], 8, 7, 6, 5, 4, 3, 2))%23] == s[7]
	}
	sum := weighted(s[:7], 8, 7, 6, 5, 4, 3, 2)
	if len(s) == 9 {
		sum += 9 * int(s[8]-'A'+1)
	}
	return letters[sum%23] == s[7]
}

func validLT(s string) bool {
	n := len(s) - 1
	if s[n-1] != '1' {
		return false
	}
	for _, first := range []int{1, 3} {
		sum := 0
		for i := range n {
			sum += int(s[i]-'0') * ((i+first-1)%9 + 1)
		}
		if c := sum % 11; c < 10 || first == 3 {
			return c%10 == int(s[n]-'0')
		}
	}
	return false
}

// validLV knows the numbers of companies; those of persons begin with 0 to 3.
func validLV(s string) bool {
	if s[0] <= '3' {
		return true
	}
	c := 3 - weighted(s[:10], 9, 1, 4, 8, 3, 10, 2, 5, 7, 6)%11
	if c < -1 {
		c += 11
	}
	return c == int(s[10]-'0')
}

// validNL takes the check of companies (modulo 11), or that of the identifiers
// that one-man businesses got in 2020 (modulo 97 over the whole).
func validNL(s string) bool {
	if weighted(s[:8], 9, 8, 7, 6, 5, 4, 3, 2)%11 == int(s[8]-'0') {
		return true
	}
	return number("2321"+s[:9]+"11"+s[10:])%97 == 1 // N, L and B as 23, 21 and 11
}

func validRO(s string) bool {
	s = strings.Repeat("0", 10-len(s)) + s
	return weighted(s[:9], 7, 5, 3, 2, 1, 7, 5, 3, 2)*10%11%10 == int(s[9]-'0')
}
