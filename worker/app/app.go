// Package app assembles the program once: store, checkout account, archives,
// worker and servers, from one plain configuration. Start with [Open] and
// [App.RunWhile] for a command that ends, with [Serve] for the server, and with
// [OpenLedger] for a command that calls no API.
//
// It promises that whatever was opened is closed in the reverse order, that a
// ledger is used with its own seller and account only, and that an error of
// Open says what to correct before anything was called or issued.
package app

import (
	"context"
	"errors"

	"invoicelink/checkout"
	"invoicelink/worker"
	"invoicelink/worker/archive"
	"invoicelink/worker/broker"
	"invoicelink/worker/ledger"
)

// App is the assembled program. Its fields do not change after Open.
type App struct {
	// Broker and Ledger are those of the store.
	Broker *broker.Broker
	Ledger *ledger.Ledger
	// Unreachable is why the checkout API did not answer yet when the program
	// was opened; nil if it did. Requests are queued and tried again.
	Unreachable error

	config   Config
	store    *store
	account  *account  // nil if another process does the work
	archives *archives // likewise
	worker   *worker.Worker
	idle     idleTimer
}

// Open opens everything that a worker needs, in the order in which each needs
// the other, and starts nothing. Errors wrap ledger.OwnerError if the ledger
// belongs to another seller or account, checkout.ErrCredentials if the API
// refuses the password, and broker.ErrDiffers, archive.ErrBucketDiffers or
// those of package embedded if the store cannot be used.
func Open(ctx context.Context, c Config) (*App, error) {
	a, err := OpenLedger(ctx, c)
	if err != nil || !a.Works() {
		return a, err
	}
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// OpenLedger opens the store alone. Errors are those of Open.
func OpenLedger(ctx context.Context, c Config) (*App, error) {
	st, err := openStore(ctx, c.Store, c.Log)
	if err != nil {
		return nil, err
	}
	return &App{config: c, store: st, Broker: st.broker, Ledger: st.ledger}, nil
}

// open goes on behind the store.
func (a *App) open(ctx context.Context) (err error) {
	c := &a.config
	if a.account, err = openAccount(c, a.store, a.onCall); err != nil {
		return err
	}
	if err := retryUntilReady(ctx, c.Store.OnWait, func() error { return a.own(ctx) }); err != nil {
		return err
	}
	if err := a.account.client.Authenticate(ctx); errors.Is(err, checkout.ErrCredentials) {
		return err
	} else if err != nil && ctx.Err() == nil {
		a.Unreachable = err
	}
	err = retryUntilReady(ctx, c.Store.OnWait, func() (err error) {
		a.archives, err = openArchives(ctx, a.store, *c)
		return err
	})
	if err != nil {
		return err
	}
	a.worker = worker.New(a.workerConfig())
	return ctx.Err()
}

// own makes sure that the ledger belongs to this seller and account. Without a
// seller the account alone is compared.
func (a *App) own(ctx context.Context) error {
	want := ledger.Owner{Account: a.account.name}
	if a.config.Seller != nil {
		want.Seller = a.config.Seller.VATID
		return a.Ledger.BindOwner(ctx, want)
	}
	have, err := a.Ledger.Owner(ctx)
	if err == nil && have != (ledger.Owner{}) && have.Account != want.Account {
		want.Seller = have.Seller
		err = &ledger.OwnerError{Have: have, Want: want}
	}
	return err
}

func (a *App) workerConfig() worker.Config {
	w := a.config.Worker
	w.Broker, w.Ledger, w.Checkout, w.Archive, w.Seller = a.Broker, a.Ledger, a.account.client, a.archives.of, a.config.Seller
	w.SingleWorker, w.OnRetryAfter, w.Log = a.store.exclusive, a.account.pause, a.config.Log
	if a.config.StoreAll || !a.store.exclusive {
		w.Bucket = archive.Bucket
	}
	return w
}

func (a *App) onCall(c checkout.Call) {
	a.idle.observe(c)
	if a.config.OnCall != nil {
		a.config.OnCall(c)
	}
}

// Works reports whether this process does the work: not if it joined another
// one that holds the data directory.
func (a *App) Works() bool { return a.store.works() }

// LocalDirectories reports whether the worker writes into directories of this
// machine. On a cluster PDFs are in the object store; see Collect.
func (a *App) LocalDirectories() bool { return a.store.exclusive }

// Account is the checkout account in words: its URL and user, or "sandbox".
func (a *App) Account() string { return a.account.name }

// Close ends what Open began, in the reverse order.
func (a *App) Close() error {
	var closed error
	if a.account != nil {
		closed = a.account.close()
	}
	return errors.Join(closed, a.store.close())
}
