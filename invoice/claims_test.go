package invoice_test

import (
	"slices"
	"strings"
	"testing"

	"invoicelink/invoice"
)

type claimCase struct {
	name     string
	lines    []invoice.Line // 100.00 + 25.00 = 125.00 where nil
	currency string
	stated   invoice.Decimal // the invoice's own rounding
	prepaid  invoice.Decimal
	claims   invoice.Claims
	accept   bool
	wrong    []string        // fields of the problems
	rounding invoice.Decimal // afterwards
}

func (c claimCase) check(t *testing.T) {
	t.Helper()
	inv := small(c.lines...)
	if c.currency != "" {
		inv.Currency = c.currency
	}
	inv.Rounding, inv.Prepaid = c.stated, c.prepaid
	if p := inv.Validate(); len(p) > 0 {
		t.Fatalf("%s: the invoice itself is wrong: %v", c.name, p)
	}
	before := inv.Digest()
	rounding, got := inv.CheckClaims(c.claims, c.accept)
	if !slices.Equal(fields(got), c.wrong) || rounding != c.rounding {
		t.Errorf("%s: problems %v, rounding %q; want %q, %q", c.name, got, rounding, c.wrong, c.rounding)
		return
	}
	if inv.Rounding != c.stated || inv.Digest() != before {
		t.Errorf("%s: checking changed the invoice", c.name)
	}
	// Whatever is accepted leaves a valid invoice, and a request that is
	// delivered a second time is answered as the first time.
	inv.Rounding = rounding
	if p := inv.Validate(); len(p) > 0 {
		t.Errorf("%s: taken over, the invoice is wrong: %v", c.name, p)
	}
	rounding, again := inv.CheckClaims(c.claims, c.accept)
	if !slices.Equal(fields(again), c.wrong) || rounding != c.rounding {
		t.Errorf("%s: the second time, problems %v, rounding %q; want %q, %q", c.name, again, rounding, c.wrong, c.rounding)
	}
}

func TestClaimsAreExact(t *testing.T) {
	t.Parallel()
	two := repeat(2, line("1", "100", "25"))
	for _, c := range []claimCase{
		{name: "nothing claimed"},
		{name: "all right", lines: two, prepaid: "50",
			claims: invoice.Claims{Lines: []invoice.Decimal{"100", "100"}, Net: "200", VAT: "50", Total: "250", Payable: "200"}},
		{name: "lines left out", lines: two, claims: invoice.Claims{Lines: []invoice.Decimal{"", "100"}}},
		{name: "a cent off everywhere", claims: invoice.Claims{Lines: []invoice.Decimal{"100.01"}, Net: "99.99", VAT: "25.01", Total: "124.99", Payable: "125.01"},
			wrong: []string{"lines[0].net", "net", "vat", "total", "payable"}},
		{name: "the smallest difference", claims: invoice.Claims{Total: "125.000001"}, wrong: []string{"total"}},
		{name: "zero is a claim", claims: invoice.Claims{Total: "0"}, wrong: []string{"total"}},
		{name: "another sign", claims: invoice.Claims{Total: "-125"}, wrong: []string{"total"}},
		{name: "more lines than there are", claims: invoice.Claims{Lines: []invoice.Decimal{"100", "7"}}, wrong: []string{"lines[1].net"}},
		{name: "an empty claim beyond the lines", claims: invoice.Claims{Lines: []invoice.Decimal{"100", ""}}},
		{name: "payable with the stated rounding", stated: "0.01", rounding: "0.01", claims: invoice.Claims{Total: "125", Payable: "125.01"}},
		{name: "payable without it", stated: "0.01", rounding: "0.01", claims: invoice.Claims{Payable: "125"}, wrong: []string{"payable"}},
		{name: "payable without the prepaid", prepaid: "25", claims: invoice.Claims{Payable: "125"}, wrong: []string{"payable"}},
	} {
		c.check(t)
	}
}

func TestClaimsTakenOverAsRounding(t *testing.T) {
	t.Parallel()
	two := repeat(2, line("1", "100", "25")) // 200 + 50 = 250
	for _, c := range []claimCase{
		{name: "a cent more", claims: invoice.Claims{Total: "125.01"}, rounding: "0.01"},
		{name: "a cent less", claims: invoice.Claims{Total: "124.99"}, rounding: "-0.01"},
		{name: "nothing to take over", claims: invoice.Claims{Total: "125"}},
		{name: "one line allows no more than a cent", claims: invoice.Claims{Total: "125.02"}, wrong: []string{"total"}},
		{name: "and not a thousandth more either", claims: invoice.Claims{Total: "125.011"}, wrong: []string{"total"}},
		{name: "nor less", claims: invoice.Claims{Total: "124.989999"}, wrong: []string{"total"}},
		{name: "two lines allow two cents", lines: two, claims: invoice.Claims{Total: "250.02"}, rounding: "0.02"},
		{name: "and not three", lines: two, claims: invoice.Claims{Total: "249.97"}, wrong: []string{"total"}},
		{name: "each line allows one", lines: two, claims: invoice.Claims{Lines: []invoice.Decimal{"100.02"}, Total: "250"}, wrong: []string{"lines[0].net"}},
		{name: "a hundred lines allow one euro", lines: repeat(100, line("1", "1", "25")), claims: invoice.Claims{Payable: "126"}, rounding: "1"},
		{name: "and not a cent more", lines: repeat(100, line("1", "1", "25")), claims: invoice.Claims{Payable: "126.01"}, wrong: []string{"payable"}},
		{name: "the amount due", prepaid: "25", claims: invoice.Claims{Payable: "100.01"}, rounding: "0.01"},
		{name: "the total is right, the amount due is rounded", claims: invoice.Claims{Total: "125", Payable: "125.01"}, rounding: "0.01"},
		{name: "the amount due is right, the total is rounded", claims: invoice.Claims{Total: "125.01", Payable: "125"}},
		{name: "the amount due speaks against the total", claims: invoice.Claims{Total: "125.01", Payable: "124.99"}, rounding: "-0.01"},
		{name: "net and VAT differ in two directions", claims: invoice.Claims{Net: "100.01", VAT: "24.99", Total: "125"}},
		{name: "net, VAT and total all differ", lines: two, claims: invoice.Claims{Net: "200.01", VAT: "50.01", Total: "250.02"}, rounding: "0.02"},
		{name: "one wrong claim keeps the others from being taken over", claims: invoice.Claims{Net: "107", Total: "125.01"}, wrong: []string{"net"}},
		{name: "one wrong line too", claims: invoice.Claims{Lines: []invoice.Decimal{"107"}, Total: "125.01"}, wrong: []string{"lines[0].net"}},

		// Without a claimed total nothing could be taken over: the invoice would
		// silently be another than the sender's.
		{name: "net and VAT are a total", lines: two, claims: invoice.Claims{Net: "200.01", VAT: "50.01"}, rounding: "0.02"},
		{name: "net and VAT are too much of a total", claims: invoice.Claims{Net: "100.01", VAT: "25.01"}, wrong: []string{"net"}},
		{name: "net and VAT make up for each other", claims: invoice.Claims{Net: "100.01", VAT: "24.99"}},
		{name: "net alone", claims: invoice.Claims{Net: "100.01"}, wrong: []string{"net"}},
		{name: "VAT alone", claims: invoice.Claims{VAT: "24.99"}, wrong: []string{"vat"}},
		{name: "a line alone", claims: invoice.Claims{Lines: []invoice.Decimal{"100.01"}}, wrong: []string{"lines[0].net"}},
		{name: "all alone and right", claims: invoice.Claims{Lines: []invoice.Decimal{"100"}, Net: "100"}},

		// The sender's own rounding leaves no room for another.
		{name: "stated and claimed alike", stated: "0.01", rounding: "0.01", claims: invoice.Claims{Total: "125", Payable: "125.01"}},
		{name: "a total that holds the stated rounding", stated: "0.01", rounding: "0.01", claims: invoice.Claims{Total: "125.01"}},
		{name: "payable next to the stated rounding", stated: "0.01", rounding: "0.01", claims: invoice.Claims{Payable: "125.02"}, wrong: []string{"payable"}},
		{name: "payable without the stated rounding", stated: "0.01", rounding: "0.01", claims: invoice.Claims{Payable: "125"}, wrong: []string{"payable"}},
		{name: "a total against the stated rounding", stated: "0.01", rounding: "0.01", claims: invoice.Claims{Total: "124.99"}, wrong: []string{"total"}},

		// What is paid has the currency's decimals, whatever a formula gave.
		{name: "half a cent more is a cent", claims: invoice.Claims{Total: "125.005"}, rounding: "0.01"},
		{name: "less than half a cent is none", claims: invoice.Claims{Total: "125.004"}},
		{name: "a hundredth of a yen is none", currency: "JPY", claims: invoice.Claims{Total: "125.01"}},
		{name: "a yen is more than a hundredth", currency: "JPY", claims: invoice.Claims{Total: "126"}, wrong: []string{"total"}},
		{name: "half a yen cannot become one", currency: "JPY", lines: repeat(50, line("1", "4", "25")), claims: invoice.Claims{Total: "250.5"}, wrong: []string{"total"}},
		{name: "a hundred lines allow a yen", currency: "JPY", lines: repeat(100, line("1", "4", "25")), claims: invoice.Claims{Total: "501"}, rounding: "1"},
	} {
		c.accept = true
		c.check(t)
	}
}

func TestClaimsShowBothAmounts(t *testing.T) {
	t.Parallel()
	_, p := small().CheckClaims(invoice.Claims{Total: "150"}, false)
	if len(p) != 1 || p[0].Value != "150" || !strings.Contains(p[0].Message, "150") || !strings.Contains(p[0].Message, "125.00 EUR") {
		t.Errorf("%+v does not show 150 and 125.00 EUR", p)
	}
}

func TestClaimsOfHostileText(t *testing.T) {
	t.Parallel()
	for _, bad := range []invoice.Decimal{"abc", "NaN", "sNaN", "Inf", "-Infinity", "1e3", "1e999999999", " 125", "125\x1b[31m", "\xff"} {
		for _, accept := range []bool{false, true} {
			inv := small()
			rounding, p := inv.CheckClaims(invoice.Claims{Lines: []invoice.Decimal{bad}, Net: bad, VAT: bad, Total: bad, Payable: bad}, accept)
			if got := fields(p); len(got) != 5 || rounding != "" {
				t.Errorf("%q, accept %t: problems %v, rounding %q", bad, accept, p, rounding)
			}
		}
	}
	inv := small()
	inv.Lines[0].UnitPrice = "NaN"
	if rounding, p := inv.CheckClaims(invoice.Claims{Total: "125"}, true); len(p) == 0 || rounding != "" {
		t.Errorf("an invoice that cannot be computed: %v, rounding %q", p, rounding)
	}
}

// No amount that is due may differ from what the sender claims without a word,
// whatever else is claimed.
func TestClaimsNeverDisagreeSilently(t *testing.T) {
	t.Parallel()
	off := func(d invoice.Decimal, r interface{ IntN(int) int }) invoice.Decimal {
		if r.IntN(3) == 0 {
			return ""
		}
		moved := rat(d)
		moved.Add(moved, rat([]invoice.Decimal{"0", "0", "0.01", "-0.01", "0.02", "-0.02", "0.05", "0.005"}[r.IntN(8)]))
		return mustDecimal(moved.FloatString(3))
	}
	accepted := 0
	for seed := range uint64(3000) {
		r := random(seed)
		inv := small(repeat(1+r.IntN(3), line("1", "33.33", "25"))...)
		inv.Prepaid = []invoice.Decimal{"", "10"}[r.IntN(2)]
		inv.Rounding = []invoice.Decimal{"", "", "0.01", "-0.01"}[r.IntN(4)]
		before := totals(t, inv)
		number := func(a invoice.Amount) invoice.Decimal { return mustDecimal(a.Number()) }
		c := invoice.Claims{Net: off(number(before.Net), r), VAT: off(number(before.VATTotal), r),
			Total: off(number(before.Total), r), Payable: off(number(before.Payable), r)}
		rounding, p := inv.CheckClaims(c, true)
		if len(p) > 0 {
			continue
		}
		inv.Rounding = rounding
		accepted++
		after := totals(t, inv)
		claimed, due := c.Payable, number(after.Payable)
		if claimed == "" { // then the total says what is due, with the rounding in it or next to it
			claimed, due = c.Total, mustDecimal(after.Total.Number())
			with := rat(due)
			with.Add(with, rat(inv.Rounding))
			if claimed != "" && round(rat(claimed), 2).Cmp(with) == 0 {
				continue
			}
		}
		if claimed != "" && round(rat(claimed), 2).Cmp(rat(due)) != 0 {
			t.Fatalf("seed %d: %+v was accepted, but %s is due, rounding %q", seed, c, after.Payable, inv.Rounding)
		}
	}
	if accepted < 100 {
		t.Errorf("only %d of 3000 claims were accepted: this test sees too little", accepted)
	}
}
