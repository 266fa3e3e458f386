package invoice

import (
	"bytes"
	"math/big"
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
	if strings.TrimSpace(s.VATID) == "" {
		p.add("seller.vatId", "", "is missing; it also tells whose ledger this is")
	}
	if s.Address.Country == "" {
		p.add("seller.address.country", "", "is missing; give a two-letter country code")
	}
	p.text("seller.paymentTerms", s.PaymentTerms, MaxTextRunes)
	p.text("seller.footer", s.Footer, MaxTextRunes)
	p.text("seller.bank", s.Bank, MaxNameRunes)
	p.language("seller.language", s.Language)
	p.design(s)
	if s.Currency != "" {
		p.currency("seller.currency", s.Currency)
	}
	if s.IBAN != "" && !validIBAN(s.IBAN) {
		p.add("seller.iban", s.IBAN, clip(s.IBAN)+" is not an IBAN: its check digits (ISO 13616) do not fit")
	}
	if s.BIC != "" && !validBIC(s.BIC) {
		p.add("seller.bic", s.BIC, clip(s.BIC)+" is not a BIC of 8 or 11 characters (ISO 9362)")
	}
	if len(s.Logo) > MaxLogoBytes {
		p.add("seller.logo", "", "has "+strconv.Itoa(len(s.Logo))+" bytes; at most "+strconv.Itoa(MaxLogoBytes)+" are allowed")
	} else if len(s.Logo) > 0 && !bytes.HasPrefix(s.Logo, []byte("\x89PNG\r\n\x1a\n")) && !bytes.HasPrefix(s.Logo, []byte("\xff\xd8\xff")) {
		p.add("seller.logo", "", "is neither a PNG nor a JPEG file")
	}
	if _, err := time.LoadLocation(s.TimeZone); err != nil || s.TimeZone == "Local" {
		p.add("seller.timeZone", s.TimeZone, clip(s.TimeZone)+" is not a time zone such as Europe/Copenhagen")
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

// validIBAN checks form and check digits (ISO 13616-1: two letters, two digits
// from 02 to 98, modulo 97 is 1).
func validIBAN(iban string) bool {
	if len(iban) < 15 || len(iban) > 34 || !countryCode(iban[:2]) || !digits(iban[2:4]) {
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
