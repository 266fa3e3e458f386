package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"invoicelink/invoice/pdf"
	"invoicelink/worker/app"
	"invoicelink/worker/archive"
	"invoicelink/worker/audit"
	"invoicelink/worker/batch"
	"invoicelink/worker/broker/embedded"
	"invoicelink/worker/ledger"
)

// verifyCmd is `invoicelink verify`.
type verifyCmd struct {
	Data    string   `type:"path" help:"Directory of the ledger and the embedded broker. Default: in the user's state directory." placeholder:"DIR"`
	Sandbox bool     `help:"The sandbox's ledger, where --data is not given."`
	Pages   []string `type:"path" help:"Directory of PDFs to compare with the ledger as well, with the e-invoices in them and next to them. Repeatable." placeholder:"DIR"`
}

// Run checks the files, then what they say, then the pages and the desk's
// uploads.
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
	findings := append(store.Findings(), c.pages(store)...)
	for _, err := range batch.VerifyUploads(filepath.Join(dir, app.DeskDir)) {
		findings = append(findings, audit.Finding{Number: "desk", What: err.Error()})
	}
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

// pages compares the PDFs in the directories, the e-invoices in them and the UBL
// files next to them with the records.
func (c *verifyCmd) pages(store *audit.Store) (findings []audit.Finding) {
	for _, dir := range c.Pages {
		for _, key := range slices.Sorted(maps.Keys(store.Records)) {
			r := store.Records[key]
			s := r.Status()
			if r.PDF != "" {
				path := filepath.Join(dir, filepath.Base(r.PDF))
				data, wrong := published(path, r.SHA256, "the page")
				if wrong == "" {
					wrong = embeddedWrong(data, r.EInvoice)
				}
				if wrong != "" {
					findings = append(findings, audit.Finding{Number: r.Number, What: path + " " + wrong})
				}
			}
			if s.UBL != "" {
				path := filepath.Join(dir, s.UBL)
				if _, wrong := published(path, s.UBLSHA256, "the UBL e-invoice"); wrong != "" {
					findings = append(findings, audit.Finding{Number: r.Number, What: path + " " + wrong})
				}
			}
		}
	}
	return findings
}

// published reads a file of an archive and says what is wrong with it; "" if it
// has the digest.
func published(path, sha256hex, what string) (data []byte, wrong string) {
	data, err := readLimited(path, archive.MaxBytes)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "is missing"
	case err != nil:
		return nil, "cannot be read: " + err.Error()
	case digestOf(data) != sha256hex:
		return nil, "is not " + what + " that was published"
	}
	return data, ""
}

// embeddedWrong says in what the e-invoice of a page is not the record's.
func embeddedWrong(page []byte, sha256hex string) string {
	xml, err := pdf.Embedded(page)
	switch {
	case err != nil:
		return "is damaged: " + err.Error()
	case xml == nil && sha256hex != "":
		return "has no e-invoice, and the record says that it has"
	case xml != nil && digestOf(xml) != sha256hex:
		return "has an e-invoice that is not the record's"
	}
	return ""
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// verifyIndex holds the kept index against the records, and the kept table of
// owners against their log.
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
	lines, other := ledger.VerifyOwners(filepath.Join(dir, ledger.OwnersFile), func(take func(uint64, ledger.Ownership)) error {
		return audit.EachOwnership(dir, take)
	})
	for _, line := range lines {
		findings = append(findings, audit.Finding{Number: "owners", What: line})
	}
	return findings, errors.Join(err, other)
}
