package pdf_test

import (
	"slices"
	"testing"

	"invoicelink/invoice/pdf"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain text\nwith lines": "plain text\nwith lines",
		"e\u0301":                "é",
		"a\u2009b\u202Fc\u00A0d": "a b\u00A0c\u00A0d",
		"co\u00ADop\u200B":       "coop",
		"1\u20112":               "1-2",
		"a\r\nb\u2028c":          "a\nb\nc",
		"5\u2126, 3\u212B":       "5Ω, 3Å",
	} {
		if got := pdf.Clean(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		width int
		in    string
		want  []string
	}{
		{100, "", nil},
		{100, "short", []string{"short"}},
		{50, "some words that do not fit", []string{"some words", "that do not", "fit"}},
		{60, "two\n\nparagraphs", []string{"two", "", "paragraphs"}},
		{45, "a\u00A0b\u00A0c\u00A0d\u00A0e\u00A0f g", []string{"a\u00A0b\u00A0c\u00A0d\u00A0e\u00A0f", "g"}},
		{60, "https://example.com/pay/abcdefghijk", []string{"https://", "example.com/", "pay/abcdefg-", "hijk"}},
		{60, "hauptbetriebswerkbau", []string{"hauptbetriebs-", "werkbau"}},
		{60, "Rind\u00ADfleisch\u00ADetikettierung", []string{"Rindfleisch-", "etikettierung"}},
		{200, "Rind\u00ADfleisch", []string{"Rindfleisch"}},
		{62, "der Rind\u00ADfleisch\u00ADsalat", []string{"der Rind-", "fleischsalat"}},
		{60, "ABC1234567890123456", []string{"ABC12345678", "90123456"}},
		{1, "ab", []string{"a", "b"}},
	} {
		got := pdf.WrapText(tt.width, tt.in)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q in %d points is %q, want %q", tt.in, tt.width, got, tt.want)
		}
	}
}

func TestLengthIsWritten(t *testing.T) {
	t.Parallel()
	for in, want := range map[int]string{0: "0", 5: "0.005", 50: "0.05", 500: "0.5", 1000: "1", -1250: "-1.25", 595276: "595.276", 100010: "100.01"} {
		if got := pdf.Length(in); got != want {
			t.Errorf("%d is written %s, want %s", in, got, want)
		}
	}
}

// Words are divided between syllables, and compounds after the s that joins
// them.
func TestWordsAreDivided(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ language, good, bad string }{
		{"de", "Überwachungs-aufgaben", "Überwachung-saufgaben"}, {"de", "Leistungs-träger", "Leistung-sträger"},
		{"de", "Sicherheits-überprüfung", "Sicherheit-süberprüfung"}, {"de", "Hauptbetriebs-werkbau", "Hauptbetriebsw-erkbau"},
		{"de", "Rech-nung", "Re-chnung"}, {"de", "Arbeits-amt", "Arbeit-samt"}, {"de", "Linsen-suppe", "Linsensup-pe"},
		{"da", "stabiliserings-periode", "stabilisering-speriode"}, {"da", "undervis-ning", "undervi-sning"}, {"da", "planlæg-ning", "planlæ-gning"},
		{"da", "sikkerheds-udstyr", "sikkerhed-sudstyr"}, {"nb", "betalings-avtale", "betaling-savtale"}, {"sv", "underhålls-uppföljning", "underhåll-suppföljning"},
		{"fi", "asennus-palvelu", "asennu-spalvelu"}, {"fi", "asia-kirja", "asiak-irja"}, {"hu", "mérő-csere", "mérőc-sere"}, {"hu", "szolgál-tatás", "szolgá-ltatás"},
		{"nl", "maat-schappij", "maats-chappij"}, {"pl", "fak-tura", "fa-ktura"}, {"el", "τιμο-λόγιο", "τιμολ-όγιο"},
	} {
		if !pdf.Divides(tt.language, tt.good) {
			t.Errorf("%s: %s is not divided so", tt.language, tt.good)
		}
		if pdf.Divides(tt.language, tt.bad) {
			t.Errorf("%s: %s is divided so", tt.language, tt.bad)
		}
	}
}
