package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"invoicelink/worker/archive"
)

// archives are where PDFs are kept: the object store, from where other machines
// get them, and directories.
type archives struct {
	objects archive.Archive
	own     archive.Archive // for requests that name no directory
	// local tells that the directories of uploads are on this machine.
	local bool
	// both keeps the PDFs of uploads in the object store as well.
	both bool
	mu   sync.Mutex
	open map[string]archive.Archive
}

// openArchives opens the object store of the broker.
func openArchives(ctx context.Context, st *store, replicas int) (*archives, error) {
	objects, err := archive.Objects(ctx, st.broker.JetStream(), archive.ObjectsOptions{Replicas: replicas})
	if err != nil {
		return nil, err
	}
	return &archives{objects: objects, own: objects, local: st.exclusive, open: map[string]archive.Archive{}}, nil
}

// beside keeps every PDF in the object store, and in the directory as well
// unless that is empty.
func (a *archives) beside(out string) error {
	a.both = true
	if out == "" {
		return nil
	}
	dir, err := archive.Dir(out)
	if err != nil {
		return fmt.Errorf("--out (%s): %w", envOf("--out"), err)
	}
	a.own = twofold{a.objects, dir}
	return nil
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
	if a.both {
		a.open[dir] = twofold{a.objects, made}
	}
	return a.open[dir], nil
}

// twofold keeps each PDF in two places. The store, which every machine reads,
// goes first; the directory follows at the same revision.
type twofold struct{ store, dir archive.Archive }

// Put stores in both and returns what the store says.
func (t twofold) Put(ctx context.Context, d archive.Document, known archive.Known) (archive.Stored, error) {
	stored, err := t.store.Put(ctx, d, known)
	if err != nil {
		return stored, err
	}
	_, err = t.dir.Put(ctx, d, known)
	return stored, err
}

// Open reads from the store, or from the directory what has grown too old for
// the store.
func (t twofold) Open(ctx context.Context, number string, revision int) (io.ReadCloser, archive.Stored, error) {
	r, stored, err := t.store.Open(ctx, number, revision)
	if errors.Is(err, fs.ErrNotExist) {
		return t.dir.Open(ctx, number, revision)
	}
	return r, stored, err
}

// Has reports whether both have it.
func (t twofold) Has(ctx context.Context, number, sha256 string) (bool, error) {
	has, err := t.store.Has(ctx, number, sha256)
	if err != nil || !has {
		return false, err
	}
	return t.dir.Has(ctx, number, sha256)
}
