package ledger_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/ledger"
)

var update = flag.Bool("update", false, "write the diagram of README.md anew")

var (
	day1 = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	day2 = day1.Add(24 * time.Hour)
	who  = ledger.Act{At: day1, Source: ledger.SourceEvent, Actor: "/erp"}
)

func eur(amount string) invoice.Money {
	return invoice.Money{Amount: invoice.Decimal(amount), Currency: "EUR"}
}

func link(revision int) ledger.Link {
	return ledger.Link{Revision: revision, ID: fmt.Sprint("l", revision), URL: fmt.Sprint("https://pay.example.com/", revision),
		CreatedAt: day1, ValidUntil: day1.Add(time.Hour), ExpiredBy: day1.Add(time.Hour), By: who}
}

func acceptance() ledger.Acceptance {
	return ledger.Acceptance{Request: ledger.Request{ID: "q1", Sequence: 1}, By: who, Digest: "d", Seller: "s", Kind: invoice.KindInvoice,
		DueDate: "2026-12-20", Buyer: "B", Total: eur("100"), Payable: eur("100"), Environment: "sandbox"}
}

// do makes transitions in a row.
func do(t *testing.T, r ledger.Record, transitions ...ledger.Transition) ledger.Record {
	t.Helper()
	for i, transition := range transitions {
		var err error
		if r, err = transition(r); err != nil {
			t.Fatalf("transition %d: %v", i, err)
		}
	}
	return r
}

// transitions are all that lead to a state, by name.
var transitions = map[string]ledger.Transition{
	"Accept":        func(r ledger.Record) (ledger.Record, error) { return r.Accept(acceptance()) },
	"OpenSession":   func(r ledger.Record) (ledger.Record, error) { return r.OpenSession("s1", "d") },
	"AddLink":       func(r ledger.Record) (ledger.Record, error) { return r.AddLink(link(r.NextLink())) },
	"PublishPage":   publish,
	"RecordPayment": pay("tx-1", "100"),
	"Cancel":        func(r ledger.Record) (ledger.Record, error) { return r.Cancel(who) },
	"Reject": func(r ledger.Record) (ledger.Record, error) {
		return r.Reject(ledger.Request{ID: "q2", Sequence: 2}, "wrong")
	},
	"Fail": func(r ledger.Record) (ledger.Record, error) {
		return r.Fail(ledger.Request{ID: "q2", Sequence: 2}, "failed", time.Time{})
	},
	"Lapse": func(r ledger.Record) (ledger.Record, error) { return r.Lapse("too often") },
	"BeginRenewal": func(r ledger.Record) (ledger.Record, error) {
		return r.BeginRenewal(ledger.Renewing{By: who, Now: day2})
	},
	"OpenPayPage": func(r ledger.Record) (ledger.Record, error) { return r.OpenPayPage(payPage()) },
	"CreditBy": func(r ledger.Record) (ledger.Record, error) {
		return r.CreditBy(ledger.Credit{Number: "C-1", Money: eur("100"), At: day1})
	},
}

func publish(r ledger.Record) (ledger.Record, error) {
	return r.PublishPage(ledger.Page{Name: "A-1.pdf", SHA256: "p", Bytes: 10, Revision: r.NextPage(), At: day1})
}

func pay(id, amount string) ledger.Transition {
	return func(r ledger.Record) (ledger.Record, error) {
		return r.RecordPayment(ledger.Payment{ID: id, Money: eur(amount), RecordedAt: day1, Source: ledger.SourceCallback})
	}
}

// records are typical of each state; "new" is a number that is not in the
// ledger yet.
func records(t *testing.T) map[ledger.State]ledger.Record {
	t.Helper()
	x := transitions
	fresh := ledger.New("A-1").Record
	issued := do(t, fresh, x["Accept"], x["AddLink"], publish)
	return map[ledger.State]ledger.Record{
		"": fresh, ledger.Accepted: do(t, fresh, x["Accept"]), ledger.Session: do(t, fresh, x["Accept"], x["OpenSession"]),
		ledger.Linked: do(t, fresh, x["Accept"], x["AddLink"]), ledger.Issued: issued, ledger.Lapsed: do(t, issued, x["Lapse"]),
		ledger.Paid: do(t, issued, x["RecordPayment"]), ledger.Cancelled: do(t, issued, x["Cancel"]),
		ledger.Rejected: do(t, fresh, x["Accept"], x["Reject"]), ledger.Failed: do(t, fresh, x["Accept"], x["Fail"]),
	}
}

// table is the state machine: the state that each transition leads to, "-" if
// it is refused, "=" if it would change nothing.
const table = `
from       Accept   OpenSession AddLink PublishPage RecordPayment Cancel    Reject    Fail      Lapse  BeginRenewal OpenPayPage CreditBy
new        accepted -           -       -           paid          cancelled rejected  failed    -      -            -           new
accepted   accepted session     linked  issued      paid          cancelled rejected  failed    -      -            accepted    accepted
session    session  session     linked  issued      paid          cancelled rejected  failed    -      -            session     session
linked     linked   linked      linked  issued      paid          cancelled rejected  failed    -      -            linked      linked
issued     -        issued      linked  issued      paid          cancelled issued    issued    lapsed issued       issued      issued
lapsed     -        lapsed      linked  issued      paid          cancelled lapsed    lapsed    -      lapsed       lapsed      lapsed
paid       -        -           -       paid        =             -         paid      paid      -      -            -           paid
cancelled  -        -           -       cancelled   cancelled     =         cancelled cancelled -      -            -           cancelled
rejected   accepted -           -       -           paid          cancelled rejected  failed    -      -            -           rejected
failed     accepted -           -       -           paid          cancelled rejected  failed    -      -            -           failed
`

// parsed returns the table by state and transition.
func parsed() map[ledger.State]map[string]string {
	lines := strings.Split(strings.TrimSpace(table), "\n")
	names := strings.Fields(lines[0])[1:]
	out := map[ledger.State]map[string]string{}
	for _, row := range lines[1:] {
		cells := strings.Fields(row)
		from := ledger.State(cells[0])
		if from == "new" {
			from = ""
		}
		out[from] = map[string]string{}
		for i, name := range names {
			out[from][name] = cells[i+1]
		}
	}
	return out
}

func TestTransitions(t *testing.T) {
	t.Parallel()
	want := parsed()
	for from, record := range records(t) {
		if record.State != from {
			t.Fatalf("record is %s, want %s", record.State, from)
		}
		for name, transition := range transitions {
			t.Run(fmt.Sprintf("%s/%s", cmpOr(from, "new"), name), func(t *testing.T) {
				t.Parallel()
				before := fmt.Sprintf("%+v", record)
				next, err := transition(record)
				got := string(next.State)
				if _, refused := errors.AsType[*ledger.RefusedError](err); refused {
					got = "-"
				} else if errors.Is(err, ledger.ErrRepeated) {
					got = "="
				} else if err != nil {
					t.Fatal(err)
				}
				want := want[from][name]
				if want == "new" {
					want = ""
				}
				if got != want {
					t.Errorf("got %s (%v), want %s", got, err, want)
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

func cmpOr(s, otherwise ledger.State) ledger.State {
	if s == "" {
		return otherwise
	}
	return s
}

// diagram draws the table as a state diagram in Mermaid's notation.
func diagram() string {
	arrows := map[[2]string][]string{}
	for from, row := range parsed() {
		for name, to := range row {
			if to == "-" || to == "=" || to == string(from) || to == "new" {
				continue
			}
			start := string(from)
			if from == "" {
				start = "[*]"
			}
			arrows[[2]string{start, to}] = append(arrows[[2]string{start, to}], name)
		}
	}
	var b strings.Builder
	b.WriteString("```mermaid\nstateDiagram-v2\n")
	for _, pair := range slices.SortedFunc(maps.Keys(arrows), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		names := arrows[pair]
		slices.Sort(names)
		fmt.Fprintf(&b, "    %s --> %s: %s\n", pair[0], pair[1], strings.Join(names, ", "))
	}
	return b.String() + "```"
}

func TestREADMEShowsTheTable(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("README.md")
	must(t, err)
	text := string(data)
	begin, end := strings.Index(text, "```mermaid"), strings.LastIndex(text, "```")+3
	if begin < 0 || end < begin {
		t.Fatal("README.md has no diagram")
	}
	if text[begin:end] == diagram() {
		return
	}
	if *update {
		must(t, os.WriteFile("README.md", []byte(text[:begin]+diagram()+text[end:]), 0o644))
		return
	}
	t.Errorf("README.md does not show the state machine; run the tests of this package with -update:\n%s", diagram())
}

func TestPayments(t *testing.T) {
	t.Parallel()
	base := records(t)
	bare := func(source ledger.Source) ledger.Transition {
		return func(r ledger.Record) (ledger.Record, error) {
			return r.RecordPayment(ledger.Payment{RecordedAt: day1, Source: source})
		}
	}
	with := func(p ledger.Payment) ledger.Transition {
		return func(r ledger.Record) (ledger.Record, error) {
			p.RecordedAt, p.Source = day1, ledger.SourceCallback
			return r.RecordPayment(p)
		}
	}
	resolve := func(r ledger.Record) (ledger.Record, error) {
		return r.ResolveReview(r.OpenReviews()[0].ID, ledger.Act{At: day2, Actor: "ann"}, "looked at")
	}
	accept := transitions["Accept"]
	for name, c := range map[string]struct {
		from   ledger.State
		do     []ledger.Transition
		state  ledger.State
		status ledger.PaymentStatus
		n      int
		kinds  []ledger.ReviewKind // of open reviews
	}{
		"none":                            {ledger.Issued, nil, ledger.Issued, ledger.Unpaid, 0, nil},
		"the payable amount":              {ledger.Issued, []ledger.Transition{pay("t", "100")}, ledger.Paid, ledger.FullyPaid, 1, nil},
		"no amount stated":                {ledger.Issued, []ledger.Transition{bare(ledger.SourceDesk)}, ledger.Paid, ledger.FullyPaid, 1, nil},
		"less":                            {ledger.Issued, []ledger.Transition{pay("t", "99.99")}, ledger.Issued, ledger.PartlyPaid, 1, []ledger.ReviewKind{ledger.ReviewAmount}},
		"more":                            {ledger.Issued, []ledger.Transition{pay("t", "100.01")}, ledger.Paid, ledger.Overpaid, 1, []ledger.ReviewKind{ledger.ReviewAmount}},
		"in two parts":                    {ledger.Issued, []ledger.Transition{pay("t", "60"), pay("u", "40")}, ledger.Paid, ledger.FullyPaid, 2, nil},
		"a part, and the rest by hand":    {ledger.Issued, []ledger.Transition{pay("t", "60"), bare(ledger.SourceDesk)}, ledger.Paid, ledger.FullyPaid, 2, nil},
		"a second one":                    {ledger.Issued, []ledger.Transition{pay("t", "100"), pay("u", "100")}, ledger.Paid, ledger.Overpaid, 2, []ledger.ReviewKind{ledger.ReviewSecond}},
		"by hand, then by the link":       {ledger.Issued, []ledger.Transition{bare(ledger.SourceDesk), pay("t", "100")}, ledger.Paid, ledger.Overpaid, 2, []ledger.ReviewKind{ledger.ReviewSecond}},
		"a second one, resolved":          {ledger.Issued, []ledger.Transition{pay("t", "100"), pay("u", "100"), resolve}, ledger.Paid, ledger.Overpaid, 2, nil},
		"another currency":                {ledger.Issued, []ledger.Transition{with(ledger.Payment{ID: "t", Money: invoice.Money{Amount: "100", Currency: "DKK"}})}, ledger.Issued, ledger.NeedsReview, 1, []ledger.ReviewKind{ledger.ReviewCurrency}},
		"authorised only":                 {ledger.Issued, []ledger.Transition{with(ledger.Payment{ID: "t", Money: eur("100"), Authorised: true})}, ledger.Issued, ledger.NeedsReview, 1, []ledger.ReviewKind{ledger.ReviewToCapture}},
		"authorised, then captured":       {ledger.Issued, []ledger.Transition{with(ledger.Payment{ID: "t", Money: eur("100"), Authorised: true}), pay("t", "100")}, ledger.Paid, ledger.FullyPaid, 1, nil},
		"captured in part":                {ledger.Issued, []ledger.Transition{with(ledger.Payment{ID: "t", Money: eur("100"), Authorised: true}), pay("t", "60")}, ledger.Issued, ledger.PartlyPaid, 1, []ledger.ReviewKind{ledger.ReviewAmount}},
		"captured bit by bit":             {ledger.Issued, []ledger.Transition{pay("t", "60"), pay("t", "100")}, ledger.Paid, ledger.FullyPaid, 2, nil},
		"less by now":                     {ledger.Issued, []ledger.Transition{pay("t", "100"), pay("t", "60")}, ledger.Paid, ledger.NeedsReview, 1, []ledger.ReviewKind{ledger.ReviewAmountChanged}},
		"no amount from the gateway":      {ledger.Issued, []ledger.Transition{with(ledger.Payment{ID: "t", Unverified: true})}, ledger.Issued, ledger.NeedsReview, 1, []ledger.ReviewKind{ledger.ReviewAmountUnknown}},
		"no amount, then the answer":      {ledger.Issued, []ledger.Transition{with(ledger.Payment{ID: "t", Unverified: true}), pay("t", "100")}, ledger.Paid, ledger.FullyPaid, 1, nil},
		"cancelled before":                {ledger.Cancelled, []ledger.Transition{pay("t", "100")}, ledger.Cancelled, ledger.PaidAfterCancellation, 1, []ledger.ReviewKind{ledger.ReviewAfterCancellation}},
		"cancelled after a part":          {ledger.Issued, []ledger.Transition{pay("t", "60"), transitions["Cancel"]}, ledger.Cancelled, ledger.PaidAfterCancellation, 1, []ledger.ReviewKind{ledger.ReviewAmount, ledger.ReviewAfterCancellation}},
		"lapsed before":                   {ledger.Lapsed, []ledger.Transition{pay("t", "100")}, ledger.Paid, ledger.FullyPaid, 1, nil},
		"before the request":              {"", []ledger.Transition{pay("t", "100"), accept}, ledger.Paid, ledger.FullyPaid, 1, nil},
		"before the request, no amount":   {"", []ledger.Transition{bare(ledger.SourceEvent), accept}, ledger.Paid, ledger.FullyPaid, 1, nil},
		"before the request, in parts":    {"", []ledger.Transition{pay("t", "60"), pay("u", "40"), accept}, ledger.Paid, ledger.FullyPaid, 2, nil},
		"before the request, less":        {"", []ledger.Transition{pay("t", "60"), accept}, ledger.Rejected, ledger.NeedsReview, 1, []ledger.ReviewKind{ledger.ReviewPaidBeforeRequest}},
		"before the request, more":        {"", []ledger.Transition{pay("t", "160"), accept}, ledger.Paid, ledger.Overpaid, 1, []ledger.ReviewKind{ledger.ReviewAmount}},
		"less, resolved and sent again":   {"", []ledger.Transition{pay("t", "60"), accept, resolve, accept}, ledger.Accepted, ledger.PartlyPaid, 1, nil},
		"less, sent again unresolved":     {"", []ledger.Transition{pay("t", "60"), accept, accept}, ledger.Rejected, ledger.NeedsReview, 1, []ledger.ReviewKind{ledger.ReviewPaidBeforeRequest}},
		"less while it is being issued":   {ledger.Linked, []ledger.Transition{pay("t", "60"), accept}, ledger.Rejected, ledger.NeedsReview, 1, []ledger.ReviewKind{ledger.ReviewAmount, ledger.ReviewPaidBeforeRequest}},
		"more after it was resolved":      {"", []ledger.Transition{pay("t", "60"), accept, resolve, pay2("u", "10", day2.Add(time.Hour)), accept}, ledger.Rejected, ledger.NeedsReview, 2, []ledger.ReviewKind{ledger.ReviewAmount, ledger.ReviewPaidBeforeRequest}},
		"a rejected request that is paid": {ledger.Rejected, []ledger.Transition{pay("t", "100")}, ledger.Paid, ledger.FullyPaid, 1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := do(t, base[c.from], c.do...)
			var kinds []ledger.ReviewKind
			for _, v := range r.OpenReviews() {
				kinds = append(kinds, v.Kind)
			}
			if r.State != c.state || r.PaymentStatus() != c.status || len(r.Payments) != c.n || !reflect.DeepEqual(kinds, c.kinds) {
				t.Errorf("got %s, %s, %d payments, reviews %v\nwant %s, %s, %d payments, reviews %v", r.State, r.PaymentStatus(), len(r.Payments), kinds, c.state, c.status, c.n, c.kinds)
			}
		})
	}
}

func pay2(id, amount string, at time.Time) ledger.Transition {
	return func(r ledger.Record) (ledger.Record, error) {
		return r.RecordPayment(ledger.Payment{ID: id, Money: eur(amount), RecordedAt: at, Source: ledger.SourceCallback})
	}
}

func TestTheSamePaymentAgainIsOne(t *testing.T) {
	t.Parallel()
	issued := records(t)[ledger.Issued]
	for name, again := range map[string]ledger.Payment{
		"transaction":            {ID: "t", Money: eur("60")},
		"transaction, no amount": {ID: "t"},
		"authorised after that":  {ID: "t", Money: eur("60"), Authorised: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := do(t, issued, pay("t", "60"))
			if next, err := r.RecordPayment(again); !errors.Is(err, ledger.ErrRepeated) || len(next.Payments) != 1 {
				t.Errorf("got %v, %d payments, want %v", err, len(next.Payments), ledger.ErrRepeated)
			}
		})
	}
	t.Run("by hand, without a reference", func(t *testing.T) {
		t.Parallel()
		r := do(t, issued, pay("t", "100"))
		if _, err := r.RecordPayment(ledger.Payment{Source: ledger.SourceCommand}); !errors.Is(err, ledger.ErrRepeated) {
			t.Errorf("got %v, want %v", err, ledger.ErrRepeated)
		}
		if r = do(t, r, pay("bank entry 7", "100")); len(r.Payments) != 2 || len(r.OpenReviews()) != 1 {
			t.Errorf("got %d payments and %d reviews, want 2 and 1: another reference is another payment", len(r.Payments), len(r.OpenReviews()))
		}
	})
}

func TestDue(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	record := func(change func(*ledger.Record)) ledger.Record {
		r := ledger.Record{Number: "A-1", State: ledger.Issued, DueDate: "2026-12-20", Printed: 1, Link: &ledger.Link{Revision: 1, ExpiredBy: at}}
		if change != nil {
			change(&r)
		}
		return r
	}
	auto := ledger.RenewalPolicy{Mode: ledger.RenewAuto}
	manual := ledger.RenewalPolicy{Mode: ledger.RenewManual}
	held := func(r *ledger.Record) {
		r.Reviews = []ledger.Review{{ID: "A-1.1", Kind: ledger.ReviewToCapture}}
	}
	for name, c := range map[string]struct {
		policy ledger.RenewalPolicy
		record ledger.Record
		now    time.Time
		want   ledger.Action
	}{
		"not expired":               {auto, record(nil), at.Add(-time.Second), ledger.ActionWait},
		"expired":                   {auto, record(nil), at, ledger.ActionRenew},
		"a clock an hour behind":    {auto, record(nil), at.Add(-time.Hour), ledger.ActionWait},
		"ahead":                     {ledger.RenewalPolicy{Mode: ledger.RenewAuto, Ahead: time.Hour}, record(nil), at.Add(-time.Hour), ledger.ActionRenew},
		"manual":                    {manual, record(nil), at, ledger.ActionAnnounce},
		"off":                       {ledger.RenewalPolicy{}, record(nil), at, ledger.ActionAnnounce},
		"paid":                      {auto, record(func(r *ledger.Record) { r.State = ledger.Paid }), at, ledger.ActionNone},
		"cancelled":                 {auto, record(func(r *ledger.Record) { r.State = ledger.Cancelled }), at, ledger.ActionNone},
		"renewal in progress":       {auto, record(func(r *ledger.Record) { r.State = ledger.Linked }), at, ledger.ActionNone},
		"no link":                   {auto, record(func(r *ledger.Record) { r.Link = nil }), at, ledger.ActionNone},
		"payments need a decision":  {auto, record(held), at, ledger.ActionHold},
		"a failure to wait for":     {auto, record(func(r *ledger.Record) { r.RetryAt = at.Add(time.Hour) }), at, ledger.ActionWait},
		"a failure, on demand":      {manual, record(func(r *ledger.Record) { r.RetryAt = at.Add(time.Hour) }), at, ledger.ActionAnnounce},
		"sixth renewal":             {auto, record(func(r *ledger.Record) { r.Link.Revision = 6 }), at, ledger.ActionRenew},
		"seventh renewal":           {auto, record(func(r *ledger.Record) { r.Link.Revision = 7 }), at, ledger.ActionLapse},
		"60 days past the due date": {auto, record(nil), time.Date(2027, 2, 19, 0, 0, 0, 0, time.UTC), ledger.ActionLapse},
		"a day before that":         {auto, record(nil), time.Date(2027, 2, 18, 23, 59, 0, 0, time.UTC), ledger.ActionRenew},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.record.Due(c.policy, c.now); got.Action != c.want {
				t.Errorf("got %+v, want %s", got, c.want)
			}
		})
	}
}
