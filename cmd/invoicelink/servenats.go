package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"

	"golang.org/x/crypto/bcrypt"

	"invoicelink/worker/archive"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/embedded"
	"invoicelink/worker/event"
)

// natsListenFlags open the embedded broker to clients of other programs.
type natsListenFlags struct {
	NATSListen string `name:"nats-listen" help:"Address on which the embedded broker takes NATS clients, such as 127.0.0.1:4222. They may publish requests and read events and PDFs, nothing else. Default: none." placeholder:"ADDR"`
	NATSUsers  string `name:"nats-users" type:"path" help:"Who may connect there: a line NAME:HASH each, the hash by bcrypt as \"htpasswd -nB NAME\" writes it." placeholder:"FILE"`
	NATSCert   string `name:"nats-cert" type:"path" help:"Certificate (PEM) of that listener." placeholder:"FILE"`
	NATSKey    string `name:"nats-key" type:"path" help:"Its key." placeholder:"FILE"`
}

// outsideAccess is what an ERP system may do at the listener.
func outsideAccess() embedded.Access {
	return embedded.Access{
		Publish: event.SubjectsIn(), Hear: event.SubjectsOut(), Read: []string{broker.StreamEvents, "OBJ_" + archive.Bucket},
	}
}

// config is the embedded broker's, without directory and log, or everything
// that is wrong with the flags.
func (f *natsListenFlags) config(address string) (c embedded.Config, err error) {
	var all []error
	wrong := func(flag, format string, args ...any) {
		all = append(all, fmt.Errorf("%s (%s): %w", flag, envOf(flag), fmt.Errorf(format, args...)))
	}
	if f.NATSListen == "" {
		for flag, value := range map[string]string{"--nats-users": f.NATSUsers, "--nats-cert": f.NATSCert, "--nats-key": f.NATSKey} {
			if value != "" {
				wrong(flag, "means nothing without --nats-listen")
			}
		}
		return c, errors.Join(all...)
	}
	if address != "" {
		wrong("--nats-listen", "there is no embedded broker to listen, since --nats names a server")
	}
	host, _, err := net.SplitHostPort(f.NATSListen)
	if err != nil {
		wrong("--nats-listen", "%q is not an address such as 127.0.0.1:4222", f.NATSListen)
	} else if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		if f.NATSUsers == "" {
			wrong("--nats-users", "is missing: %s is reachable from other machines", f.NATSListen)
		}
		if f.NATSCert == "" {
			wrong("--nats-cert", "is missing: %s is reachable from other machines, and passwords must not travel in the clear", f.NATSListen)
		}
	}
	c.Listen, c.Access = f.NATSListen, outsideAccess()
	if f.NATSUsers != "" {
		if c.Users, err = readNATSUsers(f.NATSUsers); err != nil {
			wrong("--nats-users", "%w", err)
		}
	}
	switch {
	case (f.NATSCert == "") != (f.NATSKey == ""):
		wrong("--nats-cert", "give it together with --nats-key")
	case f.NATSCert != "":
		pair, err := tls.LoadX509KeyPair(f.NATSCert, f.NATSKey)
		if err != nil {
			wrong("--nats-cert", "%w", err)
		}
		c.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	return c, errors.Join(all...)
}

// maxUsers is the largest users file in bytes, about a thousand people.
const maxUsers = 128 << 10

// readNATSUsers reads a users file. Blank lines and lines that begin with #
// count for nothing; no hash shows in an error.
func readNATSUsers(path string) ([]embedded.User, error) {
	data, err := readLimited(path, maxUsers)
	if err != nil {
		return nil, err
	}
	var users []embedded.User
	var all []error
	n := 0
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		n++
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, hash, found := strings.Cut(line, ":")
		if _, err := bcrypt.Cost([]byte(hash)); !found || name == "" || err != nil {
			all = append(all, fmt.Errorf("%s:%d: is not NAME:HASH with a bcrypt hash; \"htpasswd -nB NAME\" writes one", path, n))
			continue
		}
		users = append(users, embedded.User{Name: name, PasswordHash: hash})
	}
	if len(users) == 0 && len(all) == 0 {
		all = append(all, fmt.Errorf("%s names nobody", path))
	}
	return users, errors.Join(all...)
}
