package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"time"

	"invoicelink/worker/archive"
)

// archives are where PDFs are kept: the object store, from where other machines
// get them, and directories.
type archives struct {
	objects  archive.Archive
	own      archive.Archive // for requests that name no directory
	local    bool            // the directories of uploads are on this machine
	storeAll bool            // the PDFs of uploads are kept in the object store as well

	mu   sync.Mutex
	open map[string]archive.Archive
}

// openArchives opens the object store of the broker, and the directory next to
// it if there is to be one.
func openArchives(ctx context.Context, st *store, c Config) (*archives, error) {
	if c.Store.OnWait != nil {
		attempt, cancel := context.WithTimeout(ctx, 8*time.Second)
		defer cancel()
		ctx = attempt
	}
	objects, err := archive.Objects(ctx, st.broker.JetStream(), archive.ObjectsOptions{Replicas: c.Store.Replicas})
	if err != nil {
		return nil, err
	}
	a := &archives{objects: objects, own: objects, local: st.exclusive, storeAll: c.StoreAll, open: map[string]archive.Archive{}}
	if c.Out != "" {
		dir, err := archive.Dir(c.Out)
		if err != nil {
			return nil, fmt.Errorf("open the directory for PDFs: %w", err)
		}
		a.own = tee{objects, dir}
	}
	return a, nil
}

// of returns the archive for the directory that an upload names. On a cluster
// that may be a directory of another machine, so the object store stands in.
func (a *archives) of(dir string) (archive.Archive, error) {
	if dir == "" || !a.local {
		return a.own, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if known, ok := a.open[dir]; ok {
		return known, nil
	}
	made, err := archive.Dir(dir)
	if err != nil {
		return nil, err
	}
	a.open[dir] = made
	if a.storeAll {
		a.open[dir] = tee{a.objects, made}
	}
	return a.open[dir], nil
}

// tee keeps each PDF in two places. The store, which every machine reads, goes
// first; the directory follows at the same revision.
type tee struct{ store, dir archive.Archive }

// Put stores in both and returns what the store says.
func (t tee) Put(ctx context.Context, d archive.Document, known archive.Known) (archive.Stored, error) {
	stored, err := t.store.Put(ctx, d, known)
	if err != nil {
		return stored, err
	}
	_, err = t.dir.Put(ctx, d, known)
	return stored, err
}

// Open reads from the store, or from the directory what has grown too old for
// the store.
func (t tee) Open(ctx context.Context, number string, revision int) (io.ReadCloser, archive.Stored, error) {
	r, stored, err := t.store.Open(ctx, number, revision)
	if errors.Is(err, fs.ErrNotExist) {
		return t.dir.Open(ctx, number, revision)
	}
	return r, stored, err
}

// Has reports whether both have it.
func (t tee) Has(ctx context.Context, number, sha256 string) (bool, error) {
	has, err := t.store.Has(ctx, number, sha256)
	if err != nil || !has {
		return false, err
	}
	return t.dir.Has(ctx, number, sha256)
}

// PutXML stores in both and returns what the store says.
func (t tee) PutXML(ctx context.Context, d archive.Document) (archive.Stored, error) {
	stored, err := t.store.PutXML(ctx, d)
	if err != nil {
		return stored, err
	}
	_, err = t.dir.PutXML(ctx, d)
	return stored, err
}

// OpenXML reads from the store, or from the directory what has grown too old
// for the store.
func (t tee) OpenXML(ctx context.Context, number string) (io.ReadCloser, archive.Stored, error) {
	r, stored, err := t.store.OpenXML(ctx, number)
	if errors.Is(err, fs.ErrNotExist) {
		return t.dir.OpenXML(ctx, number)
	}
	return r, stored, err
}

// Collect brings the PDFs of invoices from the object store into a directory of
// this machine, for a fleet whose workers do not know its directories. What is
// there already stays.
func (a *App) Collect(ctx context.Context, numbers []string, dir string) error {
	to, err := archive.Dir(dir)
	if err != nil {
		return err
	}
	for _, number := range numbers {
		if err := a.fetch(ctx, to, number); err != nil {
			return fmt.Errorf("fetch the PDF of invoice %q: %w; run the same command again to fetch it", number, err)
		}
	}
	return nil
}

func (a *App) fetch(ctx context.Context, to archive.Archive, number string) error {
	e, err := a.Ledger.Read(ctx, number)
	if err != nil {
		return err
	}
	if e.UBL != "" {
		r, _, err := a.archives.objects.OpenXML(ctx, number)
		if err != nil {
			return err
		}
		xml, err := read(r)
		if err != nil {
			return err
		}
		if _, err := to.PutXML(ctx, archive.Document{Number: number, Revision: max(e.Printed, 1), Data: xml}); err != nil {
			return err
		}
	}
	if has, err := to.Has(ctx, number, e.SHA256); err != nil || has {
		return err
	}
	r, _, err := a.archives.objects.Open(ctx, number, 0)
	if err != nil {
		return err
	}
	data, err := read(r)
	if err != nil {
		return err
	}
	_, err = to.Put(ctx, archive.Document{Number: number, Revision: max(e.Printed, 1), Data: data}, e.KnownPDF)
	return err
}

func read(r io.ReadCloser) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, archive.MaxBytes))
	return data, errors.Join(err, r.Close())
}
