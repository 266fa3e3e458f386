package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"invoicelink/checkout"
	"invoicelink/worker/app"
	"invoicelink/worker/ledger"
	"invoicelink/worker/telemetry"
	"invoicelink/worker/web"
)

// serveCmd is `invoicelink serve`.
type serveCmd struct {
	Seller string `type:"path" help:"Profile of the seller, a YAML file. It is printed on requests that come as events." placeholder:"FILE"`
	Out    string `type:"path" help:"Directory for PDFs next to the object store. Default: the object store alone." placeholder:"DIR"`
	storeFlags
	Replicas int `help:"Copies of each stream and bucket on a NATS cluster. 0 makes one where it is missing and takes what is there." default:"0" placeholder:"N"`
	checkoutFlags
	readFlags
	documentFlag
	Concurrency string   `help:"Requests in progress at once: a number, or auto, which grows while the API's latency holds and shrinks when it refuses calls." default:"auto" placeholder:"N"`
	Strict      bool     `help:"Refuse events with members that the contract does not know."`
	GiveUpAfter duration `help:"Age at which temporary problems count as final." default:"72h" placeholder:"DURATION"`
	Grace       duration `help:"How long work in progress may go on after a stop." default:"20s" placeholder:"DURATION"`
	renewFlags
	listenFlags
	deskFlags
	payFlags
	natsListenFlags
	logFlags
}

// renewFlags say what happens to expired links.
type renewFlags struct {
	Renew      string   `enum:"auto,manual" default:"auto" help:"Renew expired links automatically, or only announce them: ${enum}." placeholder:"WHO"`
	RenewMax   int      `help:"Most renewals per invoice." default:"6" placeholder:"N"`
	RenewUntil duration `help:"How long past the due date links are renewed." default:"60d" placeholder:"DURATION"`
	RenewAhead duration `help:"Renew so long before a link expires. For that time two links can be paid." default:"0s" placeholder:"DURATION"`
}

func (f renewFlags) policy() ledger.RenewalPolicy {
	return ledger.RenewalPolicy{Mode: ledger.RenewalMode(f.Renew), Max: f.RenewMax, Until: f.RenewUntil.value(), Ahead: f.RenewAhead.value()}
}

// Run serves until the process is stopped, and then finishes the work in
// progress.
func (c *serveCmd) Run(ctx context.Context, s streams) error {
	memory.Store(&serving)
	config, server, err := c.prepare(s)
	if err != nil {
		return &exit{exitUsage, err}
	}
	if traces, err := telemetry.Wanted(os.Getenv); err != nil {
		return &exit{exitUsage, err}
	} else if traces {
		stop, err := telemetry.Start(ctx, version(), config.Log)
		if err != nil {
			return &exit{exitUsage, err}
		}
		defer func() {
			late, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			if err := stop(late); err != nil {
				config.Log.Error("close tracing", "error", err)
			}
		}()
	}
	if c.TLSCert != "" {
		if server.Certificate, err = web.OpenCertificate(c.TLSCert, c.TLSKey, config.Log); err != nil {
			return &exit{exitUsage, flagError("--tls-cert", "%w", err)}
		}
	}
	if server.Listener, err = net.Listen("tcp", c.Listen); err != nil {
		return &exit{exitUsage, flagError("--listen", "%w", err)}
	}
	if server.Pay, err = c.openPay(server.Pay, config.Log); err != nil {
		return &exit{exitUsage, err}
	}
	defer c.reloadOnHangup(config, server)()
	err = app.Serve(ctx, config, server)
	if errors.Is(err, app.ErrWork) {
		return &exit{exitLeft, err}
	} else if err != nil {
		return &exit{exitUsage, err}
	}
	return nil
}

// reloadOnHangup reads users and certificate again on SIGHUP, until the
// returned function is called. They are also read when their files change.
func (c *serveCmd) reloadOnHangup(config app.Config, server app.Server) (end func()) {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	go func() {
		for range hangups {
			var all []error
			if users := server.Desk.Access.Users; users != nil {
				all = append(all, users.Reload())
			}
			for _, certificate := range []*web.Certificate{server.Certificate, server.Pay.Certificate} {
				if certificate != nil {
					all = append(all, certificate.Reload())
				}
			}
			if err := errors.Join(all...); err != nil {
				config.Log.Error("users or certificate stay as they were", "error", err)
			}
		}
	}()
	return func() {
		signal.Stop(hangups)
		close(hangups)
	}
}

// prepare checks all that can be checked before anything is started, and
// reports everything that is wrong at once, by flag and variable.
func (c *serveCmd) prepare(s streams) (config app.Config, server app.Server, err error) {
	var all problems
	config = all.config(s.err, c.logger(s.err, slog.LevelInfo), c.storeFlags, &c.checkoutFlags)
	if c.Sandbox && c.NATS != "" {
		all.flag("--sandbox", "each worker on a NATS server would have an imitation of its own; run \"invoicelink sandbox\" and name it with --checkout-url")
	}
	var said strings.Builder
	config.Seller, err = c.seller(c.Seller, &said)
	all.add(err)
	if said.Len() > 0 {
		config.Log.Warn(strings.TrimSpace(said.String()))
	}
	config.Out, config.StoreAll = c.Out, true
	if c.Replicas < 0 || c.Replicas > 5 {
		all.flag("--replicas", "%d is not between 0 and 5", c.Replicas)
	} else if c.Replicas > 1 && c.NATS == "" {
		all.flag("--replicas", "the embedded broker is one server; name a cluster with --nats, or leave it out")
	}
	config.Store.Replicas = c.Replicas
	if c.RenewMax < 1 {
		all.flag("--renew-max", "%d is not at least 1; --renew manual renews none by itself", c.RenewMax)
	}
	config.Store.Listener, err = c.natsListenFlags.config(c.NATS)
	all.add(err)
	w := &config.Worker
	w.Concurrency, w.GiveUpAfter, w.Grace, w.Strict, w.Renewal = all.concurrency(c.Concurrency), c.GiveUpAfter.value(), c.Grace.value(), c.Strict, c.policy()

	server.Version = version()
	server.OnListen = func(url string) { fmt.Fprintf(s.out, "listening on %s\n", url) }
	if c.LogFormat == "json" { // every line, for those who collect both streams
		server.OnListen = func(url string) { config.Log.Info("listening", "url", url) }
		config.Store.OnCreate = func(dir string) { config.Log.Info("created data directory: it holds the ledger, keep it", "dir", dir) }
	}
	server.Desk.MaxRows, server.Desk.AcceptRounding, server.Desk.Legal = c.MaxRows, c.AcceptRounding, c.Legal
	w.Legal, w.UBL = c.Legal, c.UBL
	all.add(c.deskFlags.apply(&server.Desk))
	server.Desk.Access, err = c.listenFlags.access()
	all.add(err)
	server.CallbackSecrets, err = c.callbackSecrets()
	all.add(err)
	server.Pay, err = c.payFlags.server(c.PayURL)
	all.add(err)
	server.Pay.OnListen = func(address string) { fmt.Fprintf(s.out, "payment page on %s\n", address) }
	server.CallbackTolerance = c.CallbackTolerance.value()
	if c.CallbackTolerance != 0 && c.CallbackSecretFile == "" {
		all.flag("--callback-tolerance", "means nothing without --callback-secret-file")
	}
	if c.PublicURL != "" && server.CallbackSecrets != nil {
		w.Links.Callbacks = &checkout.Callbacks{Notification: strings.TrimRight(c.PublicURL, "/") + app.CallbackPath}
	}
	if all.err() == nil && c.Out != "" { // last, since it makes the directory
		all.add(writable(c.Out))
	}
	return config, server, all.err()
}

// callbackSecrets reads the secrets that sign callbacks, one per line: two
// while one replaces the other.
func (c *serveCmd) callbackSecrets() ([][]byte, error) {
	const flag = "--callback-secret-file"
	if c.CallbackSecretFile == "" {
		return nil, nil
	}
	if c.PublicURL == "" {
		return nil, flagError(flag, "means nothing without --public-url, where the gateway reaches this program")
	}
	data, err := readLimited(c.CallbackSecretFile, maxSecret)
	if err != nil {
		return nil, flagError(flag, "%w", err)
	}
	var secrets [][]byte
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		if secret := bytes.TrimSpace(lines.Bytes()); len(secret) > 0 {
			secrets = append(secrets, bytes.Clone(secret))
		}
	}
	if len(secrets) == 0 {
		return nil, flagError(flag, "%s holds no secret", c.CallbackSecretFile)
	}
	return secrets, nil
}
