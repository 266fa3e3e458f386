package text_test

import (
	"strings"
	"testing"

	"invoicelink/invoice/text"
)

func TestTruncate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		n        int
		want     string
	}{
		{"empty", "", 3, ""},
		{"shorter", "ab", 3, "ab"},
		{"exactly as long", "æøå", 3, "æøå"},
		{"longer", "æøåæ", 3, "æø…"},
		{"nothing is kept", "ab", 1, "…"},
		{"invalid bytes", "a\xffb", 3, "a\uFFFDb"},
		{"invalid bytes where it cuts", "ab\xff\xfec", 4, "ab\uFFFD…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := text.Truncate(c.in, c.n); got != c.want {
				t.Errorf("Truncate(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
			}
		})
	}
}

func TestLineFoldsWhiteSpaceBeforeItCuts(t *testing.T) {
	t.Parallel()
	if got, want := text.Line(" a\n\n b\tc ", 5), "a b c"; got != want {
		t.Errorf("Line = %q, want %q", got, want)
	}
	if got, want := text.Line("a\nb\nc d", 5), "a b …"; got != want {
		t.Errorf("Line = %q, want %q", got, want)
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ø", 41)
	for _, c := range []struct{ name, in, want string }{
		{"short", "a\"b", `"a\"b"`},
		{"control character", "a\x00", `"a\x00"`},
		{"as long as may be", long[:80], `"` + long[:80] + `"`},
		{"longer", long, `"` + long[:80] + `"… (41 characters)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := text.Quote(c.in); got != c.want {
				t.Errorf("Quote(%q) = %s, want %s", c.in, got, c.want)
			}
		})
	}
}

func TestEscapeFormula(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"", ""}, {"text", "text"}, {"a=b", "a=b"}, {"'=1", "'=1"},
		{"-5", "-5"}, {"+45", "+45"}, {"-1.234,50", "-1.234,50"}, {"-0.5", "-0.5"},
		{"=1+1", "'=1+1"}, {"@SUM(A1)", "'@SUM(A1)"}, {"\tx", "'\tx"}, {"\r=1", "'\r=1"},
		{"-", "'-"}, {"+", "'+"}, {"-A1", "'-A1"}, {"-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"},
		{"-1-1", "'-1-1"}, {"+45 20 30", "'+45 20 30"}, {"=5", "'=5"},
	} {
		if got := text.EscapeFormula(c.in); got != c.want {
			t.Errorf("EscapeFormula(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}
