package sheet

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"invoicelink/invoice"
)

// value is what a cell gives a field: a text that is ready for the invoice, or
// two readings of which the rest of the file may choose one.
type value struct {
	text       string
	other      string // the second reading; empty where there is one only
	separator  byte   // as numberText has it
	order      order  // as dateText has it
	currencies []string
}

// read reads a cell for a field. Its error says what is wrong with the cell.
func (c cell) read(how reading, claim, date1904 bool) (value, error) {
	switch c.kind {
	case blank:
		return value{}, nil
	case failure:
		return value{}, fmt.Errorf("is the error value %s; correct the formula", clip(c.text))
	case unstored:
		return value{}, errors.New("is a formula without a stored value; open the file in a spreadsheet program, let it compute, save it and send it again")
	}
	switch how {
	case readName:
		return c.name(date1904)
	case readDate:
		return c.date(date1904)
	case readNumber, readPercent:
		return c.number(how == readPercent, claim)
	}
	s, err := c.plain(date1904)
	if err != nil {
		return value{}, err
	}
	switch how {
	case readCode:
		s = strings.ToUpper(s)
	case readCountry:
		s = countryOf(s)
	case readKind:
		kind, ok := kinds[fold(s)]
		if !ok {
			return value{}, fmt.Errorf("%s is neither %q nor %q", clip(s), "invoice", "credit note")
		}
		s = string(kind)
	}
	return value{text: s}, nil
}

// plain is a cell's content as text.
func (c cell) plain(date1904 bool) (string, error) {
	switch c.kind {
	case text:
		s := strings.ReplaceAll(c.text, "\r\n", "\n")
		return trimSpace(strings.ReplaceAll(s, "\r", "\n")), nil
	case boolean:
		return strings.ToUpper(strconv.FormatBool(truth(c.text))), nil
	case isoDate:
		return withoutTime(c.text), nil
	}
	s, err := binary(c.text)
	if err != nil {
		return "", err
	}
	if c.style != nil && c.style.class == date {
		d, err := serial(s, date1904)
		return string(d), err
	}
	if lostDigits(s) {
		return "", errors.New("is a number of more than 15 digits, of which a number cell has lost the last ones; format the cell as text and type it again")
	}
	return c.style.show(s), nil
}

// name reads an identifier, whose digits must be what was typed.
func (c cell) name(date1904 bool) (value, error) {
	if c.kind == isoDate || c.kind == number && c.style != nil && (c.style.class == date || c.style.class == clock) {
		shown := c.text
		if d, err := serial(c.text, date1904); err == nil {
			shown = string(d)
		}
		return value{}, fmt.Errorf("is the date %s, as a spreadsheet makes of a text such as 1/2025; format the cell as text and type it again", shown)
	}
	s, err := c.plain(date1904)
	return value{text: s}, err
}

func (c cell) date(date1904 bool) (value, error) {
	switch c.kind {
	case boolean:
		return value{}, fmt.Errorf("is %s, not a date", strings.ToUpper(strconv.FormatBool(truth(c.text))))
	case number:
		plain, err := binary(c.text)
		if err != nil {
			return value{}, err
		}
		days, err := strconv.ParseFloat(plain, 64)
		if err != nil {
			return value{}, err
		}
		dated := c.style != nil && c.style.class == date
		if !dated && !plausibleSerial(days) {
			d, err := parseDate(plain) // 20261130
			if err != nil || len(plain) != 8 {
				return value{}, fmt.Errorf("%s is a number, not a date; write it as 2026-11-30 or 30.11.2026", plain)
			}
			return value{text: string(d.value)}, nil
		}
		d, err := serialDate(days, date1904)
		return value{text: string(d)}, err
	}
	s := trimSpace(c.text)
	if days, err := strconv.Atoi(s); err == nil && len(s) == 5 && plausibleSerial(float64(days)) {
		d, err := serialDate(float64(days), date1904)
		return value{text: string(d)}, err
	}
	d, err := parseDate(s)
	return value{text: string(d.value), other: string(d.other), order: d.order}, err
}

func serial(raw string, date1904 bool) (invoice.Date, error) {
	days, err := strconv.ParseFloat(strings.TrimSpace(raw), 64)
	if err != nil {
		return "", fmt.Errorf("%s %w", clip(raw), invoice.ErrNotANumber)
	}
	return serialDate(days, date1904)
}

func (c cell) number(percentage, claim bool) (value, error) {
	switch c.kind {
	case boolean:
		return value{}, fmt.Errorf("is %s, not a number", strings.ToUpper(strconv.FormatBool(truth(c.text))))
	case isoDate:
		return value{}, fmt.Errorf("%s is a date, not a number", clip(c.text))
	case text:
		return c.numberOfText(percentage)
	}
	plain, err := binary(c.text)
	if err != nil {
		return value{}, err
	}
	shown := plain
	if c.style != nil {
		switch {
		case c.style.class == date:
			return value{}, errors.New("is a date, not a number; give the cell a number format and type it again")
		case c.style.class == clock:
			return value{}, errors.New("is a time, not a number; write hours as a decimal number such as 1.5")
		case c.style.class == percent && percentage:
			shown = shift(plain)
		}
	}
	if claim {
		// What is compared is what the sheet shows: an amount.
		shown = hundredths(shown)
	}
	d, err := invoice.ParseDecimal(shown)
	if err != nil {
		return value{}, fmt.Errorf("%s has more than %d digits before or %d after the decimal point; round it in the sheet",
			shown, invoice.MaxIntegerDigits, invoice.MaxFractionDigits)
	}
	if percentage && (c.style == nil || c.style.class != percent) {
		if err := fraction(d); err != nil {
			return value{}, err
		}
	}
	return value{text: string(d)}, nil
}

func (c cell) numberOfText(percentage bool) (value, error) {
	n, err := parseNumber(c.text)
	switch {
	case err != nil:
		return value{}, err
	case n.percent && !percentage:
		return value{}, fmt.Errorf("%s is a percentage, not a number", clip(c.text))
	case n.currencies != nil && percentage:
		return value{}, fmt.Errorf("%s is an amount, not a percentage", clip(c.text))
	}
	if percentage && !n.percent && !n.ambiguous() {
		if err := fraction(n.value); err != nil {
			return value{}, err
		}
	}
	return value{text: string(n.value), other: string(n.other), separator: n.separator, currencies: n.currencies}, nil
}

// fraction refuses 0.25 where a percentage is wanted: lists hold both 0.25 and
// 25 for 25 %.
func fraction(d invoice.Decimal) error {
	if !strings.HasPrefix(strings.TrimPrefix(string(d), "-"), "0.") {
		return nil
	}
	return fmt.Errorf("%s may mean %s %% or %s %%; write %s, or format the cell as a percentage", d, shift(string(d)), d, shift(string(d)))
}
