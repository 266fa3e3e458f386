package invoice_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"invoicelink/invoice"
)

func TestParseMoney(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ amount, currency, want string }{
		{"18097.75", "DKK", "18097.75 DKK"},
		{"18097.75", "dkk", "18097.75 DKK"},
		{" 12.5 ", " eur", "12.50 EUR"},
		{"1000", "JPY", "1000 JPY"},
		{"-5", "EUR", "-5.00 EUR"},
		{"0", "EUR", "0.00 EUR"},
		{"", "", "no amount"},
	} {
		t.Run(c.amount+c.currency, func(t *testing.T) {
			t.Parallel()
			got, err := invoice.ParseMoney(c.amount, c.currency)
			if err != nil || got.String() != c.want {
				t.Fatalf("got %s, %v; want %s", got, err, c.want)
			}
		})
	}
}

func TestParseMoneyRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ amount, currency, part, hint string }{
		{"18.097,75", "DKK", "amount", "18097.75"},
		{"18,097.75", "DKK", "amount", "18097.75"},
		{"12,50", "EUR", "amount", "12.5"},
		{"1,234", "EUR", "amount", "as in"}, // may mean two numbers
		{"abc", "EUR", "amount", "as in"},
		{"oops", "", "amount", "as in"},
		{"5", "", "currency", "EUR"},
		{"", "EUR", "amount", "EUR"},
		{"5", "dollars", "currency", "three letters"},
		{"-5", "XX1", "currency", "three letters"},
		{"1.005", "EUR", "amount", ""},
		{"1.5", "JPY", "amount", ""},
		{"NaN", "EUR", "amount", ""},
		{"1e3", "EUR", "amount", ""},
		{strings.Repeat("9", 400), "EUR", "amount", ""},
	} {
		t.Run(c.amount+c.currency, func(t *testing.T) {
			t.Parallel()
			got, err := invoice.ParseMoney(c.amount, c.currency)
			refused, ok := errors.AsType[*invoice.MoneyError](err)
			if !ok {
				t.Fatalf("got %s, %v; want a *MoneyError", got, err)
			}
			if refused.Part != c.part || !strings.Contains(err.Error(), c.hint) || len(err.Error()) > 300 {
				t.Errorf("got %q about the %s, want %q about the %s", err, refused.Part, c.hint, c.part)
			}
		})
	}
}

func TestMoneyAddsAndCompares(t *testing.T) {
	t.Parallel()
	a, b := invoice.Money{Amount: "12.5", Currency: "EUR"}, invoice.Money{Amount: "0.75", Currency: "EUR"}
	if sum, err := a.Add(b); err != nil || sum.String() != "13.25 EUR" {
		t.Errorf("sum: got %s, %v; want 13.25 EUR", sum, err)
	}
	if rest, err := (invoice.Money{}).Sub(b); err != nil || rest.String() != "-0.75 EUR" {
		t.Errorf("rest of nothing: got %s, %v; want -0.75 EUR", rest, err)
	}
	if _, err := a.Add(invoice.Money{Amount: "1", Currency: "DKK"}); err == nil {
		t.Error("amounts of two currencies were added")
	}
	if got := a.Cmp(b); got != 1 {
		t.Errorf("12.50 against 0.75: got %d, want 1", got)
	}
}

func TestMoneyAsJSON(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(invoice.Money{Amount: "12.5", Currency: "EUR"})
	if want := `{"amount":"12.50","currency":"EUR"}`; err != nil || string(data) != want {
		t.Errorf("got %s, %v; want %s", data, err, want)
	}
	var back invoice.Money
	if err := json.Unmarshal(data, &back); err != nil || back.String() != "12.50 EUR" {
		t.Errorf("read back: got %s, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"amount":"12,50","currency":"EUR"}`), &back); err == nil {
		t.Error("a decimal comma was read")
	}
}
