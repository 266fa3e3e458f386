package pdf_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"invoicelink/invoice/pdf"
)

func TestNumber(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		tag, plain string
		digits     int
		want       string
	}{
		{"en", "1234.5", 2, "1,234.50"}, {"da", "1234.5", 2, "1.234,50"}, {"de", "1234567.891", 2, "1.234.567,891"},
		{"en", "-0.5", 2, "−0.50"}, {"en", "-1000000", 0, "−1,000,000"}, {"en", "999", 0, "999"}, {"en", "0", 2, "0.00"},
		{"fi", "1000", 0, "1,000"}, {"DE-ch", "1000", 0, "1.000"}, {"en", "100000.000001", 2, "100,000.000001"},
	} {
		if got := pdf.Number(tt.tag, tt.plain, tt.digits); got != tt.want {
			t.Errorf("%s %s with %d digits is %q, want %q", tt.tag, tt.plain, tt.digits, got, tt.want)
		}
	}
}

func TestMoment(t *testing.T) {
	t.Parallel()
	zone := func(name string) *time.Location {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return loc
	}
	at := time.Date(2027, 7, 1, 21, 59, 59, 999, time.UTC)
	for _, tt := range []struct{ tag, zone, want string }{
		{"en", "Europe/Copenhagen", "1 July 2027, 23:59 CEST"},
		{"da", "Europe/Copenhagen", "1. juli 2027 kl. 23.59 CEST"},
		{"de", "UTC", "1. Juli 2027, 21:59 Uhr UTC"},
		{"en", "Asia/Kolkata", "2 July 2027, 03:29 IST"},
		{"en", "America/Sao_Paulo", "1 July 2027, 18:59 UTC−3"},
		{"en", "Asia/Kathmandu", "2 July 2027, 03:44 UTC+5:45"},
	} {
		if got := pdf.Moment(tt.tag, at.In(zone(tt.zone))); got != tt.want {
			t.Errorf("%s in %s is %q, want %q", tt.tag, tt.zone, got, tt.want)
		}
	}
}

func TestSpan(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		tag  string
		d    time.Duration
		want string
	}{
		{"en", time.Second, "1 minute"}, {"en", 10*time.Minute + 59*time.Second, "10 minutes"}, {"da", 90 * time.Minute, "1 time 30 minutter"},
		{"de", 49 * time.Hour, "2 Tage 1 Stunde"},
	} {
		if got := strings.ReplaceAll(pdf.Span(tt.tag, tt.d), "\u00A0", " "); got != tt.want {
			t.Errorf("%s %v is %q, want %q", tt.tag, tt.d, got, tt.want)
		}
	}
}

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
		{60, "https://example.com/pay/abcdefghijk", []string{"https://", "example.com/", "pay/abcdefghij", "k"}},
		{1, "ab", []string{"a", "b"}},
	} {
		got := pdf.WrapText(tt.width, tt.in)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q in %d points is %q, want %q", tt.in, tt.width, got, tt.want)
		}
	}
}

// A language with a hole would print a label without its word.
func TestLanguagesAreComplete(t *testing.T) {
	t.Parallel()
	all := pdf.Languages()
	if len(all) < 3 {
		t.Fatalf("%d languages", len(all))
	}
	for _, l := range all {
		v := reflect.ValueOf(l).Elem()
		for i := range v.NumField() {
			name, field := v.Type().Field(i).Name, v.Field(i)
			switch field.Kind() {
			case reflect.String:
				wholeText(t, v.FieldByName("tag").String()+"."+name, field.String())
			case reflect.Map:
				if field.Len() != 5 {
					t.Errorf("%s has %d of the 5 categories without a rate", name, field.Len())
				}
				for _, key := range field.MapKeys() {
					wholeText(t, name, field.MapIndex(key).String())
				}
			case reflect.Array:
				for n := range field.Len() {
					wholeText(t, name, field.Index(n).String())
				}
			case reflect.Struct:
				for n := range field.NumField() {
					wholeText(t, name, field.Field(n).String())
				}
			default:
				t.Errorf("field %s of kind %v is not looked at", name, field.Kind())
			}
		}
	}
}

func wholeText(t *testing.T, name, s string) {
	t.Helper()
	if s == "" {
		t.Errorf("%s is empty", name)
	}
	inv := plainInvoice()
	inv.Note = s
	if p := pdf.Printable(inv); len(p) > 0 {
		t.Errorf("%s: %v", name, p)
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
