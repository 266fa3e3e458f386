package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"invoicelink/checkout"
	"invoicelink/checkout/probe"
	"invoicelink/worker/atomicfile"
)

// probeCmd is `invoicelink probe`. It needs neither seller nor ledger.
type probeCmd struct {
	CheckoutURL          string `name:"checkout-url" required:"" help:"Base URL of the test gateway, with any path prefix." placeholder:"URL"`
	CheckoutUsername     string `required:"" help:"User name at the test gateway." placeholder:"NAME"`
	CheckoutPasswordFile string `type:"path" help:"File that holds the password. The password itself only by the variable INVOICELINK_CHECKOUT_PASSWORD." placeholder:"FILE"`
	CheckoutAllowHTTP    bool   `name:"checkout-allow-http" help:"Accept plain HTTP to other hosts than this one."`
	Currency             string `default:"EUR" help:"Currency of the sessions to make; the account must take it." placeholder:"CODE"`
	LinkPage             string `help:"Page of yours to ask a link to lead to. It is not called. Default: https://pay.example.com/I/PROBE." placeholder:"URL"`
	Previous             string `type:"path" help:"Report of an earlier probe, whose session is tried again." placeholder:"FILE"`
	AssumeTest           bool   `help:"Go on if neither token nor host name says that it is a test account. A live one is refused all the same."`
	Output               string `short:"o" type:"path" help:"File for the report as JSON, for --checkout-report and for \"sandbox --like\". Default: it is only shown." placeholder:"FILE"`
}

// Run asks and reports.
func (c *probeCmd) Run(ctx context.Context, s streams) error {
	password, err := (&checkoutFlags{CheckoutPasswordFile: c.CheckoutPasswordFile}).password()
	if err != nil {
		return &exit{exitUsage, err}
	}
	cfg := probe.Config{
		Checkout: checkout.Config{BaseURL: c.CheckoutURL, Username: c.CheckoutUsername, Password: password, AllowHTTP: c.CheckoutAllowHTTP},
		Currency: c.Currency, PageURL: c.LinkPage, AssumeTest: c.AssumeTest,
	}
	if cfg.Previous, err = readProbe("--previous", c.Previous); err != nil {
		return &exit{exitUsage, err}
	}
	report, err := probe.Run(ctx, cfg)
	if err != nil {
		return &exit{exitUsage, err}
	}
	if c.Output != "" {
		data, err := json.MarshalIndent(report, "", "  ")
		if err == nil {
			err = atomicfile.Write(c.Output, append(data, '\n'), 0o600)
		}
		if err != nil {
			return &exit{exitUsage, fmt.Errorf("--output: %w", err)}
		}
	}
	return report.WriteText(s.out)
}

// readProbe reads a report, nil if no file is named.
func readProbe(flag, path string) (*probe.Report, error) {
	if path == "" {
		return nil, nil
	}
	data, err := readLimited(path, 1<<20)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	report, err := probe.ReadReport(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", flag, path, err)
	}
	return report, nil
}
