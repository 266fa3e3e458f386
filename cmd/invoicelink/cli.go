package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/alecthomas/kong"
)

// cli is the command line. Each flag can be given by an environment variable
// of the same name: --link-size is INVOICELINK_LINK_SIZE.
type cli struct {
	Run      runCmd      `cmd:"" help:"Turn the invoices of spreadsheets into payable PDFs."`
	Check    checkCmd    `cmd:"" help:"Read spreadsheets and say everything that is wrong with them. Calls nothing, issues nothing."`
	Template templateCmd `cmd:"" help:"Write an empty workbook to fill in."`
	List     listCmd     `cmd:"" help:"Show where invoices stand."`
	Renew    renewCmd    `cmd:"" help:"Make new payment links, for invoices or for all whose link is over."`
	Paid     paidCmd     `cmd:"" help:"Record that invoices are paid. Calls nothing."`
	Cancel   cancelCmd   `cmd:"" help:"Record that invoices are withdrawn. Calls nothing."`
	Serve    serveCmd    `cmd:"" help:"Work on requests from events, and serve the finance desk, until told to stop."`
	Dead     deadCmd     `cmd:"" help:"Look at requests that came to nothing, and send them again."`
	Health   healthCmd   `cmd:"" help:"Ask a running serve whether it is well."`
	Probe    probeCmd    `cmd:"" help:"Ask a test gateway of the checkout API what its documentation leaves open. Refuses a live one."`
	Sandbox  sandboxCmd  `cmd:"" help:"Serve an imitation of the checkout API, to try things out."`

	Version kong.VersionFlag `env:"-" help:"Print the version and exit."`
}

const about = `Turns invoices into PDFs that can be paid by pointing a phone at them.

Exit codes: 0 all went well; 1 some invoices were rejected or failed; 2 wrong usage, configuration or file, nothing was started; 3 work is left, the same command carries on.`

// run is the program: it parses, dispatches and turns the outcome into an exit
// code. Nothing else exits.
func run(ctx context.Context, args []string, s streams) int {
	var c cli
	exited, code := false, 0
	parser, err := kong.New(&c,
		kong.Name("invoicelink"), kong.Description(about), kong.Writers(s.out, s.err),
		kong.Vars{"version": version()}, kong.DefaultEnvars("INVOICELINK"),
		kong.TypeMapper(reflect.TypeFor[duration](), durationMapper{}),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
		kong.Exit(func(n int) { exited, code = true, n }),
	)
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
	var ended *exit
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &ended):
		if ended.err != nil {
			fmt.Fprintln(s.err, "invoicelink:", ended.err)
		}
		return ended.code
	}
	fmt.Fprintln(s.err, "invoicelink:", err)
	return exitUsage
}
