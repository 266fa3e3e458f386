package invoice_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"invoicelink/invoice"
)

// textFields are the free text fields by their JSON path, found by reflection,
// so that a new one is not forgotten.
func textFields(t *testing.T, inv *invoice.Invoice) map[string]reflect.Value {
	t.Helper()
	out := map[string]reflect.Value{}
	eachLeaf(reflect.ValueOf(inv).Elem(), "", func(path string, v reflect.Value) {
		if v.Type() == reflect.TypeFor[string]() {
			out[path] = v
		}
	})
	if len(out) < 20 {
		t.Fatalf("found only %d text fields", len(out))
	}
	return out
}

// eachLeaf calls f with every field below v that holds no others, and its JSON
// path.
func eachLeaf(v reflect.Value, path string, f func(string, reflect.Value)) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			sf := v.Type().Field(i)
			name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
			if sf.Anonymous {
				eachLeaf(v.Field(i), path, f)
				continue
			}
			if path != "" {
				name = path + "." + name
			}
			eachLeaf(v.Field(i), name, f)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			f(path, v)
			return
		}
		for i := range v.Len() {
			eachLeaf(v.Index(i), fmt.Sprintf("%s[%d]", path, i), f)
		}
	default:
		f(path, v)
	}
}

// What no page can show is refused in every field, wherever in it it stands.
func TestHostileText(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]string{
		"NUL": "\x00", "bell": "\a", "escape": "\x1b", "delete": "\x7f", "C1 control": "\u0084",
		"right-to-left override": "\u202e", "isolate": "\u2066", "pop isolate": "\u2069", "replacement character": "\ufffd",
		"noncharacter": "\ufffe", "noncharacter FDD0": "\ufdd0", "private use": "\ue000", "emoji": "😀", "flag": "🇩🇰", "tag": "\U000e0041",
		"lone byte": "\xff", "overlong": "\xc0\xaf", "half a rune": "\xe2\x82", "surrogate": "\xed\xa0\x80",
	} {
		for path := range textFields(t, sample()) {
			inv := sample()
			v := textFields(t, inv)[path]
			v.SetString("a" + bad + "b")
			p := inv.Validate()
			if !slices.Contains(fields(p), path) {
				t.Errorf("%s in %s was taken: %v", name, path, p)
			}
			for _, problem := range p {
				if hidden(problem.Value) || hidden(problem.Message) {
					t.Errorf("%s in %s: the problem carries it on: %+q", name, path, problem)
				}
			}
			if _, err := json.Marshal(p); err != nil {
				t.Errorf("%s in %s: %v", name, path, err)
			}
		}
	}
}

// What people copy along without seeing it is no reason to refuse an invoice:
// it is taken out, and the content is the same as without it.
func TestInvisibleCharactersAreTakenOut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"tab": {"\t", " "}, "carriage return": {"\r", "\n"}, "line end of Windows": {"\r\n", "\n"}, "vertical tab": {"\v", "\n"},
		"next line": {"\u0085", "\n"}, "line separator": {"\u2028", "\n"}, "paragraph separator": {"\u2029", "\n"},
		"zero width space": {"\u200b", ""}, "zero width joiner": {"\u200d", ""}, "left-to-right mark": {"\u200e", ""},
		"right-to-left mark": {"\u200f", ""}, "word joiner": {"\u2060", ""}, "byte order mark": {"\ufeff", ""}, "variation selector": {"\ufe0f", ""},
		"soft hyphen, which divides a word": {"\u00ad", "\u00ad"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dirty, want := sample(), sample()
			for _, inv := range []*invoice.Invoice{dirty, want} {
				mark := c.in
				if inv == want {
					mark = c.want
				}
				for _, s := range []*string{&inv.Note, &inv.Buyer.Name, &inv.Lines[0].Description, &inv.Allowances[0].Reason, &inv.References.Order} {
					*s = "a" + mark + "b"
				}
			}
			if p := dirty.Validate(); len(p) > 0 {
				t.Errorf("refused: %v", p)
			}
			if got := dirty.Canonical(); got.Note != "a"+c.want+"b" || got.Digest() != want.Digest() {
				t.Errorf("note became %q, want %q", got.Note, "a"+c.want+"b")
			}
			dirty.Number = "a" + c.in + "b"
			if got := fields(dirty.Validate()); !slices.Equal(got, []string{"number"}) {
				t.Errorf("in a number: problems with %q, want the number's alone", got)
			}
		})
	}
}

// hidden reports whether a terminal would show the text other than it is.
func hidden(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) && r != '\n' })
}

func TestLongTextIsRefused(t *testing.T) {
	t.Parallel()
	for path := range textFields(t, sample()) {
		inv := sample()
		textFields(t, inv)[path].SetString(strings.Repeat("x", 100_000))
		p := inv.Validate()
		if !slices.Contains(fields(p), path) {
			t.Errorf("100,000 characters in %s were taken", path)
		}
		if text := p.Error(); len(text) > 1000 {
			t.Errorf("the error about %s has %d bytes", path, len(text))
		}
	}
}
