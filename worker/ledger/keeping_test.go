package ledger_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"invoicelink/worker/ledger"
)

// keeping are the transitions that never change the state, by name.
var keeping = map[string]ledger.Transition{
	"DropSession": ledger.Record.DropSession,
	"Noted":       func(r ledger.Record) (ledger.Record, error) { return r.Noted("a note", "test") },
	"KnowPage":    func(r ledger.Record) (ledger.Record, error) { return r.KnowPage("p2") },
	"Restored": func(r ledger.Record) (ledger.Record, error) {
		return r.Restored(ledger.Page{Name: "A-1.pdf", SHA256: "p2", Bytes: 11, Revision: r.Printed, At: day2})
	},
	"ResolveReview": func(r ledger.Record) (ledger.Record, error) { return r.ResolveReview("A-1.1", who, "ok") },
	"Claimed": func(r ledger.Record) (ledger.Record, error) {
		return r.Claimed("w.1", day2, false)
	},
	"Released":     func(r ledger.Record) (ledger.Record, error) { return r.Released("w.1") },
	"Crashed":      ledger.Record.Crashed,
	"BeginAttempt": begin("a", day2),
	"AttachLink": func(r ledger.Record) (ledger.Record, error) {
		return r.AttachLink(ledger.Attempt{ID: "a", Link: "https://pay.example.com/a"})
	},
	"LoseAttempt":    func(r ledger.Record) (ledger.Record, error) { return r.LoseAttempt("a") },
	"ReleaseAttempt": func(r ledger.Record) (ledger.Record, error) { return r.ReleaseAttempt("a", "") },
	"RotateToken":    func(r ledger.Record) (ledger.Record, error) { return r.RotateToken(strings.Repeat("B", 32), day2) },
	"DrawPayPage":    func(r ledger.Record) (ledger.Record, error) { return r.DrawPayPage(payPage()) },
}

// keepingTable says what they do in each state: "+" they change the record, "-"
// they are refused, "=" they would change nothing. The last two rows are an
// issued invoice that is claimed and has a payment to decide about, and a
// payment page without and with an attempt to pay.
const keepingTable = `
from      DropSession Noted KnowPage Restored ResolveReview Claimed Released Crashed BeginAttempt AttachLink ReleaseAttempt RotateToken DrawPayPage LoseAttempt
new       =           +     -        -        -             +       =        +       -            -          =              -           -           =
accepted  =           +     -        -        -             +       =        +       -            -          =              -           -           =
session   +           +     -        -        -             +       =        +       -            -          =              -           -           =
linked    =           +     +        -        -             +       =        +       -            -          =              -           -           =
issued    =           +     +        +        -             +       =        +       -            -          =              -           -           =
lapsed    =           +     +        +        -             +       =        +       -            -          =              -           -           =
paid      =           +     +        +        -             +       =        +       -            -          =              -           -           =
cancelled =           +     +        +        -             +       =        +       -            -          =              -           -           =
rejected  =           +     -        -        -             +       =        +       -            -          =              -           -           =
failed    =           +     -        -        -             +       =        +       -            -          =              -           -           =
page      =           +     -        +        +             +       +        +       +            -          =              +           +           =
paying    =           +     -        +        +             +       +        +       -            +          +              +           +           +
`

func keepingRecords(t *testing.T) map[string]ledger.Record {
	t.Helper()
	out := map[string]ledger.Record{}
	for state, r := range records(t) {
		out[string(cmpOr(state, "new"))] = r
	}
	busy := do(t, onPage(t), pay("t", "10"), keeping["Claimed"])
	out["page"] = busy
	out["paying"] = do(t, busy, begin("a", day2))
	return out
}

func TestTransitionsThatKeepTheState(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(keepingTable), "\n")
	names := strings.Fields(lines[0])[1:]
	all := keepingRecords(t)
	if len(lines) != len(all)+1 {
		t.Fatalf("%d rows, want %d", len(lines)-1, len(all))
	}
	for _, row := range lines[1:] {
		cells := strings.Fields(row)
		record, ok := all[cells[0]]
		if !ok {
			t.Fatalf("no record %q", cells[0])
		}
		for i, name := range names {
			want := cells[i+1]
			t.Run(cells[0]+"/"+name, func(t *testing.T) {
				t.Parallel()
				before := fmt.Sprintf("%+v", record)
				next, err := keeping[name](record)
				got := "+"
				if _, refused := errors.AsType[*ledger.RefusedError](err); refused {
					got = "-"
				} else if errors.Is(err, ledger.ErrRepeated) {
					got = "="
				} else if err != nil {
					t.Fatal(err)
				}
				if got != want {
					t.Errorf("got %s (%v), want %s", got, err, want)
				}
				if next.State != record.State {
					t.Errorf("state %s became %s", record.State, next.State)
				}
				if after := fmt.Sprintf("%+v", record); after != before {
					t.Errorf("the record that was given is changed:\n got %s\nwant %s", after, before)
				}
				if next.Cancelled == nil && record.Cancelled != nil || len(next.Payments) < len(record.Payments) {
					t.Errorf("a cancellation or payment is gone: %+v", next)
				}
			})
		}
	}
}

// TestEveryTransitionIsInATable finds transitions that no table has.
func TestEveryTransitionIsInATable(t *testing.T) {
	t.Parallel()
	columns := slices.Concat(strings.Fields(strings.Split(strings.TrimSpace(table), "\n")[0]), strings.Fields(strings.Split(strings.TrimSpace(keepingTable), "\n")[0]))
	record := reflect.TypeFor[ledger.Record]()
	failure := reflect.TypeFor[error]()
	for m := range record.Methods() {
		if f := m.Type; f.NumOut() == 2 && f.Out(0) == record && f.Out(1) == failure && !slices.Contains(columns, m.Name) {
			t.Errorf("Record.%s is in no table of transitions", m.Name)
		}
	}
}
