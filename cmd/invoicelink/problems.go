package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"

	"invoicelink/worker/app"
)

// problems collects everything that is wrong with flags and files, so that it
// is reported at once.
type problems struct{ all []error }

func (p *problems) add(err error) { p.all = append(p.all, err) }

func (p *problems) err() error { return errors.Join(p.all...) }

// flag adds what is wrong with a flag.
func (p *problems) flag(flag, format string, args ...any) { p.add(flagError(flag, format, args...)) }

// flagError names a flag and its variable.
func flagError(flag, format string, args ...any) error {
	return fmt.Errorf("%s (%s): %w", flag, envOf(flag), fmt.Errorf(format, args...))
}

func envOf(flag string) string {
	return "INVOICELINK_" + strings.ToUpper(strings.ReplaceAll(strings.TrimPrefix(flag, "--"), "-", "_"))
}

// keyPair reads a certificate and its key; nil if neither is given.
func (p *problems) keyPair(certFlag, cert, keyFlag, key string) *tls.Certificate {
	switch {
	case (cert == "") != (key == ""):
		p.flag(certFlag, "give it together with %s", keyFlag)
	case cert != "":
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err == nil {
			return &pair
		}
		p.flag(certFlag, "%w", err)
	}
	return nil
}

// config is the part of the configuration that run, renew and serve share. w is
// reported if the data directory is created.
func (p *problems) config(w io.Writer, log *slog.Logger, st storeFlags, c *checkoutFlags) app.Config {
	config := app.Config{Log: log}
	var err error
	config.Store, err = st.store(c.Sandbox)
	p.add(err)
	config.Store.OnCreate = func(dir string) {
		fmt.Fprintf(w, "created data directory %s: it holds the ledger, keep it\n", dir)
	}
	config.Checkout, err = c.account()
	p.add(err)
	config.Worker.Links = c.links()
	return config
}

// concurrency reads how many requests are in progress at once: 0, written
// "auto", follows the API.
func (p *problems) concurrency(s string) int {
	if s == "auto" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 512 {
		p.flag("--concurrency", "%q is neither auto nor a number between 1 and 512", s)
	}
	return n
}

// work adds how a command that ends works.
func (p *problems) work(c *app.Config, f workFlags) {
	c.Worker.UBL = f.UBL
	c.Worker.Concurrency, c.Worker.GiveUpAfter, c.IdleTimeout = p.concurrency(f.Concurrency), f.GiveUpAfter.value(), f.IdleTimeout.value()
}
