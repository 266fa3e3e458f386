package invoice_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"invoicelink/invoice"
)

const pngHead = "\x89PNG\r\n\x1a\n"

// seller is a valid profile in which every field stands.
func seller() *invoice.Seller {
	s := &invoice.Seller{
		Party: sample().Buyer,
		IBAN:  "DK5000400440116243", BIC: "DABADKKK", Bank: "Sample Bank", Logo: []byte(pngHead + "rest"),
		Language: "da", Currency: "DKK", PaymentTerms: "30 days net", Footer: "Thank you", TimeZone: "Europe/Copenhagen",
		Note: "Since 1999", Fields: []invoice.Field{{Label: "Our reference", Value: "RB"}},
		Design: invoice.Design{
			Accent: "#1d4278", Typeface: "serif", Font: []byte("regular"), FontBold: []byte("bold"), Paper: invoice.PaperA4,
			Window: invoice.WindowC5, LetterPaper: []byte(pngHead + "sheet"), Columns: []string{"item"},
		},
		EInvoice: invoice.EInvoiceNone,
		Transfer: invoice.Transfer{Code: invoice.TransferEPC, FIKCreditor: "12345678", KID: true},
		Texts: []invoice.LocalTexts{{
			Language: "de", PaymentTerms: "30 Tage netto", Note: "Seit 1999", Footer: "Vielen Dank",
			Fields: []invoice.Field{{Label: "Unser Zeichen", Value: "RB"}},
		}},
		LegalInfo: "Registered in Copenhagen", TaxRepresentative: sample().TaxRepresentative, Legal: invoice.LegalDK,
	}
	s.Name, s.VATID, s.Address.Country = "Seller ApS", "DK12345678", "DK"
	return s
}

func TestValidSellers(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*invoice.Seller){
		"the sample": func(*invoice.Seller) {},
		"as little as possible": func(s *invoice.Seller) {
			*s = invoice.Seller{Party: invoice.Party{Name: "S", VATID: "DK1", Address: invoice.Address{Country: "DK"}}}
		},
		"a JPEG logo":      func(s *invoice.Seller) { s.Logo = []byte("\xff\xd8\xff\xe0rest") },
		"the largest logo": func(s *invoice.Seller) { s.Logo = append(s.Logo, make([]byte, invoice.MaxLogoBytes-len(s.Logo))...) },
		"an SVG logo":      func(s *invoice.Seller) { s.Logo = []byte(`<?xml version="1.0"?><svg/>`) },
		"UTC by its name":  func(s *invoice.Seller) { s.TimeZone = "UTC" },
	} {
		s := seller()
		change(s)
		if p := s.Validate(); len(p) > 0 {
			t.Errorf("%s: %v", name, p)
		}
	}
}

func TestEachSellerRule(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field, says string
		change      func(*invoice.Seller)
	}{
		{"seller.name", "missing", func(s *invoice.Seller) { s.Name = "" }},
		{"seller.name", "U+202E", func(s *invoice.Seller) { s.Name = "\u202e" }},
		{"seller.vatId", "tax number", func(s *invoice.Seller) {
			s.VATID, s.TaxNumber, s.TaxRepresentative = " ", "", invoice.TaxRepresentative{}
		}},
		{"seller.taxRepresentative.vatId", "missing", func(s *invoice.Seller) { s.TaxRepresentative.VATID = "" }},
		{"seller.legal", "none", func(s *invoice.Seller) { s.Legal = "fr" }},
		{"seller.endpoint.scheme", "missing", func(s *invoice.Seller) { s.Endpoint.Scheme = "" }},
		{"seller.globalId.id", "check digit", func(s *invoice.Seller) { s.GlobalID.ID = "5790000000004" }},
		{"seller.address.country", "missing", func(s *invoice.Seller) { s.Address.Country = "" }},
		{"seller.address.country", "3166", func(s *invoice.Seller) { s.Address.Country = "DNK" }},
		{"seller.email", "e-mail", func(s *invoice.Seller) { s.Email = "@" }},
		{"seller.iban", "IBAN", func(s *invoice.Seller) { s.IBAN = "DK5000400440116244" }},
		{"seller.bic", "BIC", func(s *invoice.Seller) { s.BIC = "DABADK" }},
		{"seller.bank", "200", func(s *invoice.Seller) { s.Bank = strings.Repeat("x", 201) }},
		{"seller.paymentTerms", "1000", func(s *invoice.Seller) { s.PaymentTerms = strings.Repeat("x", 1001) }},
		{"seller.footer", "U+0000", func(s *invoice.Seller) { s.Footer = "\x00" }},
		{"seller.language", "language", func(s *invoice.Seller) { s.Language = "dansk!" }},
		{"seller.currency", "ISO 4217", func(s *invoice.Seller) { s.Currency = "KRO" }},
		{"seller.currency", "3 decimals", func(s *invoice.Seller) { s.Currency = "TND" }},
		{"seller.logo", "262145 bytes", func(s *invoice.Seller) { s.Logo = append([]byte(pngHead), make([]byte, invoice.MaxLogoBytes-7)...) }},
		{"seller.logo", "PNG", func(s *invoice.Seller) { s.Logo = []byte("GIF89a") }},
		{"seller.design.paper", "a4", func(s *invoice.Seller) { s.Design.Paper = "a5" }},
		{"seller.design.window", "envelope", func(s *invoice.Seller) { s.Design.Paper = invoice.PaperLetter }},
		{"seller.design.columns[0]", "position", func(s *invoice.Seller) { s.Design.Columns = []string{"amount"} }},
		{"seller.design.letterPaper", "PNG", func(s *invoice.Seller) { s.Design.LetterPaper = []byte("%PDF") }},
		{"seller.design.font", "196609", func(s *invoice.Seller) { s.Design.Font = make([]byte, invoice.MaxFontBytes+1) }},
		{"seller.design", "together", func(s *invoice.Seller) {
			s.Logo = append([]byte(pngHead), make([]byte, invoice.MaxLogoBytes-8)...)
			s.Design.LetterPaper, s.Design.Font = s.Logo, make([]byte, invoice.MaxFontBytes)
		}},
		{"seller.eInvoice", "none", func(s *invoice.Seller) { s.EInvoice = "ubl" }},
		{"seller.transfer.code", "epc", func(s *invoice.Seller) { s.Transfer.Code = "giro" }},
		{"seller.transfer.fikCreditor", "8 digits", func(s *invoice.Seller) { s.Transfer.FIKCreditor = "1234567x" }},
		{"seller.texts[0].language", "two-letter", func(s *invoice.Seller) { s.Texts[0].Language = "DE" }},
		{"seller.texts[0].fields", "9 fields", func(s *invoice.Seller) {
			s.Texts[0].Fields = slices.Repeat([]invoice.Field{{Label: "Terms", Value: "net"}}, 9)
		}},
		{"seller.fields[0].label", "characters", func(s *invoice.Seller) { s.Fields[0].Label = strings.Repeat("x", 201) }},
		{"seller.logo", "PNG", func(s *invoice.Seller) { s.Logo = []byte("<html>") }},
		{"seller.logo", "PNG", func(s *invoice.Seller) { s.Logo = []byte(pngHead[:7]) }},
		{"seller.timeZone", "time zone", func(s *invoice.Seller) { s.TimeZone = "Copenhagen" }},
		{"seller.timeZone", "time zone", func(s *invoice.Seller) { s.TimeZone = "Local" }},
		{"seller.timeZone", "time zone", func(s *invoice.Seller) { s.TimeZone = "../../etc/passwd" }},
		{"seller.timeZone", "time zone", func(s *invoice.Seller) { s.TimeZone = "+02:00" }},
	} {
		s := seller()
		c.change(s)
		p := s.Validate()
		if len(p) != 1 || p[0].Field != c.field || !strings.Contains(p[0].Message, c.says) {
			t.Errorf("%s (%s): got %v", c.field, c.says, p)
		}
	}
	want := []string{"seller.name", "seller.vatId", "seller.address.country", "seller.iban", "seller.bic", "seller.logo", "seller.timeZone"}
	if got := fields((&invoice.Seller{IBAN: "?", BIC: "?", Logo: []byte("?"), TimeZone: "?"}).Validate()); !slices.Equal(got, want) {
		t.Errorf("all at once: got %q, want %q", got, want)
	}
}

// Examples of the IBAN registry of SWIFT, and what is close to one.
func TestIBAN(t *testing.T) {
	t.Parallel()
	check := func(iban string, valid bool) {
		t.Helper()
		s := seller()
		s.IBAN = iban
		if p := s.Validate(); (len(p) == 0) != valid {
			t.Errorf("%q: %v, want valid %t", iban, p, valid)
		}
	}
	for _, good := range []string{
		"GB29NWBK60161331926819", "DE89370400440532013000", "DK5000400440116243", "NO9386011117947", "SE4550000000058398257466",
		"GR1601101250000000012300695", "PL61109010140000071219812874", "UA213223130000026007233566001", "MT84MALT011000012345MTLCAST001S",
		"FR1420041010050500013M02606", "LC55HEMM000100010012001200023015", "",
	} {
		check(good, true)
	}
	for _, bad := range []string{
		"GB29NWBK60161331926818", "GB29 NWBK 6016 1331 9268 19", "gb29nwbk60161331926819", "DE89370400440532013001",
		"NO938601111794", "X", "DK50", strings.Repeat("A", 35), "DK50004004401162É3",
		"123456789012345678901234567890", strings.Repeat("0", 20),
		"293704004405320130" + "0089", // no country
		"D189370400440532013000", "DEA9370400440532013000",
	} {
		check(bad, false)
	}
}

// Of the hundred pairs of check digits one is right. ISO 13616 gives out 02 to
// 98 only: 00, 01 and 99 leave the same remainder as 97, 98 and 02.
func TestIBANCheckDigits(t *testing.T) {
	t.Parallel()
	valid := func(iban string) bool {
		return len((&invoice.Seller{Party: seller().Party, IBAN: iban}).Validate()) == 0
	}
	for bban := range 100 {
		found := 0
		for digits := range 100 {
			if valid(fmt.Sprintf("DK%02d%014d", digits, bban)) {
				found++
			}
			for _, country := range []string{"12", "1A", "A1"} {
				if iban := fmt.Sprintf("%s%02d%014d", country, digits, bban); valid(iban) {
					t.Errorf("%s has no country and was taken", iban)
				}
			}
			if iban := fmt.Sprintf("DKA%d%014d", digits, bban); valid(iban) {
				t.Errorf("%s has no check digits and was taken", iban)
			}
		}
		if found != 1 {
			t.Errorf("DK??%014d has %d pairs of check digits, want 1", bban, found)
		}
		if t.Failed() {
			return
		}
	}
}

func TestBIC(t *testing.T) {
	t.Parallel()
	for bic, valid := range map[string]bool{
		"": true, "DABADKKK": true, "DEUTDEFF": true, "DEUTDEFF500": true, "NDEASESSXXX": true, "CHASUS33": true,
		"DABADKK": false, "DABADKKKX": false, "DABADKKKXX": false, "DABADKKKXXXX": false, "dabadkkk": false, "DABA12KK": false,
		"DABAD2KK": false, "1ABADKKK": false, "DABA-KKK": false, "DABADKK ": false, "ÆABADKK": false, "DABADKKKX-X": false,
	} {
		s := seller()
		s.BIC = bic
		if p := s.Validate(); (len(p) == 0) != valid {
			t.Errorf("%q: %v, want valid %t", bic, p, valid)
		}
	}
}

func TestSellerLocation(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "UTC", "Europe/Copenhagen": "Europe/Copenhagen", "Nowhere/Land": "UTC"} {
		if got := (&invoice.Seller{TimeZone: in}).Location().String(); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	if got := (&invoice.Seller{TimeZone: "Local"}).Location(); got != time.UTC {
		t.Errorf("the machine's own zone was taken: %s", got)
	}
}
