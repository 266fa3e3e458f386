// Package bankcode writes what a bank needs to know of a transfer: the text of
// the EPC QR code ([EPC], known as GiroCode), and payment references with check
// digits ([RF], [FIK], [KID]).
//
// It draws nothing and checks no account; the profile's Validate does.
package bankcode

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"invoicelink/invoice"
)

// RF is the creditor reference of ISO 11649 for an invoice number: RF, two
// check digits, and the number's letters and digits. It fails on a number that
// has none of them or more than 21.
func RF(number string) (string, error) {
	body := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, number)
	if body == "" || len(body) > 21 {
		return "", fmt.Errorf("%d letters and digits make no RF reference; it has 1 to 21", len(body))
	}
	return fmt.Sprintf("RF%02d%s", 98-mod97(body+"RF00"), body), nil
}

// mod97 is the remainder of ISO 7064, letters standing for 10 to 35.
func mod97(s string) int {
	rest := 0
	for _, c := range []byte(s) {
		if c >= 'A' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest
}

// FIK is the line of a Danish payment with kortart 71 for a creditor number of
// eight digits, "+71<000000020260042+12345678": the invoice number's digits,
// filled up to 14, and a check digit. It fails on a number with more than 14
// digits or none.
func FIK(number, creditor string) (string, error) {
	digits, err := digitsOf(number, 14)
	if err != nil {
		return "", fmt.Errorf("make the FIK reference: %w", err)
	}
	if len(creditor) != 8 || strings.Trim(creditor, "0123456789") != "" {
		return "", fmt.Errorf("make the FIK reference: %q is no creditor number of 8 digits", creditor)
	}
	digits = strings.Repeat("0", 14-len(digits)) + digits
	return "+71<" + digits + luhn(digits) + "+" + creditor + "<", nil
}

// KID is a Norwegian customer identification: the invoice number's digits and
// a check digit (modulus 10), 2 to 25 digits.
func KID(number string) (string, error) {
	digits, err := digitsOf(number, 24)
	if err != nil {
		return "", fmt.Errorf("make the KID: %w", err)
	}
	return digits + luhn(digits), nil
}

func digitsOf(number string, most int) (string, error) {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
	if digits == "" || len(digits) > most {
		return "", fmt.Errorf("the number has %d digits; 1 to %d are possible", len(digits), most)
	}
	return digits, nil
}

// luhn is the check digit of modulus 10 with the weights 2 and 1.
func luhn(digits string) string {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return strconv.Itoa((10 - sum%10) % 10)
}

// EPC is the text of the code by the guideline EPC069-12, version 2: a SEPA
// transfer of the amount with a structured reference, or else the number as
// text. It fails for another currency, an amount out of range, or an account
// outside of the SEPA area.
func EPC(account invoice.BankAccount, amount invoice.Amount, number string) (string, error) {
	switch {
	case amount.CurrencyCode() != "EUR":
		return "", fmt.Errorf("%s is not EUR, which alone a SEPA transfer carries", amount.CurrencyCode())
	case !amount.IsPositive() || len(amount.Number()) > len("999999999.99"):
		return "", fmt.Errorf("%s EUR is out of the range of a SEPA transfer", amount.Number())
	case len(account.IBAN) < 15 || !strings.Contains(sepa, " "+account.IBAN[:2]+" "):
		return "", fmt.Errorf("account is not in the SEPA area")
	}
	name, _ := firstRunes(strings.Join(strings.Fields(account.Holder), " "), 70)
	reference, text := "", ""
	if rf, err := RF(number); err == nil {
		reference = rf
	} else {
		text, _ = firstRunes(number, 140)
	}
	payload := strings.Join([]string{
		"BCD", "002", "1", "SCT", account.BIC, name, account.IBAN, "EUR" + amount.Number(), "", reference, text,
	}, "\n")
	payload = strings.TrimRight(payload, "\n")
	if len(payload) > 331 {
		return "", fmt.Errorf("code has %d bytes; at most 331 are possible", len(payload))
	}
	return payload, nil
}

// sepa are the countries of the SEPA area by the codes of their accounts (EPC409-09).
const sepa = " AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI SK SM VA "

func firstRunes(s string, n int) (string, bool) {
	if utf8.RuneCountInString(s) <= n {
		return s, false
	}
	return string([]rune(s)[:n]), true
}
