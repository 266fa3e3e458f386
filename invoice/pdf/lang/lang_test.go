package lang_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"invoicelink/invoice/pdf/font"
	"invoicelink/invoice/pdf/lang"
)

func find(t *testing.T, tag string) *lang.Texts {
	t.Helper()
	texts, known := lang.Find(tag)
	if !known {
		t.Fatalf("%s is not known", tag)
	}
	return texts
}

// The official languages of the EU, and four of its neighbours.
var wanted = strings.Fields("bg cs da de el en es et fi fr ga hr hu is it lt lv mt nb nl pl pt ro sk sl sv tr uk")

func TestLanguages(t *testing.T) {
	t.Parallel()
	if got := lang.Tags(); !slices.Equal(got, wanted) {
		t.Errorf("languages are %v, want %v", got, wanted)
	}
	for tag, want := range map[string]string{"": "en", "de-AT": "de", "PT-br": "pt", "no": "nb", "nn-NO": "nb"} {
		if got := find(t, tag).Tag; got != want {
			t.Errorf("%q is printed in %s, want %s", tag, got, want)
		}
	}
	for _, tag := range []string{"ja", "x", "eng", "-"} {
		if texts, known := lang.Find(tag); known {
			t.Errorf("%q is printed in %s", tag, texts.Tag)
		}
	}
}

var place = regexp.MustCompile(`\{[a-z]+\}`)

// A text that is missing, has other places than the English one or letters
// that no font has would be seen on the page first.
func TestTextsAreWhole(t *testing.T) {
	t.Parallel()
	english := reflect.ValueOf(find(t, "en")).Elem()
	sans, _ := font.Builtin(font.Sans)
	for _, tag := range lang.Tags() {
		t.Run(tag, func(t *testing.T) {
			t.Parallel()
			texts := reflect.ValueOf(find(t, tag)).Elem()
			for i := range texts.NumField() {
				name := texts.Type().Field(i).Name
				switch field := texts.Field(i); field.Kind() {
				case reflect.String:
					whole(t, sans, name, field.String())
					want, got := place.FindAllString(english.Field(i).String(), -1), place.FindAllString(field.String(), -1)
					slices.Sort(want)
					slices.Sort(got)
					if !slices.Equal(got, want) {
						t.Errorf("%s has the places %v, want %v: %s", name, got, want, field.String())
					}
					if s := field.String(); len(s) > 20 && name != "MomentForm" && s == english.Field(i).String() && tag != "en" {
						t.Errorf("%s is not translated: %s", name, s)
					}
				case reflect.Array:
					for n := range field.Len() {
						whole(t, sans, name, field.Index(n).String())
					}
				case reflect.Int:
					if v := field.Int(); v != 4 && v != 5 {
						t.Errorf("%s is %d", name, v)
					}
				default:
					t.Errorf("%s of kind %v is not looked at", name, field.Kind())
				}
			}
		})
	}
}

func whole(t *testing.T, sans *font.Family, name, s string) {
	t.Helper()
	if strings.TrimSpace(s) == "" && name != "Group" && name != "FirstDay" {
		t.Errorf("%s is empty", name)
	}
	for _, r := range s {
		if !sans.Has(r) && r != '\u00A0' {
			t.Errorf("%s has %q, which no font has: %s", name, r, s)
		}
	}
}

// Numbers are written as Unicode CLDR has them. Croatian puts a space before
// the sign of percent since CLDR 44, which is younger than the tables here.
func TestNumbersAreThoseOfCLDR(t *testing.T) {
	t.Parallel()
	for _, tag := range lang.Tags() {
		cldr := tag
		if tag == "pt" {
			cldr = "pt-PT" // the texts are those of Portugal
		}
		p, texts := message.NewPrinter(language.Make(cldr)), find(t, tag)
		if got, want := texts.Number("1234567.25", 2), p.Sprint(number.Decimal(1234567.25, number.Scale(2))); got != want {
			t.Errorf("%s: %s, want %s", tag, got, want)
		}
		if got, want := texts.PercentOf("25"), p.Sprint(number.Percent(0.25)); got != want && tag != "hr" {
			t.Errorf("%s: %s, want %s", tag, got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		tag, plain string
		digits     int
		want       string
	}{
		{"en", "1234.5", 2, "1,234.50"}, {"da", "1234.5", 2, "1.234,50"}, {"de", "1234567.891", 2, "1.234.567,891"},
		{"en", "-0.5", 2, "−0.50"}, {"en", "-1000000", 0, "−1,000,000"}, {"en", "999", 0, "999"}, {"en", "0", 2, "0.00"},
		{"fi", "1000", 0, "1\u00a0000"}, {"es", "1000", 0, "1000"}, {"es", "10000", 0, "10.000"}, {"DE-ch", "1000", 0, "1.000"}, {"en", "100000.000001", 2, "100,000.000001"},
	} {
		if got := find(t, tt.tag).Number(tt.plain, tt.digits); got != tt.want {
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
		{"fr", "UTC", "1er juillet 2027 à 21:59 UTC"},
		{"fr", "Asia/Kolkata", "2 juillet 2027 à 03:29 IST"},
		{"en", "Asia/Kolkata", "2 July 2027, 03:29 IST"},
		{"en", "America/Sao_Paulo", "1 July 2027, 18:59 UTC−3"},
		{"en", "Asia/Kathmandu", "2 July 2027, 03:44 UTC+5:45"},
	} {
		if got := find(t, tt.tag).Moment(at.In(zone(tt.zone))); got != tt.want {
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
		{"en", time.Second, "1 min"}, {"en", 10*time.Minute + 59*time.Second, "10 min"}, {"da", 90 * time.Minute, "1 t. 30 min."},
		{"de", 49 * time.Hour, "2 Tg. 1 Std."},
	} {
		if got := strings.ReplaceAll(find(t, tt.tag).Span(tt.d), "\u00A0", " "); got != tt.want {
			t.Errorf("%s %v is %q, want %q", tt.tag, tt.d, got, tt.want)
		}
	}
}

// The full stop of an abbreviation ends the sentence too.
func TestFill(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ tag, want string }{
		{"da", "Når linket er åbnet, er det kun aktivt i 1 t. 30 min. Åbn det først, når De er klar til at betale."},
		{"en", "Once opened, the link stays active for 1 h 30 min only. Open it when you are ready to pay."},
		{"el", "Μετά το άνοιγμα ο σύνδεσμος μένει ενεργός μόνο για 1 ώρ. 30 λεπ. Ανοίξτε τον όταν είστε έτοιμοι να πληρώσετε."},
	} {
		texts := find(t, tt.tag)
		if got := strings.ReplaceAll(lang.Fill(texts.OnceOpened, "span", texts.Span(90*time.Minute)), "\u00A0", " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.tag, got, tt.want)
		}
	}
	for _, tag := range lang.Tags() {
		texts := find(t, tag)
		day := texts.Day(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC))
		for _, s := range []string{
			lang.Fill(texts.PaidOn, "date", day), lang.Fill(texts.OnceOpened, "span", texts.Span(49*time.Hour)), lang.Fill(texts.ValidUntil, "moment", day),
		} {
			if strings.Contains(s, "..") || !regexp.MustCompile(`\. \p{Lu}`).MatchString(s) {
				t.Errorf("%s: sentences are not parted by one full stop: %s", tag, s)
			}
		}
	}
}
