package worker_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/settlement"
	"invoicelink/worker/testkit"
)

// idle waits until no request waits any more.
func (r *harness) idle() {
	r.T.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(time.Minute); ; {
		n, err := r.Broker.Waiting(r.T.Context())
		testkit.Must(r.T, err)
		if n == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-end:
			r.T.Fatalf("%d requests wait", n)
		}
	}
}

// statuses are the events that show the invoice as the ledger has it, in their
// order: all but refusals of a request alone.
func (r *harness) statuses(number string) (all []event.Status) {
	r.T.Helper()
	next, err := r.Broker.NextEventSeq(r.T.Context())
	testkit.Must(r.T, err)
	if next == 1 {
		return nil
	}
	for e, err := range r.Broker.Events(r.T.Context(), 1) {
		testkit.Must(r.T, err)
		var s event.Status
		testkit.Must(r.T, json.Unmarshal(e.Data, &s))
		if s.Number == number && s.Digest != "" {
			all = append(all, s)
		}
		if e.Sequence+1 == next {
			break
		}
	}
	return all
}

// agree checks that record, page in the directory and last event are of one
// mind.
func (r *harness) agree(number string) ledger.Record {
	r.T.Helper()
	rec := r.Record(number)
	data, err := os.ReadFile(filepath.Join(r.Out, invoice.FileName(number)+".pdf"))
	switch {
	case rec.PDF == "" && !errors.Is(err, fs.ErrNotExist):
		r.T.Errorf("a page lies in the directory (%v) and the record knows none: %s", err, rec.State)
	case rec.PDF != "" && (err != nil || digest(data) != rec.SHA256 || int64(len(data)) != rec.PDFBytes):
		r.T.Errorf("the page is not the record's: %v", err)
	}
	if rec.Claim != nil || rec.Renew != nil {
		r.T.Errorf("work stays in progress: claim %+v, renewal %+v", rec.Claim, rec.Renew)
	}
	if all := r.statuses(number); len(all) > 0 {
		last := all[len(all)-1]
		if last.State != string(rec.State) || last.SHA256 != rec.SHA256 || last.PageRevision != rec.PageRevision() || last.LinkRevision != rec.LinkRevision() {
			r.T.Errorf("last event says %s, page %d %.8s, link %d; the record %s, page %d %.8s, link %d", last.State, last.PageRevision, last.SHA256, last.LinkRevision,
				rec.State, rec.PageRevision(), rec.SHA256, rec.LinkRevision())
		}
	} else if rec.PDF != "" {
		r.T.Error("a page is out and no event says so")
	}
	return rec
}

// statements are what somebody else may say at any moment.
var statements = map[string]func(r *harness){
	"paid": func(r *harness) {
		_, err := (&settlement.Recorder{Broker: r.Broker, Ledger: r.Ledger, Now: r.Clock.Now}).
			Paid(r.T.Context(), settlement.Notice{Number: "A-1", Source: ledger.SourceCommand})
		testkit.Must(r.T, err)
	},
	"paid-in-part": func(r *harness) {
		_, err := (&settlement.Recorder{Broker: r.Broker, Ledger: r.Ledger, Now: r.Clock.Now}).
			Paid(r.T.Context(), settlement.Notice{Number: "A-1", Source: ledger.SourceCommand, Money: invoice.Money{Amount: "10", Currency: "EUR"}})
		testkit.Must(r.T, err)
	},
	"cancelled": func(r *harness) {
		_, err := (&settlement.Recorder{Broker: r.Broker, Ledger: r.Ledger, Now: r.Clock.Now}).
			Cancelled(r.T.Context(), settlement.Notice{Number: "A-1", Source: ledger.SourceCommand, Reason: "typo"})
		testkit.Must(r.T, err)
	},
	"corrected": func(r *harness) {
		other := testkit.Invoice("A-1")
		other.Lines[0].UnitPrice = "1"
		r.Publish(event.SubjectRequested, other)
	},
	"renewed": func(r *harness) { r.Publish(event.SubjectRenew, event.Renew{Number: "A-1"}) },
}

// said checks that the statement is not forgotten.
func said(t *testing.T, statement string, rec ledger.Record) {
	t.Helper()
	switch statement {
	case "paid":
		if rec.State != ledger.Paid || len(rec.Payments) != 1 {
			t.Errorf("got %s with %d payments, want paid with one", rec.State, len(rec.Payments))
		}
	case "paid-in-part":
		if len(rec.Payments) != 1 || len(rec.OpenReviews()) == 0 || rec.State == ledger.Paid {
			t.Errorf("got %s, %d payments, %d reviews, want one payment to review", rec.State, len(rec.Payments), len(rec.OpenReviews()))
		}
	case "cancelled":
		if rec.State != ledger.Cancelled || rec.Cancelled == nil || rec.Cancelled.Reason != "typo" {
			t.Errorf("got %s %+v, want cancelled with its reason", rec.State, rec.Cancelled)
		}
	default:
		if rec.State != ledger.Issued || rec.Error != "" {
			t.Errorf("got %s %s, want issued", rec.State, rec.Error)
		}
	}
}

func TestStatementBetweenAnyTwoStepsOfAnIssue(t *testing.T) {
	t.Parallel()
	for _, step := range issueSteps {
		for name, statement := range statements {
			t.Run(strings.ReplaceAll(step, " ", "-")+"/"+name, func(t *testing.T) {
				t.Parallel()
				r := newHarness(t, short)
				w := worker.New(r.Config)
				w.Before(step, func() { statement(r) })
				r.StartWorker(w)
				r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
				r.subjectOf("A-1")
				r.idle()
				rec := r.agree("A-1")
				said(t, name, rec)
			})
		}
	}
}

// subjectOf waits for the first event about a number.
func (r *harness) subjectOf(number string) {
	r.T.Helper()
	r.Await(func(s string, _ event.Status) bool { return strings.HasSuffix(s, "."+invoice.Key(number)) })
}

func TestStatementBetweenAnyTwoStepsOfARenewal(t *testing.T) {
	t.Parallel()
	for _, step := range renewalSteps {
		for name, statement := range statements {
			t.Run(strings.ReplaceAll(step, " ", "-")+"/"+name, func(t *testing.T) {
				t.Parallel()
				r := newHarness(t, short)
				stop := r.Start()
				r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
				r.Subject("invoices.issued.A-1", 1)
				stop()
				r.Clock.Advance(2 * time.Hour)
				r.Config.Renewal.Mode = ledger.RenewOff // one request, not the sweep's as well
				w := worker.New(r.Config)
				done := make(chan struct{})
				w.Before(step, func() { statement(r); close(done) })
				r.StartWorker(w)
				r.Publish(event.SubjectRenew, event.Renew{Number: "A-1", Replaces: 1})
				<-done
				r.idle()
				rec := r.agree("A-1")
				said(t, name, rec)
			})
		}
	}
}

// TestThreeStatementsInEveryOrder: whatever comes first, nothing that was said
// is forgotten, and no link goes out for money that came before.
func TestThreeStatementsInEveryOrder(t *testing.T) {
	t.Parallel()
	said := map[string]func(r *harness){
		"requested": func(r *harness) { r.Publish(event.SubjectRequested, testkit.Invoice("A-1")) },
		"paid":      func(r *harness) { r.Publish(event.SubjectPaid, event.Paid{Number: "A-1", Reference: "bank 1"}) },
		"part": func(r *harness) {
			r.Publish(event.SubjectPaid, event.Paid{Number: "A-1", Amount: "0.01", Currency: "EUR", Reference: "bank 2"})
		},
		"cancelled": func(r *harness) { r.Publish(event.SubjectCancelled, event.Cancelled{Number: "A-1", Reason: "typo"}) },
		"renew":     func(r *harness) { r.Publish(event.SubjectRenew, event.Renew{Number: "A-1", Force: true, Reason: "x"}) },
	}
	for a := range said {
		for b := range said {
			for c := range said {
				if a == b || b == c || a == c {
					continue
				}
				t.Run(strings.Join([]string{a, b, c}, "-"), func(t *testing.T) {
					t.Parallel()
					r := newHarness(t, func(c *worker.Config) { c.Concurrency = 1 })
					r.Start()
					payments, cancelled, requested, first := 0, false, false, true
					linkMayBe := false
					for _, name := range []string{a, b, c} {
						said[name](r)
						r.idle()
						switch name {
						case "paid", "part":
							payments++
							first = false
						case "cancelled":
							e, err := r.Ledger.Read(t.Context(), "A-1")
							testkit.Must(t, err)
							cancelled, first = e.Cancelled != nil, false // one that is paid is refused, and answered
						case "requested":
							requested, linkMayBe = true, first
						}
					}
					if payments == 0 && !cancelled && !requested {
						return
					}
					rec := r.agree("A-1")
					if len(rec.Payments) != payments {
						t.Errorf("got %d payments, want %d: %+v", len(rec.Payments), payments, rec)
					}
					if cancelled && rec.Cancelled == nil {
						t.Errorf("the cancellation is forgotten: %+v", rec)
					}
					if n := len(r.Sandbox.Links()); n > 0 && !linkMayBe {
						t.Errorf("%d links were made although %v came first", n, []string{a, b, c})
					}
				})
			}
		}
	}
}
