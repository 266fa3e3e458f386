package invoice

import (
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Validate reports everything that is wrong with the profile, by the field's
// JSON path. Name, VAT id and a country are mandatory on an invoice in the EU
// (Directive 2006/112/EC, article 226, numbers 3 and 5).
func (s *Seller) Validate() Problems {
	var p Problems
	p.party("seller", s.Party)
	if strings.TrimSpace(s.VATID) == "" && strings.TrimSpace(s.TaxNumber) == "" && s.TaxRepresentative.VATID == "" {
		p.add("seller-tax-id", "seller.vatId", "", "is missing; give the VAT id, or the tax number as tax_number if there is none")
	}
	if s.Address.Country == "" {
		p.add("BR-09", "seller.address.country", "", "is missing; give a two-letter country code")
	}
	eachText(reflect.ValueOf(s), "seller.", func(path, name string, text *string) {
		switch {
		case codedTexts[name]:
		case longTexts[name]:
			p.text(path+name, *text, MaxTextRunes)
		default:
			p.text(path+name, *text, MaxNameRunes)
		}
	})
	p.representative("seller.taxRepresentative", s.TaxRepresentative)
	p.language("seller.language", s.Language)
	p.design(s)
	if s.Currency != "" {
		p.currency("seller.currency", s.Currency)
	}
	p.account("seller", BankAccount{IBAN: s.IBAN, BIC: s.BIC, Bank: s.Bank})
	if len(s.Logo) > MaxLogoBytes {
		p.add("logo-too-large", "seller.logo", "", "has "+strconv.Itoa(len(s.Logo))+" bytes; at most "+strconv.Itoa(MaxLogoBytes)+" are allowed")
	} else if len(s.Logo) > 0 && !isImage(s.Logo) {
		p.add("logo-format", "seller.logo", "", "is neither a PNG nor a JPEG nor an SVG file")
	}
	if _, err := time.LoadLocation(s.TimeZone); err != nil || s.TimeZone == "Local" {
		p.add("time-zone", "seller.timeZone", s.TimeZone, clip(s.TimeZone)+" is not a time zone such as Europe/Copenhagen")
	}
	if s.Legal != "" && !slices.Contains(legalProfiles, s.Legal) {
		p.add("legal-profile", "seller.legal", string(s.Legal), clip(string(s.Legal))+" is not one of eu, de, dk and none")
	}
	return p
}

// Location returns the zone in which deadlines are printed: the profile's, or
// UTC where it names none that is known. It is never the machine's own, which
// differs from one worker to the next.
func (s *Seller) Location() *time.Location {
	loc, err := time.LoadLocation(s.TimeZone)
	if err != nil || s.TimeZone == "Local" {
		return time.UTC
	}
	return loc
}

// ValidIBAN checks form and check digits (ISO 13616-1: two letters, two digits
// from 02 to 98, modulo 97 is 1).
func ValidIBAN(iban string) bool {
	if len(iban) < 15 || len(iban) > 34 || !letters(iban[:2]) || !digits(iban[2:4]) {
		return false
	}
	if check := iban[2:4]; check < "02" || check > "98" {
		return false // the same remainder as another pair, but never given out
	}
	var number strings.Builder
	for _, c := range iban[4:] + iban[:4] {
		switch {
		case c >= '0' && c <= '9':
			number.WriteRune(c)
		case c >= 'A' && c <= 'Z':
			number.WriteString(strconv.Itoa(int(c-'A') + 10))
		default:
			return false
		}
	}
	n, ok := new(big.Int).SetString(number.String(), 10)
	return ok && n.Mod(n, big.NewInt(97)).Int64() == 1
}

// validBIC checks the form (ISO 9362): four letters of the bank, two of the
// country, and then letters or digits.
func validBIC(bic string) bool {
	if len(bic) != 8 && len(bic) != 11 {
		return false
	}
	for i := range len(bic) {
		if c := bic[i]; !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9' && i >= 6) {
			return false
		}
	}
	return true
}

func letters(s string) bool {
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}
