package sheet

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/profile"
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
	yearFirst // only said by a profile
)

// parseDate reads a date as people type it. Points part day, month and year in
// that order (DIN 5008, and the custom from Denmark to Ukraine); with slashes
// or hyphens a year in front is ISO 8601, and one at the end leaves two
// readings, unless a number above 12 decides. A time behind the date is left
// out. A year needs four digits.
func parseDate(s string, v *values) (dateText, error) {
	if year, month, day, ok := isoParts(s); ok {
		if d, err := isoDate(year, month, day); err == nil {
			return dateText{value: d}, nil
		}
	}
	noDate := wrong("not-a-date", clip(s))
	if len(s) > 100 {
		return dateText{}, noDate
	}
	body := withoutTime(strings.TrimSpace(plainDigits(grid.Trim(s))))
	body = eastAsian(body)
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
			return one(n[0], n[1], n[2], noDate)
		case len(parts[0]) <= 2 && len(parts[1]) <= 2 && len(parts[2]) <= 2:
			return shortYear(n, sep, v, s, noDate)
		case len(parts[0]) > 2 || len(parts[1]) > 2 || len(parts[2]) != 4:
			return dateText{}, noDate
		case sep == ".":
			return one(n[2], n[1], n[0], noDate)
		}
		return either(n[0], n[1], n[2], noDate)
	}
	return named(body, v, noDate)
}

// isoParts reads YYYY-MM-DD, as most files have dates.
func isoParts(s string) (year, month, day int, ok bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, 0, 0, false
	}
	n := [3]int{}
	for i, at := range [8]int{0, 1, 2, 3, 5, 6, 8, 9} {
		c := s[at]
		if c < '0' || c > '9' {
			return 0, 0, 0, false
		}
		part := 0
		if i >= 4 {
			part = (i - 2) / 2
		}
		n[part] = n[part]*10 + int(c-'0')
	}
	return n[0], n[1], n[2], true
}

// either reads a, b and the year with day or month first.
func either(a, b, year int, noDate error) (dateText, error) {
	byDay, dayErr := one(year, b, a, noDate)
	byMonth, monthErr := one(year, a, b, noDate)
	switch {
	case dayErr != nil && monthErr != nil:
		return dateText{}, noDate
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

func one(year, month, day int, noDate error) (dateText, error) {
	d, err := isoDate(year, month, day)
	if err != nil {
		return dateText{}, noDate
	}
	return dateText{value: d}, nil
}

func isoDate(year, month, day int) (invoice.Date, error) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day || int(t.Month()) != month || year < 1 || year > 9999 {
		return "", errNoDay
	}
	return invoice.DateOf(t), nil
}

var errNoDay = wrong("date-no-day")

// plausible refuses days that no invoice has: they come from another calendar,
// an empty cell or a typing error.
func plausible(d invoice.Date) error {
	year, err := strconv.Atoi(string(d[:4]))
	switch {
	case err != nil || year >= 1990 && year <= 2100:
		return nil
	case year >= 2400 && year < 2700:
		return wrong("date-buddhist", d, year-543, year)
	case year >= 1300 && year < 1500:
		return wrong("date-islamic", d)
	}
	return wrong("date-implausible", d)
}

// named reads a date with the month's name, the day on either side of it.
func named(s string, v *values, noDate error) (dateText, error) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,.-/", r) })
	// Weekdays in front, "de" in Spanish and Portuguese and "г." in Russian say
	// nothing more.
	parts = slices.DeleteFunc(parts, func(p string) bool { return fillers[profile.Fold(p)] })
	if len(parts) == 4 && months[profile.Fold(parts[0])] == 0 && strings.Trim(parts[0], "0123456789") == parts[0] {
		parts = parts[1:]
	}
	if len(parts) != 3 {
		return dateText{}, noDate
	}
	if len(parts[0]) == 4 && strings.Trim(parts[0], "0123456789") == "" { // 2026 November 13
		parts[0], parts[2] = parts[2], parts[0]
	}
	year, err := strconv.Atoi(parts[2])
	switch {
	case err != nil || year < 0:
		return dateText{}, noDate
	case len(parts[2]) == 2:
		if year, err = v.century(year); err != nil {
			return dateText{}, shortYearError(s, err)
		}
	case len(parts[2]) != 4:
		return dateText{}, noDate
	}
	for i := range 2 {
		month := monthOf(parts[i], v)
		day, err := strconv.Atoi(strings.TrimRight(profile.Fold(parts[1-i]), "stndrhºo"))
		if month > 0 && err == nil && len(parts[1-i]) <= 5 {
			return one(year, month, day, noDate)
		}
	}
	return dateText{}, noDate
}

var fillers = words("de|of|del|г|г.|di|the")

func monthOf(s string, v *values) int {
	h := profile.Fold(s)
	if v != nil && v.months[h] > 0 {
		return v.months[h]
	}
	return months[h]
}

// eastAsian writes 2026年11月13日 as 2026-11-13.
func eastAsian(s string) string {
	if !strings.ContainsAny(s, "年년") {
		return s
	}
	return strings.Trim(strings.NewReplacer("年", "-", "月", "-", "日", "", "년", "-", "월", "-", "일", "", " ", "").Replace(s), "-")
}

// shortYear reads a date whose year has two digits: if the import profile says
// which century, and in the order that it says.
func shortYear(n [3]int, sep string, v *values, s string, noDate error) (dateText, error) {
	if v != nil && v.dates == yearFirst {
		year, err := v.century(n[0])
		if err != nil {
			return dateText{}, shortYearError(s, err)
		}
		return one(year, n[1], n[2], noDate)
	}
	year, err := v.century(n[2])
	if err != nil {
		return dateText{}, shortYearError(s, err)
	}
	if sep == "." {
		return one(year, n[1], n[0], noDate)
	}
	return either(n[0], n[1], year, noDate)
}

// century completes a year of two digits.
func (v *values) century(year int) (int, error) {
	if v == nil || v.years == 0 {
		return 0, errShortYear
	}
	full := v.years/100*100 + year
	if full < v.years {
		full += 100
	}
	return full, nil
}

// shortYearError is an error that a profile can settle.
func shortYearError(s string, err error) error {
	if errors.Is(err, errShortYear) {
		return &undecided{"years", say("date-short-year", clip(s))}
	}
	return err
}

var errShortYear = errors.New("has a year of two digits")

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

// months by folded name, in full or cut to three to five letters. A short form
// of two languages is that of the first.
var months = func() map[string]int {
	m := map[string]int{}
	for _, names := range [][12]string{
		{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
		{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"},
		{"Januar", "Februar", "Marts", "April", "Maj", "Juni", "Juli", "August", "September", "Oktober", "November", "December"},
		{"Januari", "Februari", "Mars", "April", "Maj", "Juni", "Juli", "Augusti", "September", "Oktober", "November", "December"},
		{"Januar", "Februar", "Mars", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Desember"},
		{"Janvier", "Février", "Mars", "Avril", "Mai", "Juin", "Juillet", "Août", "Septembre", "Octobre", "Novembre", "Décembre"},
		{"Enero", "Febrero", "Marzo", "Abril", "Mayo", "Junio", "Julio", "Agosto", "Septiembre", "Octubre", "Noviembre", "Diciembre"},
		{"Gennaio", "Febbraio", "Marzo", "Aprile", "Maggio", "Giugno", "Luglio", "Agosto", "Settembre", "Ottobre", "Novembre", "Dicembre"},
		{"Janeiro", "Fevereiro", "Março", "Abril", "Maio", "Junho", "Julho", "Agosto", "Setembro", "Outubro", "Novembro", "Dezembro"},
		{"Stycznia", "Lutego", "Marca", "Kwietnia", "Maja", "Czerwca", "Lipca", "Sierpnia", "Września", "Października", "Listopada", "Grudnia"},
		{"Styczeń", "Luty", "Marzec", "Kwiecień", "Maj", "Czerwiec", "Lipiec", "Sierpień", "Wrzesień", "Październik", "Listopad", "Grudzień"},
		{"Tammikuuta", "Helmikuuta", "Maaliskuuta", "Huhtikuuta", "Toukokuuta", "Kesäkuuta", "Heinäkuuta", "Elokuuta", "Syyskuuta", "Lokakuuta", "Marraskuuta", "Joulukuuta"},
		{"Ledna", "Února", "Března", "Dubna", "Května", "Června", "Července", "Srpna", "Září", "Října", "Listopadu", "Prosince"},
		{"Января", "Февраля", "Марта", "Апреля", "Мая", "Июня", "Июля", "Августа", "Сентября", "Октября", "Ноября", "Декабря"},
		{"Січня", "Лютого", "Березня", "Квітня", "Травня", "Червня", "Липня", "Серпня", "Вересня", "Жовтня", "Листопада", "Грудня"},
		{"Ιανουαρίου", "Φεβρουαρίου", "Μαρτίου", "Απριλίου", "Μαΐου", "Ιουνίου", "Ιουλίου", "Αυγούστου", "Σεπτεμβρίου", "Οκτωβρίου", "Νοεμβρίου", "Δεκεμβρίου"},
		{"Januari", "Februari", "Maart", "April", "Mei", "Juni", "Juli", "Augustus", "September", "Oktober", "November", "December"},
	} {
		own := map[string]int{}
		for i, name := range names {
			for _, cut := range []int{0, 3, 4, 5} {
				word := []rune(profile.Fold(name))
				if cut > 0 && cut < len(word) {
					word = word[:cut]
				}
				if before, taken := own[string(word)]; taken && before != i+1 {
					own[string(word)] = 0 // the French "jui" is two months
					continue
				}
				own[string(word)] = i + 1
			}
		}
		for word, n := range own {
			if _, taken := m[word]; !taken && n > 0 {
				m[word] = n
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
		return "", wrong("date-serial", strconv.FormatFloat(days, 'f', -1, 64))
	}
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date1904 {
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	} else if days < 61 {
		return "", wrong("date-before-1900", strconv.FormatFloat(days, 'f', -1, 64))
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
