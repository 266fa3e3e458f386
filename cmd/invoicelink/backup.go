package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"

	"invoicelink/worker/app"
	"invoicelink/worker/audit"
	"invoicelink/worker/backup"
	"invoicelink/worker/batch"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/embedded"
)

// backupCmd is `invoicelink backup`.
type backupCmd struct {
	File    string   `arg:"" type:"path" help:"File to write; it must not exist."`
	Sandbox bool     `help:"The sandbox's ledger, where --data is not given."`
	Wait    duration `help:"How long invoices in progress are waited for." default:"30s" placeholder:"DURATION"`
	storeFlags
	logFlags
}

// Run takes the backup, from the process that holds the directory if there is
// one.
func (c *backupCmd) Run(ctx context.Context, s streams) error {
	a, err := c.openLedger(ctx, c.Sandbox, true, c.logger(s.err, slog.LevelError))
	if err != nil {
		return err
	}
	dir, err := c.directory(c.Sandbox)
	var m *backup.Manifest
	if err == nil {
		m, err = backup.Write(ctx, a.Broker.JetStream().Conn(), c.File, backup.Options{Dir: dir, Wait: c.Wait.value()})
	}
	if err := errors.Join(err, a.Close()); err != nil {
		return &exit{exitUsage, err}
	}
	fmt.Fprintf(s.out, "%s: %s in %s, %s; read again and found whole\n", c.File,
		plural(int(m.Messages()), "message", "messages"), plural(len(m.Streams), "stream", "streams"), plural(len(m.Files), "file", "files"))
	if !m.Quiet {
		fmt.Fprintf(s.err, "invoices were still in progress after %v; a restore resumes them as after a crash\n", c.Wait.value())
	}
	if err := errors.Join(batch.VerifyUploads(filepath.Join(dir, app.DeskDir))...); err != nil {
		return &exit{exitRejected, fmt.Errorf("the backup is taken, with damaged files of the finance desk in it: %w", err)}
	}
	return nil
}

// restoreCmd is `invoicelink restore`.
type restoreCmd struct {
	File     string `arg:"" type:"path" help:"Backup to restore."`
	Sandbox  bool   `help:"The sandbox's ledger, where --data is not given."`
	Replicas int    `help:"Copies of each stream and bucket on a NATS cluster. 0 keeps the number of the backup." default:"0" placeholder:"N"`
	storeFlags
	logFlags
}

// Run restores into an empty directory or server.
func (c *restoreCmd) Run(ctx context.Context, s streams) error {
	st, err := c.store(c.Sandbox)
	if err != nil {
		return &exit{exitUsage, err}
	}
	b, err := backup.Open(c.File)
	if err != nil {
		return &exit{exitUsage, err}
	}
	where := st.Dir
	if st.URL != "" {
		where = app.Redact(st.URL)
		err = restoreToServer(ctx, b, st, c.Replicas)
	} else {
		err = restoreToDir(ctx, b, st.Dir, c.logger(s.err, slog.LevelError))
	}
	if err != nil {
		return &exit{exitUsage, err}
	}
	fmt.Fprintf(s.out, "restored %s and %s of %s to %s\nwhat was issued after that moment is not in it: compare with the checkout account before the next run\n",
		plural(int(b.Messages()), "message", "messages"), plural(len(b.Files), "file", "files"), b.Created.Format(time.RFC3339), where)
	return nil
}

func restoreToServer(ctx context.Context, b *backup.Backup, st app.Store, replicas int) error {
	nc, err := nats.Connect(st.URL, st.Options...)
	if err != nil {
		return fmt.Errorf("connect to NATS at %s: %w", app.Redact(st.URL), err)
	}
	defer nc.Close()
	return broker.Explain(b.Restore(ctx, nc, replicas))
}

// restoreToDir makes the data directory. After an error the directory is
// removed again, so that nobody works with a part.
func restoreToDir(ctx context.Context, b *backup.Backup, dir string, log *slog.Logger) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("restore to %s: %w", dir, backup.ErrNotEmpty)
	}
	server, err := embedded.Start(ctx, embedded.Config{Dir: dir, Log: log})
	if err != nil {
		return err
	}
	nc, err := server.Connect()
	if err == nil {
		err = errors.Join(b.Restore(ctx, nc, 0), b.RestoreFiles(dir))
	}
	err = errors.Join(err, server.Stop(context.WithoutCancel(ctx)))
	if err == nil {
		err = audit.Check(dir)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	return nil
}
