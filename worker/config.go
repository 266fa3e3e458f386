package worker

import (
	"context"
	"log/slog"
	"time"

	"invoicelink/checkout"
	"invoicelink/invoice"
	"invoicelink/worker/archive"
	"invoicelink/worker/broker"
	"invoicelink/worker/ledger"
)

// Config is all that a Worker needs. Broker, Ledger, Checkout and Archive are
// mandatory; for the rest zero is the default.
type Config struct {
	Broker   *broker.Broker
	Ledger   *ledger.Ledger
	Checkout *checkout.Client
	// Archive returns where the PDFs of an upload go: a directory, or with ""
	// the worker's own archive. It is called for each PDF and should remember.
	Archive func(directory string) (archive.Archive, error)
	// Seller is printed on requests that name no upload; nil refuses them.
	Seller *invoice.Seller
	// Links says how payment links are made.
	Links LinkPolicy
	// Concurrency is the number of requests in progress at once; 0 follows the
	// API: more while its latency holds, fewer once it refuses calls.
	Concurrency int
	// GiveUpAfter is the age at which temporary trouble ends in failed; 0
	// means 72 hours.
	GiveUpAfter time.Duration
	// Grace is how long work in progress may go on after a stop; 0 means 20 s.
	Grace time.Duration
	// Legal says what becomes of an invoice that breaks a legal rule; "" looks at
	// none.
	Legal invoice.Enforcement
	// UBL writes a Peppol e-invoice next to each PDF.
	UBL bool
	// Strict refuses requests with members that the contract does not know.
	Strict bool
	// SingleWorker says that no other worker can be alive on this broker: the
	// lock of the data directory proves it for the embedded one. Then the
	// claims of dead workers are void at once.
	SingleWorker bool
	// Source is the CloudEvents source of published events; "" means
	// announce.DefaultSource.
	Source string
	// Renewal says what follows when links expire.
	Renewal ledger.RenewalPolicy
	// Sweep is how often the whole ledger is searched for links that are due
	// and have no timer; 0 means 6 hours, or a minute where the server keeps
	// no timers.
	Sweep time.Duration
	// OnRetryAfter, if set, is called with the time the API asked everybody to
	// wait.
	OnRetryAfter func(time.Duration)
	// Bucket is the object store bucket that the archive writes to, which
	// events then name; "" for none.
	Bucket string
	// OnRender, if set, is called with the time that each page took to draw.
	OnRender func(time.Duration)
	// OnOutcome, if set, is called with the outcome of each attempt at a
	// request.
	OnOutcome func(Outcome)
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	Log *slog.Logger
}

// LinkPolicy says how payment links are made.
type LinkPolicy struct {
	// Validity of a link; 0 means until 30 days past the due date, but at
	// least 14 days.
	Validity time.Duration
	// ActivationTTL is how long a link lives once it was opened; 0 means as
	// long as its validity: with the API's own 10 minutes, a mail scanner that
	// opens it once ends it.
	ActivationTTL time.Duration
	// Size of the returned QR image in pixels; 0 means 500.
	Size int
	// PageURL is the merchant's own payment page; "" the provider's.
	PageURL string
	// PayPage prints the seller's own payment page instead of links; the zero
	// value prints links.
	PayPage PayPagePolicy
	// DrawOnMismatch prints a QR code of our own where the returned one holds
	// something else than the returned link. Otherwise the invoice fails.
	DrawOnMismatch bool
	// Callbacks are named in each session that we create; nil for none.
	Callbacks *checkout.Callbacks
	// Capture is sent with each session that we create: auto, the default,
	// takes the money when it is paid, manual only reserves it.
	Capture checkout.Capture
}

const (
	pastDue     = 30 * 24 * time.Hour
	minValidity = 14 * 24 * time.Hour
)

// validity is how long a link made now for an invoice shall live.
func (p LinkPolicy) validity(due invoice.Date, loc *time.Location, now time.Time) time.Duration {
	if p.Validity > 0 {
		return p.Validity
	}
	return max(due.End(loc).Add(pastDue).Sub(now), minValidity).Truncate(time.Minute)
}

// of is the policy with what the invoice asks of its own link. A last day that
// has passed leaves the configured validity, as for a renewal after it.
func (p LinkPolicy) of(inv *invoice.Invoice, loc *time.Location, now time.Time) LinkPolicy {
	if left := inv.Link.ValidUntil.End(loc).Sub(now).Truncate(time.Minute); inv.Link.ValidUntil != "" && left > 0 {
		p.Validity = left
	}
	if inv.Link.Page != "" {
		p.PageURL = inv.Link.Page
	}
	return p
}

// activation is how long it lives once opened.
func (p LinkPolicy) activation(validity time.Duration) time.Duration {
	if p.ActivationTTL > 0 {
		return min(p.ActivationTTL, validity)
	}
	return validity
}

// Outcome is the end of one attempt at a request, for progress and metrics.
type Outcome struct {
	Number   string
	Batch    string
	State    ledger.State // "" where there is no record
	Action   Action
	Repeated bool
	Err      error
	Duration time.Duration
}

func (c Config) withDefaults() Config {
	if c.GiveUpAfter <= 0 {
		c.GiveUpAfter = 72 * time.Hour
	}
	if c.Grace <= 0 {
		c.Grace = 20 * time.Second
	}
	if c.Links.Size == 0 {
		c.Links.Size = 500
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.OnOutcome == nil {
		c.OnOutcome = func(Outcome) {}
	}
	if c.OnRender == nil {
		c.OnRender = func(time.Duration) {}
	}
	if c.OnRetryAfter == nil {
		c.OnRetryAfter = func(time.Duration) {}
	}
	return c
}

// background is a context that outlives a stop, for the last writes about work
// that was cut short.
func background(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
}
