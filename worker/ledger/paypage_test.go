package ledger_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/ledger"
)

const token = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

func payPage() ledger.PayPage {
	return ledger.PayPage{Token: token, Base: "https://pay.example.com", At: day1}
}

// onPage is an issued invoice with a payment page.
func onPage(t *testing.T) ledger.Record {
	t.Helper()
	x := transitions
	return do(t, ledger.New("A-1").Record, x["Accept"], x["OpenPayPage"], publish)
}

func begin(id string, at time.Time) ledger.Transition {
	return func(r ledger.Record) (ledger.Record, error) {
		return r.BeginAttempt(ledger.Attempt{ID: id, At: at, Until: at.Add(time.Hour), Amount: r.AmountDue()})
	}
}

func attach(id string, at time.Time) ledger.Transition {
	return func(r ledger.Record) (ledger.Record, error) {
		return r.AttachLink(ledger.Attempt{ID: id, Link: "https://gateway.example/" + id, LinkID: "l-" + id, Session: "s1",
			ValidUntil: at.Add(time.Hour), Until: at.Add(time.Hour + time.Second)})
	}
}

func release(id string) ledger.Transition {
	return func(r ledger.Record) (ledger.Record, error) { return r.ReleaseAttempt(id, "s2") }
}

// codeOf says how a transition ended: "" if it was made.
func codeOf(err error) string {
	if refused, ok := errors.AsType[*ledger.RefusedError](err); ok {
		return refused.Code
	}
	if errors.Is(err, ledger.ErrRepeated) {
		return "="
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// The states of an attempt, and what each transition does in each.
func TestAttempts(t *testing.T) {
	t.Parallel()
	base := onPage(t)
	reserved := do(t, base, begin("a1", day1))
	linked := do(t, reserved, attach("a1", day1))
	for _, c := range []struct {
		name string
		from ledger.Record
		do   ledger.Transition
		want string // "" if it is made
	}{
		{"begin", base, begin("a1", day1), ""},
		{"begin while reserved", reserved, begin("a2", day1.Add(59*time.Minute)), "paying"},
		{"begin after a reservation without a link", reserved, begin("a2", day1.Add(time.Hour)), ""},
		{"begin while linked", linked, begin("a2", day1.Add(59*time.Minute)), "paying"},
		{"begin within the grace", linked, begin("a2", day1.Add(time.Hour+14*time.Minute)), "paying"},
		{"begin after the grace", linked, begin("a2", day1.Add(time.Hour+16*time.Minute)), ""},
		{"begin for another amount", base, func(r ledger.Record) (ledger.Record, error) {
			return r.BeginAttempt(ledger.Attempt{ID: "a1", At: day1, Until: day2, Amount: eur("99")})
		}, "other-amount"},
		{"begin when paid", do(t, base, pay("tx", "100")), begin("a1", day1), "not-payable"},
		{"begin when cancelled", do(t, base, transitions["Cancel"]), begin("a1", day1), "not-payable"},
		{"begin when credited", do(t, base, transitions["CreditBy"]), begin("a1", day1), "not-payable"},
		{"begin for the rest", do(t, base, pay("tx", "40")), begin("a1", day1), ""},
		{"begin without a payment page", records(t)[ledger.Issued], begin("a1", day1), "impossible-transition"},
		{"attach", reserved, attach("a1", day1), ""},
		{"attach again", linked, attach("a1", day1), "="},
		{"attach to a newer attempt", do(t, reserved, begin("a2", day1.Add(time.Hour))), attach("a1", day1), "attempt-over"},
		{"attach without an attempt", base, attach("a1", day1), "attempt-over"},
		{"lose", reserved, lose, ""},
		{"lose what has a link", linked, lose, "="},
		{"begin after a loss", do(t, reserved, lose), begin("a2", day1.Add(59*time.Minute)), "paying"},
		{"begin after the end of what was lost", do(t, reserved, lose), begin("a2", day1.Add(time.Hour)), ""},
		{"attach what was lost", do(t, reserved, lose), attach("a1", day1), ""},
		{"release", reserved, release("a1"), ""},
		{"release another's", reserved, release("a2"), "="},
		{"release what has a link", linked, release("a1"), "="},
		{"rotate", linked, rotate, ""},
		{"rotate without a payment page", records(t)[ledger.Issued], rotate, "no-pay-page"},
		{"open again", base, transitions["OpenPayPage"], "="},
		{"renew while somebody pays", linked, transitions["BeginRenewal"], ""}, // a day later
		{"renew in the hour", linked, func(r ledger.Record) (ledger.Record, error) {
			return r.BeginRenewal(ledger.Renewing{By: who, Now: day1.Add(time.Minute), Force: true})
		}, "link-alive"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			before := fmt.Sprintf("%+v %+v", c.from, c.from.PayPage)
			_, err := c.do(c.from)
			if got := codeOf(err); got != c.want {
				t.Errorf("got %q (%v), want %q", got, err, c.want)
			}
			if after := fmt.Sprintf("%+v %+v", c.from, c.from.PayPage); after != before {
				t.Errorf("the record that was given is changed:\n got %s\nwant %s", after, before)
			}
		})
	}
}

func lose(r ledger.Record) (ledger.Record, error) { return r.LoseAttempt("a1") }

func rotate(r ledger.Record) (ledger.Record, error) {
	return r.RotateToken(strings.Repeat("B", 32), day2)
}

func TestAttemptsAreLimited(t *testing.T) {
	t.Parallel()
	r, at, made := onPage(t), day1, 0
	for range 100 {
		next, err := begin(fmt.Sprint("a", made), at)(r)
		if err == nil {
			r, made = do(t, next, attach(fmt.Sprint("a", made), at)), made+1
			if r.PayPage.Today > ledger.AttemptsADay {
				t.Fatalf("%d attempts on one day, want at most %d", r.PayPage.Today, ledger.AttemptsADay)
			}
		} else if got := codeOf(err); got != "too-many" {
			t.Fatalf("attempt %d: %v", made, err)
		} else if got := r.PayState(at); got != ledger.PayTooOften {
			t.Fatalf("page says %s, want %s", got, ledger.PayTooOften)
		}
		at = at.Add(2 * time.Hour)
	}
	if made != ledger.AttemptsInAll {
		t.Errorf("%d attempts in all, want %d", made, ledger.AttemptsInAll)
	}
	released := do(t, onPage(t), begin("a1", day1), release("a1"))
	if p := released.PayPage; p.Made != 0 || p.Today != 0 || p.Session != "s2" || p.Amount != eur("100") {
		t.Errorf("a released attempt costs nothing and keeps its session; got %+v", p)
	}
}

func TestPayState(t *testing.T) {
	t.Parallel()
	base, x := onPage(t), transitions
	linked := do(t, base, begin("a1", day1), attach("a1", day1))
	authorised := func(r ledger.Record) (ledger.Record, error) {
		return r.RecordPayment(ledger.Payment{ID: "t", Money: eur("100"), Authorised: true, RecordedAt: day1, Source: ledger.SourcePoll})
	}
	late := func(r ledger.Record) (ledger.Record, error) {
		return r.RecordPayment(ledger.Payment{ID: "t", Money: eur("100"), At: day1.AddDate(0, 3, 0), RecordedAt: day1, Source: ledger.SourcePoll})
	}
	credit := func(amount string) ledger.Transition {
		return func(r ledger.Record) (ledger.Record, error) {
			return r.CreditBy(ledger.Credit{Number: "C-1", Money: eur(amount), At: day1})
		}
	}
	several := func(r ledger.Record) (ledger.Record, error) {
		return r.CreditBy(ledger.Credit{Number: "C-1", At: day1})
	}
	link := "https://gateway.example/a1"
	for _, c := range []struct {
		name string
		r    ledger.Record
		at   time.Time
		want ledger.PayState
		due  string
		link string
	}{
		{"open", base, day1, ledger.PayOpen, "100", ""},
		{"being made", do(t, base, begin("a1", day1)), day1.Add(time.Second), ledger.PayBusy, "100", ""},
		{"lost", do(t, base, begin("a1", day1), lose), day1.Add(time.Second), ledger.PayHeld, "100", ""},
		{"cut short", do(t, base, begin("a1", day1)), day1.Add(2 * time.Minute), ledger.PayHeld, "100", ""},
		{"busy", linked, day1.Add(59 * time.Minute), ledger.PayBusy, "100", link},
		{"grace", linked, day1.Add(61 * time.Minute), ledger.PayHeld, "100", ""},
		{"open again", linked, day2, ledger.PayOpen, "100", ""},
		{"partly", do(t, base, pay("t", "40")), day1, ledger.PayPartly, "60", ""},
		{"partly, on a link for all", do(t, linked, pay("t", "40")), day1, ledger.PayHeld, "60", ""},
		{"credited in part", do(t, linked, credit("30")), day1, ledger.PayHeld, "70", ""},
		{"credited in part, later", do(t, linked, credit("30")), day2, ledger.PayOpen, "70", ""},
		{"replaced", do(t, base, credit("100")), day1, ledger.PayReplaced, "", ""},
		{"credit note on several", do(t, base, several), day1, ledger.PayReplaced, "100", ""},
		{"paid and credited", do(t, base, pay("t", "100"), credit("100")), day1, ledger.PayTooMuch, "", ""},
		{"credited and paid", do(t, base, credit("100"), pay("t", "100")), day1, ledger.PayTooMuch, "", ""},
		{"credited in part, and the rest paid", do(t, base, credit("30"), pay("t", "70")), day1, ledger.PayReplaced, "", ""},
		{"authorised", do(t, base, authorised), day1, ledger.PayWaiting, "100", ""},
		{"paid", do(t, linked, pay("t", "100")), day1, ledger.PayDone, "", ""},
		{"late", do(t, base, late), day1, ledger.PayLate, "", ""},
		{"twice", do(t, base, pay("t", "100"), pay("u", "100")), day1, ledger.PayTooMuch, "", ""},
		{"too much", do(t, base, pay("t", "101")), day1, ledger.PayTooMuch, "", ""},
		{"withdrawn", do(t, linked, x["Cancel"]), day1, ledger.PayWithdrawn, "100", ""},
		{"withdrawn and paid", do(t, base, x["Cancel"], pay("t", "100")), day1, ledger.PayTooMuch, "", ""},
		{"not issued", do(t, ledger.New("A-1").Record, x["Accept"], x["OpenPayPage"]), day1, ledger.PayNotYet, "100", ""},
		{"printed link lives", do(t, base, x["AddLink"], publish), day1, ledger.PayBusy, "100", "https://pay.example.com/2"},
		{"printed link expired", do(t, base, x["AddLink"], publish), day2, ledger.PayOpen, "100", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := invoice.Money{}
			if c.due != "" {
				want = eur(c.due)
			}
			if got := c.r.PayState(c.at); got != c.want {
				t.Errorf("state is %s, want %s", got, c.want)
			}
			if got := c.r.AmountDue(); got.Cmp(want) != 0 {
				t.Errorf("amount due is %s, want %s", got, want)
			}
			if got := c.r.PayLink(c.at); got != c.link {
				t.Errorf("link is %q, want %q", got, c.link)
			}
			if !slices.Contains(ledger.PayStates, c.want) {
				t.Errorf("%s is not among all states", c.want)
			}
		})
	}
}

// A ledger goes from links to the payment page and back with the next revision.
func TestPayPageAndLinksTakeTurns(t *testing.T) {
	t.Parallel()
	r := do(t, records(t)[ledger.Issued], transitions["BeginRenewal"], transitions["OpenPayPage"])
	if !r.OnPayPage() || r.NextPage() != 2 || r.NextLink() != 3 {
		t.Fatalf("on the page %t, page %d, link %d; want true, 2 and 3", r.OnPayPage(), r.NextPage(), r.NextLink())
	}
	r = do(t, r, publish)
	if s := r.Status(); s.PayPage != "https://pay.example.com/I/"+token || s.PaymentLink != s.PayPage || !s.ExpiresAt.IsZero() || s.LinkID != "" {
		t.Errorf("status has %q, link %q (%s) until %s", s.PayPage, s.PaymentLink, s.LinkID, s.ExpiresAt)
	}
	if d := r.Due(ledger.RenewalPolicy{Mode: ledger.RenewAuto}, day2.AddDate(1, 0, 0)); d.Action != ledger.ActionNone {
		t.Errorf("a payment page is due for %s, want none", d.Action)
	}
	r = do(t, r, transitions["BeginRenewal"], func(r ledger.Record) (ledger.Record, error) { return r.AddLink(link(r.NextLink())) }, publish)
	if r.OnPayPage() || r.Printed != 3 || r.Status().PaymentLink != "https://pay.example.com/3" || r.Status().PayPage == "" {
		t.Errorf("back on links: on the page %t, printed %d, %+v", r.OnPayPage(), r.Printed, r.Status())
	}
	if links, err := open(t).Links(t.Context(), &r); err != nil || len(links) != 2 {
		t.Errorf("links are %v, %v; want 3 and 1", links, err)
	}
	if again := do(t, r, transitions["OpenPayPage"]); again.PayPage.Token != token || again.NextPage() != 4 {
		t.Errorf("token %s on page %d, want the same on page 4", again.PayPage.Token, again.NextPage())
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	if made := ledger.NewToken(); made == ledger.NewToken() {
		t.Errorf("two tokens are %s", made)
	} else if read, ok := ledger.ReadToken(strings.ToLower(made)); !ok || read != made {
		t.Errorf("%s is read as %q, %t", made, read, ok)
	}
	for _, wrong := range []string{"", "A", token + "A", token[:31] + "1", token[:31] + "é", token[:31] + " "} {
		if read, ok := ledger.ReadToken(wrong); ok {
			t.Errorf("%q is read as %q", wrong, read)
		}
	}
	l := open(t)
	must(t, l.TakeToken(t.Context(), token, "A-1"))
	must(t, l.TakeToken(t.Context(), token, "A-1"))
	err := l.TakeToken(t.Context(), token, "A-2")
	if taken, ok := errors.AsType[*ledger.TakenError](err); !ok || strings.Contains(err.Error(), token) {
		t.Errorf("got %v (%v), want a TakenError without the token", err, taken)
	}
	if _, err := l.ReadByToken(t.Context(), token); !errors.Is(err, ledger.ErrUnknown) {
		t.Errorf("got %v before the record refers to it, want %v", err, ledger.ErrUnknown)
	}
	put(t, l, do(t, onPage(t)))
	if e, err := l.ReadByToken(t.Context(), token); err != nil || e.Number != "A-1" {
		t.Errorf("got %v, %v; want A-1", e, err)
	}
	if _, err := l.ReadByToken(t.Context(), ledger.NewToken()); !errors.Is(err, ledger.ErrUnknown) {
		t.Errorf("got %v, want %v", err, ledger.ErrUnknown)
	}
	p := payPage()
	for base, want := range map[string]string{
		"https://pay.example.com": "HTTPS://PAY.EXAMPLE.COM/I/" + token, "https://example.com/pay": "https://example.com/pay/I/" + token,
	} {
		if p.Base = base; p.PageCode() != want {
			t.Errorf("code holds %s, want %s", p.PageCode(), want)
		}
	}
}
