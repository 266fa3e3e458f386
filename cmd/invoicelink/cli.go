package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

// cli is the command line. Each flag can be given by an environment variable
// of the same name: --link-size is INVOICELINK_LINK_SIZE.
type cli struct {
	Run      runCmd      `cmd:"" help:"Turn the invoices of spreadsheets into payable PDFs."`
	Check    checkCmd    `cmd:"" help:"Read spreadsheets and report everything that is wrong with them. Calls nothing, issues nothing."`
	Profile  profileCmd  `cmd:"" help:"Write the import profile of a spreadsheet, to be filled in, or list those that come with the program."`
	Template templateCmd `cmd:"" help:"Write an empty workbook to fill in."`
	Schema   schemaCmd   `cmd:"" help:"Print the contract with ERP systems: the AsyncAPI document, or the JSON Schema of one payload."`
	List     listCmd     `cmd:"" help:"Show where invoices stand."`
	Renew    renewCmd    `cmd:"" help:"Make new payment links, for the invoices named or for all expired links."`
	Paid     paidCmd     `cmd:"" help:"Record that invoices are paid. Calls nothing."`
	Receipt  receiptCmd  `cmd:"" help:"Write the receipt of a paid invoice. Calls nothing, changes nothing."`
	Review   reviewCmd   `cmd:"" help:"Show and resolve what a person has to decide about payments. Calls nothing."`
	Cancel   cancelCmd   `cmd:"" help:"Record that invoices are withdrawn. Calls nothing."`
	Serve    serveCmd    `cmd:"" help:"Work on requests from events and serve the finance desk."`
	PayPage  payPageCmd  `cmd:"" name:"paypage" help:"Serve the payment page alone, export it, or give invoices a new address."`
	Backup   backupCmd   `cmd:"" help:"Write everything the program keeps into one file, also while it runs."`
	Restore  restoreCmd  `cmd:"" help:"Restore a backup into an empty directory, or into an empty NATS server or cluster."`
	Verify   verifyCmd   `cmd:"" help:"Check what is on disk for damage. Changes nothing, also while the program runs."`
	Rebuild  rebuildCmd  `cmd:"" help:"Make lost records of a damaged ledger again from events, documents and pages. Refuses to guess."`
	Dead     deadCmd     `cmd:"" name:"dead-letters" aliases:"dead,dlq" help:"List, show and replay dead-lettered requests."`
	Health   healthCmd   `cmd:"" help:"Check the health of a running server."`
	Probe    probeCmd    `cmd:"" help:"Ask a test gateway of the checkout API what its documentation leaves open. Refuses a live one."`
	Sandbox  sandboxCmd  `cmd:"" help:"Serve an imitation of the checkout API, to try things out."`

	Version kong.VersionFlag `env:"-" help:"Print the version and exit."`
}

const about = `Turns invoices into PDFs that can be paid by pointing a phone at them.

Exit codes: 0 all went well; 1 some invoices were rejected or failed; 2 wrong usage, configuration or file, nothing was started; 3 interrupted; run the same command again to resume.`

func newParser(c *cli, s streams, more ...kong.Option) (*kong.Kong, error) {
	return kong.New(c, append(more,
		kong.Name("invoicelink"), kong.Description(about), kong.Writers(s.out, s.err),
		kong.Vars{"version": version()}, kong.DefaultEnvars("INVOICELINK"),
		kong.TypeMapper(reflect.TypeFor[duration](), durationMapper{}),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
	)...)
}

// run is the program: it parses, dispatches and turns the outcome into an exit
// code. Nothing else exits.
func run(ctx context.Context, args []string, s streams) int {
	var c cli
	exited, code := false, 0
	parser, err := newParser(&c, s, kong.Exit(func(n int) { exited, code = true, n }))
	if err != nil {
		fmt.Fprintln(s.err, "invoicelink:", err)
		return exitUsage
	}
	parsed, err := parser.Parse(args)
	if exited {
		return code
	}
	if err != nil {
		fmt.Fprintf(s.err, "invoicelink: %v\nTry \"invoicelink --help\".\n", err)
		return exitUsage
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run(s)
	if err == nil {
		return exitOK
	}
	ended, ok := errors.AsType[*exit](err)
	if !ok {
		ended = &exit{exitUsage, err}
	}
	if ended.err != nil {
		fmt.Fprintln(s.err, "invoicelink:", ended.err)
	}
	return ended.code
}

// Exit codes, which others script against.
const (
	exitOK       = 0 // everything asked for is done
	exitRejected = 1 // some invoices were rejected or failed
	exitUsage    = 2 // usage, configuration or an unreadable file: nothing was started
	exitLeft     = 3 // work is left; the same command resumes it
)

// exit ends the program with a code. Without an error nothing is printed: the
// command has said what there is to say.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return "exit"
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// closeAndLog closes what a command opened. What goes wrong then is logged: the
// command's own result stands.
func closeAndLog(log *slog.Logger, c io.Closer) {
	if err := c.Close(); err != nil {
		log.Error("close", "error", err)
	}
}

// version is what the build knows of itself: the module's version, or the
// commit that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "invoicelink (unknown build)"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 && (v == "" || v == "(devel)") {
			v = s.Value[:12]
		}
	}
	return "invoicelink " + v + " " + info.GoVersion
}
