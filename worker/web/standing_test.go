package web_test

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
)

// TestCheckKnowsTheLedger uploads a list a second time, with one row changed,
// one new and one that cannot be issued.
func TestCheckKnowsTheLedger(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	p := r.person()
	first := p.upload("list.csv", list("A", 3))
	first.has(t, `<dt>New</dt><dd>3</dd>`, "Issue 3 new documents", `href="?row=3#preview"`)
	p.issue(first)
	p.done(first.Request.URL.Path)
	eventually(t, "lists", func() bool { return strings.Count(p.get("/invoices").text, `class="pill issued"`) == 3 })

	p.upload("again.csv", list("A", 3)).has(t, `<dt>New</dt><dd>0</dd>`, `<dt>Already issued</dt>`, "Nothing in this file is new", "Show what was issued")

	other := list("A", 5)
	other = bytes.Replace(other, []byte("Consulting,2,101,25"), []byte("Consulting,2,999,25"), 1)
	other = bytes.Replace(other, []byte("Consulting,2,104,25"), []byte("Consulting,two,104,25"), 1)
	checked := p.upload("other.csv", other)
	checked.has(t, `<dt>New</dt><dd>1</dd>`, "Issue 1 new document", ">Already issued</span>", ">Differs</span>", ">Cannot be issued</span>",
		`<dt>New, payable</dt><dd class="sums"><span>257.50`)
	if got, want := strings.Count(p.get(checked.Request.URL.Path+"?only=same").text, `class="pill same"`), 2; got != want {
		t.Errorf("rows of the tab of issued ones: got %d, want %d", got, want)
	}
	p.get(checked.Request.URL.Path+"?row=4").has(t, "Preview of A-0004", "preview.pdf?row=4")
	if pdf := p.get(checked.Request.URL.Path + "/preview.pdf?row=4"); !strings.HasPrefix(pdf.text, "%PDF-") {
		t.Errorf("preview of row 4: got %.40q, want a PDF", pdf.text)
	}
	p.get(checked.Request.URL.Path+"/preview.pdf?row=5").status(t, 404) // it cannot be issued

	links := r.Sandbox.Stats().Links
	asked := p.issue(checked)
	asked.has(t, "Issue without 2 documents?", "1 cannot be issued", "1 differs from what was issued", "2 are issued already")
	plan := planPattern.FindStringSubmatch(asked.text)
	if plan == nil || r.Sandbox.Stats().Links != links {
		t.Fatalf("the question has no plan, or did not wait: %d links, want %d", r.Sandbox.Stats().Links, links)
	}
	p.post(checked.Request.URL.Path+"/issue", url.Values{"plan": {plan[1]}, "sure": {"yes"}})
	p.done(checked.Request.URL.Path)
	if got, want := r.Sandbox.Stats().Links, links+1; got != want {
		t.Errorf("links: got %d, want %d", got, want)
	}
	p.get(checked.Request.URL.Path).has(t, `<dt>Issued</dt><dd data-good>1</dd>`, `<dt>Already issued</dt><dd data-repeated>2</dd>`, "issued before this upload")
	home := p.get("/")
	home.has(t, "2 issued before", "257.50\u00a0EUR")
}
