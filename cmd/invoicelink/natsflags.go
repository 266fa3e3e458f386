package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/nats-io/nats.go"
)

// natsFlags say how this program shows itself to the NATS server that --nats
// names. Passwords and tokens come from files or variables only.
type natsFlags struct {
	NATSUser         string `name:"nats-user" help:"User name at the NATS server." placeholder:"NAME"`
	NATSPasswordFile string `name:"nats-password-file" type:"path" help:"File with its password. The password itself only by the variable INVOICELINK_NATS_PASSWORD." placeholder:"FILE"`
	NATSTokenFile    string `name:"nats-token-file" type:"path" help:"File with a token. The token itself only by the variable INVOICELINK_NATS_TOKEN." placeholder:"FILE"`
	NATSNKey         string `name:"nats-nkey" type:"path" help:"File with an NKey seed." placeholder:"FILE"`
	NATSCreds        string `name:"nats-creds" type:"path" help:"Credentials file, as nsc writes it." placeholder:"FILE"`
	NATSCA           string `name:"nats-ca" type:"path" help:"Certificates (PEM) of the authority to trust for the NATS server. Default: the system's." placeholder:"FILE"`
	NATSClientCert   string `name:"nats-client-cert" type:"path" help:"Certificate (PEM) to show to the NATS server." placeholder:"FILE"`
	NATSClientKey    string `name:"nats-client-key" type:"path" help:"Its key." placeholder:"FILE"`
}

const (
	natsPasswordVariable = "INVOICELINK_NATS_PASSWORD"
	natsTokenVariable    = "INVOICELINK_NATS_TOKEN"
)

// options are the client's, or everything that is wrong with the flags, each
// by its name and variable.
func (f *natsFlags) options(address string) ([]nats.Option, error) {
	var all []error
	wrong := func(flag, format string, args ...any) {
		all = append(all, fmt.Errorf("%s (%s): %w", flag, envOf(flag), fmt.Errorf(format, args...)))
	}
	var o []nats.Option
	if address == "" {
		for flag, value := range f.given() {
			if value != "" {
				wrong(flag, "means nothing without --nats")
			}
		}
		return nil, errors.Join(all...)
	}
	if err := checkNATSURL(address); err != nil {
		wrong("--nats", "%w", err)
	}
	ways := 0
	if f.NATSUser != "" || f.NATSPasswordFile != "" {
		ways++
		password, err := secretOf("--nats-password-file", f.NATSPasswordFile, natsPasswordVariable)
		switch {
		case err != nil:
			all = append(all, err)
		case f.NATSUser == "":
			wrong("--nats-user", "is missing; a password alone says nothing")
		case password == "":
			wrong("--nats-password-file", "is missing; give it, or the variable %s", natsPasswordVariable)
		}
		o = append(o, nats.UserInfo(f.NATSUser, password))
	}
	if f.NATSTokenFile != "" || os.Getenv(natsTokenVariable) != "" {
		ways++
		token, err := secretOf("--nats-token-file", f.NATSTokenFile, natsTokenVariable)
		if err != nil {
			all = append(all, err)
		}
		o = append(o, nats.Token(token))
	}
	if f.NATSNKey != "" {
		ways++
		key, err := nats.NkeyOptionFromSeed(f.NATSNKey)
		if err != nil {
			wrong("--nats-nkey", "%w", err)
		} else {
			o = append(o, key)
		}
	}
	if f.NATSCreds != "" {
		ways++
		if _, err := readLimited(f.NATSCreds, 64<<10); err != nil {
			wrong("--nats-creds", "%w", err)
		}
		o = append(o, nats.UserCredentials(f.NATSCreds))
	}
	if ways > 1 {
		wrong("--nats-user", "give one of --nats-user, --nats-token-file, --nats-nkey and --nats-creds (or their variables), not %d", ways)
	}
	secure, err := f.tlsOptions()
	return append(o, secure...), errors.Join(append(all, err)...)
}

func (f *natsFlags) given() map[string]string {
	return map[string]string{
		"--nats-user": f.NATSUser, "--nats-password-file": f.NATSPasswordFile, "--nats-token-file": f.NATSTokenFile,
		"--nats-nkey": f.NATSNKey, "--nats-creds": f.NATSCreds, "--nats-ca": f.NATSCA,
		"--nats-client-cert": f.NATSClientCert, "--nats-client-key": f.NATSClientKey,
	}
}

// tlsOptions reads the files now, so that what is wrong with them is told at
// the start and not at the next connection.
func (f *natsFlags) tlsOptions() (o []nats.Option, err error) {
	var all []error
	if f.NATSCA != "" {
		if _, err := readAuthorities(f.NATSCA); err != nil {
			all = append(all, fmt.Errorf("--nats-ca (%s): %w", envOf("--nats-ca"), err))
		}
		o = append(o, nats.RootCAs(f.NATSCA))
	}
	switch {
	case (f.NATSClientCert == "") != (f.NATSClientKey == ""):
		all = append(all, fmt.Errorf("--nats-client-cert (%s): give it together with --nats-client-key", envOf("--nats-client-cert")))
	case f.NATSClientCert != "":
		if _, err := tls.LoadX509KeyPair(f.NATSClientCert, f.NATSClientKey); err != nil {
			all = append(all, fmt.Errorf("--nats-client-cert (%s): %w", envOf("--nats-client-cert"), err))
		}
		o = append(o, nats.ClientCert(f.NATSClientCert, f.NATSClientKey))
	}
	return o, errors.Join(all...)
}

func readAuthorities(path string) (*x509.CertPool, error) {
	data, err := readLimited(path, 1<<20)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("%s holds no certificate in PEM form", path)
	}
	return pool, nil
}

// secretOf reads a secret from its file, or from its variable. Both empty is
// an empty secret.
func secretOf(flag, path, variable string) (string, error) {
	if path == "" {
		return os.Getenv(variable), nil
	}
	return readSecret(flag, path)
}

// checkNATSURL checks a list of server URLs, separated by commas.
func checkNATSURL(address string) error {
	for part := range strings.SplitSeq(address, ",") {
		part = strings.TrimSpace(part)
		if part != "" && !strings.Contains(part, "://") {
			part = "nats://" + part // as the client reads it
		}
		u, err := url.Parse(part)
		if err != nil {
			return errors.New("a URL cannot be read; write nats://host:4222, several separated by commas")
		}
		switch u.Scheme {
		case "nats", "tls", "ws", "wss":
		default:
			return fmt.Errorf("%s is not a NATS URL; write nats://host:4222, several separated by commas", u.Redacted())
		}
		if u.Hostname() == "" {
			return fmt.Errorf("%q names no host", u.Redacted())
		}
	}
	return nil
}

// redact takes user and password out of NATS URLs.
func redact(address string) string {
	var shown []string
	for part := range strings.SplitSeq(address, ",") {
		if part = strings.TrimSpace(part); !strings.Contains(part, "://") {
			part = "nats://" + part
		}
		u, err := url.Parse(part)
		if err != nil {
			shown = append(shown, "(a URL that cannot be read)")
			continue
		}
		if u.User != nil {
			u.User = url.User("…") // a user name alone may be a token
		}
		shown = append(shown, strings.ReplaceAll(u.String(), "%E2%80%A6", "…"))
	}
	return strings.Join(shown, ",")
}
