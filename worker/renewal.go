package worker

import (
	"fmt"
	"time"

	"invoicelink/worker/ledger"
)

// RenewalMode says who renews a link that is over.
type RenewalMode string

const (
	// RenewAuto makes a new link when the old one is over.
	RenewAuto RenewalMode = "auto"
	// RenewManual announces that a link is over and renews on demand only.
	RenewManual RenewalMode = "manual"
	// RenewOff looks after no links: the zero value, for a worker that ends
	// with its files.
	RenewOff RenewalMode = ""
)

// RenewalPolicy says what becomes of links that are over.
type RenewalPolicy struct {
	Mode RenewalMode
	// Max is the number of automatic renewals of an invoice; 0 means 6.
	Max int
	// Until is how long past the due date links are renewed automatically; 0
	// means 60 days.
	Until time.Duration
	// Ahead renews that much before the link is over. An old link cannot be
	// cancelled, so for that time two can be paid: zero is right for most.
	Ahead time.Duration
	// Sweep is how often the whole ledger is searched for links that are due
	// and have no timer; 0 means 6 hours, or a minute where the server keeps
	// no timers.
	Sweep time.Duration
}

func (p RenewalPolicy) withDefaults() RenewalPolicy {
	if p.Max == 0 {
		p.Max = 6
	}
	if p.Until == 0 {
		p.Until = 60 * 24 * time.Hour
	}
	return p
}

// dueAt is when the record's newest link is to be renewed; zero for never.
func (p RenewalPolicy) dueAt(r *ledger.Record) time.Time {
	if r.Link == nil || (r.State != ledger.Issued && r.State != ledger.Linked) {
		return time.Time{}
	}
	return r.Link.OverFrom.Add(-p.Ahead)
}

// step is what a deadline leads to.
type step string

const (
	stepNothing step = "nothing" // settled, renewed already, or no link
	stepWait    step = "wait"    // the clock says that it is not due yet
	stepExpired step = "expired" // announce that it is over
	stepRenew   step = "renew"
	stepLapse   step = "lapse" // no further link is made
)

// next decides what to do about a record at a moment. A timer that comes for
// an older revision, or too early because a clock jumped back, does nothing
// wrong: the record decides.
func (p RenewalPolicy) next(r *ledger.Record, now time.Time) step {
	due := p.dueAt(r)
	switch {
	case due.IsZero() || r.State == ledger.Linked:
		return stepNothing
	case now.Before(due):
		return stepWait
	case r.Link.Revision-1 >= p.Max, !now.Before(r.DueDate.End(time.UTC).Add(p.Until)):
		return stepLapse
	case p.Mode == RenewAuto:
		return stepRenew
	case p.Mode == RenewManual:
		return stepExpired
	}
	return stepNothing
}

// lapsedBecause says why a record gets no further link.
func (p RenewalPolicy) lapsedBecause(r *ledger.Record) string {
	if renewals := r.Link.Revision - 1; renewals >= p.Max {
		return fmt.Sprintf("its payment link was renewed %d times, which is the most allowed", renewals)
	}
	return fmt.Sprintf("its due date %s is more than %d days past", r.DueDate, int(p.Until.Hours()/24))
}
