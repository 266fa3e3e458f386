package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"invoicelink/checkout/sandbox"
)

// sandboxCmd is `invoicelink sandbox`.
type sandboxCmd struct {
	Listen    string   `help:"Address to listen on; loopback, or it can be reached by others." default:"127.0.0.1:8090" placeholder:"ADDR"`
	Data      string   `type:"path" help:"Data directory whose sandbox to serve. Default: that of \"run --sandbox\", so that its links open." placeholder:"DIR"`
	Prefix    string   `help:"Path under which the API is served, such as /gateway." placeholder:"PATH"`
	PublicURL string   `name:"public-url" help:"What payment links begin with. Default: http:// and the address." placeholder:"URL"`
	Username  string   `help:"User name that is accepted." default:"sandbox" placeholder:"NAME"`
	Like      string   `type:"path" help:"Report of \"probe\": answer in the forms of the gateway that it is about." placeholder:"FILE"`
	Latency   duration `help:"How long each call waits before it is answered, at most a minute." placeholder:"DURATION"`

	CallbackSecretFile string `type:"path" help:"File with the secret that signs payment notifications. Default: they are not signed." placeholder:"FILE"`
	logFlags
}

// Run serves until it is stopped. The password is "sandbox", or that of
// INVOICELINK_SANDBOX_PASSWORD.
func (c *sandboxCmd) Run(ctx context.Context, s streams) error {
	dir, err := storeFlags{Data: c.Data}.directory(true)
	if err != nil {
		return &exit{exitUsage, err}
	}
	var secrets [][]byte
	if c.CallbackSecretFile != "" {
		secret, err := readSecret("--callback-secret-file", c.CallbackSecretFile)
		if err != nil {
			return &exit{exitUsage, err}
		}
		secrets = append(secrets, []byte(secret))
	}
	var switches sandbox.Switches
	if report, err := readProbe("--like", c.Like); err != nil {
		return &exit{exitUsage, err}
	} else if report != nil {
		switches = report.Sandbox
	}
	switches.AdoptSessions, switches.Latency = true, c.Latency.value()
	log := c.logger(s.err, slog.LevelInfo)
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return &exit{exitUsage, fmt.Errorf("--listen: %w", err)}
	}
	public := c.PublicURL
	if public == "" {
		public = "http://" + listener.Addr().String()
	}
	server, err := sandbox.Open(sandbox.Config{
		Dir: filepath.Join(dir, "sandbox"), PublicURL: public, Prefix: c.Prefix,
		Username: c.Username, Password: os.Getenv("INVOICELINK_SANDBOX_PASSWORD"), Log: log,
		CallbackSecrets: secrets, Switches: switches,
	})
	if err != nil {
		return &exit{exitUsage, errors.Join(err, listener.Close())}
	}
	fmt.Fprintf(s.out, "sandbox of the checkout API on %s%s; no money moves here\n", public, c.Prefix)
	web := &http.Server{Handler: server, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	context.AfterFunc(ctx, func() {
		late, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := web.Shutdown(late); err != nil {
			_ = web.Close() // calls that hang on purpose would keep it up
		}
	})
	err = web.Serve(listener)
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	if err := errors.Join(err, server.Close()); err != nil {
		return &exit{exitUsage, err}
	}
	return nil
}
