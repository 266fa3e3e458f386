package profile_test

import (
	"reflect"
	"strings"
	"testing"

	"invoicelink/invoice/sheet/profile"
)

const full = `
match: [Invoice No, Kunde, Beløb]        # headers that identify the layout
sheet: Fakturaer
header_row: 4
encoding: windows-1250
decimal: ","
dates: dmy
columns: {"Invoice No": number, "K": total, "Memo": ignore}
defaults: {currency: DKK, vat_rate: 25, quantity: 1, description: "Invoice {number}", due_after: 30d, country: DK}
taxes: {"20% (VAT on Income)": 20, "zw": {rate: 0, category: E, reason: "Art. 113"}, T1: 20.50}
prices: net
totals: check
skip: {Status: [Paid, Void, 0012], Balance: 0}
kinds: {Document type: {Credit note: credit-note}}
split_lines: "\n"
`

func TestParse(t *testing.T) {
	t.Parallel()
	p, err := profile.Parse("mine", []byte(full))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ what, got, want string }{
		{"name", p.Name, "mine"},
		{"encoding", p.Encoding, "windows-1250"},
		{"decimal", p.Decimal, ","},
		{"column", p.Columns["K"], "total"},
		{"rate", string(p.Defaults.VATRate[0]), "25"},
		{"description", string(p.Defaults.Description), "Invoice {number}"},
		{"tax", string(p.Taxes["20% (VAT on Income)"].Rate), "20"},
		{"tax with decimals", string(p.Taxes["T1"].Rate), "20.50"},
		{"tax with category", p.Taxes["zw"].Category + p.Taxes["zw"].Reason, "EArt. 113"},
		{"digits of a value", string(p.Skip["Status"][2]), "0012"},
		{"one value", string(p.Skip["Balance"][0]), "0"},
		{"line end", p.SplitLines, profile.NewLine},
	} {
		if c.got != c.want {
			t.Errorf("%s is %q, want %q", c.what, c.got, c.want)
		}
	}
	out, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	again, err := profile.Parse("mine", out)
	if err != nil {
		t.Fatalf("what YAML writes is not read: %v\n%s", err, out)
	}
	if !reflect.DeepEqual(p, again) {
		t.Errorf("written and read again it is\n%+v, want\n%+v\n%s", again, p, out)
	}
}

func TestParseReportsEverythingWrong(t *testing.T) {
	t.Parallel()
	_, err := profile.Parse("mine", []byte(`
columns: {A: nonsense}
prices: brutto
defaults: {vat_rate: many, due_after: soon, currency: kroner}
taxes: {T1: {rate: 20, category: X}}
`))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{`"A": "nonsense" is no field`, `prices: "brutto"`, `"many" is no percentage`, `"soon" is no time`, `"kroner" is no code`, `category "X"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q lacks %q", err, want)
		}
	}
	for _, bad := range []string{"colums: {}", "columns: [", "skip: {Status: {a: b}}", "columns: {A: total, A: net}"} {
		if _, err := profile.Parse("mine", []byte(bad)); err == nil {
			t.Errorf("%q passes", bad)
		}
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	p := &profile.Profile{Match: []string{"Invoice No", "Beløb"}}
	if !p.Matches([]string{"*invoice_no", "BELOB", "More"}) {
		t.Error("does not match its headers in another spelling")
	}
	if p.Matches([]string{"Invoice No"}) {
		t.Error("matches with a header missing")
	}
	if (&profile.Profile{}).Matches(nil) {
		t.Error("a profile without match matches everything")
	}
}

// FuzzParse holds that nothing in a profile makes the reading panic.
func FuzzParse(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte("defaults: {vat_rate: [0, 25]}\nlines: {sheet: Items, columns: {No: number}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := profile.Parse("mine", data); err == nil {
			if _, err := p.YAML(); err != nil {
				t.Errorf("%q is read and cannot be written: %v", data, err)
			}
		}
	})
}
