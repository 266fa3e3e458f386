package ledger_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/invoice"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/ledger"
	"invoicelink/worker/ledger/ledgertest"
)

var indexNow = time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)

// issued is a record whose link expires at a moment.
func issued(number string, due invoice.Date, expires time.Time) ledger.Record {
	return ledger.Record{Number: number, State: ledger.Issued, DueDate: due, Printed: 1,
		Link: &ledger.Link{Revision: 1, ID: "id-" + number, URL: "https://pay.example.com/" + number, CreatedAt: expires.Add(-time.Hour), ValidUntil: expires, ExpiredBy: expires}}
}

func putRecord(t testing.TB, l *ledger.Ledger, r ledger.Record) {
	t.Helper()
	e, err := l.Load(t.Context(), r.Number)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Update(t.Context(), e, func(ledger.Record) (ledger.Record, error) { return r, nil }); err != nil {
		t.Fatal(err)
	}
}

func indexOf(t testing.TB, l *ledger.Ledger) *ledger.Index {
	t.Helper()
	x, err := l.Index(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestIndexSaysWhatTheRecordsSay holds the index against the records, for each
// policy and at several moments, while they change.
func TestIndexSaysWhatTheRecordsSay(t *testing.T) {
	t.Parallel()
	l := open(t)
	retried := issued("retried", "2026-12-20", indexNow.Add(-2*time.Hour))
	retried.RetryAt = indexNow.Add(time.Hour)
	held := issued("held", "2026-12-20", indexNow.Add(-2*time.Hour))
	held.Reviews = []ledger.Review{{ID: "held.1", Kind: ledger.ReviewAmount, At: indexNow}}
	often := issued("renewed often", "2026-12-20", indexNow.Add(-time.Hour))
	often.Link.Revision = 7
	paid := issued("paid", "2026-12-20", indexNow.Add(-time.Hour))
	paid.State = ledger.Paid
	records := []ledger.Record{
		issued("waits", "2026-12-20", indexNow.Add(time.Hour)), issued("due", "2026-12-19", indexNow.Add(-time.Hour)),
		issued("long past", "2026-09-01", indexNow.Add(-time.Hour)), issued("no due date", "", indexNow.Add(-time.Minute)),
		retried, held, often, paid, {Number: "new/1 å", State: ledger.Accepted}, {Number: "credit", State: ledger.Issued, Printed: 1},
		{Number: "refused", State: ledger.Rejected},
	}
	check := func(what string) {
		t.Helper()
		ledgertest.SameIndex(t, what, l, l, indexNow, indexNow.Add(3*time.Hour), indexNow.AddDate(0, 4, 0))
	}
	check("empty")
	for i := range records {
		putRecord(t, l, records[i])
	}
	check("filled")
	if got := indexOf(t, l).Len(); got != len(records) {
		t.Errorf("%d invoices, want %d", got, len(records))
	}
	for i := range records {
		if i%2 == 0 {
			records[i].State = ledger.Cancelled
			putRecord(t, l, records[i])
		}
	}
	check("changed")
}

// TestIndexLeavesOtherKeysAlone: what else lies in the bucket is no invoice.
func TestIndexLeavesOtherKeysAlone(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	l := ledger.Open(b.LedgerBucket(), b.Documents(), b.Owners(), nil)
	putRecord(t, l, issued("A-1", "2026-12-20", indexNow))
	for _, key := range []string{"t.TOKEN", "s.session", "l.i.abc", "r.A-1.1", "owner"} {
		if _, err := b.LedgerBucket().PutString(t.Context(), key, "A-1"); err != nil {
			t.Fatal(err)
		}
	}
	if got := indexOf(t, l).Len(); got != 1 {
		t.Errorf("%d invoices, want 1", got)
	}
}

// TestIndexNamesUnreadableRecords: a record that is no JSON is in no list, and
// said; once it can be read again all is well.
func TestIndexNamesUnreadableRecords(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	l := ledger.Open(b.LedgerBucket(), b.Documents(), b.Owners(), nil)
	putRecord(t, l, issued("A-1", "2026-12-20", indexNow.Add(-time.Hour)))
	revision, err := b.LedgerBucket().PutString(t.Context(), "i.B-2", "{")
	if err != nil {
		t.Fatal(err)
	}
	x := indexOf(t, l)
	if err := x.Unread(); err == nil || x.Count(ledger.RenewalPolicy{}, indexNow).Due != 1 {
		t.Errorf("error %v and %+v, want an error about B-2 and one link due", err, x.Count(ledger.RenewalPolicy{}, indexNow))
	}
	if _, err := b.LedgerBucket().Update(t.Context(), "i.B-2", []byte(`{"number":"B-2","state":"accepted"}`), revision); err != nil {
		t.Fatal(err)
	}
	if x = indexOf(t, l); x.Unread() != nil || x.Count(ledger.RenewalPolicy{}, indexNow).States[ledger.Accepted] != 1 {
		t.Errorf("after it was written again: %v, %+v", x.Unread(), x.Count(ledger.RenewalPolicy{}, indexNow))
	}
}

// bulkNumber is the number of the n-th invoice that fill writes.
const bulkNumber = "N-%06d"

// fill writes issued invoices as fast as the broker takes them.
func fill(t testing.TB, conn *nats.Conn, from, to int) {
	t.Helper()
	js, err := jetstream.New(conn, jetstream.WithPublishAsyncMaxPending(512))
	if err != nil {
		t.Fatal(err)
	}
	for i := from; i < to; i++ {
		r := issued(fmt.Sprintf(bulkNumber, i), "2026-12-20", indexNow.Add(time.Duration(i-from)*time.Minute))
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := js.PublishAsync("$KV."+broker.BucketLedger+".i."+r.Number, data, jetstream.WithStallWait(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	<-js.PublishAsyncComplete()
}

// TestKeptIndex: what another process finds in the file, whatever became of it,
// ends in the same index.
func TestKeptIndex(t *testing.T) {
	t.Parallel()
	const invoices = 1200
	conn, b := brokertest.Open(t)
	l := ledger.Open(b.LedgerBucket(), b.Documents(), b.Owners(), nil)
	file := filepath.Join(t.TempDir(), "made", "ledger.index")
	l.KeepIndex(filepath.Dir(file))
	fill(t, conn, 0, invoices)
	want := indexOf(t, l).Count(ledger.RenewalPolicy{}, indexNow)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("the index was not kept: %v", err)
	}
	if want.States[ledger.Issued] != invoices {
		t.Fatalf("%d issued, want %d", want.States[ledger.Issued], invoices)
	}
	putRecord(t, l, ledger.Record{Number: "later", State: ledger.Accepted})
	want.States[ledger.Accepted] = 1

	flipped := func(at int) []byte {
		data := append([]byte(nil), whole...)
		data[at] ^= 4
		return data
	}
	for name, data := range map[string][]byte{
		"as it was": whole, "missing": nil, "empty": {}, "cut short": whole[:len(whole)/2], "one byte short": whole[:len(whole)-1],
		"a bit flipped in the header": flipped(25), "in the rows": flipped(len(whole) / 3), "in the names": flipped(len(whole) - 40), "in the checksum": flipped(len(whole) - 2),
		"of another layout": append([]byte("invoicelink index 9\n"), whole[20:]...),
	} {
		t.Run(name, func(t *testing.T) {
			other := filepath.Join(t.TempDir(), "ledger.index")
			if data != nil {
				if err := os.WriteFile(other, data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			again := ledger.Open(b.LedgerBucket(), b.Documents(), b.Owners(), nil)
			again.KeepIndex(filepath.Dir(other))
			if got := indexOf(t, again).Count(ledger.RenewalPolicy{}, indexNow); !reflect.DeepEqual(got, want) {
				t.Errorf("%+v, want %+v", got, want)
			}
		})
	}
	t.Run("of another ledger", func(t *testing.T) {
		_, b := brokertest.Open(t)
		again := ledger.Open(b.LedgerBucket(), b.Documents(), b.Owners(), nil)
		again.KeepIndex(filepath.Dir(file))
		if got := indexOf(t, again).Len(); got != 0 {
			t.Errorf("%d invoices, want none", got)
		}
	})
	t.Run("verified", func(t *testing.T) {
		record := func(key string) (*ledger.Record, uint64) {
			value, err := b.LedgerBucket().Get(t.Context(), "i."+key)
			if err != nil {
				return nil, 0
			}
			var r ledger.Record
			if err := json.Unmarshal(value.Value(), &r); err != nil {
				t.Fatal(err)
			}
			return &r, value.Revision()
		}
		if lines, err := ledger.VerifyIndex(file, record); err != nil || len(lines) > 0 {
			t.Errorf("a right index: %v %v", lines, err)
		}
		lost := func(key string) (*ledger.Record, uint64) {
			if key == fmt.Sprintf(bulkNumber, 7) {
				return nil, 0
			}
			return record(key)
		}
		if lines, err := ledger.VerifyIndex(file, lost); err != nil || len(lines) != 1 {
			t.Errorf("a record is lost: %v %v, want one line", lines, err)
		}
		if err := os.WriteFile(file, flipped(100), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ledger.VerifyIndex(file, record); err == nil {
			t.Error("a damaged file verifies")
		}
	})
}
