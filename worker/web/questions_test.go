package web_test

import (
	"bytes"
	"encoding/csv"
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"invoicelink/worker/testkit"
)

// odd is a list whose numbers stand under a header that means nothing.
func odd(prefix string) []byte {
	return bytes.Replace(list(prefix, 2), []byte("Invoice number"), []byte("Bill thing"), 1)
}

var answerPattern = regexp.MustCompile(`name="answer0" value="([^"]+)"`)

// TestAnswersAreRememberedByHeaders answers a question about a file, and then
// uploads the same layout and others: a memory of one layout must not break
// another.
func TestAnswersAreRememberedByHeaders(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	p := r.person()
	asked := p.upload("odd.csv", odd("A"))
	asked.has(t, "which column has the number", "Bill thing", "A-0001", `<option value="">`)
	if strings.Contains(asked.text, "checked>  ") || regexp.MustCompile(`type="radio"[^>]* checked`).MatchString(asked.text) || strings.Contains(asked.text, " selected") {
		t.Error("an answer is preselected")
	}
	path := asked.Request.URL.Path

	untouched := p.post(path+"/answers", url.Values{"remember": {"on"}})
	untouched.has(t, "which column has the number") // it changes nothing
	p.get("/profiles").has(t, "Nothing is remembered yet")
	p.post(path+"/answers", url.Values{"line0": {"columns: {Bill thing: nonsense}"}}).status(t, 422)

	answer := answerPattern.FindStringSubmatch(asked.text)
	if answer == nil {
		t.Fatalf("no answer is offered:\n%s", asked.text)
	}
	p.post(path+"/answers", url.Values{"answer0": {html.UnescapeString(answer[1])}, "remember": {"on"}}).has(t, "Issue 2 new documents")

	p.upload("again.csv", odd("B")).has(t, "Issue 2 new documents", "layout-")
	p.upload("other.csv", list("C", 2)).has(t, "Issue 2 new documents")
	p.upload("invoices.xlsx", fixture(t, "invoices.xlsx")).has(t, "Issue 25 new documents")

	kept := p.get("/profiles")
	kept.has(t, "Bill thing: number")
	name := regexp.MustCompile(`action="/profiles/(layout-[0-9a-f]+)"`).FindStringSubmatch(kept.text)
	if name == nil {
		t.Fatalf("the profile is not listed:\n%s", kept.text)
	}
	p.post("/profiles/"+name[1], url.Values{"text": {"columns: {Bill thing: nonsense}"}}).status(t, 422)
	p.post("/profiles/"+name[1], url.Values{"forget": {"yes"}}).has(t, "Nothing is remembered yet")
	p.upload("forgotten.csv", odd("D")).has(t, "which column has the number")
	r.close()
	r.open()
	p.get(path).has(t, "Issue 2 new documents") // what was read stays read so
}

// TestColumnOfAGoodFileIsCorrected reads a column of a file without questions
// as something else.
func TestColumnOfAGoodFileIsCorrected(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	p := r.person()
	checked := p.upload("list.csv", list("A", 2))
	checked.has(t, `name="columnF"`, "Issue 2 new documents")
	again := p.post(checked.Request.URL.Path+"/answers", url.Values{"columnF": {"ignore"}, "rounding": {"on"}})
	again.has(t, "Issue 2 new documents", `name="rounding" checked`)
	if got, want := strings.Count(again.text, "<strong>Customer email</strong>"), 0; got != want {
		t.Errorf("the column that is left out is still read as an e-mail address")
	}
	p.upload("next.csv", list("B", 2)).has(t, "<strong>Customer email</strong>") // it was not to be remembered
}

// TestRoundingIsAcceptedOnTheDesk uploads totals that differ by a cent.
func TestRoundingIsAcceptedOnTheDesk(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	p := r.person()
	off := bytes.Replace(list("A", 1), []byte("VAT %\n"), []byte("VAT %,Total\n"), 1)
	off = bytes.Replace(off, []byte(",25\n"), []byte(",25,250.01\n"), 1)
	checked := p.upload("off.csv", off)
	checked.has(t, "Nothing in this file can be issued", "250.01")
	accepted := p.post(checked.Request.URL.Path+"/answers", url.Values{"rounding": {"on"}})
	accepted.has(t, "Issue 1 new document", "250.01")
	p.issue(accepted)
	p.done(checked.Request.URL.Path)
	p.get("/invoices/A-0001").has(t, "250.01")
}

// TestSheetIsChosenOnTheDesk reads the second sheet of a workbook.
func TestSheetIsChosenOnTheDesk(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	p := r.person()
	book := excelize.NewFile()
	defer book.Close()
	for i, name := range []string{"Sheet1", "Other"} {
		if i > 0 {
			_, err := book.NewSheet(name)
			testkit.Must(t, err)
		}
		rows, err := csv.NewReader(bytes.NewReader(list(name[:1], i+1))).ReadAll()
		testkit.Must(t, err)
		for n, row := range rows {
			testkit.Must(t, book.SetSheetRow(name, "A"+strconv.Itoa(n+1), &row))
		}
	}
	var data bytes.Buffer
	testkit.Must(t, book.Write(&data))
	asked := p.upload("two.xlsx", data.Bytes())
	asked.has(t, "several sheets", `name="answer0"`)
	read := p.post(asked.Request.URL.Path+"/answers", url.Values{"sheet": {"Other"}})
	read.has(t, "Issue 2 new documents", "O-0001", "O-0002")
	p.post(asked.Request.URL.Path+"/answers", url.Values{"sheet": {"None"}}).status(t, 422)
}
