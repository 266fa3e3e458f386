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
		err := checkout.VerifySignature(secrets, c.header, []byte(body), now, 5*time.Minute)
		if (err == nil) != c.ok || err != nil && !errors.Is(err, checkout.ErrSignature) {
			t.Errorf("%s: got %v", name, err)
		}
		if checkout.VerifySignature(nil, c.header, []byte(body), now, 0) == nil || checkout.VerifySignature([][]byte{{}}, c.header, []byte(body), now, 0) == nil {
			t.Errorf("%s: good without a secret", name)
		}
		if checkout.VerifySignature(secrets, c.header, []byte(body+" "), now, 0) == nil {
			t.Errorf("%s: good for another body", name)
		}
	}
	for offset, ok := range map[time.Duration]bool{0: true, 4 * time.Minute: true, -4 * time.Minute: true, 6 * time.Minute: false, -6 * time.Minute: false} {
		at := time.Unix(1_800_000_000, 0).Add(offset)
		if err := checkout.VerifySignature(secrets, "t="+stamp+";s0="+good, []byte(body), at, 5*time.Minute); (err == nil) != ok {
			t.Errorf("%v later: %v", offset, err)
		}
	}
	milli := "1800000000123"
	if err := checkout.VerifySignature(secrets, "t="+milli+";s0="+sign("one", milli, body), []byte(body), now, 5*time.Minute); err != nil {
		t.Errorf("milliseconds: %v", err)
	}
	word := "noon"
	if checkout.VerifySignature(secrets, "t="+word+";s0="+sign("one", word, body), []byte(body), now, time.Hour) == nil {
		t.Errorf("a time that is a word is within the tolerance")
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
		c.form.Set("shop_orderid", "o-1")
		c.form.Set("transaction_id", "7")
		c.form.Set("transaction_info[invoice]", "2026/0042")
		got, err := checkout.ParseCallback(formType, []byte(c.form.Encode()))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Outcome() != c.outcome || got.Amount.String() != c.amount || got.OrderID != "o-1" || got.TransactionID != "7" || got.Info["invoice"] != "2026/0042" {
			t.Errorf("%s: got %+v, %s", name, got, got.Outcome())
		}
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
		if got, err := checkout.ParseCallback(c[0], []byte(c[1])); err == nil || len(err.Error()) > 500 {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
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
