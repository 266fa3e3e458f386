package ledger

import (
	"fmt"
	"time"

	"invoicelink/invoice"
)

// RenewalMode says who renews a link that expired.
type RenewalMode string

const (
	// RenewAuto makes a new link when the old one has expired.
	RenewAuto RenewalMode = "auto"
	// RenewManual announces that a link has expired and renews on demand only.
	RenewManual RenewalMode = "manual"
	// RenewOff looks after no links: the zero value, for a worker that ends
	// with its files.
	RenewOff RenewalMode = ""
)

// RenewalPolicy says what follows when links expire.
type RenewalPolicy struct {
	Mode RenewalMode
	// Max is the number of automatic renewals per invoice; 0 means 6.
	Max int
	// Until is how long past the due date links are renewed automatically; 0
	// means 60 days.
	Until time.Duration
	// Ahead renews that much before the link has expired. An old link cannot be
	// cancelled, so for that time two can be paid: zero is right for most.
	Ahead time.Duration
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

// Action is what a record asks for at a moment.
type Action string

// The actions.
const (
	ActionNone     Action = "none"     // no link is to be renewed
	ActionWait     Action = "wait"     // the link lives until Due.At
	ActionHold     Action = "hold"     // it expired, and a person has to decide about payments first
	ActionRenew    Action = "renew"    // it expired and is to be renewed
	ActionAnnounce Action = "announce" // it expired and is renewed on demand only
	ActionLapse    Action = "lapse"    // it expired and the policy allows no further link
)

// Due is what a record asks for, and since or until when.
type Due struct {
	Action Action
	// At is when the newest link is to be renewed; zero for ActionNone.
	At time.Time
	// Reason says why the policy allows no further link, for ActionLapse.
	Reason string
}

// Reached reports whether the link waits for a renewal, by whomever.
func (d Due) Reached() bool {
	return d.Action == ActionRenew || d.Action == ActionAnnounce || d.Action == ActionLapse
}

// Due is the one answer to the question whether the record's link is to be
// renewed, for worker, sweep, commands, metrics and desk. A timer that comes
// for an older link, or too early since clocks differ, does nothing wrong: the
// record decides.
func (r *Record) Due(p RenewalPolicy, now time.Time) Due { return r.facts().due(p, now) }

// dueFacts is what decides about it; the index has no more.
type dueFacts struct {
	state              State
	link               int // revision of the newest link; 0 for none, or for a payment page, which does not expire
	expiredBy, retryAt time.Time
	dueDate            invoice.Date
	held               bool // Record.Held
}

func (r *Record) facts() dueFacts {
	f := dueFacts{state: r.State, retryAt: r.RetryAt, dueDate: r.DueDate, held: r.Held()}
	if r.Link != nil && !r.OnPayPage() {
		f.link, f.expiredBy = r.Link.Revision, r.Link.ExpiredBy
	}
	return f
}

func (f dueFacts) due(p RenewalPolicy, now time.Time) Due {
	p = p.withDefaults()
	if f.state != Issued || f.link == 0 {
		return Due{Action: ActionNone}
	}
	d := Due{Action: ActionNone, At: f.expiredBy.Add(-p.Ahead)}
	if p.Mode == RenewAuto && f.retryAt.After(d.At) {
		d.At = f.retryAt
	}
	renewals := f.link - 1
	switch {
	case now.Before(d.At):
		d.Action = ActionWait
	case f.held:
		d.Action = ActionHold
	case p.Mode == RenewOff:
		d.Action = ActionAnnounce
	case renewals >= p.Max:
		d.Action, d.Reason = ActionLapse, fmt.Sprintf("its payment link was renewed %d times, which is the most allowed", renewals)
	case !now.Before(f.dueDate.End(time.UTC).Add(p.Until)):
		d.Action, d.Reason = ActionLapse, fmt.Sprintf("its due date %s is more than %d days past", f.dueDate, int(p.Until.Hours()/24))
	case p.Mode == RenewAuto:
		d.Action = ActionRenew
	default:
		d.Action = ActionAnnounce
	}
	return d
}
