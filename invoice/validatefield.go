package invoice

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bojanz/currency"
	"golang.org/x/text/language"
)

// number checks what becomes a key, a file name and an order id, and is read
// by people: it must be visible as it is.
func (p *Problems) number(field, s string) {
	switch trimmed := strings.TrimSpace(s); {
	case trimmed == "":
		p.add("BR-02", field, "", "is missing")
	case s != trimmed:
		p.add("number-form", field, s, clip(s)+" begins or ends with a space")
	case strings.Contains(s, "\n"):
		p.add("number-form", field, s, clip(s)+" has a line feed (U+000A); write it on one line")
	case Clean(s) != s, strings.ContainsRune(s, softHyphen):
		p.add("number-form", field, s, "has a character that cannot be seen; take it out")
	default:
		p.text(field, s, MaxNumberRunes)
	}
}

const softHyphen = '\u00AD'

// text refuses what no page can show: broken UTF-8 and what is not printable,
// but for what Clean takes out.
func (p *Problems) text(field, s string, most int) {
	if !utf8.ValidString(s) {
		p.add("text-encoding", field, strings.ToValidUTF8(s, "\uFFFD"), "is not valid UTF-8 text")
		return
	}
	if n := utf8.RuneCountInString(s); n > most {
		p.add("text-too-long", field, s, fmt.Sprintf("has %d characters; at most %d are allowed", n, most))
		return
	}
	for _, r := range s {
		if _, harmless := cleaned(r); r != '\n' && r != softHyphen && !harmless && !printable(r) {
			p.add("text-unprintable", field, s, fmt.Sprintf("has the character %U, which cannot be printed; take it out", r))
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
		p.add("number-invalid", field, string(d), err.Error())
	case canonical != d:
		p.add("number-not-canonical", field, string(d), fmt.Sprintf("%s is not in its canonical form %q", clip(string(d)), canonical))
	}
	return err == nil && canonical == d
}

// money is decimal for an amount that stands on the page as it is, so it has
// no more decimals than its currency.
func (p *Problems) money(rule, field string, d Decimal, code string) bool {
	if !p.decimal(field, d) {
		return false
	}
	digits, known := currency.GetDigits(code)
	if known && d.FractionDigits() > int(digits) {
		p.add(rule, field, string(d), fmt.Sprintf("%s has more than the %d decimals of %s", d, digits, code))
	}
	return true
}

func (p *Problems) currency(field, code string) {
	digits, known := currency.GetDigits(code)
	switch {
	case code == "":
		p.add("BR-05", field, "", "is missing; give a three-letter code such as EUR")
	case !known:
		p.add("BR-CL-04", field, code, clip(code)+" is not a currency code of ISO 4217")
	case digits > 2:
		p.add("currency-not-payable", field, code, fmt.Sprintf("%s has %d decimals; the checkout API takes 2, so it cannot be paid there", code, digits))
	}
}

func (p *Problems) language(field, tag string) {
	if tag != "" && (len(tag) > 35 || strings.Trim(tag, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "") {
		p.add("language-tag", field, tag, clip(tag)+" is not a language tag such as en or da")
	}
}

// session ids become a part of a URL path and of a key.
func (p *Problems) session(id string) {
	if id == "." || id == ".." {
		p.add("session-id", "sessionId", id, clip(id)+" is a step in a path, which no session id is")
		return
	}
	if len(id) > MaxSessionBytes {
		p.add("session-id", "sessionId", id, fmt.Sprintf("has %d bytes; at most %d are allowed", len(id), MaxSessionBytes))
		return
	}
	for _, r := range id {
		if r <= ' ' || r > '~' || strings.ContainsRune(`/\?#%`, r) {
			p.add("session-id", "sessionId", id, fmt.Sprintf("has the character %q, which no session id has", r))
			return
		}
	}
}

func (p *Problems) page(field, s string) {
	if s == "" {
		return
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			p.add("url-invalid", field, s, "has a character that no URL has")
			return
		}
	}
	if u, err := url.Parse(s); err != nil || len(s) > MaxURLBytes || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		p.add("url-invalid", field, s, clip(s)+" is not an http or https URL")
	}
}

func plausibleEmail(s string) bool {
	local, host, found := strings.Cut(s, "@")
	return found && local != "" && strings.Contains(host, ".") && !strings.ContainsAny(s, " \t\n<>,;\"") && !strings.Contains(host, "@")
}

// isCountry reports whether s is a country of ISO 3166-1, or XI or 1A, which
// EN 16931 takes for Northern Ireland and Kosovo.
func isCountry(s string) bool {
	if s == "XI" || s == "1A" {
		return true
	}
	if len(s) != 2 || s != strings.ToUpper(s) || slices.Contains(notAssigned, s) {
		return false
	}
	region, err := language.ParseRegion(s)
	return err == nil && region.IsCountry() && region.String() == s
}

// notAssigned are codes that package language takes for countries and that ISO
// 3166-1 does not assign: withdrawn ones, and ones that are reserved, such as UK
// for GB.
var notAssigned = strings.Fields(`AC BU CP CQ CS CT DD DG DY EA EZ FQ FX HV IC JT MI NH NQ NT PC PU PZ RH SS SU TA TP UK UN VD WK XK YD YU ZR`)
