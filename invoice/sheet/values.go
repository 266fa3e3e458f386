package sheet

import (
	"errors"
	"strconv"
	"strings"

	"github.com/bojanz/currency"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/profile"
)

// values reads cells as values. What a file or a profile shows about decimal
// signs and the order of dates is known before the first one is read.
type values struct {
	date1904   bool
	decimal    byte // the decimal sign; 0 if nothing shows it
	clash      bool // the numbers show both decimal signs
	dates      order
	orders     []order // by column; anyOrder if nothing shows it
	clashes    []bool  // by column: its dates show both orders
	years      int     // the first year that one of two digits can be; 0 if not said
	months     map[string]int
	currencies map[string]string // further signs
	fractions  bool              // 0.25 is 25 %
	percents   bool              // 0.25 is 0.25 %
	grouping   bool              // money has no decimals, so 1,234 is grouped
}

// setProfile takes what a profile says about values.
func (v *values) setProfile(p *profile.Profile) {
	v.years, v.fractions, v.percents, v.currencies = p.Years, p.Rates == "fraction", p.Rates == "percent", p.Currencies
	if p.Decimal != "" {
		v.decimal = p.Decimal[0]
	}
	v.dates = map[string]order{"dmy": dayFirst, "mdy": monthFirst, "ymd": yearFirst}[p.Dates]
	if len(p.Months) > 0 {
		v.months = map[string]int{}
		for name, n := range p.Months {
			v.months[profile.Fold(name)] = n
		}
	}
}

// decide takes what the columns show.
func (v *values) decide(t *table) {
	points, commas := false, false
	day, month := false, false
	v.orders, v.clashes = make([]order, len(t.facts)), make([]bool, len(t.facts))
	for col, f := range t.facts {
		if f == nil {
			continue
		}
		if f.numeric() {
			points, commas = points || f.points, commas || f.commas
		}
		if f.dates*2 < f.filled {
			continue
		}
		switch {
		case f.dayFirst && f.monthFirst:
			v.clashes[col] = true
		case f.dayFirst:
			v.orders[col], day = dayFirst, true
		case f.monthFirst:
			v.orders[col], month = monthFirst, true
		}
	}
	if v.decimal == 0 {
		v.clash = points && commas
		switch {
		case points && !commas:
			v.decimal = '.'
		case commas && !points:
			v.decimal = ','
		}
	}
	for col := range v.orders {
		if v.orders[col] != anyOrder || v.clashes[col] {
			continue
		}
		// Another column of dates shows it too, if all agree.
		switch {
		case day && !month:
			v.orders[col] = dayFirst
		case month && !day:
			v.orders[col] = monthFirst
		}
	}
}

// value is what a cell gives a field: a text that is ready for the invoice.
type value struct {
	text string
	// currencies are those that a sign, code or format next to a number
	// allows; nil if there is none.
	currencies []string
	percent    bool // a number with a percent sign or format
}

// quickNumber reads a text as a number, if it may be one.
func (v *values) quickNumber(s string) (numberText, bool) {
	if len(s) > 40 || !strings.ContainsAny(s, "0123456789") && !strings.ContainsFunc(s, func(r rune) bool { return r > 0x600 && r < 0xFF20 }) {
		return numberText{}, false
	}
	letters := 0
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			if letters++; letters > 3 {
				return numberText{}, false
			}
		case c == '/' || c == ':' || c == '@' || c == '#' || c == '_':
			return numberText{}, false
		}
	}
	n, err := parseNumber(s)
	if err != nil && len(v.currencies) > 0 {
		n, err = v.number(s)
	}
	return n, err == nil
}

// quickDate reads a text as a date, if it may be one.
func (v *values) quickDate(s string) (dateText, bool) {
	if len(s) < 6 || len(s) > 40 || !strings.ContainsAny(s, "0123456789") && !strings.ContainsFunc(s, func(r rune) bool { return r > 0x600 && r < 0xFF20 }) || !strings.ContainsAny(s, " ./-年년") {
		return dateText{}, false
	}
	d, err := parseDate(s, v)
	_, short := errors.AsType[*undecided](err)
	return d, err == nil || short
}

// number reads a number with the signs that the profile knows.
func (v *values) number(s string) (numberText, error) {
	n, err := parseNumber(s)
	if err == nil || len(v.currencies) == 0 {
		return n, err
	}
	for sign := range v.currencies {
		rest, found := strings.CutPrefix(grid.Trim(s), sign)
		if !found {
			rest, found = strings.CutSuffix(grid.Trim(s), sign)
		}
		if m, parsed := parseNumber(rest); found && parsed == nil && m.sign == "" {
			m.sign = sign
			return m, nil
		}
	}
	return n, err
}

// read reads a cell for a field. Its error says what is wrong with the cell.
func (v *values) read(c *grid.Cell, how reading, claim bool) (value, error) {
	switch c.Kind {
	case grid.Blank:
		return value{}, nil
	case grid.Error:
		return value{}, wrong("error-value", clip(c.Text))
	case grid.Unstored:
		return value{}, errUnstored
	}
	switch how {
	case readName:
		return v.name(c)
	case readDate:
		return v.date(c)
	case readNumber, readPercent:
		return v.numberOf(c, how == readPercent, claim)
	}
	s, err := v.plain(c)
	if err != nil {
		return value{}, err
	}
	switch how {
	case readCode:
		s = strings.ToUpper(s)
		if !currency.IsValid(s) {
			if codes := currenciesOf(grid.Trim(c.Text), v.currencies); len(codes) == 1 {
				s = codes[0]
			}
		}
		if code := v.currencies[grid.Trim(c.Text)]; code != "" {
			s = code
		}
	case readCountry:
		s = countryOf(s)
	case readKind:
		kind, ok := kinds[profile.Fold(s)]
		if !ok {
			return value{}, wrong("kind-unknown", clip(s))
		}
		s = string(kind)
	}
	return value{text: s}, nil
}

var errUnstored = wrong("formula-not-stored")

// plain is a cell's content as text.
func (v *values) plain(c *grid.Cell) (string, error) {
	switch c.Kind {
	case grid.Text:
		s := strings.ReplaceAll(c.Text, "\r\n", "\n")
		return grid.Trim(strings.ReplaceAll(s, "\r", "\n")), nil
	case grid.Bool:
		return strings.ToUpper(strconv.FormatBool(isTrue(c.Text))), nil
	case grid.ISODate:
		return withoutTime(c.Text), nil
	}
	s, err := binary(c.Text)
	if err != nil {
		return "", err
	}
	if c.Format != nil && c.Format.Class == grid.Date {
		d, err := serial(s, v.date1904)
		return string(d), err
	}
	if lostDigits(s) {
		return "", wrong("number-lost-digits")
	}
	return c.Format.Show(s), nil
}

// name reads an identifier, whose digits must be what was typed.
func (v *values) name(c *grid.Cell) (value, error) {
	if c.Kind == grid.ISODate || c.Kind == grid.Number && c.Format != nil && (c.Format.Class == grid.Date || c.Format.Class == grid.Clock) {
		shown := c.Text
		if d, err := serial(c.Text, v.date1904); err == nil {
			shown = string(d)
		}
		return value{}, wrong("number-became-date", shown)
	}
	s, err := v.plain(c)
	return value{text: s}, err
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

func (v *values) numberOf(c *grid.Cell, percentage, claim bool) (value, error) {
	switch c.Kind {
	case grid.Bool:
		return value{}, wrong("number-is-logical", strings.ToUpper(strconv.FormatBool(isTrue(c.Text))))
	case grid.ISODate:
		return value{}, wrong("number-is-date-text", clip(c.Text))
	case grid.Text:
		return v.numberOfText(c, percentage)
	}
	plain, err := binary(c.Text)
	if err != nil {
		return value{}, err
	}
	out := value{}
	shown := plain
	if c.Format != nil {
		switch {
		case c.Format.Class == grid.Date:
			return value{}, wrong("number-is-date")
		case c.Format.Class == grid.Clock:
			return value{}, wrong("number-is-time")
		case c.Format.Class == grid.Percent && percentage:
			shown, out.percent = shift(plain), true
		}
		if !percentage && c.Format.Currency != "" {
			out.currencies = currenciesOf(c.Format.Currency, v.currencies)
		}
	}
	if claim {
		// What is compared is what the sheet shows: an amount.
		shown = hundredths(shown)
	}
	d, err := invoice.ParseDecimal(shown)
	if err != nil {
		return value{}, wrong("number-too-long", shown, invoice.MaxIntegerDigits, invoice.MaxFractionDigits)
	}
	if percentage && !out.percent {
		if d, err = v.rate(d); err != nil {
			return value{}, err
		}
	}
	out.text = string(d)
	return out, nil
}

func (v *values) numberOfText(c *grid.Cell, percentage bool) (value, error) {
	n, err := v.number(c.Text)
	switch {
	case err != nil:
		return value{}, err
	case n.percent && !percentage:
		return value{}, wrong("number-is-percentage", clip(c.Text))
	case n.sign != "" && percentage:
		return value{}, wrong("percentage-is-amount", clip(c.Text))
	}
	d, err := v.settleNumber(c, n)
	if err == nil && percentage && !n.percent {
		d, err = v.rate(d)
	}
	return value{text: string(d), currencies: currenciesOf(n.sign, v.currencies), percent: n.percent}, err
}

// settleNumber decides between the two readings of a number.
func (v *values) settleNumber(c *grid.Cell, n numberText) (invoice.Decimal, error) {
	switch {
	case !n.ambiguous():
		return n.value, nil
	case v.decimal == n.separator:
		return n.value, nil
	case v.decimal != 0, v.grouping:
		return n.other, nil
	}
	why := "number-two-readings"
	if v.clash {
		why = "number-both-signs"
	}
	return "", &undecided{"decimal", say(why, clip(c.Text), n.other, n.value)}
}

// rate reads a percentage without a sign. 0.25 is refused unless the profile
// says what it is: lists hold both 0.25 and 25 for 25 %.
func (v *values) rate(d invoice.Decimal) (invoice.Decimal, error) {
	if v.percents {
		return d, nil
	}
	if v.fractions {
		return invoice.ParseDecimal(shift(string(d)))
	}
	if !strings.HasPrefix(strings.TrimPrefix(string(d), "-"), "0.") {
		return d, nil
	}
	return "", &undecided{"rates", say("rate-below-one", d, shift(string(d)))}
}

// undecided is a value with two readings, between which an import profile can
// decide.
type undecided struct {
	code string // of the question
	what Sentence
}

// Error shows both readings.
func (u *undecided) Error() string { return u.what.English() }

// question asks what decides.
func (u *undecided) question() Question {
	switch u.code {
	case "dates":
		return question(say("ask-dates"), answer("day-first", "", "dates: dmy", ""), answer("month-first", "", "dates: mdy", ""))
	case "decimal":
		return question(say("ask-decimal"), answer("comma", "", `decimal: ","`, ""), answer("point", "", `decimal: "."`, ""))
	case "years":
		return question(say("ask-years"), answer("years-2000", "", "years: 2000", ""))
	}
	return question(say("ask-rates"), answer("rates-fraction", "", "rates: fraction", ""), answer("rates-percent", "", "rates: percent", ""))
}
