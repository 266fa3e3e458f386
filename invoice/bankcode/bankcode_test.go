package bankcode_test

import (
	"strings"
	"testing"

	"github.com/bojanz/currency"

	"invoicelink/invoice"
	"invoicelink/invoice/bankcode"
)

func TestRF(t *testing.T) {
	t.Parallel()
	// RF18 5390 0754 7034 is the example of ISO 11649.
	for number, want := range map[string]string{"539007547034": "RF18539007547034", "2026-0042": "RF9520260042", "a/1": "RF35A1"} {
		got, err := bankcode.RF(number)
		if err != nil || got[:2] != "RF" || got[4:] != want[4:] || number == "539007547034" && got != want {
			t.Errorf("%s is %s, want %s: %v", number, got, want, err)
		}
	}
	for _, number := range []string{"", "–/–", strings.Repeat("1", 22)} {
		if got, err := bankcode.RF(number); err == nil {
			t.Errorf("%q is %s, want an error", number, got)
		}
	}
}

func TestFIKAndKID(t *testing.T) {
	t.Parallel()
	if got, err := bankcode.FIK("2026-0042", "12345678"); err != nil || got != "+71<000000202600425+12345678<" {
		t.Errorf("FIK is %s: %v", got, err)
	}
	if got, err := bankcode.KID("1234567"); err != nil || got != "12345674" {
		t.Errorf("KID is %s, want 12345674: %v", got, err)
	}
	if _, err := bankcode.FIK("A", "12345678"); err == nil {
		t.Error("a number without digits has a FIK reference")
	}
	if _, err := bankcode.FIK("1", "1234"); err == nil {
		t.Error("a creditor of four digits has a FIK reference")
	}
	if _, err := bankcode.KID(strings.Repeat("1", 25)); err == nil {
		t.Error("25 digits have a KID")
	}
}

func TestEPC(t *testing.T) {
	t.Parallel()
	amount := func(n, code string) invoice.Amount {
		a, err := currency.NewAmount(n, code)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	account := invoice.BankAccount{Holder: "Beispiel GmbH", IBAN: "DE89370400440532013000", BIC: "COBADEFFXXX"}
	got, err := bankcode.EPC(account, amount("1234.50", "EUR"), "2026-0042")
	rf, _ := bankcode.RF("2026-0042")
	want := "BCD\n002\n1\nSCT\nCOBADEFFXXX\nBeispiel GmbH\nDE89370400440532013000\nEUR1234.50\n\n" + rf
	if err != nil || got != want {
		t.Errorf("payload is %q, want %q: %v", got, want, err)
	}
	for name, a := range map[string]invoice.Amount{"DKK": amount("1", "DKK"), "zero": amount("0", "EUR"), "negative": amount("-1", "EUR"), "too much": amount("1000000000.00", "EUR")} {
		if got, err := bankcode.EPC(account, a, "1"); err == nil {
			t.Errorf("%s: %q, want an error", name, got)
		}
	}
	account.IBAN = "US00000000000000000"
	if _, err := bankcode.EPC(account, amount("1", "EUR"), "1"); err == nil {
		t.Error("an account outside of the SEPA area has a code")
	}
}
