package pdf

import (
	"errors"
	"fmt"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/bankcode"
	"invoicelink/invoice/pdf/font"
	"invoicelink/invoice/pdf/lang"
	"invoicelink/invoice/text"
)

// maxShown is how many characters of a value a problem repeats.
const maxShown = 80

// Printable reports every character of the invoice that no built-in typeface
// of the page holds or that the page cannot set (scripts written from right to
// left, those whose letters join, and marks that no composed letter takes in),
// by the field's JSON path and with the character named, and a language that
// the page cannot be printed in. The typefaces hold Latin with all diacritics
// in use, Greek, Cyrillic, Armenian, Georgian, and common symbols. With the
// seller, nil if nobody knows it yet, it reports also what makes a payment slip
// impossible. An invoice without problems, here and in its Validate, can be
// rendered.
func Printable(inv *invoice.Invoice, seller *invoice.Seller) invoice.Problems {
	family, _ := font.Builtin(font.Sans)
	problems := printable(inv, family)
	if seller != nil {
		problems = append(problems, slipProblems(inv, seller)...)
	}
	return problems
}

// slipProblems is what the payment slip of a seller that wants one fails by. An
// invoice whose totals cannot be computed is for its Validate.
func slipProblems(inv *invoice.Invoice, seller *invoice.Seller) invoice.Problems {
	if seller.Transfer.Code != invoice.TransferSwiss {
		if iban := strings.ReplaceAll(inv.Account.IBAN, " ", ""); bankcode.IsQRIBAN(iban) {
			return invoice.Problems{qrIBANProblem("account.iban", iban)}
		}
		return nil
	}
	doc, err := invoice.NewDocument(inv.Canonical(), seller)
	if err != nil {
		return nil
	}
	switch _, err := bankcode.SwissOf(doc); {
	case errors.Is(err, bankcode.ErrNoReference):
		return invoice.Problems{{Field: "number", Value: text.Truncate(inv.Number, maxShown), Code: "qr-reference",
			Message: "makes no QR reference, by which alone a QR-IBAN is paid: give it 1 to 26 digits, or the seller an IBAN that is no QR-IBAN"}}
	case err != nil && !errors.Is(err, bankcode.ErrNotPayable):
		return invoice.Problems{{Field: "lines", Code: "swiss-slip", Message: "make no payment slip: " + err.Error()}}
	}
	return nil
}

func printable(inv *invoice.Invoice, family *font.Family) invoice.Problems {
	p := missing{family: family}
	inv.EachText(func(path, text string) {
		if !notPrinted(path) {
			p.line(path, text)
		}
	})
	if inv.Language != "" {
		if problem := languageProblem("language", inv.Language); problem != nil {
			p.problems = append(p.problems, *problem)
		}
	}
	return p.problems
}

// notPrinted is true for the texts that no page shows: how to reach the buyer,
// electronic addresses, codes.
func notPrinted(path string) bool {
	switch path {
	case "buyer.email", "buyer.phone", "sessionId", "link.page", "language":
		return true
	}
	return strings.Contains(path, ".endpoint.")
}

// qrIBANProblem is about a QR-IBAN of a seller that prints no payment slips.
func qrIBANProblem(field, iban string) invoice.Problem {
	return invoice.Problem{Field: field, Value: iban, Code: "swiss-slip",
		Message: "is a QR-IBAN, which is paid by the QR reference of a payment slip alone; set transfer: {code: swiss} in the seller's profile, or give another account"}
}

// PrintableSeller is [Printable] for the seller's profile. It also reports
// images, fonts and colours that cannot be printed, and a QR-IBAN without
// payment slips.
func PrintableSeller(s *invoice.Seller) invoice.Problems {
	_, problems := styleOf(s, "")
	if s.Transfer.Code != invoice.TransferSwiss && bankcode.IsQRIBAN(s.IBAN) {
		problems = append(problems, qrIBANProblem("seller.iban", s.IBAN))
	}
	return problems
}

// Languages are the tags of the languages that the page can be printed in,
// sorted.
func Languages() []string { return lang.Tags() }

// languageProblem reports a language that has no texts.
func languageProblem(field, tag string) *invoice.Problem {
	if _, known := lang.Find(tag); known {
		return nil
	}
	return &invoice.Problem{Field: field, Value: text.Truncate(tag, maxShown), Code: "language-unknown", Message: unknownLanguage(tag)}
}

func unknownLanguage(tag string) string {
	return text.Truncate(tag, maxShown) + " is no language of the page; it can be printed in " + strings.Join(lang.Tags(), ", ")
}

func unknownTypeface(name string) error {
	return fmt.Errorf("%s is no typeface; choose one of %s, or give an own font", text.Truncate(name, maxShown), font.Names())
}

// missing collects what a typeface cannot print.
type missing struct {
	family   *font.Family
	problems invoice.Problems
}

// line reports each character of a field once, and at most ten of them.
func (p *missing) line(field, s string) {
	const most = 10
	if plain(s) {
		return
	}
	var found []string
	seen := map[rune]bool{}
	for _, r := range clean(s) {
		if r == '\n' || seen[r] || len(found) == most {
			continue
		}
		seen[r] = true
		if !p.family.Has(r) {
			found = append(found, fmt.Sprintf("U+%04X %q", r, r))
		}
	}
	if len(found) == 0 {
		return
	}
	what := "the character " + found[0]
	if len(found) > 1 {
		what = "the characters " + strings.Join(found, ", ")
	}
	p.problems = append(p.problems, invoice.Problem{
		Field: field, Value: text.Truncate(s, maxShown), Code: "character-not-printable",
		Message: "has " + what + ", which the page has no letter for; write it in Latin, Greek or Cyrillic letters",
	})
}
