package main

import (
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
// by its name and variable. The files are read now, so that what is wrong with
// them is reported at the start and not at the next connection.
func (f *natsFlags) options(address string) ([]nats.Option, error) {
	var all problems
	var o []nats.Option
	if address == "" {
		for flag, value := range f.given() {
			if value != "" {
				all.flag(flag, "means nothing without --nats")
			}
		}
		return nil, all.err()
	}
	if err := checkNATSURL(address); err != nil {
		all.flag("--nats", "%w", err)
	}
	ways := 0
	if f.NATSUser != "" || f.NATSPasswordFile != "" {
		ways++
		password, err := secretOf("--nats-password-file", f.NATSPasswordFile, natsPasswordVariable)
		switch {
		case err != nil:
			all.add(err)
		case f.NATSUser == "":
			all.flag("--nats-user", "is missing; a password alone says nothing")
		case password == "":
			all.flag("--nats-password-file", "is missing; give it, or the variable %s", natsPasswordVariable)
		}
		o = append(o, nats.UserInfo(f.NATSUser, password))
	}
	if f.NATSTokenFile != "" || os.Getenv(natsTokenVariable) != "" {
		ways++
		token, err := secretOf("--nats-token-file", f.NATSTokenFile, natsTokenVariable)
		all.add(err)
		o = append(o, nats.Token(token))
	}
	if f.NATSNKey != "" {
		ways++
		key, err := nats.NkeyOptionFromSeed(f.NATSNKey)
		if err != nil {
			all.flag("--nats-nkey", "%w", err)
		} else {
			o = append(o, key)
		}
	}
	if f.NATSCreds != "" {
		ways++
		if _, err := readLimited(f.NATSCreds, 64<<10); err != nil {
			all.flag("--nats-creds", "%w", err)
		}
		o = append(o, nats.UserCredentials(f.NATSCreds))
	}
	if ways > 1 {
		all.flag("--nats-user", "give one of --nats-user, --nats-token-file, --nats-nkey and --nats-creds (or their variables), not %d", ways)
	}
	if f.NATSCA != "" {
		if _, err := readAuthorities(f.NATSCA); err != nil {
			all.flag("--nats-ca", "%w", err)
		}
		o = append(o, nats.RootCAs(f.NATSCA))
	}
	if all.keyPair("--nats-client-cert", f.NATSClientCert, "--nats-client-key", f.NATSClientKey) != nil {
		o = append(o, nats.ClientCert(f.NATSClientCert, f.NATSClientKey))
	}
	return o, all.err()
}

func (f *natsFlags) given() map[string]string {
	return map[string]string{
		"--nats-user": f.NATSUser, "--nats-password-file": f.NATSPasswordFile, "--nats-token-file": f.NATSTokenFile,
		"--nats-nkey": f.NATSNKey, "--nats-creds": f.NATSCreds, "--nats-ca": f.NATSCA,
		"--nats-client-cert": f.NATSClientCert, "--nats-client-key": f.NATSClientKey,
	}
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
