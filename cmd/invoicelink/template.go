package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"invoicelink/invoice/sheet"
)

// templateCmd is `invoicelink template`.
type templateCmd struct {
	Output string `short:"o" type:"path" default:"invoices-template.xlsx" help:"File to write; an existing one is not overwritten." placeholder:"FILE"`
}

// Run writes the workbook.
func (c *templateCmd) Run(s streams) error {
	var b bytes.Buffer
	if err := sheet.WriteTemplate(&b); err != nil {
		return &exit{exitUsage, err}
	}
	f, err := os.OpenFile(c.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return &exit{exitUsage, fmt.Errorf("%s exists and may be filled in; name another file with -o", c.Output)}
	}
	if err != nil {
		return &exit{exitUsage, fmt.Errorf("write template: %w", err)}
	}
	_, err = f.Write(b.Bytes())
	if err := errors.Join(err, f.Close()); err != nil {
		return &exit{exitUsage, errors.Join(fmt.Errorf("write template: %w", err), os.Remove(c.Output))}
	}
	fmt.Fprintf(s.out, "wrote %s\n", c.Output)
	return nil
}
