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

	"invoicelink/worker/audit"
	"invoicelink/worker/broker/embedded"
	"invoicelink/worker/ledger"
)

// verifyCmd is `invoicelink verify`.
type verifyCmd struct {
	Data    string   `type:"path" help:"Directory of the ledger and the embedded broker. Default: in the user's state directory." placeholder:"DIR"`
	Sandbox bool     `help:"The sandbox's ledger, where --data is not given."`
	Pages   []string `type:"path" help:"Directory of PDFs to compare with the ledger as well. Repeatable." placeholder:"DIR"`
}

// Run checks the files, then what they say, then the pages.
func (c *verifyCmd) Run(_ context.Context, s streams) error {
	dir, err := storeFlags{Data: c.Data}.directory(c.Sandbox)
	if err != nil {
		return &exit{exitUsage, err}
	}
	if _, err := os.Stat(dir); err != nil {
		return &exit{exitUsage, fmt.Errorf("no ledger at %s; name its directory with --data", dir)}
	}
	report, err := embedded.Inspect(dir)
	if err != nil {
		return &exit{exitUsage, audit.Explain(dir, err)}
	}
	for _, what := range report.Repaired {
		fmt.Fprintln(s.out, what)
	}
	if report.Missing {
		fmt.Fprintln(s.out, "there are no checksums: the next start makes them")
	}
	store, err := audit.Read(dir)
	if err != nil {
		return &exit{exitUsage, err}
	}
	findings := store.Findings()
	pages, err := c.pages(store)
	if err != nil {
		return &exit{exitUsage, err}
	}
	findings = append(findings, pages...)
	index, err := verifyIndex(store, dir)
	if err != nil {
		fmt.Fprintln(s.out, err) // it costs nothing but time
	}
	findings = append(findings, index...)
	for _, f := range findings {
		fmt.Fprintln(s.out, f)
	}
	records, contents, events := store.Counts()
	fmt.Fprintf(s.out, "%s read: %s, %s, %s\n", plural(report.Files, "block", "blocks"),
		plural(records, "invoice", "invoices"), plural(contents, "document", "documents"), plural(events, "event", "events"))
	if len(findings) > 0 {
		return &exit{exitRejected, fmt.Errorf("%s", plural(len(findings), "thing does not fit together", "things do not fit together"))}
	}
	return nil
}

// pages compares the PDFs in the directories with the records.
func (c *verifyCmd) pages(store *audit.Store) (findings []audit.Finding, err error) {
	for _, dir := range c.Pages {
		for _, key := range slices.Sorted(maps.Keys(store.Records)) {
			r := store.Records[key]
			if r.PDF == "" {
				continue
			}
			path := filepath.Join(dir, filepath.Base(r.PDF))
			sum, err := audit.FileSum(path)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				findings = append(findings, audit.Finding{Number: r.Number, What: path + " is missing"})
			case err != nil:
				return nil, err
			case sum != r.SHA256:
				findings = append(findings, audit.Finding{Number: r.Number, What: path + " is not the page that was published"})
			}
		}
	}
	return findings, nil
}

// verifyIndex holds the kept index against the records.
func verifyIndex(store *audit.Store, dir string) (findings []audit.Finding, err error) {
	lines, err := ledger.VerifyIndex(filepath.Join(dir, ledger.IndexFile), func(key string) (*ledger.Record, uint64) {
		if r, ok := store.Records[key]; ok {
			return &r, store.Places[key]
		}
		return nil, store.Places[key]
	})
	for _, line := range lines {
		findings = append(findings, audit.Finding{Number: "index", What: line})
	}
	return findings, err
}
