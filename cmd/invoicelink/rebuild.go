package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"invoicelink/checkout"
	"invoicelink/worker/atomicfile"
	"invoicelink/worker/audit"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/blocks"
	"invoicelink/worker/broker/embedded"
	"invoicelink/worker/ledger"
)

// rebuildCmd is `invoicelink rebuild`.
type rebuildCmd struct {
	Data    string   `type:"path" help:"Directory of the ledger and the embedded broker. Default: in the user's state directory." placeholder:"DIR"`
	Sandbox bool     `help:"The sandbox's ledger, where --data is not given."`
	Pages   []string `type:"path" help:"Directory of published PDFs; a page there that no event knows stops its invoice. Repeatable. Name every directory there is." placeholder:"DIR"`
	Without []string `help:"Number of an invoice whose record cannot be rebuilt and is done without: a new request would issue it again. Repeatable." placeholder:"NUMBER"`
	DryRun  bool     `help:"Only say what would be rebuilt."`
}

// derived are streams that may be lost with no harm: the worker fills them
// again from the ledger.
var derived = []string{broker.StreamTimers, "KV_" + broker.BucketLeases}

const (
	ledgerStream = "KV_" + broker.BucketLedger
	ownersStream = broker.StreamOwners
	// rebuiltName is the directory below the data directory where the new ledger
	// is made, and wholeName the file in it that says that it is whole.
	rebuiltName = "rebuilt"
	wholeName   = "whole"
)

// Run makes a new ledger next to the damaged one and puts it in its place. It
// changes nothing if one record would have to be guessed.
func (c *rebuildCmd) Run(ctx context.Context, s streams) (err error) {
	dir, err := storeFlags{Data: c.Data}.directory(c.Sandbox)
	if err != nil {
		return &exit{exitUsage, err}
	}
	if _, err := os.Stat(dir); err != nil {
		return &exit{exitUsage, fmt.Errorf("no ledger at %s; name its directory with --data", dir)}
	}
	release, err := embedded.Hold(dir)
	if err != nil {
		return &exit{exitUsage, err}
	}
	defer func() { err = errors.Join(err, release()) }()
	made := filepath.Join(dir, rebuiltName)
	if _, err := os.Stat(filepath.Join(made, wholeName)); err == nil {
		fmt.Fprintln(s.out, "a rebuilt ledger was not put in its place yet; it is now")
		return c.replace(dir, made, nil)
	}
	lost, err := c.damaged(dir)
	if err != nil {
		return &exit{exitUsage, err}
	}
	plan, err := audit.PlanRebuild(dir, audit.RebuildOptions{Pages: c.Pages, QR: drawQR, Without: c.Without})
	if err != nil {
		return &exit{exitUsage, err}
	}
	for _, f := range slices.Concat(plan.Rebuilt, plan.Waiting, plan.Refused) {
		fmt.Fprintln(s.out, f)
	}
	if len(plan.Refused) > 0 {
		return &exit{exitUsage, fmt.Errorf("%s cannot be rebuilt without guessing, and nothing was changed; restore a backup, or name what is done without with --without",
			plural(len(plan.Refused), "record", "records"))}
	}
	if len(lost)+len(plan.Rebuilt)+len(plan.Waiting) == 0 {
		fmt.Fprintln(s.out, "nothing is lost, and nothing was changed")
		return nil
	}
	if c.DryRun {
		fmt.Fprintln(s.out, "nothing was changed")
		return nil
	}
	if err := makeLedger(ctx, made, plan); err != nil {
		return &exit{exitUsage, fmt.Errorf("rebuild the ledger: %w", err)}
	}
	if err := c.replace(dir, made, lost); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "the ledger has %s, %d of them rebuilt; what was there is kept in %s\nwhat was recorded after the last event of an invoice is not in it: compare with the checkout account before the next run\n",
		plural(len(plan.Records), "record", "records"), len(plan.Rebuilt), blocks.Damaged(dir))
	return nil
}

// damaged returns the streams that are damaged, if the ledger and what follows
// from it are all.
func (c *rebuildCmd) damaged(dir string) (lost []string, err error) {
	_, err = embedded.Inspect(dir)
	damage, ok := errors.AsType[*blocks.DamageError](err)
	if !ok {
		return nil, err
	}
	var others []string
	for _, d := range damage.Damage {
		if d.Stream == ledgerStream || d.Stream == ownersStream || slices.Contains(derived, d.Stream) {
			lost = append(lost, d.Stream)
		} else {
			others = append(others, fmt.Sprintf("%s block %d", d.Stream, d.Block))
		}
	}
	if len(others) > 0 {
		return nil, fmt.Errorf("%s is damaged as well, from which nothing can be rebuilt; restore a backup", strings.Join(others, ", "))
	}
	return lost, nil
}

// replace puts the new ledger in the place of the old one.
func (c *rebuildCmd) replace(dir, made string, lost []string) error {
	var err error
	for _, name := range []string{ledger.IndexFile, ledger.OwnersFile} { // they are about the ledger before
		if e := os.Remove(filepath.Join(dir, name)); !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	for _, stream := range []string{ownersStream, ledgerStream} {
		if err == nil {
			err = embedded.ReplaceStream(dir, stream, made)
		}
	}
	for _, stream := range derived {
		if err == nil && slices.Contains(lost, stream) {
			err = embedded.ReplaceStream(dir, stream, "")
		}
	}
	if err == nil {
		err = os.RemoveAll(made)
	}
	if err != nil {
		return &exit{exitUsage, fmt.Errorf("rebuild the ledger: %w; run the same command again", err)}
	}
	return nil
}

// makeLedger writes a ledger of its own into a directory.
func makeLedger(ctx context.Context, made string, plan *audit.Rebuild) error {
	if err := os.RemoveAll(made); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	server, err := embedded.Start(ctx, embedded.Config{Dir: made})
	if err != nil {
		return err
	}
	err = fillLedger(ctx, server, plan)
	if err := errors.Join(err, server.Stop(context.WithoutCancel(ctx))); err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(made, wholeName), nil, 0o600)
}

func fillLedger(ctx context.Context, server *embedded.Server, plan *audit.Rebuild) error {
	nc, err := server.Connect()
	if err != nil {
		return err
	}
	defer nc.Close()
	b, err := broker.Open(ctx, nc, broker.Options{})
	if err != nil {
		return err
	}
	for key, value := range plan.Values {
		if _, err := b.LedgerBucket().Put(ctx, key, value); err != nil {
			return fmt.Errorf("store %s: %w", key, err)
		}
	}
	if err := appendOwners(ctx, b.Owners(), plan.Owners); err != nil {
		return err
	}
	l := ledger.Open(b.LedgerBucket(), b.Documents(), b.Owners(), nil)
	keys := slices.Sorted(maps.Keys(plan.Records))
	errs := make([]error, min(32, len(keys)))
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			for n := i; n < len(keys) && errs[i] == nil; n += len(errs) {
				errs[i] = storeRecord(ctx, b, l, plan.Records[keys[n]])
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// appendOwners appends the entries that are whole in their order.
func appendOwners(ctx context.Context, log broker.Owners, entries [][]byte) error {
	for part := range slices.Chunk(entries, 1000) { // they share the syncs of the store
		var all []func(context.Context) (uint64, error)
		for _, data := range part {
			stored, err := log.Append(data)
			if err != nil {
				return err
			}
			all = append(all, stored)
		}
		for _, stored := range all {
			if _, err := stored(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// storeRecord stores a record with its own time. What the log of owners has lost
// of it is appended.
func storeRecord(ctx context.Context, b *broker.Broker, owners *ledger.Ledger, r ledger.Record) error {
	for _, o := range r.Ownerships() {
		if err := owners.Take(ctx, o); err != nil {
			return err
		}
	}
	l := ledger.Open(b.LedgerBucket(), b.Documents(), b.Owners(), func() time.Time { return r.UpdatedAt })
	return l.Update(ctx, ledger.New(r.Number), func(ledger.Record) (ledger.Record, error) { return r, nil })
}

// drawQR draws the code of a link as records keep it.
func drawQR(link string) (size int, bits []byte, err error) {
	qr, err := checkout.DrawQR(link)
	if err != nil {
		return 0, nil, err
	}
	size = len(qr.Modules)
	bits = make([]byte, (size*size+7)/8)
	for y, row := range qr.Modules {
		for x, dark := range row {
			if n := y*size + x; dark {
				bits[n/8] |= 1 << (7 - n%8)
			}
		}
	}
	return size, bits, nil
}
