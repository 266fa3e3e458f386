package sheet

import (
	"strconv"
	"strings"

	"github.com/bojanz/currency"

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
	case readYes:
		word, ok := yesAndNo[profile.Fold(s)]
		if !ok {
			return value{}, wrong("yes-or-no", clip(s))
		}
		s = word
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
