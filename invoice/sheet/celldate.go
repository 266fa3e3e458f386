package sheet

import (
	"errors"
	"strconv"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet/grid"
)

// quickDate reads a text as a date, if it may be one.
func (v *values) quickDate(s string) (dateText, bool) {
	if len(s) < 6 || len(s) > 40 || !strings.ContainsAny(s, "0123456789") && !strings.ContainsFunc(s, func(r rune) bool { return r > 0x600 && r < 0xFF20 }) || !strings.ContainsAny(s, " ./-年년") {
		return dateText{}, false
	}
	d, err := parseDate(s, v)
	_, short := errors.AsType[*undecided](err)
	return d, err == nil || short
}

func (v *values) date(c *grid.Cell) (value, error) {
	d, err := v.day(c)
	if err == nil {
		err = plausible(d)
	}
	return value{text: string(d)}, err
}

func (v *values) day(c *grid.Cell) (invoice.Date, error) {
	switch c.Kind {
	case grid.Bool:
		return "", wrong("date-is-logical", strings.ToUpper(strconv.FormatBool(isTrue(c.Text))))
	case grid.Number:
		plain, err := binary(c.Text)
		if err != nil {
			return "", err
		}
		days, err := strconv.ParseFloat(plain, 64)
		if err != nil {
			return "", err
		}
		dated := c.Format != nil && c.Format.Class == grid.Date
		if !dated && !plausibleSerial(days) {
			d, err := parseDate(plain, v) // 20261130
			if err != nil || len(plain) != 8 {
				return "", wrong("date-is-number", plain)
			}
			return d.value, nil
		}
		return serialDate(days, v.date1904)
	}
	s := grid.Trim(c.Text)
	if days, err := strconv.Atoi(s); err == nil && len(s) == 5 && plausibleSerial(float64(days)) {
		return serialDate(float64(days), v.date1904)
	}
	d, err := parseDate(s, v)
	if err != nil || d.other == "" {
		return d.value, err
	}
	return v.settleDate(c, d)
}

// settleDate decides between the two readings of a date.
func (v *values) settleDate(c *grid.Cell, d dateText) (invoice.Date, error) {
	shown := v.dates
	if shown == anyOrder && c.Col < len(v.orders) {
		shown = v.orders[c.Col]
	}
	switch shown {
	case dayFirst:
		return d.value, nil
	case monthFirst:
		return d.other, nil
	}
	why := "date-two-readings"
	if c.Col < len(v.clashes) && v.clashes[c.Col] {
		why = "date-both-orders"
	}
	return "", &undecided{"dates", say(why, clip(c.Text), d.value, d.other)}
}

func serial(raw string, date1904 bool) (invoice.Date, error) {
	days, err := strconv.ParseFloat(strings.TrimSpace(raw), 64)
	if err != nil {
		return "", wrong("not-a-number", clip(raw))
	}
	return serialDate(days, date1904)
}
