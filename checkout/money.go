package checkout

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"invoicelink/invoice"
)

// The API takes amounts with two decimals. Twelve digits before the point are
// more than any invoice, and a bound for what a hostile file can make us send.
var (
	decimal2     = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,2})?$`)
	quantityForm = regexp.MustCompile(`^[0-9]{1,12}(\.[0-9]{1,6})?$`)
	isoCurrency  = regexp.MustCompile(`^[A-Z]{3}$`)
)

// fixed2 checks a decimal and writes it with exactly two decimals.
func fixed2(d invoice.Decimal) (json.Number, error) {
	s := string(d)
	if !decimal2.MatchString(s) {
		return "", fmt.Errorf("%q is not a decimal with at most two decimals and twelve digits", excerpt(s, 40))
	}
	negative := strings.HasPrefix(s, "-")
	whole, part, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	// JSON knows no leading zeros (RFC 8259, section 6).
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	s = whole + "." + (part + "00")[:2]
	if negative && strings.Trim(s, "0.") != "" {
		s = "-" + s
	}
	return json.Number(s), nil
}

// quantity checks the quantity of an order line and trims leading zeros.
func quantity(d invoice.Decimal) (json.Number, error) {
	s := string(d)
	if !quantityForm.MatchString(s) || strings.Trim(s, "0.") == "" {
		return "", fmt.Errorf("%q is not a positive decimal with at most six decimals", excerpt(s, 40))
	}
	if s = strings.TrimLeft(s, "0"); strings.HasPrefix(s, ".") {
		s = "0" + s
	}
	return json.Number(s), nil
}
