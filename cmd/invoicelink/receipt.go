package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"invoicelink/worker"
	"invoicelink/worker/atomicfile"
	"invoicelink/worker/ledger"
)

// receiptCmd is `invoicelink receipt`.
type receiptCmd struct {
	Number  string `arg:"" help:"Invoice number."`
	Out     string `type:"path" help:"File to write; another file is not overwritten. Default: the number with -receipt.pdf, here." placeholder:"FILE"`
	Sandbox bool   `help:"The sandbox's ledger, where --data is not given."`
	storeFlags
	logFlags
}

// Run draws the receipt. The same record gives the same file, so that one that
// lies there already is fine.
func (c *receiptCmd) Run(ctx context.Context, s streams) error {
	a, err := c.openLedger(ctx, c.Sandbox, true, c.logger(s.err, slog.LevelError))
	if err != nil {
		return err
	}
	data, err := receiptOf(ctx, a.Ledger, c.Number)
	if err := errors.Join(err, a.Close()); err != nil {
		return err
	}
	path := c.Out
	if path == "" {
		path = worker.ReceiptName(c.Number)
	}
	there, err := os.ReadFile(path)
	switch {
	case err == nil && string(there) == string(data):
	case err == nil:
		return &exit{exitUsage, fmt.Errorf("%s exists and is not this receipt; name another file with --out", path)}
	case !errors.Is(err, fs.ErrNotExist):
		return &exit{exitUsage, err}
	default:
		if err := atomicfile.Write(path, data, 0o644); err != nil {
			return &exit{exitUsage, fmt.Errorf("write receipt: %w", err)}
		}
	}
	fmt.Fprintf(s.out, "wrote %s\n", path)
	return nil
}

// receiptOf returns the receipt of an invoice.
func receiptOf(ctx context.Context, l *ledger.Ledger, number string) ([]byte, error) {
	e, err := l.Read(ctx, number)
	if errors.Is(err, ledger.ErrUnknown) {
		return nil, &exit{exitRejected, fmt.Errorf("not in this ledger: %s", number)}
	}
	if err != nil {
		return nil, &exit{exitUsage, err}
	}
	data, err := worker.Receipt(ctx, l, &e.Record)
	if _, refused := errors.AsType[*ledger.RefusedError](err); refused {
		return nil, &exit{exitRejected, fmt.Errorf("no receipt: %w", err)}
	}
	if err != nil {
		return nil, &exit{exitUsage, err}
	}
	return data, nil
}
