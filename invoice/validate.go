package invoice

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bojanz/currency"
)

// Limits of an invoice. They keep one request well inside the 1 MB that a NATS
// message may have by default, and one page printable.
const (
	MaxNumberRunes  = 64
	MaxLines        = 1000
	MaxTextRunes    = 1000 // a description, a note
	MaxNameRunes    = 200  // a name, an address line, any other short field
	MaxSessionBytes = 128
)

// Validate reports everything that is wrong with the invoice, field by field.
// An invoice without problems can be computed, sent and printed; whether the
// page's fonts hold every character is the page's to say.
func (inv *Invoice) Validate() Problems {
	var p Problems
	p.number("number", inv.Number)
	if inv.Kind != "" && inv.Kind != KindInvoice && inv.Kind != KindCreditNote {
		p.add("kind", string(inv.Kind), fmt.Sprintf("%s is neither %q nor %q", clip(string(inv.Kind)), KindInvoice, KindCreditNote))
	}
	p.dates(inv)
	p.currency("currency", inv.Currency)
	p.party("buyer", inv.Buyer)
	p.text("buyerReference", inv.BuyerReference, MaxNameRunes)
	p.text("note", inv.Note, MaxTextRunes)
	p.language("language", inv.Language)
	if inv.OriginalInvoice != "" {
		p.number("originalInvoice", inv.OriginalInvoice)
		if inv.OriginalInvoice == inv.Number {
			p.add("originalInvoice", inv.OriginalInvoice, "is the number of this document itself")
		}
	}
	p.session(inv.SessionID)
	switch n := len(inv.Lines); {
	case n == 0:
		p.add("lines", "", "has no line; give at least one with a description, a quantity and a unit price")
	case n > MaxLines:
		p.add("lines", strconv.Itoa(n), fmt.Sprintf("has %d lines; at most %d fit in one invoice", n, MaxLines))
		return p
	}
	for i, line := range inv.Lines {
		p.line(fmt.Sprintf("lines[%d]", i), line)
	}
	p.decimal("prepaid", inv.Prepaid)
	p.decimal("rounding", inv.Rounding)
	if inv.Prepaid.IsNegative() {
		p.add("prepaid", string(inv.Prepaid), "is negative; state what was paid as a positive amount")
	}
	if len(p) == 0 {
		p.totals(inv)
	}
	return p
}

// totals looks at what follows from the lines, once these are sound.
func (p *Problems) totals(inv *Invoice) {
	digits, _ := currency.GetDigits(inv.Currency)
	for _, f := range []struct {
		field string
		d     Decimal
	}{{"prepaid", inv.Prepaid}, {"rounding", inv.Rounding}} {
		if f.d.FractionDigits() > int(digits) {
			p.add(f.field, string(f.d), fmt.Sprintf("%s has more than the %d decimals of %s", f.d, digits, inv.Currency))
		}
	}
	t, err := inv.Totals()
	if err != nil {
		p.add("lines", "", err.Error())
		return
	}
	if len(t.Total.BigInt().String()) > MaxIntegerDigits+2 {
		p.add("lines", t.Total.Number(), fmt.Sprintf("total %s %s has more than %d digits", t.Total.Number(), inv.Currency, MaxIntegerDigits))
	}
	if inv.IsCreditNote() {
		if t.Total.IsNegative() {
			p.add("lines", t.Total.Number(), fmt.Sprintf("total of a credit note is %s %s; state what is credited as a positive amount", t.Total.Number(), inv.Currency))
		}
		return
	}
	most := centsOf(len(inv.Lines), inv.Currency)
	size := t.Rounding
	if size.IsNegative() {
		size, _ = size.Mul("-1") // the factor is a number, so this cannot fail
	}
	if over, err := size.Cmp(most); err != nil || over > 0 {
		p.add("rounding", string(inv.Rounding), fmt.Sprintf("%s is more than 0.01 a line", inv.Rounding))
	}
}

func (p *Problems) dates(inv *Invoice) {
	before := len(*p)
	p.date("issueDate", inv.IssueDate)
	p.date("dueDate", inv.DueDate)
	p.date("supplyDate", inv.SupplyDate)
	switch {
	case inv.IssueDate == "":
		p.add("issueDate", "", "is missing; give the day the invoice is issued")
	case inv.DueDate == "" && !inv.IsCreditNote():
		p.add("dueDate", "", "is missing; give the last day for paying")
	case len(*p) == before && inv.DueDate != "" && inv.DueDate < inv.IssueDate:
		p.add("dueDate", string(inv.DueDate), fmt.Sprintf("%s is before the issue date %s", inv.DueDate, inv.IssueDate))
	}
}

func (p *Problems) date(field string, d Date) {
	if d == "" {
		return
	}
	if _, err := ParseDate(string(d)); err != nil {
		p.add(field, string(d), err.Error())
	}
}

func (p *Problems) line(path string, l Line) {
	p.text(path+".item", l.Item, MaxNameRunes)
	p.text(path+".unit", l.Unit, MaxNameRunes)
	p.text(path+".description", l.Description, MaxTextRunes)
	if strings.TrimSpace(l.Description) == "" {
		p.add(path+".description", "", "is missing; say what was sold")
	}
	p.decimal(path+".quantity", l.Quantity)
	p.decimal(path+".unitPrice", l.UnitPrice)
	p.decimal(path+".discount", l.Discount)
	p.decimal(path+".discountPercent", l.DiscountPercent)
	p.decimal(path+".vatRate", l.VATRate)
	if l.UnitPrice == "" {
		p.add(path+".unitPrice", "", "is missing; give the net price of one unit")
	}
	if l.UnitPrice.IsNegative() {
		p.add(path+".unitPrice", string(l.UnitPrice), fmt.Sprintf("%s is negative; make the quantity negative instead", l.UnitPrice))
	}
	if compareDecimals(l.DiscountPercent, "0") < 0 || compareDecimals(l.DiscountPercent, "100") > 0 {
		p.add(path+".discountPercent", string(l.DiscountPercent), fmt.Sprintf("%s is not between 0 and 100", l.DiscountPercent))
	}
	if !l.Discount.IsZero() && l.Discount.IsNegative() != l.Quantity.IsNegative() {
		p.add(path+".discount", string(l.Discount), fmt.Sprintf("%s has not the sign of the quantity, so it would raise the line", l.Discount))
	}
	if compareDecimals(l.VATRate, "0") < 0 || compareDecimals(l.VATRate, "100") > 0 {
		p.add(path+".vatRate", string(l.VATRate), fmt.Sprintf("%s is not a rate between 0 and 100 percent", l.VATRate))
	}
	if l.VATRate == "" && (l.VATCategory == "" || l.VATCategory == VATStandard) {
		p.add(path+".vatRate", "", "is missing; give the rate in percent, 0 for none")
		return
	}
	switch l.VATCategory {
	case "", VATStandard:
		if l.VATCategory == VATStandard && l.VATRate.IsZero() {
			p.add(path+".vatCategory", "S", "is the standard category, which needs a rate above 0")
		}
	case VATZero, VATExempt, VATReverseCharge, VATIntraCommunity, VATExport, VATOutOfScope:
		if !l.VATRate.IsZero() {
			p.add(path+".vatCategory", string(l.VATCategory), fmt.Sprintf("%s needs rate 0, not %s", l.VATCategory, l.VATRate))
		}
	default:
		p.add(path+".vatCategory", string(l.VATCategory), fmt.Sprintf("%s is not one of S, Z, E, AE, K, G, O", clip(string(l.VATCategory))))
	}
}

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
	n := utf8.RuneCountInString(s)
	switch {
	case strings.TrimSpace(s) == "":
		p.add(field, "", "is missing")
	case s != strings.TrimSpace(s):
		p.add(field, s, clip(s)+" begins or ends with a space")
	case n > MaxNumberRunes:
		p.add(field, s, fmt.Sprintf("has %d characters; at most %d are allowed", n, MaxNumberRunes))
	default:
		p.text(field, s, MaxNumberRunes)
	}
}

// text refuses what no page can show: broken UTF-8, control and format
// characters (a line feed is fine), and code points above U+FFFF, which the
// page's fonts do not hold.
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
		if r == '\n' && most != MaxNumberRunes {
			continue
		}
		if r > 0xFFFF || r == '\uFFFD' || unicode.Is(unicode.C, r) {
			p.add(field, s, fmt.Sprintf("has the character %U, which cannot be printed; take it out", r))
			return
		}
	}
}

func (p *Problems) decimal(field string, d Decimal) {
	if d == "" {
		return
	}
	canonical, err := ParseDecimal(string(d))
	switch {
	case err != nil:
		p.add(field, string(d), err.Error())
	case canonical != d:
		p.add(field, string(d), fmt.Sprintf("%s is not in its canonical form %q", clip(string(d)), canonical))
	}
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
