package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"invoicelink/worker/ops"
)

// healthCmd is `invoicelink health`, for images without curl. The sandbox
// answers it too.
type healthCmd struct {
	URL     string   `name:"url" help:"Where serve answers, such as http://127.0.0.1:8080. Default: by --listen and --tls-cert, which take serve's variables." placeholder:"URL"`
	Listen  string   `help:"Address that serve listens on." default:"127.0.0.1:8080" placeholder:"ADDR"`
	TLSCert string   `name:"tls-cert" help:"Certificate of serve, which tells that it speaks TLS." placeholder:"FILE"`
	Ready   bool     `help:"Ask whether it is ready to work, and not only alive."`
	Timeout duration `help:"How long to wait for the answer." default:"5s" placeholder:"DURATION"`
}

// Run asks, and exits 0 for yes, 1 for no or no answer.
func (c *healthCmd) Run(ctx context.Context, s streams) error {
	base, client, err := c.target()
	if err != nil {
		return &exit{exitUsage, err}
	}
	path := "/healthz"
	if c.Ready {
		path = "/readyz"
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout.value())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
	if err != nil {
		return &exit{exitUsage, fmt.Errorf("--url: %w", err)}
	}
	res, err := client.Do(req)
	if err != nil {
		return &exit{exitRejected, fmt.Errorf("ask %s: %w", base+path, unwrapURL(err))}
	}
	defer res.Body.Close()
	var report ops.Report
	body, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err == nil && res.StatusCode == http.StatusOK && strings.TrimSpace(string(body)) == "ok" { // the sandbox's
		fmt.Fprintln(s.out, "ok")
		return nil
	}
	if err != nil || json.Unmarshal(body, &report) != nil || report.Status == "" {
		return &exit{exitRejected, fmt.Errorf("ask %s: the answer (%s) is neither serve's nor the sandbox's", base+path, res.Status)}
	}
	for _, name := range slices.Sorted(maps.Keys(report.Checks)) {
		fmt.Fprintf(s.out, "%-8s %s\n", name, report.Checks[name])
	}
	if res.StatusCode != http.StatusOK {
		return &exit{exitRejected, fmt.Errorf("%s says %s", base+path, report.Status)}
	}
	return nil
}

// target is where to ask. The process on this machine that the address names
// may have any certificate: what it says is not secret, and asked for here.
func (c *healthCmd) target() (base string, client *http.Client, err error) {
	transport := &http.Transport{Proxy: nil, DisableKeepAlives: true}
	client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if c.URL != "" {
		if err := checkPublicURL(c.URL); err != nil {
			return "", nil, fmt.Errorf("--url: %w", err)
		}
		return strings.TrimRight(c.URL, "/"), client, nil
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return "", nil, fmt.Errorf("--listen (%s): %q is not an address such as 127.0.0.1:8080", envOf("--listen"), c.Listen)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme := "http"
	if c.TLSCert != "" {
		scheme = "https"
		transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}
	}
	return scheme + "://" + net.JoinHostPort(host, port), client, nil
}

// unwrapURL leaves the URL out, which is named already.
func unwrapURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok && e.Err != nil {
		return e.Err
	}
	return err
}
