package bankcode

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"invoicelink/invoice"
)

// Bill is a Swiss QR-bill.
type Bill struct {
	IBAN     string // of Switzerland or Liechtenstein, without spaces
	Creditor Person
	// Amount in Currency, 0.01 to 999999999.99.
	Amount   invoice.Decimal
	Currency string // CHF or EUR
	// Debtor may be empty.
	Debtor Person
	// Reference is a QR reference of 27 digits for a QR-IBAN, and a creditor
	// reference of ISO 11649, or none, for any other.
	Reference string
	// Message is free text, at most 140 characters.
	Message string
}

// Person is a name with a structured address; others are not allowed since
// November 2025.
type Person struct {
	Name    string // at most 70 characters
	Street  string // with the number, at most 70 characters
	Zip     string // at most 16 characters
	City    string // at most 35 characters
	Country string // ISO 3166-1 alpha-2
}

func (p Person) lines() []string {
	if p == (Person{}) {
		return make([]string, 7)
	}
	return []string{"S", cut(p.Name, 70), cut(p.Street, 70), "", cut(p.Zip, 16), cut(p.City, 35), p.Country}
}

// maxSPC is the longest payload of a Swiss QR code, in characters.
const maxSPC = 997

// SPC returns the payload of the Swiss QR code by the Swiss Implementation
// Guidelines QR-bill, version 2.3 (SPC 0200), lines ended by LF. It is to be
// drawn with error correction M, 46 × 46 mm, with the Swiss cross.
func (b Bill) SPC() (string, error) {
	if !invoice.ValidIBAN(b.IBAN) || !isSwiss(b.IBAN) {
		return "", fmt.Errorf("%q is not an IBAN of Switzerland or Liechtenstein", b.IBAN)
	}
	kind := "NON"
	switch {
	case IsQRIBAN(b.IBAN):
		if !validQRR(b.Reference) {
			return "", fmt.Errorf("%q is not a QR reference, which the QR-IBAN needs", b.Reference)
		}
		kind = "QRR"
	case validRF(b.Reference):
		kind = "SCOR"
	case b.Reference != "":
		return "", fmt.Errorf("%q is not a creditor reference (ISO 11649)", b.Reference)
	}
	whole, fraction, _ := strings.Cut(string(b.Amount), ".")
	switch {
	case b.Currency != "CHF" && b.Currency != "EUR":
		return "", fmt.Errorf("currency %q is neither CHF nor EUR", b.Currency)
	case strings.Trim(whole, "0123456789") != "" || whole == "" || len(whole) > 9 || len(fraction) > 2 || b.Amount.IsZero():
		return "", fmt.Errorf("amount %q is not between 0.01 and 999999999.99", b.Amount)
	case strings.Contains(b.Message, "\n") || utf8.RuneCountInString(b.Message) > 140:
		return "", errors.New("message is of several lines or longer than 140 characters")
	}
	for who, p := range map[string]Person{"creditor": b.Creditor, "debtor": b.Debtor} {
		if p != (Person{}) && (p.Name == "" || p.Zip == "" || p.City == "" || len(p.Country) != 2) || who == "creditor" && p == (Person{}) {
			return "", fmt.Errorf("%s has no name, post code, town or country", who)
		}
	}
	lines := append([]string{"SPC", "0200", "1", b.IBAN}, b.Creditor.lines()...)
	lines = append(lines, make([]string, 7)...) // the ultimate creditor, for later use
	lines = append(lines, whole+"."+(fraction + "00")[:2], b.Currency)
	lines = append(lines, b.Debtor.lines()...)
	lines = append(lines, kind, b.Reference, b.Message, "EPD")
	payload := strings.Join(lines, "\n")
	if n := utf8.RuneCountInString(payload); n > maxSPC {
		return "", fmt.Errorf("payload has %d characters; a Swiss QR code holds %d", n, maxSPC)
	}
	return payload, nil
}

// IsQRIBAN reports whether an account of Switzerland or Liechtenstein is one that
// is paid by QR references alone: its institution's number says so.
func IsQRIBAN(iban string) bool {
	return isSwiss(iban) && len(iban) > 9 && iban[4:9] >= "30000" && iban[4:9] <= "31999"
}

func isSwiss(iban string) bool { return strings.HasPrefix(iban, "CH") || strings.HasPrefix(iban, "LI") }

func validQRR(s string) bool {
	if len(s) != 27 || strings.Trim(s, "0123456789") != "" {
		return false
	}
	right, err := QRR(s[:26])
	return err == nil && right == s
}

// SwissOf returns the code for what is due on the document: a QR reference for a
// QR-IBAN, else an RF reference, both from the invoice number. It fails with
// ErrNotPayable if the account or the currency is no Swiss one.
func SwissOf(d *invoice.Document) (Code, error) {
	account, inv := d.Account(), d.Invoice
	if !isSwiss(account.IBAN) || inv.Currency != "CHF" && inv.Currency != "EUR" || inv.IsCreditNote() || !d.Totals.Payable.IsPositive() {
		return Code{}, ErrNotPayable
	}
	amount, err := invoice.ParseDecimal(d.Totals.Payable.Number())
	if err != nil {
		return Code{}, err
	}
	b := Bill{IBAN: account.IBAN, Creditor: person(account.Holder, d.Seller.Address), Amount: amount, Currency: inv.Currency,
		Debtor: person(inv.Buyer.Name, inv.Buyer.Address), Message: cut(inv.Number, 140)}
	if b.Debtor.Zip == "" || b.Debtor.City == "" || b.Debtor.Country == "" || !latin(strings.Join(b.Debtor.lines(), "")) {
		b.Debtor = Person{} // left blank on the slip, to be filled in by hand
	}
	if IsQRIBAN(account.IBAN) {
		if b.Reference, err = QRR(inv.Number); err != nil {
			err = fmt.Errorf("%w: %w", ErrNoReference, err)
		}
	} else if b.Reference, err = RF(inv.Number); err != nil {
		b.Reference, err = "", nil // the message names the invoice
	}
	if err != nil {
		return Code{}, err
	}
	if !latin(strings.Join(b.Creditor.lines(), "")) {
		return Code{}, errors.New("name or address of the creditor has letters that the code does not take; write them in Latin letters")
	}
	payload, err := b.SPC()
	reference := b.Reference
	if reference == "" {
		reference = inv.Number
	}
	return Code{payload, reference}, err
}

func person(name string, a invoice.Address) Person {
	return Person{Name: name, Street: a.Street, Zip: a.Zip, City: a.City, Country: a.Country}
}

// QRR returns the Swiss QR reference for an invoice number: its digits behind
// zeros, 26 in all, and a check digit (modulo 10, recursive). It fails on more
// than 26 or none of them.
func QRR(number string) (string, error) {
	digits, err := digitsOf(number, 26)
	if err != nil {
		return "", fmt.Errorf("make the QR reference: %w", err)
	}
	body := strings.Repeat("0", 26-len(digits)) + digits
	carry := 0
	for i := range len(body) {
		carry = [10]int{0, 9, 4, 6, 8, 2, 7, 1, 3, 5}[(carry+int(body[i]-'0'))%10]
	}
	return body + string(rune('0'+(10-carry)%10)), nil
}

// validRF reports whether s, without spaces, is a creditor reference of ISO
// 11649 with right check digits.
func validRF(s string) bool {
	if len(s) < 5 || len(s) > 25 || !strings.HasPrefix(s, "RF") || strings.Trim(s[2:4], "0123456789") != "" {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') {
			return false
		}
	}
	return mod97(s[4:]+s[:4]) == 1
}

// Code is what a banking app reads, with the reference to print next to it.
type Code struct {
	Payload   string
	Reference string // the RF or QR reference, or the invoice number
}

// ErrNotPayable says that a document cannot be paid by the code: nothing is
// due, the currency is another one, or there is no account for it.
var ErrNotPayable = errors.New("document cannot be paid by this code")

// ErrNoReference says that the account is a QR-IBAN, which is paid by a QR
// reference alone, and that the invoice number makes none.
var ErrNoReference = errors.New("a QR-IBAN needs a QR reference")

// cut joins the lines of a text and shortens it to so many characters.
func cut(s string, most int) string {
	short, _ := firstRunes(strings.Join(strings.Fields(s), " "), most)
	return short
}

// latin reports whether a text has only the characters that the guidelines
// allow: Basic Latin to Latin Extended-A, and a few more.
func latin(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 0x17F && !strings.ContainsRune("ȘșȚț€", r) }) < 0
}
