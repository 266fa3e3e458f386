package sheet

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"invoicelink/invoice"
)

// dateText is a date that was written as text.
type dateText struct {
	value invoice.Date
	// other is the second reading of a text such as 03/04/2026: there value
	// takes the day first, other the month.
	other invoice.Date
	order order
}

// order is what a date of three numbers proves about its column.
type order uint8

const (
	anyOrder order = iota
	dayFirst
	monthFirst
)

// parseDate reads a date as people type it. Points part day, month and year in
// that order (DIN 5008, and the custom from Denmark to Ukraine); with slashes
// or hyphens a year in front is ISO 8601, and one at the end leaves two
// readings, unless a number above 12 decides. A time behind the date is left
// out. A year needs four digits.
func parseDate(s string) (dateText, error) {
	wrong := fmt.Errorf("%s is not a date; write it as 2026-11-30 or 30.11.2026", clip(s))
	if len(s) > 100 {
		return dateText{}, wrong
	}
	body := withoutTime(strings.TrimSpace(spaces.Replace(trimSpace(s))))
	if len(body) == 8 && strings.Trim(body, "0123456789") == "" {
		body = body[:4] + "-" + body[4:6] + "-" + body[6:]
	}
	for _, sep := range []string{".", "/", "-"} {
		parts := strings.Split(strings.TrimSuffix(body, "."), sep)
		if len(parts) != 3 {
			continue
		}
		var n [3]int
		numbers := true
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
			v, err := strconv.Atoi(parts[i])
			numbers = numbers && err == nil && v > 0 && len(parts[i]) <= 4 && parts[i][0] != '+'
			n[i] = v
		}
		if !numbers {
			break
		}
		switch {
		case len(parts[0]) == 4 && len(parts[1]) <= 2 && len(parts[2]) <= 2:
			return one(n[0], n[1], n[2], wrong)
		case len(parts[0]) <= 2 && len(parts[1]) <= 2 && len(parts[2]) <= 2:
			return dateText{}, fmt.Errorf("%s has a year of two digits; write it with four, as 2026-11-30", clip(s))
		case len(parts[0]) > 2 || len(parts[1]) > 2 || len(parts[2]) != 4:
			return dateText{}, wrong
		case sep == ".":
			return one(n[2], n[1], n[0], wrong)
		}
		return either(n[0], n[1], n[2], wrong)
	}
	return named(body, wrong)
}

// either reads a, b and the year with day or month first.
func either(a, b, year int, wrong error) (dateText, error) {
	byDay, dayErr := one(year, b, a, wrong)
	byMonth, monthErr := one(year, a, b, wrong)
	switch {
	case dayErr != nil && monthErr != nil:
		return dateText{}, wrong
	case monthErr != nil:
		byDay.order = dayFirst
		return byDay, nil
	case dayErr != nil:
		byMonth.order = monthFirst
		return byMonth, nil
	case byDay.value != byMonth.value:
		byDay.other = byMonth.value
	}
	return byDay, nil
}

func one(year, month, day int, wrong error) (dateText, error) {
	d, err := invoice.ParseDate(fmt.Sprintf("%04d-%02d-%02d", year, month, day))
	if err != nil {
		return dateText{}, wrong
	}
	return dateText{value: d}, nil
}

// named reads a date with the month's name, the day on either side of it.
func named(s string, wrong error) (dateText, error) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,.-/", r) })
	if len(parts) != 3 {
		return dateText{}, wrong
	}
	year, err := strconv.Atoi(parts[2])
	if err != nil || len(parts[2]) != 4 {
		return dateText{}, wrong
	}
	for i := range 2 {
		month := months[fold(parts[i])]
		day, err := strconv.Atoi(strings.TrimRight(fold(parts[1-i]), "stndrh"))
		if month > 0 && err == nil && len(parts[1-i]) <= 4 {
			return one(year, month, day, wrong)
		}
	}
	return dateText{}, wrong
}

// withoutTime cuts a time of day off a date.
func withoutTime(s string) string {
	i := strings.IndexByte(s, ':')
	if i < 0 {
		return s
	}
	if j := strings.LastIndexAny(s[:i], "T "); j > 0 {
		return strings.TrimRight(s[:j], " ,")
	}
	return s
}

// months by folded name, in full or cut to three letters or as usual.
var months = func() map[string]int {
	m := map[string]int{}
	for _, names := range [][12]string{
		{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
		{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"},
		{"Januar", "Februar", "Marts", "April", "Maj", "Juni", "Juli", "August", "September", "Oktober", "November", "December"},
		{"Januari", "Februari", "Mars", "April", "Maj", "Juni", "Juli", "Augusti", "September", "Oktober", "November", "December"},
		{"Januar", "Februar", "Mars", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Desember"},
		{"Januari", "Februari", "Maart", "April", "Mei", "Juni", "Juli", "Augustus", "September", "Oktober", "November", "December"},
	} {
		for i, name := range names {
			m[fold(name)] = i + 1
			if short := fold(name)[:3]; short != "mar" || i == 2 {
				m[short] = i + 1
			}
		}
	}
	m["sept"], m["mrz"] = 9, 3
	return m
}()

// serialDate is the day of a date cell's number: days since the last of 1899,
// or since 1904 in workbooks of the old Macintosh date system (ECMA-376 part 1,
// 18.17.4.1). 29 February 1900, which the first system counts though it never
// was, and the days before it are refused.
func serialDate(days float64, date1904 bool) (invoice.Date, error) {
	if days >= 2_958_466 || days < 0 { // 10000-01-01
		return "", fmt.Errorf("number %s is not a day", strconv.FormatFloat(days, 'f', -1, 64))
	}
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date1904 {
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	} else if days < 61 {
		return "", fmt.Errorf("number %s is not a day after February 1900", strconv.FormatFloat(days, 'f', -1, 64))
	}
	// A time of day is cut off, the last half second before midnight rounded up.
	// Whole days are added first: a Duration holds 292 years only.
	whole := int(days + 0.5/86400)
	return invoice.ParseDate(string(invoice.DateOf(base.AddDate(0, 0, whole))))
}

// plausibleSerial tells a date whose cell lost its date format from any other
// number: 1955 to 2119.
func plausibleSerial(days float64) bool {
	return days >= 20_000 && days < 80_000 && days == float64(int(days))
}
