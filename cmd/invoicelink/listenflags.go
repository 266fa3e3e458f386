package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"

	"invoicelink/worker/archive"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/embedded"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/web"
)

// listenFlags say where and to whom serve answers over HTTP.
type listenFlags struct {
	Listen             string   `help:"Address of the finance desk, probes, metrics and callbacks." default:"127.0.0.1:8080" placeholder:"ADDR"`
	PublicURL          string   `name:"public-url" help:"Where others reach this program. With --callback-secret-file it is named in each session for payment notifications." placeholder:"URL"`
	CallbackSecretFile string   `type:"path" help:"Secrets that sign payment notifications, one per line." placeholder:"FILE"`
	CallbackTolerance  duration `help:"Oldest signature of a payment notification that is believed. 0 looks at no age, since the API says nothing of how late one may come." default:"0s" placeholder:"DURATION"`
	Users              string   `type:"path" help:"Who may log in to the desk: a line NAME:HASH each, the hash by bcrypt as \"htpasswd -nBC 12 NAME\" writes it." placeholder:"FILE"`
	TLSCert            string   `name:"tls-cert" type:"path" help:"Certificate (PEM) of the listener." placeholder:"FILE"`
	TLSKey             string   `name:"tls-key" type:"path" help:"Its key." placeholder:"FILE"`
	BehindProxy        []string `help:"Networks of proxies that log people in; their X-Forwarded-User is believed. Repeatable." placeholder:"CIDR"`
}

// deskFlags say how the finance desk works with files and lists.
type deskFlags struct {
	MaxUpload  int64    `help:"Largest file that the desk takes, in MiB." default:"64" placeholder:"MIB"`
	MaxWaiting int      `help:"Most uploads on the desk that may wait to be issued or discarded." default:"200" placeholder:"N"`
	Expiring   duration `help:"How long before its end a payment link counts as expiring on the desk." default:"7d" placeholder:"DURATION"`
}

// apply sets what the flags say, or reports everything that is wrong with them.
func (f deskFlags) apply(c *web.Config) error {
	var all problems
	if f.MaxUpload < 1 || f.MaxUpload > 1024 {
		all.flag("--max-upload", "%d is not between 1 and 1024 MiB", f.MaxUpload)
	}
	if f.MaxWaiting < 1 || f.MaxWaiting > 10_000 {
		all.flag("--max-waiting", "%d is not between 1 and 10000", f.MaxWaiting)
	}
	if f.Expiring.value() < time.Hour {
		all.flag("--expiring", "%v is less than an hour", f.Expiring.value())
	}
	c.MaxUpload, c.MaxWaiting, c.Expiring = f.MaxUpload<<20, f.MaxWaiting, f.Expiring.value()
	return all.err()
}

// access says who may use the desk, or everything that is wrong with the
// flags.
func (f *listenFlags) access() (a web.Access, err error) {
	var all problems
	if f.PublicURL != "" {
		if err := checkPublicURL(f.PublicURL); err != nil {
			all.flag("--public-url", "%w", err)
		}
		a.PublicURL = f.PublicURL
	}
	if f.Users != "" {
		if a.Users, err = web.ReadUsers(f.Users); err != nil {
			all.flag("--users", "%w", err)
		}
	}
	a.TLS = f.TLSCert != ""
	all.keyPair("--tls-cert", f.TLSCert, "--tls-key", f.TLSKey)
	a.Proxies = all.networks("--behind-proxy", f.BehindProxy)
	if all.err() == nil {
		if err := web.Check(f.Listen, a); err != nil {
			all.flag("--listen", "%w", err)
		}
	}
	return a, all.err()
}

// networks reads networks; an address alone is one of its own.
func (p *problems) networks(flag string, texts []string) (all []netip.Prefix) {
	for _, text := range texts {
		n, err := netip.ParsePrefix(text)
		if addr, only := netip.ParseAddr(text); err != nil && only == nil {
			n, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			p.flag(flag, "%q is not a network such as 10.0.0.0/8", text)
			continue
		}
		all = append(all, n)
	}
	return all
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

// natsListenFlags open the embedded broker to clients of other programs.
type natsListenFlags struct {
	NATSListen string `name:"nats-listen" help:"Address on which the embedded broker takes NATS clients, such as 127.0.0.1:4222. They may publish requests and read events and PDFs, nothing else. Default: none." placeholder:"ADDR"`
	NATSUsers  string `name:"nats-users" type:"path" help:"Who may connect there: a line NAME:HASH each, the hash by bcrypt as \"htpasswd -nB NAME\" writes it, then what the user may do: \"request\", \"settle\", \"read\", separated by spaces (default: all), and \"numbers=PREFIX\" for invoice numbers of its own." placeholder:"FILE"`
	NATSCert   string `name:"nats-cert" type:"path" help:"Certificate (PEM) of that listener." placeholder:"FILE"`
	NATSKey    string `name:"nats-key" type:"path" help:"Its key." placeholder:"FILE"`
}

// config is the embedded broker's, without directory and log, or everything
// that is wrong with the flags.
func (f *natsListenFlags) config(address string) (c embedded.Config, err error) {
	var all problems
	if f.NATSListen == "" {
		for flag, value := range map[string]string{"--nats-users": f.NATSUsers, "--nats-cert": f.NATSCert, "--nats-key": f.NATSKey} {
			if value != "" {
				all.flag(flag, "means nothing without --nats-listen")
			}
		}
		return c, all.err()
	}
	if address != "" {
		all.flag("--nats-listen", "there is no embedded broker to listen, since --nats names a server")
	}
	host, _, err := net.SplitHostPort(f.NATSListen)
	if err != nil {
		all.flag("--nats-listen", "%q is not an address such as 127.0.0.1:4222", f.NATSListen)
	} else if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		if f.NATSUsers == "" {
			all.flag("--nats-users", "is missing: %s is reachable from other machines", f.NATSListen)
		}
		if f.NATSCert == "" {
			all.flag("--nats-cert", "is missing: %s is reachable from other machines, and passwords must not travel in the clear", f.NATSListen)
		}
	}
	c.Listen = f.NATSListen
	c.Access = access(true, true, true)
	if f.NATSUsers != "" {
		if c.Users, err = readNATSUsers(f.NATSUsers); err != nil {
			all.flag("--nats-users", "%w", err)
		}
	}
	if pair := all.keyPair("--nats-cert", f.NATSCert, "--nats-key", f.NATSKey); pair != nil {
		c.TLS = &tls.Config{Certificates: []tls.Certificate{*pair}, MinVersion: tls.VersionTLS12}
	}
	return c, all.err()
}

// maxUsers is the largest users file in bytes, about a thousand people.
const maxUsers = 128 << 10

// readNATSUsers reads a users file. Blank lines and lines that begin with # are
// skipped; no hash shows in an error.
func readNATSUsers(path string) ([]embedded.User, error) {
	data, err := readLimited(path, maxUsers)
	if err != nil {
		return nil, err
	}
	var users []embedded.User
	var all problems
	n := 0
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		n++
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		user, err := readNATSUser(line)
		if err != nil {
			all.add(fmt.Errorf("%s:%d: %w", path, n, err))
			continue
		}
		users = append(users, user)
	}
	if len(users) == 0 && all.err() == nil {
		all.add(fmt.Errorf("%s names nobody", path))
	}
	return users, all.err()
}

// readNATSUser reads NAME:HASH and the rights behind it.
func readNATSUser(line string) (embedded.User, error) {
	fields := strings.Fields(line)
	name, hash, found := strings.Cut(fields[0], ":")
	if _, err := bcrypt.Cost([]byte(hash)); !found || name == "" || err != nil {
		return embedded.User{}, errors.New("is not NAME:HASH with a bcrypt hash; \"htpasswd -nB NAME\" writes one")
	}
	user := embedded.User{Name: name, PasswordHash: hash, Header: map[string]string{event.UserHeader: name}}
	rights := map[string]bool{}
	for _, right := range fields[1:] {
		prefix, numbers := strings.CutPrefix(right, "numbers=")
		switch {
		case numbers && prefix != "" && ledger.CheckNumber(prefix) == nil && user.Header[event.NumbersHeader] == "":
			user.Header[event.NumbersHeader] = prefix
		case !numbers && slices.Contains([]string{"request", "settle", "read"}, right):
			rights[right] = true
		default:
			return embedded.User{}, fmt.Errorf("%s has %q; what may follow the hash is request, settle, read and one numbers=PREFIX", name, right)
		}
	}
	all := len(rights) == 0
	user.Access = access(all || rights["request"], all || rights["settle"], all || rights["read"])
	return user, nil
}

// access is what a user of the listener may do: request invoices and new links,
// report payments and cancellations, read events and PDFs.
func access(request, settle, read bool) (a embedded.Access) {
	if request {
		a.Publish = append(a.Publish, event.SubjectRequested, event.SubjectRenew)
	}
	if settle {
		a.Publish = append(a.Publish, event.SubjectPaid, event.SubjectCancelled)
	}
	if request || settle {
		a.Inspect = []string{broker.StreamRequests}
	}
	if read {
		a.Hear, a.Read = event.SubjectsOut(), []string{broker.StreamEvents, "OBJ_" + archive.Bucket}
	}
	return a
}
