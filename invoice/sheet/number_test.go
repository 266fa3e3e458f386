package sheet

import (
	"strings"
	"testing"

	"invoicelink/invoice"
)

func TestParseNumber(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"12": "12", "-590.50": "-590.5", "590.50-": "-590.5", "(590.50)": "-590.5", "+3": "3", " 7 ": "7",
		"1.234,56": "1234.56", "1,234.56": "1234.56", "1.234.567": "1234567", "1,234,567": "1234567", "12 500,00": "12500",
		"12\u00a0500,00": "12500", "12\u202f500,00": "12500", "1'234.50": "1234.5", "1’234.50": "1234.5",
		"2,296.80 $": "2296.8", "€100": "100", "€ -100,50": "-100.5", "-€100": "-100", "kr. 1.250,75": "1250.75", "100 kr.": "100", "1 250,5 DKK": "1250.5", "USD 5": "5",
		"10.00000000": "10", "0,125": "0.125", "0.125": "0.125", "1234,567": "1234.567", ".5": "0.5", "1,5": "1.5", "\u22125": "-5", "100,-": "100",
		"12 345": "12345", "1 234.567": "1234.567", "1234.5": "1234.5",
		"1,23,456.00": "123456", "1,23,45,678": "12345678", "١٢٫٥": "12.5", "１２３": "123", "१२": "12", "100,--": "100", "1.250,-": "1250", "₹ 1,00,000.50": "100000.5", "R$ 10,50": "10.5",
	} {
		n, err := parseNumber(s)
		if err != nil || string(n.value) != want || n.ambiguous() {
			t.Errorf("%q is %+v, %v, want %s", s, n, err, want)
		}
	}
	for s, want := range map[string][2]string{"1,234": {"1.234", "1234"}, "1.234": {"1.234", "1234"}, "-12,500": {"-12.5", "-12500"}, "$ 1,234": {"1.234", "1234"}, "999.000": {"999", "999000"}} {
		n, err := parseNumber(s)
		if err != nil || [2]string{string(n.value), string(n.other)} != want {
			t.Errorf("%q is %+v, %v, want two readings %v", s, n, err, want)
		}
	}
	for _, s := range []string{"", "abc", "1e5", "0x10", "--1", "-1-", "1,2,3", "1.2.3", "1,,000", "1,2,34,567.00x", "12,345,67.00", "1.000,000.00", "1 2 3", "5 x", "NaN", "Inf", "1/2", "5%%", "€$5", "(5", "5)", "1.", ",", "-", "%", "12 34",
		"1234567890123", "0.1234567", strings.Repeat("9", 300)} {
		if n, err := parseNumber(s); err == nil {
			t.Errorf("%q is read as %+v", s, n)
		}
	}
	if n, err := parseNumber("25 %"); err != nil || !n.percent || n.value != "25" {
		t.Errorf("25 %% is %+v, %v", n, err)
	}
	if n, err := parseNumber("€100"); err != nil || n.sign != "€" {
		t.Errorf("€100 is %+v, %v", n, err)
	}
}

func TestBinary(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"1.4600000000000002": "1.46", "0.1": "0.1", "1E-05": "0.00001", "1.2345E+3": "1234.5", "100": "100", "-0": "0", "0.30000000000000004": "0.3", "33.333333333333336": "33.3333333333333",
	} {
		if got, err := binary(raw); err != nil || got != want {
			t.Errorf("%s is %s, %v, want %s", raw, got, err, want)
		}
	}
	for _, raw := range []string{"", "x", "NaN", "Inf", "1e400", "1e31"} {
		if got, err := binary(raw); err == nil {
			t.Errorf("%q is read as %s", raw, got)
		}
	}
	for plain, want := range map[string]string{"0.25": "25", "0.055": "5.5", "1": "100", "-0.1": "-10", "0": "0", "0.00125": "0.125"} {
		if got := shift(plain); got != want {
			t.Errorf("%s as a percentage is %s, want %s", plain, got, want)
		}
	}
	for plain, want := range map[string]string{"2.675": "2.68", "-2.675": "-2.68", "33.3333333333333": "33.33", "5": "5.00"} {
		if got := hundredths(plain); got != want {
			t.Errorf("%s rounded is %s, want %s", plain, got, want)
		}
	}
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"2026-11-05": "2026-11-05", "2026-11-05T10:30:00Z": "2026-11-05", "2026-11-05 10:30": "2026-11-05", "2026/11/5": "2026-11-05", "20261105": "2026-11-05",
		"05.11.2026": "2026-11-05", "5.11.2026": "2026-11-05", "5. 11. 2026": "2026-11-05", "13/05/2025": "2025-05-13", "05/13/2025": "2025-05-13", "04/04/2026": "2026-04-04",
		"13 May 2025": "2025-05-13", "Jan 28 2021": "2021-01-28", "January 28th, 2021": "2021-01-28", "1. marts 2026": "2026-03-01", "13-maj-2026": "2026-05-13", "3. Dezember 2026": "2026-12-03", "28.02.2026 00:00:00": "2026-02-28", "29.02.2028": "2028-02-29",
	} {
		d, err := parseDate(s, nil)
		if err != nil || string(d.value) != want || d.other != "" {
			t.Errorf("%q is %+v, %v, want %s", s, d, err, want)
		}
	}
	d, err := parseDate("03/04/2026", nil)
	if err != nil || d.value != "2026-04-03" || d.other != "2026-03-04" {
		t.Errorf("03/04/2026 is %+v, %v, want two readings", d, err)
	}
	for _, s := range []string{"", "x", "31.11.2026", "29.02.2026", "2026-13-01", "13/13/2026", "16.12.26", "1/2", "5 2026", "12:30", "0000-00-00", "1.1.1", "2026-1-1-1", "+5.11.2026", "99999999"} {
		if d, err := parseDate(s, nil); err == nil {
			t.Errorf("%q is read as %+v", s, d)
		}
	}
}

func TestSerialDate(t *testing.T) {
	t.Parallel()
	for days, want := range map[float64]string{61: "1900-03-01", 46331: "2026-11-05", 46331.75: "2026-11-05", 2958465: "9999-12-31"} {
		if got, err := serialDate(days, false); err != nil || string(got) != want {
			t.Errorf("%v is %s, %v, want %s", days, got, err, want)
		}
	}
	if got, err := serialDate(44869, true); err != nil || got != "2026-11-05" {
		t.Errorf("44869 since 1904 is %s, %v, want 2026-11-05", got, err)
	}
	for _, days := range []float64{-1, 0, 60, 2958466, 1e300} {
		if got, err := serialDate(days, false); err == nil {
			t.Errorf("%v is read as %s", days, got)
		}
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"1.234,56", "12 500,00", "2,296.80 $", "€100", "-590.50", "100,-", "25 %", "1,234", "(5)", "kr. 5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := parseNumber(s)
		if err != nil {
			return
		}
		for _, d := range []invoice.Decimal{n.value, n.other} {
			if d == "" && d == n.other {
				continue
			}
			if again, err := invoice.ParseDecimal(string(d)); err != nil || again != d {
				t.Errorf("%q is read as %q, which is not canonical", s, d)
			}
		}
		if !strings.ContainsAny(s, "0123456789") {
			t.Errorf("%q has no digit and is read as %q", s, n.value)
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-11-05", "03/04/2026", "13 May 2025", "5. 11. 2026", "20261105"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := parseDate(s, nil)
		if err != nil {
			return
		}
		if _, err := invoice.ParseDate(string(d.value)); err != nil {
			t.Errorf("%q is read as %q: %v", s, d.value, err)
		}
		if d.other == d.value {
			t.Errorf("%q has the same reading twice", s)
		}
	})
}
