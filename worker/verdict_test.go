package worker

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"invoicelink/checkout"
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
		want  fate
		state ledger.State
		aged  bool
	}{
		"no error":                       {want: fateDone},
		"wrong request":                  {err: &rejection{message: "x"}, want: fateBury, state: ledger.Rejected},
		"wrong request while stopping":   {err: &rejection{message: "x"}, cause: errStopped, want: fateBury, state: ledger.Rejected},
		"refused credentials":            {err: fmt.Errorf("call: %w", checkout.ErrCredentials), want: fateStop},
		"cut by a stop":                  {err: context.Canceled, cause: errStopped, want: fateRelease},
		"in hand elsewhere":              {err: errBusy, age: 100 * time.Hour, want: fateRetry},
		"changed by somebody":            {err: ledger.ErrChanged, want: fateRetry},
		"API answers 503":                {err: temporary, want: fateRetry},
		"API answers 503 for too long":   {err: temporary, age: 73 * time.Hour, want: fateBury, state: ledger.Failed, aged: true},
		"API answers 400":                {err: &checkout.Error{Kind: checkout.KindStatus, Status: 400}, want: fateBury, state: ledger.Failed},
		"a file that is somebody else's": {err: fmt.Errorf("put: %w", archive.ErrForeignFile), want: fateBury, state: ledger.Failed},
		"permanent":                      {err: &permanentError{errors.New("x")}, want: fateBury, state: ledger.Failed},
		"anything else":                  {err: errors.New("x"), want: fateRetry},
		"anything else for too long":     {err: errors.New("x"), age: 73 * time.Hour, want: fateBury, state: ledger.Failed, aged: true},
	} {
		v := decide(c.err, 1, c.age, 72*time.Hour, c.cause)
		if v.fate != c.want || v.state != c.state || v.aged != c.aged {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestWaitingFollowsTheServersWord(t *testing.T) {
	t.Parallel()
	err := &checkout.Error{Kind: checkout.KindStatus, Status: 429, RetryAfter: 5 * time.Minute}
	v := decide(err, 1, 0, time.Hour, nil)
	if v.fate != fateRetry || v.after < 5*time.Minute || v.pause != 5*time.Minute {
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

func TestNextStepOfARenewal(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	record := func(change func(*ledger.Record)) *ledger.Record {
		r := &ledger.Record{State: ledger.Issued, DueDate: "2026-12-20", Link: &ledger.Link{Revision: 1, OverFrom: at}}
		if change != nil {
			change(r)
		}
		return r
	}
	auto := RenewalPolicy{Mode: RenewAuto}.withDefaults()
	for name, c := range map[string]struct {
		policy RenewalPolicy
		record *ledger.Record
		now    time.Time
		want   step
	}{
		"not over":                  {auto, record(nil), at.Add(-time.Second), stepWait},
		"over":                      {auto, record(nil), at, stepRenew},
		"a clock an hour behind":    {auto, record(nil), at.Add(-time.Hour), stepWait},
		"ahead":                     {RenewalPolicy{Mode: RenewAuto, Ahead: time.Hour}.withDefaults(), record(nil), at.Add(-time.Hour), stepRenew},
		"manual":                    {RenewalPolicy{Mode: RenewManual}.withDefaults(), record(nil), at, stepExpired},
		"off":                       {RenewalPolicy{}.withDefaults(), record(nil), at, stepNothing},
		"paid":                      {auto, record(func(r *ledger.Record) { r.State = ledger.Paid }), at, stepNothing},
		"cancelled":                 {auto, record(func(r *ledger.Record) { r.State = ledger.Cancelled }), at, stepNothing},
		"renewal under way":         {auto, record(func(r *ledger.Record) { r.State = ledger.Linked }), at, stepNothing},
		"no link":                   {auto, record(func(r *ledger.Record) { r.Link = nil }), at, stepNothing},
		"sixth renewal":             {auto, record(func(r *ledger.Record) { r.Link.Revision = 6 }), at, stepRenew},
		"seventh renewal":           {auto, record(func(r *ledger.Record) { r.Link.Revision = 7 }), at, stepLapse},
		"60 days past the due date": {auto, record(nil), time.Date(2027, 2, 19, 0, 0, 0, 0, time.UTC), stepLapse},
		"a day before that":         {auto, record(nil), time.Date(2027, 2, 18, 23, 59, 0, 0, time.UTC), stepRenew},
	} {
		if got := c.policy.next(c.record, c.now); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
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
	if got := (LinkPolicy{Activation: time.Minute}).activation(time.Hour); got != time.Minute {
		t.Errorf("activation %v", got)
	}
}
