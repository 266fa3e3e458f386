package web

import (
	"strconv"
	"strings"
	"time"

	"invoicelink/invoice"
)

// decimal writes a decimal text with the language's signs: "1234.50" is
// "1,234.50" or "1.234,50".
func (t *texts) decimal(s string) string {
	sign, s := "", strings.TrimSpace(s)
	if rest, negative := strings.CutPrefix(s, "-"); negative {
		sign, s = "−", rest
	}
	whole, fraction, point := strings.Cut(s, ".")
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(t.words["format.group"])
		}
		b.WriteRune(digit)
	}
	if point {
		b.WriteString(t.words["format.point"] + fraction)
	}
	return b.String()
}

// signed is a decimal text with the sign that it has in the seller's books: what
// a credit note states is given back.
func signed(amount string, kind invoice.Kind) string {
	if kind != invoice.KindCreditNote || strings.Trim(amount, "-0.") == "" {
		return amount
	}
	if rest, negative := strings.CutPrefix(amount, "-"); negative {
		return rest
	}
	return "-" + amount
}

// price is decimal with two decimals at least, as prices are read.
func (t *texts) price(s string) string {
	_, fraction, point := strings.Cut(s, ".")
	if !point {
		s += "."
	}
	return t.decimal(s + strings.Repeat("0", max(2-len(fraction), 0)))
}

func (t *texts) whole(n int) string { return t.decimal(strconv.Itoa(n)) }

// money is an amount with its currency; "" for no amount.
func (t *texts) money(amount, currency string) string {
	if amount == "" {
		return ""
	}
	return t.decimal(amount) + "\u00a0" + currency
}

// day writes a calendar day.
func (t *texts) day(d invoice.Date) string {
	at := d.Start(time.UTC)
	if at.IsZero() {
		return ""
	}
	return t.dayOf(at)
}

func (t *texts) dayOf(at time.Time) string {
	months := strings.Fields(t.words["format.months"])
	month := strconv.Itoa(int(at.Month()))
	if len(months) == 12 {
		month = months[at.Month()-1]
	}
	return strconv.Itoa(at.Day()) + t.words["format.dayDot"] + "\u00a0" + month + "\u00a0" + strconv.Itoa(at.Year())
}

// moment writes a moment in a zone; "" for none.
func (t *texts) moment(at time.Time, zone *time.Location) string {
	if at.IsZero() {
		return ""
	}
	at = at.In(zone)
	return t.dayOf(at) + ", " + at.Format("15:04")
}
