package invoice_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"

	"invoicelink/invoice"
)

func TestParseDecimal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]invoice.Decimal{
		"0": "0", "-0": "0", "+0": "0", "00": "0", "0.0": "0", "-0.000": "0", "0000000000000000": "0",
		"1": "1", "+1": "1", "-1": "-1", "00012.500": "12.5", "-00012.500": "-12.5", "100": "100", "1000000": "1000000",
		"0.5": "0.5", "-0.5": "-0.5", "0.000001": "0.000001", "1.0000000000": "1",
		"999999999999.999999": "999999999999.999999", "-999999999999.999999": "-999999999999.999999",
		"0000999999999999.9999990000": "999999999999.999999",
	} {
		if got, err := invoice.ParseDecimal(in); err != nil || got != want {
			t.Errorf("ParseDecimal(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

var notNumbers = []string{
	"", " ", "-", "+", ".", "-.", "5.", ".5", "-.5", "--5", "++5", "+-5", "-+5", "5-", "1.2.3", "1..2", "1,5", "1.234,5", "1 000",
	" 1", "1 ", "1\n", "\t1", "1e3", "1E-2", "0x10", "0b1", "1_000", "NaN", "nan", "Inf", "-Infinity", "∞", "½", "１２", "٣", "1\x00",
	"\x00", "−5", "€5", "5 EUR", "5%", "1000000000000", "-1000000000000", "0.0000001", "1.1234567", "\xff", "\ufeff1", "\u202e1",
	"9999999999999999999999999999", "abc", "true", "null", strings.Repeat("9", 1_000_000), strings.Repeat("-", 10_000),
	"0." + strings.Repeat("0", 100_000) + "1",
}

func TestParseDecimalRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range notNumbers {
		got, err := invoice.ParseDecimal(in)
		if got != "" || !errors.Is(err, invoice.ErrNotANumber) {
			t.Errorf("ParseDecimal(%.40q) = %q, %v; want ErrNotANumber", in, got, err)
			continue
		}
		if len(err.Error()) > 300 || strings.ContainsAny(err.Error(), "\x00\n\u202e") {
			t.Errorf("ParseDecimal(%.40q): %q is too long or carries what was typed unquoted", in, err)
		}
	}
}

func TestDecimalQuestions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d              invoice.Decimal
		zero, negative bool
		fraction       int
	}{
		{"", true, false, 0}, {"0", true, false, 0}, {"1", false, false, 0}, {"-1", false, true, 0},
		{"-0.000001", false, true, 6}, {"12.5", false, false, 1}, {"100", false, false, 0},
	} {
		if c.d.IsZero() != c.zero || c.d.IsNegative() != c.negative || c.d.FractionDigits() != c.fraction {
			t.Errorf("%q: zero %t, negative %t, %d decimals", c.d, c.d.IsZero(), c.d.IsNegative(), c.d.FractionDigits())
		}
	}
	if got := invoice.Decimal("").Or("1"); got != "1" {
		t.Errorf(`"".Or("1") = %q`, got)
	}
	if got := invoice.Decimal("0").Or("1"); got != "0" {
		t.Errorf(`"0".Or("1") = %q: a zero is a number`, got)
	}
}

func TestDecimalJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]invoice.Decimal{
		`"1.50"`: "1.5", `1.50`: "1.5", `0.1`: "0.1", `-0`: "0", `-0.0`: "0", `"-0"`: "0", `null`: "", `""`: "", `0`: "0",
		`999999999999.999999`: "999999999999.999999", `"\u0031"`: "1", ` 7 `: "7",
		`0.30000000000000`: "0.3",
		// A float64 cannot hold this one.
		`123456789012.123456`: "123456789012.123456",
	} {
		got := invoice.Decimal("before")
		if err := json.Unmarshal([]byte(in), &got); err != nil || got != want {
			t.Errorf("%s gives %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{`"abc"`, `1e3`, `"1e3"`, `1E5`, `true`, `{}`, `[]`, `[1]`, `" 1"`, `"1,5"`, `1000000000000`, `0.0000001`, `"NaN"`} {
		got := invoice.Decimal("before")
		if err := json.Unmarshal([]byte(in), &got); err == nil || got != "before" {
			t.Errorf("%s gives %q, %v; want an error and nothing changed", in, got, err)
		}
	}
	out, err := json.Marshal(mustDecimal("12.50"))
	if err != nil || string(out) != `"12.5"` {
		t.Errorf("marshalled to %s, %v; want a string", out, err)
	}
}

func FuzzParseDecimal(f *testing.F) {
	for _, seed := range append([]string{"0", "-0", "00012.500", "+7", "999999999999.999999", "-0.000001"}, notNumbers[:40]...) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := invoice.ParseDecimal(s)
		if err != nil {
			if d != "" || !errors.Is(err, invoice.ErrNotANumber) {
				t.Fatalf("ParseDecimal(%q) = %q, %v", s, d, err)
			}
			return
		}
		if again, err := invoice.ParseDecimal(string(d)); err != nil || again != d {
			t.Fatalf("%q is canonical as %q, but that reads as %q, %v", s, d, again, err)
		}
		in, ok := new(big.Rat).SetString(s)
		out, ok2 := new(big.Rat).SetString(string(d))
		if !ok || !ok2 || in.Cmp(out) != 0 {
			t.Fatalf("%q became %q, another number", s, d)
		}
		if d.IsZero() != (in.Sign() == 0) || d.IsNegative() != (in.Sign() < 0) || d.FractionDigits() > invoice.MaxFractionDigits {
			t.Fatalf("%q: zero %t, negative %t, %d decimals", d, d.IsZero(), d.IsNegative(), d.FractionDigits())
		}
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back invoice.Decimal
		if err := json.Unmarshal(text, &back); err != nil || back != d {
			t.Fatalf("%s reads back as %q, %v", text, back, err)
		}
	})
}
