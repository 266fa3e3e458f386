package web_test

import (
	"encoding/csv"
	"net/url"
	"strings"
	"testing"

	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit"
)

// TestLinksAreForThoseWhoOwe pays one invoice of an upload and cancels another:
// a mail merge must not reach them.
func TestLinksAreForThoseWhoOwe(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	p := r.person()
	checked := p.issues("list.csv", list("A", 3))
	p.post("/invoices/A-0001/paid", nil).status(t, 200)
	p.post("/invoices/A-0002/cancel", url.Values{"reason": {"sent twice"}}).status(t, 200)

	read := func(path string) [][]string {
		t.Helper()
		in := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.get(path).text, "\ufeff")))
		in.Comma = ';'
		rows, err := in.ReadAll()
		testkit.Must(t, err)
		return rows
	}
	p.header.Set("Accept-Language", "da")
	rows := read(checked.Request.URL.Path + "/links.csv")
	if len(rows) != 2 {
		t.Fatalf("links: got %d rows, want a heading and A-0003:\n%v", len(rows), rows)
	}
	e, err := r.Ledger.Read(t.Context(), "A-0003")
	testkit.Must(t, err)
	until := e.Link.ValidUntil.In(r.config.Seller.Location()).Format("2006-01-02 15:04")
	want := []string{"A-0003", "Example Customer 2", "buyer@example.com", "en", "", "2026-11-20", "2027-12-20", "EUR", "255,00", "255,00", "Åben", "", e.Link.URL, until}
	if strings.Join(rows[1], "|") != strings.Join(want, "|") {
		t.Errorf("row of A-0003:\n got %q\nwant %q", rows[1], want)
	}

	eventually(t, "lists", func() bool { return len(read("/invoices.csv?state="+string(ledger.Paid))) == 2 })
	eventually(t, "lists", func() bool { return len(read("/invoices.csv?state="+string(ledger.Cancelled))) == 2 })
	all := read("/invoices.csv")
	if len(all) != 4 {
		t.Fatalf("list: got %d rows, want 4", len(all))
	}
	for _, row := range all[1:] {
		if link := row[12]; (link == "") != (row[0] != "A-0003") {
			t.Errorf("%s (%s) has the link %q", row[0], row[10], link)
		}
	}
}
