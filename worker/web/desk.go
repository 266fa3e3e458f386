package web

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"invoicelink/worker/batch"
	"invoicelink/worker/ctxtime"
)

// Desk is the page. It is an http.Handler for everything below "/"; what the
// server answers itself (health, metrics, callbacks) is mounted next to it.
//
// The server should set ReadHeaderTimeout (10 s) and IdleTimeout, and no
// WriteTimeout: the desk sets deadlines by itself for uploads and downloads,
// whose time depends on their size.
type Desk struct {
	config  Config
	handler http.Handler
	uploads *batch.UploadStore
	layouts *batch.Layouts
	index   *index
	library *library
	pages   map[*texts]*template.Template

	assets     map[string]asset
	assetNames map[string]string

	sessions  *sessions
	attempts  *attempts
	comparing chan struct{} // slots for comparing passwords
	reading   chan struct{} // slots for reading and writing workbooks

	loaded   loadedUploads
	renewals renewals

	ctx  context.Context // ends with Close
	stop context.CancelFunc
	wg   sync.WaitGroup
}

// maxReading is how many workbooks are read or written at once; one of 20,000
// rows takes about 160 MB while it is written.
const maxReading = 2

// New opens the desk: it reads the stored uploads, takes up again what a
// restart cut short, and follows the ledger, until Close.
func New(c Config) (*Desk, error) {
	if err := c.problems(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	d := &Desk{
		config: c, index: newIndex(), attempts: newAttempts(c.Now),
		comparing: make(chan struct{}, maxComparing), reading: make(chan struct{}, maxReading),
	}
	d.loaded.all, d.renewals.all = map[string]*loadedUpload{}, map[string]renewal{}
	var err error
	if d.library, err = readLibrary(); err != nil {
		return nil, fmt.Errorf("open finance desk: %w", err)
	}
	if err := errors.Join(d.readPages(), d.readAssets()); err != nil {
		return nil, fmt.Errorf("open finance desk: %w", err)
	}
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("open finance desk: %w", err)
	}
	if d.uploads, err = batch.OpenUploadStore(dir); err != nil {
		return nil, fmt.Errorf("open finance desk: %w", err)
	}
	d.layouts = batch.OpenLayouts(filepath.Join(dir, batch.ProfilesDir))
	d.sessions = openSessions(filepath.Join(dir, "logins.json"), c.Now, c.Log)
	if c.Access.Users != nil {
		c.Access.Users.logTo(c.Log)
		if weak := c.Access.Users.weak(); len(weak) > 0 {
			c.Log.Warn("passwords are cheap to guess at; make their hashes again with htpasswd -nBC 12", "users", weak)
		}
	}
	d.ctx, d.stop = context.WithCancel(context.Background())
	d.handler = d.routes()
	d.wg.Go(d.keepIndex)
	d.resumeAll()
	return d, nil
}

// ServeHTTP answers a request.
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.handler.ServeHTTP(w, r) }

// Close ends the live connections and whatever follows the broker, and waits
// for it. What was issued goes on in the broker. It belongs before
// http.Server.Shutdown, which waits for live connections.
func (d *Desk) Close() {
	d.stop()
	d.wg.Wait()
}

// Ready is closed once the lists hold everything that was in the ledger at the
// start.
func (d *Desk) Ready() <-chan struct{} { return d.index.ready }

// keepIndex follows the ledger and begins again when the broker was away.
func (d *Desk) keepIndex() {
	for d.ctx.Err() == nil {
		err := d.index.follow(d.ctx, d.config.Ledger)
		if d.ctx.Err() != nil {
			return
		}
		d.config.Log.Warn("lists of invoices are not followed; trying again", "error", err)
		_ = ctxtime.Sleep(d.ctx, 2*time.Second) // or until Close
	}
}
