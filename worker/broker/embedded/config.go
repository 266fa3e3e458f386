package embedded

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
	"golang.org/x/crypto/bcrypt"
)

// Config says where the server keeps its data and who may reach it. Only Dir
// is required.
type Config struct {
	// Dir is the data directory. It is created with mode 0700 if it is missing
	// (its parents too); Server.Created reports that.
	Dir string

	// AdoptCopy takes a directory that is a copy of another: somebody has said
	// that the other is used no more.
	AdoptCopy bool

	// Check, if set, is called with the directory after a stop that was not
	// clean, when the files were found whole and before a server opens them.
	// An error of it ends Start.
	Check func(dir string) error

	// MaxStore is the most bytes that the streams together may take; beyond it
	// a publish is refused with JetStream error 10023. 0 is derived at the
	// start: what the store takes already plus three quarters of the free
	// disk. It stays below the disk on purpose, since on a full disk publishes
	// only time out and the stream is frozen until a restart.
	MaxStore int64

	// Listen is a host:port for clients outside this process, such as the nats
	// command line or an ERP; "" listens nowhere and port 0 takes a free one.
	// Beyond loopback it needs Users and TLS.
	Listen string

	// Users may connect to Listen, each apart from the others. Without any, which
	// is possible on loopback only, whoever connects is let in as one user with
	// the rights of Access.
	Users []User

	// TLS is the listener's certificate and client policy. The minimum version
	// is 1.2 unless it says more. Connections in this process and through the
	// socket use none.
	TLS *tls.Config

	// Access is what those may do who connect to Listen where there are no Users.
	Access Access

	// Limits bound what each user may take; zero fields are the defaults.
	Limits Limits

	// Log gets the server's own words: its errors and warnings at their level,
	// its notices at debug. Nil discards them.
	Log *slog.Logger
}

// User is somebody who may connect to the listener.
type User struct {
	// Name is 1 to 128 printable ASCII characters.
	Name string
	// PasswordHash is the bcrypt hash of the password, as `nats server passwd`
	// or `htpasswd -B` write it ($2a$, $2b$ or $2y$, cost 4 to 14).
	PasswordHash string
	// Admin gives all rights on everything instead of those of Access: for
	// backups and repairs with the nats command line, never for an ERP.
	Admin bool
	// Access is what the user may do.
	Access Access
	// Header is set on every message that the user publishes. Names begin with
	// "Invoicelink-"; what a client sends under such names is removed.
	Header map[string]string
}

// Limits are those of each user.
type Limits struct {
	// Consumers of one stream, those that libraries make included; 64 if zero.
	Consumers int
	// Messages and Bytes that may be published a second, 200 and 2 MiB if zero.
	// Up to burstSeconds of them may come at once.
	Messages, Bytes int
	// Connections at a time; 64 if zero.
	Connections int
}

const (
	burstSeconds = 60
	// mostConsumers of one stream leaves room for those of this process below
	// the server's own limit, 1,000 in standalone mode.
	mostConsumers = 800
)

func (c Config) limits() Limits {
	l := c.Limits
	l.Consumers, l.Connections = cmp.Or(l.Consumers, 64), cmp.Or(l.Connections, 64)
	l.Messages, l.Bytes = cmp.Or(l.Messages, 200), cmp.Or(l.Bytes, 2<<20)
	return l
}

// Access is what a user of the listener may do. The zero value is nothing.
type Access struct {
	// Publish are the subjects that may be published to, such as
	// "invoices.requested"; wildcards are allowed. The stream's confirmation
	// reaches the publisher if it asks for one.
	Publish []string
	// Read are the names of streams that may be read: through consumers, by
	// direct get, and as an object store when the name begins with OBJ_.
	Read []string
	// Inspect are the names of streams whose configuration and state may be
	// seen, which libraries ask for before they publish.
	Inspect []string
	// Hear are the subjects of which messages are heard as they come, by a
	// plain subscription; wildcards are allowed. What was said before, or while
	// a client was away, is only in a stream.
	Hear []string
}

// maxBcryptCost bounds what one login attempt may cost: cost 14 is about a
// second of one core.
const maxBcryptCost = 14

// validate reports everything that is wrong, each with the field's name.
func (c Config) validate() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }

	if c.Dir == "" {
		wrong("Dir is empty: name the data directory")
	} else if strings.ContainsRune(c.Dir, 0) {
		wrong("Dir %q holds a zero byte", c.Dir)
	}
	if c.MaxStore < 0 {
		wrong("MaxStore is %d bytes: give a positive number, or 0 to derive it from the free disk", c.MaxStore)
	}
	if c.Listen == "" {
		if len(c.Users) > 0 || c.TLS != nil {
			wrong("Users or TLS are given without Listen: name the address to listen on, or leave them out")
		}
	} else if host, _, err := splitListen(c.Listen); err != nil {
		errs = append(errs, err)
	} else if !loopback(host) {
		if len(c.Users) == 0 {
			wrong("Listen %s is reachable from other machines: it needs Users", c.Listen)
		}
		if c.TLS == nil {
			wrong("Listen %s is reachable from other machines: it needs TLS", c.Listen)
		}
	}
	if c.TLS != nil && len(c.TLS.Certificates) == 0 && c.TLS.GetCertificate == nil && c.TLS.GetConfigForClient == nil {
		wrong("TLS has no certificate")
	}
	seen := map[string]bool{}
	for i, u := range c.Users {
		switch {
		case !plainName(u.Name, 128):
			wrong("Users[%d]: the name must be 1 to 128 printable ASCII characters without spaces", i)
		case seen[u.Name]:
			wrong("Users[%d]: %s is there twice", i, u.Name)
		}
		seen[u.Name] = true
		if cost, err := bcrypt.Cost([]byte(u.PasswordHash)); err != nil {
			wrong("Users[%d]: the password of %q is not a bcrypt hash", i, u.Name)
		} else if cost > maxBcryptCost {
			wrong("Users[%d]: the password of %q has bcrypt cost %d: at most %d", i, u.Name, cost, maxBcryptCost)
		}
	}
	tokens := map[string]string{}
	for _, o := range outsiders(c) {
		if other, taken := tokens[o.token]; taken {
			wrong("Users: the consumers of %s and %s could not be told apart: rename one of them", other, o.Name)
		}
		tokens[o.token] = o.Name
		for name := range o.Header {
			if !strings.HasPrefix(strings.ToLower(name), reservedHeaders) {
				wrong("Users: the header %q of %s does not begin with Invoicelink-", name, o.Name)
			}
		}
	}
	errs = append(errs, c.Access.validate("Access")...)
	for i, u := range c.Users {
		errs = append(errs, u.Access.validate(fmt.Sprintf("Users[%d].Access", i))...)
	}
	if len(errs) > 0 {
		return fmt.Errorf("check the embedded broker's configuration: %w", errors.Join(errs...))
	}
	return nil
}

func (a Access) validate(field string) (errs []error) {
	for list, subjects := range map[string][]string{"Publish": a.Publish, "Hear": a.Hear} {
		for i, s := range subjects {
			if !openable(s) {
				errs = append(errs, fmt.Errorf("%s.%s[%d]: %q is not a subject to open: it must begin with a token of its own, not with $, _ or a wildcard", field, list, i, s))
			}
		}
	}
	for list, names := range map[string][]string{"Read": a.Read, "Inspect": a.Inspect} {
		for i, s := range names {
			if !plainName(s, 255) || strings.ContainsAny(s, ".*>/\\") {
				errs = append(errs, fmt.Errorf("%s.%s[%d]: %q is not the name of a stream", field, list, i, s))
			}
		}
	}
	return errs
}

// splitListen reads a listen address; its port is 0 to 65535.
func splitListen(listen string) (host string, port int, err error) {
	host, p, err := net.SplitHostPort(listen)
	if err != nil {
		return "", 0, fmt.Errorf("read Listen %q as host:port: %w", listen, err)
	}
	port, err = strconv.Atoi(p)
	if err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("read Listen %q: the port must be 0 to 65535", listen)
	}
	return host, port, nil
}

// loopback reports whether only this machine reaches the host. A name other
// than localhost is not resolved: it counts as reachable.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// openable keeps the server's own subjects, the buckets' and everybody's
// inboxes out of what is opened to others.
func openable(subject string) bool {
	return plainName(subject, 255) && server.IsValidSubject(subject) && !strings.ContainsAny(subject[:1], "$_*>")
}

func plainName(s string, most int) bool {
	return s != "" && len(s) <= most && !slices.ContainsFunc([]byte(s), func(b byte) bool { return b <= ' ' || b > '~' })
}
