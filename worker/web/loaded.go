package web

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
	"invoicelink/worker/batch"
)

// loadedUpload is an upload that is read into memory.
type loadedUpload struct {
	id string

	loading sync.Mutex // held while the file is read, and while it is issued
	upload  *batch.Upload
	use     time.Time

	mu       sync.Mutex
	followed bool          // somebody publishes it or waits for its answers
	trouble  string        // why publishing does not get on; "" when it does
	changed  chan struct{} // closed and replaced at each change
}

// loadedUploads are those in memory.
type loadedUploads struct {
	mu  sync.Mutex
	all map[string]*loadedUpload
}

// maxIdle is how many invoices of uploads that nobody works on stay in memory.
const maxIdle = 50_000

// get returns the place of an upload and forgets idle ones, those that were
// used longest ago first, above the limit.
func (l *loadedUploads) get(id string, now time.Time) *loadedUpload {
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.all[id]
	if one == nil {
		one = &loadedUpload{id: id, changed: make(chan struct{})}
		l.all[id] = one
	}
	one.use = now
	for {
		total, oldest := 0, (*loadedUpload)(nil)
		for _, other := range l.all {
			if other == one || other.busy() || !other.loading.TryLock() {
				continue
			}
			if u := other.upload; u != nil {
				total += u.Len() + u.Refused() + 1
				if oldest == nil || other.use.Before(oldest.use) {
					oldest = other
				}
			}
			other.loading.Unlock()
		}
		if total <= maxIdle || oldest == nil {
			return one
		}
		delete(l.all, oldest.id)
	}
}

func (l *loadedUploads) drop(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.all, id)
}

func (l *loadedUpload) busy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.followed
}

// notify wakes everybody who watches.
func (l *loadedUpload) notify() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	l.changed = make(chan struct{})
}

// watch returns the channel that the next change closes.
func (l *loadedUpload) watch() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed
}

func (l *loadedUpload) setTrouble(text string) {
	l.mu.Lock()
	l.trouble = text
	l.mu.Unlock()
	l.notify()
}

func (l *loadedUpload) troubled() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.trouble
}

// load returns the upload, from memory or from its file. The caller holds no
// lock.
func (d *Desk) load(ctx context.Context, id string) (*loadedUpload, error) {
	l := d.loaded.get(id, d.config.Now())
	l.loading.Lock()
	defer l.loading.Unlock()
	return l, d.fill(ctx, l)
}

// fill reads the upload's file, if it is not in memory. The caller holds
// loading.
func (d *Desk) fill(ctx context.Context, l *loadedUpload) error {
	if l.upload != nil {
		return nil
	}
	m, ok := d.uploads.Info(l.id)
	if !ok {
		d.loaded.drop(l.id)
		return errGone
	}
	u, err := d.read(ctx, m)
	if err != nil {
		return err
	}
	if m.Stage != batch.StageChecked {
		answers, err := d.uploads.Answers(m.ID)
		if err != nil {
			return err
		}
		if err := u.Recall(answers); err != nil {
			return err
		}
		u.Resume(m.From)
	}
	l.upload = u
	return nil
}

// errGone says that an upload was discarded, or never was.
var errGone = errors.New("upload is not there")

// read reads the file of an upload as it was, or will be, issued.
func (d *Desk) read(ctx context.Context, m batch.Info) (*batch.Upload, error) {
	seller := d.config.Seller
	if m.Seller != "" {
		then, err := d.config.Ledger.Seller(ctx, m.Seller)
		if err != nil {
			return nil, fmt.Errorf("read upload %s: %w", m.ID, err)
		}
		seller = then
	}
	file, err := d.uploads.File(m)
	if err != nil {
		return nil, err
	}
	return d.readFile(ctx, &m, file, seller, false)
}

// readFile reads a file when it is its turn. A fresh one may match a remembered
// profile, which then becomes part of its info.
func (d *Desk) readFile(ctx context.Context, m *batch.Info, file batch.File, seller *invoice.Seller, fresh bool) (*batch.Upload, error) {
	select {
	case d.reading <- struct{}{}:
		defer func() { <-d.reading }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	o := batch.Options{
		MaxRows: d.config.MaxRows, MaxBytes: d.config.MaxUpload, Currency: seller.Currency,
		Check: func(inv *invoice.Invoice) invoice.Problems {
			refused, _ := d.config.Legal.Judge(seller, inv)
			return append(pdf.Printable(inv, seller), refused...)
		},
		AcceptRounding: d.config.AcceptRounding || m.AcceptRounding,
	}
	var err error
	if o.Profiles, o.Library, err = d.profilesFor(m, fresh); err != nil {
		return nil, err
	}
	u, err := batch.ReadAs(ctx, m.ID, []batch.File{file}, o)
	if frozen := d.frozen(m, u); frozen != nil {
		return u, frozen
	}
	return u, err
}

// peek returns the upload if it is in memory and nobody reads it just now.
func (l *loadedUploads) peek(id string) *batch.Upload {
	l.mu.Lock()
	one := l.all[id]
	l.mu.Unlock()
	if one == nil || !one.loading.TryLock() {
		return nil
	}
	defer one.loading.Unlock()
	return one.upload
}
