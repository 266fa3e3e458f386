package worker

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"invoicelink/checkout"
	"invoicelink/invoice"
	"invoicelink/worker/archive"
	"invoicelink/worker/ledger"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	temporary := &checkout.Error{Kind: checkout.KindStatus, Status: 503}
	for name, c := range map[string]struct {
		err   error
		age   time.Duration
		cause error
		want  Action
		state ledger.State
	}{
		"no error":                       {want: ActionDone},
		"wrong request":                  {err: &rejection{message: "x"}, want: ActionDeadLetter, state: ledger.Rejected},
		"wrong request while stopping":   {err: &rejection{message: "x"}, cause: errStopped, want: ActionDeadLetter, state: ledger.Rejected},
		"refused credentials":            {err: fmt.Errorf("call: %w", checkout.ErrCredentials), want: ActionAbort},
		"cut by a stop":                  {err: context.Canceled, cause: errStopped, want: ActionRequeue},
		"busy elsewhere":                 {err: errBusy, age: 100 * time.Hour, want: ActionRetry},
		"changed by somebody":            {err: ledger.ErrChanged, want: ActionRetry},
		"API answers 503":                {err: temporary, want: ActionRetry},
		"API answers 503 for too long":   {err: temporary, age: 73 * time.Hour, want: ActionDeadLetter, state: ledger.Failed},
		"API refuses the invoice":        {err: &checkout.Error{Kind: checkout.KindRefused}, want: ActionDeadLetter, state: ledger.Failed},
		"API answers 403":                {err: &checkout.Error{Kind: checkout.KindStatus, Status: 403}, want: ActionRetry},
		"the same refusal of several":    {err: &laterError{&checkout.Error{Kind: checkout.KindRefused}, time.Minute}, want: ActionRetry},
		"a file that is somebody else's": {err: fmt.Errorf("put: %w", archive.ErrForeignFile), want: ActionDeadLetter, state: ledger.Failed},
		"permanent":                      {err: &permanentError{errors.New("x")}, want: ActionDeadLetter, state: ledger.Failed},
		"anything else":                  {err: errors.New("x"), want: ActionRetry},
		"anything else for too long":     {err: errors.New("x"), age: 73 * time.Hour, want: ActionDeadLetter, state: ledger.Failed},
	} {
		v := decide(c.err, 1, c.age, 72*time.Hour, c.cause)
		if v.action != c.want || v.state != c.state {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestWaitingFollowsTheServersWord(t *testing.T) {
	t.Parallel()
	err := &checkout.Error{Kind: checkout.KindStatus, Status: 429, RetryAfter: 5 * time.Minute}
	v := decide(err, 1, 0, time.Hour, nil)
	if v.action != ActionRetry || v.after < 5*time.Minute || v.pause != 5*time.Minute {
		t.Errorf("429 with Retry-After: %+v", v)
	}
	for attempt, want := range []time.Duration{1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 7: time.Minute, 1000: time.Minute} {
		if want == 0 {
			continue
		}
		if got := backoff(attempt); got < want*7/10 || got > want*13/10 {
			t.Errorf("attempt %d waits %v, want about %v", attempt, got, want)
		}
	}
}

func TestDefaultValidityIsThirtyDaysPastDueAtLeastFourteen(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 0, 30, 0, time.UTC)
	p := LinkPolicy{}
	if got, want := p.validity("2026-12-20", time.UTC, now), time.Date(2027, 1, 20, 0, 0, 0, 0, time.UTC).Sub(now).Truncate(time.Minute); got != want {
		t.Errorf("validity %v, want %v", got, want)
	}
	if got := p.validity("2026-10-01", time.UTC, now); got != 14*24*time.Hour {
		t.Errorf("validity of an old invoice %v", got)
	}
	if got := p.activation(time.Hour); got != time.Hour {
		t.Errorf("activation %v, want the validity", got)
	}
	if got := (LinkPolicy{ActivationTTL: time.Minute}).activation(time.Hour); got != time.Minute {
		t.Errorf("activation %v", got)
	}
}

func TestLinkTermsOfOneInvoice(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 0, 30, 0, time.UTC)
	configured := LinkPolicy{Validity: time.Hour, PageURL: "https://pay.example.com/all"}
	for _, c := range []struct {
		name  string
		terms invoice.LinkTerms
		want  LinkPolicy
	}{
		{"none", invoice.LinkTerms{}, configured},
		{"the last day", invoice.LinkTerms{ValidUntil: "2026-11-23"}, LinkPolicy{Validity: 37*time.Hour + 59*time.Minute, PageURL: configured.PageURL}},
		{"today", invoice.LinkTerms{ValidUntil: "2026-11-22"}, LinkPolicy{Validity: 13*time.Hour + 59*time.Minute, PageURL: configured.PageURL}},
		{"a day that is over", invoice.LinkTerms{ValidUntil: "2026-11-21"}, configured},
		{"a page of its own", invoice.LinkTerms{Page: "https://pay.example.com/one"}, LinkPolicy{Validity: time.Hour, PageURL: "https://pay.example.com/one"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := configured.of(&invoice.Invoice{Link: c.terms}, time.UTC, now); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}
