package invoice

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bojanz/currency"
)

func (p *Problems) party(path string, who Party) {
	if strings.TrimSpace(who.Name) == "" {
		p.add(path+".name", "", "is missing")
	}
	for _, f := range []struct{ field, text string }{
		{"name", who.Name}, {"id", who.ID}, {"vatId", who.VATID}, {"registrationNo", who.RegistrationNo},
		{"email", who.Email}, {"phone", who.Phone}, {"address.street", who.Address.Street},
		{"address.zip", who.Address.Zip}, {"address.city", who.Address.City},
	} {
		p.text(path+"."+f.field, f.text, MaxNameRunes)
	}
	if who.Email != "" && !plausibleEmail(who.Email) {
		p.add(path+".email", who.Email, clip(who.Email)+" is not an e-mail address")
	}
	if c := who.Address.Country; c != "" && !countryCode(c) {
		p.add(path+".address.country", c, clip(c)+" is not a two-letter country code (ISO 3166-1)")
	}
}

// number checks what becomes a key, a file name and an order id, and is read
// by people: it must be visible as it is.
func (p *Problems) number(field, s string) {
	switch trimmed := strings.TrimSpace(s); {
	case trimmed == "":
		p.add(field, "", "is missing")
	case s != trimmed:
		p.add(field, s, clip(s)+" begins or ends with a space")
	case strings.Contains(s, "\n"):
		p.add(field, s, clip(s)+" has a line feed (U+000A); write it on one line")
	default:
		p.text(field, s, MaxNumberRunes)
	}
}

// text refuses what no page can show: broken UTF-8 and what is not printable,
// but for a line feed.
func (p *Problems) text(field, s string, most int) {
	if !utf8.ValidString(s) {
		p.add(field, strings.ToValidUTF8(s, "\uFFFD"), "is not valid UTF-8 text")
		return
	}
	if n := utf8.RuneCountInString(s); n > most {
		p.add(field, s, fmt.Sprintf("has %d characters; at most %d are allowed", n, most))
		return
	}
	for _, r := range s {
		if r != '\n' && !printable(r) {
			p.add(field, s, fmt.Sprintf("has the character %U, which cannot be printed; take it out", r))
			return
		}
	}
}

// printable is false for control, format and private characters, line and
// paragraph separators, noncharacters, and code points above U+FFFF, which the
// page's fonts do not hold.
func printable(r rune) bool {
	switch {
	case r > 0xFFFF, r == utf8.RuneError, unicode.In(r, unicode.C, unicode.Zl, unicode.Zp):
		return false
	}
	return r < 0xFDD0 || (r > 0xFDEF && r < 0xFFFE)
}

// decimal reports whether the field holds a number; none at all is fine.
func (p *Problems) decimal(field string, d Decimal) bool {
	if d == "" {
		return true
	}
	canonical, err := ParseDecimal(string(d))
	switch {
	case err != nil:
		p.add(field, string(d), err.Error())
	case canonical != d:
		p.add(field, string(d), fmt.Sprintf("%s is not in its canonical form %q", clip(string(d)), canonical))
	}
	return err == nil && canonical == d
}

// money is decimal for an amount that stands on the page as it is, so it has
// no more decimals than its currency.
func (p *Problems) money(field string, d Decimal, code string) bool {
	if !p.decimal(field, d) {
		return false
	}
	digits, known := currency.GetDigits(code)
	if known && d.FractionDigits() > int(digits) {
		p.add(field, string(d), fmt.Sprintf("%s has more than the %d decimals of %s", d, digits, code))
	}
	return true
}

func (p *Problems) currency(field, code string) {
	digits, known := currency.GetDigits(code)
	switch {
	case code == "":
		p.add(field, "", "is missing; give a three-letter code such as EUR")
	case !known:
		p.add(field, code, clip(code)+" is not a currency code of ISO 4217")
	case digits > 2:
		p.add(field, code, fmt.Sprintf("%s has %d decimals; the checkout API takes 2, so it cannot be paid there", code, digits))
	}
}

func (p *Problems) language(field, tag string) {
	if tag != "" && (len(tag) > 35 || strings.Trim(tag, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "") {
		p.add(field, tag, clip(tag)+" is not a language tag such as en or da")
	}
}

// session ids become a part of a URL path and of a key.
func (p *Problems) session(id string) {
	if id == "." || id == ".." {
		p.add("sessionId", id, clip(id)+" is a step in a path, which no session id is")
		return
	}
	if len(id) > MaxSessionBytes {
		p.add("sessionId", id, fmt.Sprintf("has %d bytes; at most %d are allowed", len(id), MaxSessionBytes))
		return
	}
	for _, r := range id {
		if r <= ' ' || r > '~' || strings.ContainsRune(`/\?#%`, r) {
			p.add("sessionId", id, fmt.Sprintf("has the character %q, which no session id has", r))
			return
		}
	}
}

func plausibleEmail(s string) bool {
	local, host, found := strings.Cut(s, "@")
	return found && local != "" && strings.Contains(host, ".") && !strings.ContainsAny(s, " \t\n<>,;\"") && !strings.Contains(host, "@")
}

func countryCode(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}
