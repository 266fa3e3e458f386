// Command invoicelink turns invoices, from spreadsheets or events, into PDFs
// that can be paid by scanning or clicking them.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	// A seller's time zone must not depend on what the machine has.
	_ "time/tzdata"
)

func main() {
	// The first signal asks the work to come to an end, the second one finds
	// the default handler and kills.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	tuneMemory()
	os.Exit(run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// streams are the standard ones.
type streams struct {
	in       io.Reader
	out, err io.Writer
}
