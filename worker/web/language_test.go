package web_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"invoicelink/worker/web"
)

var (
	findingPattern = regexp.MustCompile(`<li>(?:<code>[^<]*</code> )?([^<]{12,})</li>`)
	answersPattern = regexp.MustCompile(`(?s)<legend>([^<]+)</legend>|type="radio"[^>]*> ([^<]+) <code>|<option value="[^"]+">([^<]+)</option>|<div class="note bad" role="alert">([^<]+)<`)
)

// said are the sentences of a page that come from the program: findings,
// questions, answers, fields and refusals.
func said(a page) (out []string) {
	for _, pattern := range []*regexp.Regexp{findingPattern, answersPattern} {
		for _, m := range pattern.FindAllStringSubmatch(a.text, -1) {
			for _, text := range m[1:] {
				if text = strings.TrimSpace(html.UnescapeString(text)); text != "" {
					out = append(out, text)
				}
			}
		}
	}
	return out
}

// sameInEnglish are words that are the same in another language.
var sameInEnglish = map[string]bool{"total": true, "tax": true, "zip": true, "GTIN": true}

// TestNothingIsEnglishOnOtherPages shows each kind of sentence in English, and
// looks for the same sentences on the pages in Danish and German.
func TestNothingIsEnglishOnOtherPages(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *web.Config) { c.MaxRows = 200 })
	r.Start()
	p := r.person()
	p.header.Set("Accept-Language", "en")
	p.issues("list.csv", list("A", 2))
	wrong := p.upload("invoices-with-errors.xlsx", fixture(t, "invoices-with-errors.xlsx")).Request.URL.Path
	asked := p.upload("odd.csv", odd("B")).Request.URL.Path
	rules := p.upload("rules.csv", []byte(strings.ReplaceAll(string(list("C", 2)), "buyer@example.com", "no address"))).Request.URL.Path
	for _, c := range []struct {
		name string
		get  func() page
		some bool // sentences are expected
	}{
		{"errors by cell", func() page { return p.get(wrong) }, true},
		{"questions", func() page { return p.get(asked) }, true},
		{"rules of invoices", func() page { return p.get(rules) }, true},
		{"a file that is no workbook", func() page { return p.upload("x.xlsx", []byte("%PDF-1.7")) }, true},
		{"too many rows", func() page { return p.upload("long.csv", list("D", 300)) }, true},
		{"an amount that is none", func() page { return p.post("/invoices/A-0001/paid", url.Values{"amount": {"12,5x"}}) }, true},
		{"a day that is none", func() page { return p.post("/invoices/A-0001/paid", url.Values{"date": {"yesterday"}}) }, true},
		{"a cancellation without a reason", func() page { return p.post("/invoices/A-0001/cancel", nil) }, true},
		{"a review that is none", func() page { return p.post("/reviews/A-0001.9", url.Values{"note": {"x"}}) }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.header.Set("Accept-Language", "en")
			english := map[string]bool{}
			for _, s := range said(c.get()) {
				english[s] = !sameInEnglish[s]
			}
			if len(english) == 0 && c.some {
				t.Fatal("no sentence found in English")
			}
			for _, language := range []string{"da", "de"} {
				p.header.Set("Accept-Language", language)
				other := said(c.get())
				if len(other) == 0 {
					t.Errorf("%s: no sentence found", language)
				}
				for _, s := range other {
					if english[s] {
						t.Errorf("%s: the page says %q", language, s)
					}
				}
			}
		})
	}
}
