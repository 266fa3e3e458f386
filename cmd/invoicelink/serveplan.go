package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"invoicelink/checkout"
	"invoicelink/invoice"
	"invoicelink/worker"
	"invoicelink/worker/broker/embedded"
	"invoicelink/worker/telemetry"
)

// callbackPath is where the gateway's payment notifications arrive.
const callbackPath = "/callbacks/payment"

// servePlan is the configuration of serve, read and checked.
type servePlan struct {
	dir       string
	seller    *invoice.Seller
	broker    embedded.Config // of the embedded broker
	secrets   [][]byte        // that sign callbacks
	callbacks *checkout.Callbacks
	access    deskAccess
	traces    bool
	worker    *worker.Worker // made once everything is open
}

// prepare checks all that can be checked before anything is started, and says
// everything that is wrong at once, by flag and variable.
func (c *serveCmd) prepare() (*servePlan, error) {
	p := &servePlan{}
	var all []error
	add := func(err error) { all = append(all, err) }
	wrong := func(flag, format string, args ...any) {
		add(fmt.Errorf("%s (%s): %w", flag, envOf(flag), fmt.Errorf(format, args...)))
	}
	add(c.checkoutFlags.problems())
	if !c.Sandbox && c.CheckoutURL != "" {
		_, err := c.password()
		add(err)
	}
	if c.Sandbox && c.NATS != "" {
		wrong("--sandbox", "each worker on a NATS server would have an imitation of its own; run \"invoicelink sandbox\" and name it with --checkout-url")
	}
	var err error
	p.dir, err = c.directory(c.Sandbox)
	add(err)
	p.seller, err = readSeller(c.Seller)
	add(err)
	_, err = c.natsFlags.options(c.NATS)
	add(err)
	if c.Replicas < 0 || c.Replicas > 5 {
		wrong("--replicas", "%d is not between 0 and 5", c.Replicas)
	} else if c.Replicas > 1 && c.NATS == "" {
		wrong("--replicas", "the embedded broker is one server; name a cluster with --nats, or leave it out")
	}
	if c.Concurrency < 1 || c.Concurrency > 512 {
		wrong("--concurrency", "%d is not between 1 and 512", c.Concurrency)
	}
	if c.RenewMax < 1 {
		wrong("--renew-max", "%d is not at least 1; --renew manual renews none by itself", c.RenewMax)
	}
	p.broker, err = c.natsListenFlags.config(c.NATS)
	add(err)
	p.secrets, err = c.callbackSecrets()
	add(err)
	p.access, err = c.listenFlags.access()
	add(err)
	if c.PublicURL != "" && p.secrets != nil {
		p.callbacks = &checkout.Callbacks{Notification: strings.TrimRight(c.PublicURL, "/") + callbackPath}
	}
	p.traces, err = telemetry.Wanted(os.Getenv)
	add(err)
	if err := errors.Join(all...); err != nil || c.Out == "" {
		return p, err
	}
	return p, writable(c.Out) // last, since it makes the directory
}

// callbackSecrets reads the secrets that sign callbacks, one a line: two while
// one replaces the other.
func (c *serveCmd) callbackSecrets() ([][]byte, error) {
	if c.CallbackSecretFile == "" {
		return nil, nil
	}
	flag := "--callback-secret-file"
	if c.PublicURL == "" {
		return nil, fmt.Errorf("%s (%s): means nothing without --public-url, where the gateway reaches this program", flag, envOf(flag))
	}
	data, err := readLimited(c.CallbackSecretFile, maxSecret)
	if err != nil {
		return nil, fmt.Errorf("%s (%s): %w", flag, envOf(flag), err)
	}
	var secrets [][]byte
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		if secret := bytes.TrimSpace(lines.Bytes()); len(secret) > 0 {
			secrets = append(secrets, bytes.Clone(secret))
		}
	}
	if len(secrets) == 0 {
		return nil, fmt.Errorf("%s (%s): %s holds no secret", flag, envOf(flag), c.CallbackSecretFile)
	}
	return secrets, nil
}

func checkPublicURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return errors.New("it cannot be read as a URL")
	case u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "":
		return fmt.Errorf("%q is not an http or https URL", u.Redacted())
	case u.User != nil, u.RawQuery != "", u.Fragment != "":
		return fmt.Errorf("%q holds more than host and path", u.Redacted())
	}
	return nil
}
