package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
	"invoicelink/worker/archive"
	"invoicelink/worker/broker"
	"invoicelink/worker/ledger"
	"invoicelink/worker/requests"
)

// Config is all that a Desk needs. Broker, Ledger, Requests, Archive,
// Seller, Actions and Dir are mandatory; for the rest zero is the default.
type Config struct {
	Broker *broker.Broker
	Ledger *ledger.Ledger
	// Requests sends what people ask for.
	Requests *requests.Client
	// Archive returns where PDFs are kept: a directory, or with "" the
	// worker's own archive. It is called often and should remember.
	Archive func(directory string) (archive.Archive, error)
	// Seller is printed on what is issued here.
	Seller  *invoice.Seller
	Actions Actions
	// Dir keeps uploaded files and where they stand. It belongs to one
	// process; it is created with mode 0700.
	Dir string
	// Access says who gets in.
	Access Access
	// Environment is "live", "test" or "sandbox"; the page says so where no
	// real money moves. "" is live.
	Environment string
	// Version is the name of the program and its version, shown on each page;
	// "" shows none.
	Version string
	// MaxUpload is the largest file in bytes; 0 means 64 MiB.
	MaxUpload int64
	// MaxRows is the most rows of a file; 0 means 100,000.
	MaxRows int
	// Legal says what becomes of an invoice that breaks a legal rule; "" looks at
	// none.
	Legal invoice.Enforcement
	// AcceptRounding takes over claimed totals that differ by at most 0.01 a
	// line.
	AcceptRounding bool
	// MaxWaiting is the most uploads that may wait for somebody to issue or
	// discard them, since each is a file on the disk; 0 means 200.
	MaxWaiting int
	// Expiring is how long before its end a link counts as expiring; 0 means
	// 7 days.
	Expiring time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Log gets audit lines (message "audit") and trouble; nil discards.
	Log *slog.Logger
}

// Actions are what the desk has others do. The context ends with the request,
// "by" names the person. An error is shown to that person word for word.
type Actions struct {
	// Paid records a payment. The warnings are for the person.
	Paid func(ctx context.Context, p Payment, by string) (warnings []string, err error)
	// Cancel records that the invoice is withdrawn.
	Cancel func(ctx context.Context, number, reason, by string) error
	// Resolve closes a review with a note.
	Resolve func(ctx context.Context, review, note, by string) error
}

// Payment is what a person states about a payment.
type Payment struct {
	Number string // of the invoice
	// Money is what was paid; zero means what is left to pay.
	Money invoice.Money
	// At is when it was paid; zero if it is not stated.
	At time.Time
	// Reference names it, such as the entry on the bank statement.
	Reference string
}

// problems lists everything that is wrong with the configuration.
func (c *Config) problems() error {
	var all []error
	need := func(missing bool, what string) {
		if missing {
			all = append(all, errors.New(what+" is missing"))
		}
	}
	need(c.Broker == nil, "Broker")
	need(c.Ledger == nil, "Ledger")
	need(c.Requests == nil, "Requests")
	need(c.Archive == nil, "Archive")
	need(c.Seller == nil, "Seller")
	need(c.Dir == "", "Dir")
	need(c.Actions.Paid == nil || c.Actions.Cancel == nil || c.Actions.Resolve == nil, "one of Actions")
	if c.Seller != nil {
		if err := append(c.Seller.Validate(), pdf.PrintableSeller(c.Seller)...).Err(); err != nil {
			all = append(all, err)
		}
	}
	all = append(all, c.Access.problems()...)
	if err := errors.Join(all...); err != nil {
		return fmt.Errorf("open finance desk: %w", err)
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.MaxUpload <= 0 {
		c.MaxUpload = 64 << 20
	}
	if c.MaxWaiting <= 0 {
		c.MaxWaiting = 200
	}
	if c.Expiring <= 0 {
		c.Expiring = 7 * 24 * time.Hour
	}
	if c.Environment == "" {
		c.Environment = environmentLive
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

const environmentLive = "live"
