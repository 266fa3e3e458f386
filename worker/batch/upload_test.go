package batch_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"invoicelink/invoice/sheet"
	"invoicelink/worker/batch"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit"
)

func TestSameFileGivesTheSameRequests(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	path := file(t, "source.csv", list("A-1", "bad-1", "A-2"))
	id := batch.NewID()
	first, again := read(t, id, path, "list.csv"), read(t, id, path, "list.csv")
	if first.Digest() != again.Digest() || first.Len() != 2 || first.Refused() != 1 {
		t.Fatalf("plans %s and %s, %d good, %d bad", first.Digest(), again.Digest(), first.Len(), first.Refused())
	}
	if read(t, batch.NewID(), path, "").Digest() == first.Digest() {
		t.Error("another upload has the same plan")
	}
	testkit.Must(t, first.Publish(t.Context(), r.broker, r.ledger, options()))
	testkit.Must(t, again.Publish(t.Context(), r.broker, r.ledger, options())) // a restart in the middle: the ledger knows the ids
	ids, numbers := r.requests()
	if !slices.Equal(ids, []string{id + "-1", id + "-3", id + "-1", id + "-3"}) || !slices.Equal(numbers, []string{"A-1", "A-2", "A-1", "A-2"}) {
		t.Errorf("requests %v for %v", ids, numbers)
	}
	spec, err := r.ledger.BatchSpec(t.Context(), id)
	testkit.Must(t, err)
	if !slices.Equal(spec.Files, []string{"list.csv"}) {
		t.Errorf("spec: %+v", spec)
	}
}

func TestWaitTakesTheFirstAnswerAndGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	path, id := file(t, "source.csv", list("A-1", "A-2")), batch.NewID()
	from, err := r.broker.NextEventSeq(t.Context())
	testkit.Must(t, err)
	u := read(t, id, path, "")
	testkit.Must(t, u.Publish(t.Context(), r.broker, r.ledger, options()))
	r.issued("AAAAAAAAAAAAAAAA", id+"-1", "A-1") // another upload's
	r.issued(id, id+"-7", "A-7")                 // no request of this one
	r.answer(id, id+"-1", event.TypeRejected, event.Status{Number: "A-1", State: "rejected", Error: "no good"})
	r.issued(id, id+"-1", "A-1") // too late
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped")
	if err := u.Wait(ctx, r.broker, func(event.Status) { cancel(stopped) }); !errors.Is(err, stopped) {
		t.Fatalf("wait: %v", err)
	}
	if c := u.Count(); c.Bad != 1 || c.Open != 1 || c.Good != 0 {
		t.Errorf("count: %+v", c)
	}
	r.issued(id, id+"-2", "A-2")

	later := read(t, id, path, "")
	later.Resume(from)
	testkit.Must(t, later.Wait(t.Context(), r.broker, nil))
	if c := later.Count(); c.Bad != 1 || c.Good != 1 || c.Open != 0 || later.Open() != 0 {
		t.Errorf("count after the restart: %+v", c)
	}
	if f, more, err := later.Failures(1); err != nil || more != 0 || len(f) != 1 || f[0].Error != "no good" {
		t.Errorf("failures: %+v and %d more, %v", f, more, err)
	}
	if f, more, err := later.Failures(0); err != nil || more != 1 || len(f) != 0 {
		t.Errorf("none of the failures: %+v and %d more, %v", f, more, err)
	}
	answers, err := later.Answers()
	testkit.Must(t, err)
	kept := read(t, id, path, "")
	testkit.Must(t, kept.Recall(answers))
	if kept.Count() != later.Count() {
		t.Errorf("recalled: %+v", kept.Count())
	}
}

func TestLedgerAnswersWhereEventsAreGone(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	path, id := file(t, "source.csv", list("A-1", "A-2", "A-3")), batch.NewID()
	u := read(t, id, path, "")
	for _, rec := range []ledger.Record{
		{Number: "A-1", State: ledger.Paid, Request: id + "-1", PDF: "A-1.pdf", Printed: 2, Link: &ledger.Link{Revision: 2, URL: "https://pay.example.com/2"}},
		{Number: "A-2", State: ledger.Issued, Request: "another"},
		{Number: "A-3", State: ledger.Session, Request: id + "-3"},
	} {
		testkit.Must(t, r.ledger.Update(t.Context(), ledger.New(rec.Number), func(ledger.Record) (ledger.Record, error) { return rec, nil }))
	}
	testkit.Must(t, u.RecallFrom(t.Context(), r.ledger))
	if c := u.Count(); c.Good != 1 || c.Open != 2 {
		t.Errorf("count: %+v", c)
	}
	row := u.Rows()[0]
	if o, err := row.Outcome(); err != nil || o == nil || row.Answer != batch.Issued || !row.Printed || o.State != string(ledger.Paid) || o.PaymentLink != "https://pay.example.com/2" || o.Revision != 2 {
		t.Errorf("outcome: %+v, %v", o, err)
	}
}

func TestOverviewTellsWhatWasUnderstood(t *testing.T) {
	t.Parallel()
	u := read(t, batch.NewID(), file(t, "source.csv", list("A-1", "A-2", "bad-1")), "Ønsker.csv")
	o := u.Overview()
	if o.Invoices != 2 || o.Refused != 1 || o.Lines != 2 || o.Customers != 2 || len(o.Sums) != 1 || o.Sums[0] != (batch.Sum{Currency: "EUR", Invoices: 2, Total: "500.00", Payable: "500.00"}) {
		t.Errorf("overview: %+v", o)
	}
	rows := u.Rows()
	if len(rows) != 3 || !rows[0].OK() || rows[0].Payable != "250.00" || rows[2].OK() {
		t.Fatalf("rows: %+v", rows)
	}
	f := rows[2].Findings
	if len(f) != 1 || f[0].Place != "Ønsker.csv:4 column L" || !strings.Contains(f[0].Text, `"two" is not a number`) || strings.Contains(f[0].Place, "source") {
		t.Errorf("finding: %+v", f)
	}
	if c := u.Columns(); len(c) != 14 || c[0].Field != "Invoice number" || c[0].Use != "field" {
		t.Errorf("columns: %+v", c)
	}
	if first, err := rows[0].Invoice(); err != nil || first.Number != "A-1" {
		t.Errorf("first: got %+v, %v, want A-1", first, err)
	}
}

func TestUnreadableFileGoesByItsOwnName(t *testing.T) {
	t.Parallel()
	path := file(t, "source.csv", "Bill,Issue date,Due date\n1,2026-11-20,2026-12-20\n")
	u, err := batch.ReadAs(t.Context(), batch.NewID(), []batch.File{{Path: path, Name: "mine.csv"}}, sheet.Options{})
	text, whole := batch.Unreadable(err)
	if !whole || !strings.HasPrefix(text, "mine.csv cannot be read before") || len(batch.Missing(err)) == 0 || len(u.Columns()) != 3 || u.Len() != 0 {
		t.Errorf("%q, %v, %d columns", text, batch.Missing(err), len(u.Columns()))
	}
	if strings.Contains(err.Error(), path) {
		t.Errorf("the error names the place where it is kept: %v", err)
	}
	if _, whole := batch.Unreadable(errors.New("x")); whole {
		t.Error("any error is about a file")
	}
}

func TestResultsGoBesideTheRows(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	path, id := file(t, "list.csv", list("A-1", "bad-1")), batch.NewID()
	u := read(t, id, path, "")
	u.Resume(1)
	r.issued(id, id+"-1", "A-1")
	testkit.Must(t, u.Wait(t.Context(), r.broker, nil))
	dir := t.TempDir()
	paths, err := u.WriteResults(t.Context(), dir)
	testkit.Must(t, err)
	if !slices.Equal(paths, []string{filepath.Join(dir, "list-results.csv")}) {
		t.Errorf("paths: %v", paths)
	}
	data, err := os.ReadFile(paths[0])
	testkit.Must(t, err)
	if s := string(data); !strings.Contains(s, "issued") || !strings.Contains(s, "A-1.pdf") || !strings.Contains(s, "rejected") {
		t.Errorf("results:\n%s", s)
	}
}

func TestFilesContradictingEachOtherRejectBothSides(t *testing.T) {
	t.Parallel()
	one := file(t, "one.csv", list("A-1", "A-2"))
	two := file(t, "two.csv", list("B-1", "A-2"))
	testkit.Must(t, os.WriteFile(two, []byte(strings.Replace(list("B-1", "A-2"), "A-2,2026-11-20", "A-2,2026-11-19", 1)), 0o600))
	u, err := batch.Read(t.Context(), []string{one, two}, sheet.Options{})
	testkit.Must(t, err)
	if u.Len() != 2 || u.Refused() != 2 || u.Place(u.ID+"-1") != "one.csv, row 2" || u.Place(u.ID+"-2") != "" || u.Place(u.ID+"-01") != "" || u.Place(u.ID+"-5") != "" || u.Place("A-1") != "" {
		t.Errorf("%d good, %d refused, A-1 at %q", u.Len(), u.Refused(), u.Place(u.ID+"-1"))
	}
}
