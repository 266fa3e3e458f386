package checkout_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"invoicelink/checkout"
)

func sign(secret, stamp, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body + "." + stamp))
	return hex.EncodeToString(mac.Sum(nil))
}

func TestVerifySignature(t *testing.T) {
	t.Parallel()
	const body, stamp = "a=1&b=%00\xff", "1800000000"
	now := time.Unix(1_800_000_100, 0)
	good, other := sign("one", stamp, body), sign("two", stamp, body)
	secrets := [][]byte{nil, []byte("one")}
	for name, c := range map[string]struct {
		header string
		ok     bool
	}{
		"one":              {"t=" + stamp + ";s0=" + good, true},
		"second":           {"t=" + stamp + ";s0=" + other + ";s1=" + good, true},
		"order and space":  {" s1=" + good + "; t=" + stamp + " ;", true},
		"another secret":   {"t=" + stamp + ";s0=" + other, false},
		"empty secret":     {"t=" + stamp + ";s0=" + sign("", stamp, body), false},
		"another time":     {"t=1800000001;s0=" + good, false},
		"two times":        {"t=" + stamp + ";t=1;s0=" + good, false},
		"no time":          {"s0=" + good, false},
		"no signature":     {"t=" + stamp, false},
		"cut":              {"t=" + stamp + ";s0=" + good[:60], false},
		"empty":            {"", false},
		"no hex":           {"t=" + stamp + ";s0=" + strings.Repeat("z", 64), false},
		"another name":     {"t=" + stamp + ";sig=" + good, false},
		"long":             {"t=" + stamp + ";s0=" + good + strings.Repeat(" ", 5000), false},
		"seventeen":        {"t=" + stamp + strings.Repeat(";s0="+good, 17), false},
		"comma for a semi": {"t=" + stamp + ",s0=" + good, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := checkout.VerifySignature(secrets, c.header, []byte(body), now, 5*time.Minute)
			if (err == nil) != c.ok || err != nil && !errors.Is(err, checkout.ErrSignature) {
				t.Errorf("got %v, want it accepted: %v", err, c.ok)
			}
			for _, none := range [][][]byte{nil, {{}}} {
				if checkout.VerifySignature(none, c.header, []byte(body), now, 0) == nil {
					t.Errorf("got it accepted with the secrets %q, want it refused", none)
				}
			}
			if checkout.VerifySignature(secrets, c.header, []byte(body+" "), now, 0) == nil {
				t.Error("got it accepted for another body, want it refused")
			}
		})
	}
}

// TestSignatureAge: the timestamp is in seconds or milliseconds, and within the
// tolerance on either side.
func TestSignatureAge(t *testing.T) {
	t.Parallel()
	const body = "a=1"
	for _, c := range []struct {
		stamp string
		later time.Duration // than 1800000000
		ok    bool
	}{
		{"1800000000", 0, true}, {"1800000000", 4 * time.Minute, true}, {"1800000000", -4 * time.Minute, true},
		{"1800000000", 6 * time.Minute, false}, {"1800000000", -6 * time.Minute, false},
		{"1800000000123", time.Minute, true}, {"1800000000123", 6 * time.Minute, false},
		{"noon", 0, false}, {"-1", 0, false},
	} {
		t.Run(c.stamp+" "+c.later.String(), func(t *testing.T) {
			t.Parallel()
			at := time.Unix(1_800_000_000, 0).Add(c.later)
			err := checkout.VerifySignature([][]byte{[]byte("one")}, "t="+c.stamp+";s0="+sign("one", c.stamp, body), []byte(body), at, 5*time.Minute)
			if (err == nil) != c.ok {
				t.Errorf("got %v, want it accepted: %v", err, c.ok)
			}
		})
	}
}

const formType = "application/x-www-form-urlencoded; charset=UTF-8"

func TestParseCallback(t *testing.T) {
	t.Parallel()
	xml := func(result, reserved string) string {
		return strings.Replace(responseXML(transactionXML("o-1", "978", reserved, "0", "0")), "Success", result, 1)
	}
	for name, c := range map[string]struct {
		form    url.Values
		outcome checkout.Outcome
		amount  string
	}{
		"succeeded":         {url.Values{"status": {"succeeded"}, "amount": {"100.5"}, "currency": {"978"}}, "paid", "100.50 EUR"},
		"by result":         {url.Values{"status": {""}, "xml": {xml("Success", "0")}}, "paid", "no amount"},
		"by reserved":       {url.Values{"status": {"odd"}, "xml": {xml("Odd", "10")}}, "paid", "no amount"},
		"failed":            {url.Values{"status": {"failed"}, "xml": {xml("Failed", "0")}, "amount": {"5"}, "currency": {"DKK"}}, "rejected", "5.00 DKK"},
		"declined":          {url.Values{"status": {"Declined"}}, "rejected", "no amount"},
		"new":               {url.Values{"status": {"new"}, "amount": {"5.00"}, "currency": {"752"}}, "nothing", "5.00 SEK"},
		"says nothing":      {url.Values{}, "nothing", "no amount"},
		"twice the same":    {url.Values{"status": {"succeeded", "succeeded"}}, "paid", "no amount"},
		"yen":               {url.Values{"amount": {"500.00"}, "currency": {"392"}}, "nothing", "500 JPY"},
		"three decimals":    {url.Values{"amount": {"1.234"}, "currency": {"048"}}, "nothing", "1.234 BHD"},
		"another's success": {url.Values{"status": {"new"}, "xml": {strings.Replace(xml("Open", "10"), "o-1", "o-2", 1)}}, "nothing", "no amount"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.form.Set("shop_orderid", "o-1")
			c.form.Set("transaction_id", "7")
			c.form.Set("transaction_info[invoice]", "2026/0042")
			got, err := checkout.ParseCallback(formType, []byte(c.form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			if got.Outcome() != c.outcome || got.Amount.String() != c.amount {
				t.Errorf("got %s, %s; want %s, %s", got.Outcome(), got.Amount, c.outcome, c.amount)
			}
			if got.OrderID != "o-1" || got.TransactionID != "7" || got.Info["invoice"] != "2026/0042" {
				t.Errorf("got %+v, want order o-1, transaction 7, invoice 2026/0042", got)
			}
		})
	}
}

func TestParseCallbackRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string][2]string{
		"JSON":             {"application/json", `{}`},
		"no type":          {"", "shop_orderid=1"},
		"no order":         {formType, "status=succeeded"},
		"two orders":       {formType, "shop_orderid=1&shop_orderid=2"},
		"two amounts":      {formType, "shop_orderid=1&currency=978&amount=1&amount=2"},
		"no currency":      {formType, "shop_orderid=1&amount=1"},
		"odd currency":     {formType, "shop_orderid=1&amount=1&currency=000"},
		"many decimals":    {formType, "shop_orderid=1&amount=1.2345&currency=978"},
		"odd amount":       {formType, "shop_orderid=1&amount=1%2C5&currency=978"},
		"long order":       {formType, "shop_orderid=" + strings.Repeat("1", 101)},
		"control":          {formType, "shop_orderid=1%0a2"},
		"bad escape":       {formType, "shop_orderid=%zz"},
		"bad XML":          {formType, "shop_orderid=1&xml=%3Ca"},
		"two in XML":       {formType, "shop_orderid=o-1&xml=" + url.QueryEscape(responseXML(transactionXML("o-1", "978", "1", "", "")+transactionXML("o-1", "208", "1", "", "")))},
		"long":             {formType, "shop_orderid=1&x=" + strings.Repeat("x", checkout.MaxCallback)},
		"semicolon in URL": {formType, "shop_orderid=1;status=succeeded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := checkout.ParseCallback(c[0], []byte(c[1])); err == nil || len(err.Error()) > 500 {
				t.Errorf("got %+v, %v; want a short error", got, err)
			}
		})
	}
}

func FuzzParseCallback(f *testing.F) {
	f.Add("shop_orderid=o-1&amount=1.00&currency=978&status=succeeded&xml=%3CAPIResponse%2F%3E")
	f.Add(fmt.Sprintf("shop_orderid=o-1&xml=%s", url.QueryEscape(responseXML(transactionXML("o-1", "978", "1", "2", "3")))))
	f.Fuzz(func(t *testing.T, body string) {
		c, err := checkout.ParseCallback(formType, []byte(body))
		if err == nil && c.OrderID == "" {
			t.Fatal("a callback of no order was accepted")
		}
		_ = c.Outcome()
	})
}
