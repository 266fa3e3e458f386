package invoice_test

import (
	"fmt"
	"strings"
	"testing"

	"invoicelink/invoice"
)

// Worked by hand from EN 16931-1:2017, BR-CO-10 to BR-CO-17.
func TestTotals(t *testing.T) {
	t.Parallel()
	with := func(l invoice.Line, percent, amount invoice.Decimal) invoice.Line {
		l.DiscountPercent, l.Discount = percent, amount
		return l
	}
	for _, c := range []struct {
		name, currency    string
		lines             []invoice.Line
		prepaid, rounding invoice.Decimal
		want              string // lines | rate%: net, VAT | net + VAT = total → payable
	}{
		{name: "VAT is rounded on the sum of a rate, not on each line", // 3 × 0.025 would be 0.09
			lines: repeat(3, line("1", "0.10", "25")),
			want:  "0.10 0.10 0.10 | S 25%: 0.30, 0.08 | 0.30 + 0.08 = 0.38 → 0.38"},
		{name: "and the other way round", // 3 × 0.004 would be 0.00
			lines: repeat(3, line("1", "0.02", "20")),
			want:  "0.02 0.02 0.02 | S 20%: 0.06, 0.01 | 0.06 + 0.01 = 0.07 → 0.07"},
		{name: "rates stand highest first, each with its own rounding",
			lines: []invoice.Line{line("1", "10.01", "6"), line("2", "99.99", "25"), line("1", "5", "0"), line("1", "0.33", "6")},
			want:  "10.01 199.98 5.00 0.33 | S 25%: 199.98, 50.00; S 6%: 10.34, 0.62; Z 0%: 5.00, 0.00 | 215.32 + 50.62 = 265.94 → 265.94"},
		{name: "the percentage goes off before the amount, rounding comes last", // 59.97 × 0.9 = 53.973 − 5 = 48.973
			lines: []invoice.Line{with(line("3", "19.99", "25"), "10", "5")},
			want:  "48.97 | S 25%: 48.97, 12.24 | 48.97 + 12.24 = 61.21 → 61.21"},
		{name: "a return with its discount", // −20 − (−1)
			lines: []invoice.Line{line("5", "10", "25"), with(line("-2", "10", "25"), "", "-1")},
			want:  "50.00 -19.00 | S 25%: 31.00, 7.75 | 31.00 + 7.75 = 38.75 → 38.75"},
		{name: "more returned than sold",
			lines: []invoice.Line{line("-3", "3.33", "25")},
			want:  "-9.99 | S 25%: -9.99, -2.50 | -9.99 + -2.50 = -12.49 → -12.49"},
		{name: "half a cent goes away from zero",
			lines: []invoice.Line{line("1", "0.005", "0"), line("1", "0.0049", "0"), line("-1", "0.005", "0"), line("1", "1.015", "0"), line("0.5", "0.03", "0")},
			want:  "0.01 0.00 -0.01 1.02 0.02 | Z 0%: 1.04, 0.00 | 1.04 + 0.00 = 1.04 → 1.04"},
		{name: "half a cent of VAT too", // 0.005
			lines: []invoice.Line{line("1", "0.02", "25")},
			want:  "0.02 | S 25%: 0.02, 0.01 | 0.02 + 0.01 = 0.03 → 0.03"},
		{name: "no sign on a zero", // −0.002 is no minus nothing
			lines: []invoice.Line{line("-1", "0.01", "20"), line("-1", "0", "6"), line("-1", "0.001", "0")},
			want:  "-0.01 0.00 0.00 | S 20%: -0.01, 0.00; S 6%: 0.00, 0.00; Z 0%: 0.00, 0.00 | -0.01 + 0.00 = -0.01 → -0.01"},
		{name: "the yen has no decimals", currency: "JPY", // 1000.2; 555 × 8 % = 44.4
			lines: []invoice.Line{line("3", "333.4", "10"), line("1", "555", "8")},
			want:  "1000 555 | S 10%: 1000, 100; S 8%: 555, 44 | 1555 + 144 = 1699 → 1699"},
		{name: "nor has the króna", currency: "ISK", // 1234.5 is 1235; × 24 % = 296.4
			lines: []invoice.Line{line("1", "1234.5", "24")},
			want:  "1235 | S 24%: 1235, 296 | 1235 + 296 = 1531 → 1531"},
		{name: "prepaid goes off, rounding is added", prepaid: "100", rounding: "-0.01",
			lines: []invoice.Line{line("1", "100", "25")},
			want:  "100.00 | S 25%: 100.00, 25.00 | 100.00 + 25.00 = 125.00 → 24.99"},
		{name: "paid in full", prepaid: "125",
			lines: []invoice.Line{line("1", "100", "25")},
			want:  "100.00 | S 25%: 100.00, 25.00 | 100.00 + 25.00 = 125.00 → 0.00"},
		{name: "paid too much", prepaid: "130",
			lines: []invoice.Line{line("1", "100", "25")},
			want:  "100.00 | S 25%: 100.00, 25.00 | 100.00 + 25.00 = 125.00 → -5.00"},
		{name: "categories of one rate stay apart",
			lines: []invoice.Line{{UnitPrice: "1", VATRate: "0", VATCategory: "Z"}, {UnitPrice: "2", VATCategory: "AE"}, {UnitPrice: "4", VATCategory: "E"}, {UnitPrice: "8", VATRate: "0"}},
			want:  "1.00 2.00 4.00 8.00 | AE 0%: 2.00, 0.00; E 0%: 4.00, 0.00; Z 0%: 9.00, 0.00 | 15.00 + 0.00 = 15.00 → 15.00"},
		{name: "everything off",
			lines: []invoice.Line{with(line("7", "13.37", "25"), "100", "")},
			want:  "0.00 | S 25%: 0.00, 0.00 | 0.00 + 0.00 = 0.00 → 0.00"},
		{name: "the largest numbers, exactly", // (10^12 − 10^-6)² = 10^24 − 2·10^6 + 10^-12
			lines: []invoice.Line{line("999999999999.999999", "999999999999.999999", "0")},
			want: "999999999999999998000000.00 | Z 0%: 999999999999999998000000.00, 0.00 | " +
				"999999999999999998000000.00 + 0.00 = 999999999999999998000000.00 → 999999999999999998000000.00"},
	} {
		inv := small(c.lines...)
		if c.currency != "" {
			inv.Currency = c.currency
		}
		inv.Prepaid, inv.Rounding = c.prepaid, c.rounding
		if got := show(totals(t, inv)); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

func show(t *invoice.Totals) string {
	var lines, groups []string
	for _, l := range t.Lines {
		lines = append(lines, l.Number())
	}
	for _, g := range t.VAT {
		groups = append(groups, fmt.Sprintf("%s %s%%: %s, %s", g.Category, g.Rate, g.Net.Number(), g.VAT.Number()))
	}
	return fmt.Sprintf("%s | %s | %s + %s = %s → %s", strings.Join(lines, " "), strings.Join(groups, "; "),
		t.Net.Number(), t.VATTotal.Number(), t.Total.Number(), t.Payable.Number())
}

// What Validate reports, Totals does not compute with.
func TestTotalsRefuses(t *testing.T) {
	t.Parallel()
	for _, bad := range []invoice.Decimal{"abc", "NaN", "Inf", "-Infinity", "1e400", "1e-400", "1e3", " 1", "0x1", "1000000000000"} {
		for name, change := range map[string]func(*invoice.Invoice){
			"quantity":        func(inv *invoice.Invoice) { inv.Lines[0].Quantity = bad },
			"unitPrice":       func(inv *invoice.Invoice) { inv.Lines[0].UnitPrice = bad },
			"discount":        func(inv *invoice.Invoice) { inv.Lines[0].Discount = bad },
			"discountPercent": func(inv *invoice.Invoice) { inv.Lines[0].DiscountPercent = bad },
			"vatRate":         func(inv *invoice.Invoice) { inv.Lines[0].VATRate = bad },
			"prepaid":         func(inv *invoice.Invoice) { inv.Prepaid = bad },
			"rounding":        func(inv *invoice.Invoice) { inv.Rounding = bad },
		} {
			inv := small()
			change(inv)
			if got, err := inv.Totals(); err == nil || got != nil {
				t.Errorf("%s %q: %v, %v; want nil and an error", name, bad, got, err)
			} else if !strings.Contains(err.Error(), name) {
				t.Errorf("%s %q: %q does not name the field", name, bad, err)
			}
		}
	}
	for _, code := range []string{"", "eur", "EURO", "XYZ", "E\x00R", "€"} {
		inv := small()
		inv.Currency = code
		if _, err := inv.Totals(); err == nil {
			t.Errorf("currency %q was taken", code)
		}
	}
}
