package sandbox

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The defaults of [Config].
const (
	DefaultPublicURL = "http://127.0.0.1:8090"
	DefaultUsername  = "sandbox"
	DefaultPassword  = "sandbox"
)

// Header announces the sandbox on every answer; its value is "1".
const Header = "Invoicelink-Sandbox"

// Config configures a [Server]. The zero value is a well-behaved sandbox in
// memory.
type Config struct {
	// Dir is where the state is kept, created if missing; one process at a
	// time. Empty means memory only.
	Dir string
	// PublicURL is what payment links begin with: an http or https URL without
	// query and fragment. Empty means [DefaultPublicURL].
	PublicURL string
	// Prefix is the path under which the API is served, such as "/gateway".
	// Without it there every API call is a 404. The pay page and the control
	// API do not move.
	Prefix string
	// Username and Password that authenticate accepts; empty means the
	// defaults.
	Username, Password string
	// Now is the clock that the sandbox's own clock is an offset to; nil
	// means time.Now.
	Now func() time.Time
	// Faults to begin with, see [Server.SetFaults].
	Faults []Fault
	// Switches to begin with, see [Server.SetSwitches].
	Switches Switches
	// CallbackSecrets sign callbacks, each with a signature of its own, so
	// that a change of secret can be tried; none means they go unsigned.
	CallbackSecrets [][]byte
	// CallbackTransport carries callbacks; nil means a plain HTTP transport.
	CallbackTransport http.RoundTripper
	// Log receives what goes wrong behind the caller's back; nil means
	// nothing is logged.
	Log *slog.Logger
}

// check fills in the defaults and reports everything that is wrong at once.
func (c *Config) check() error {
	var problems []error
	if c.PublicURL == "" {
		c.PublicURL = DefaultPublicURL
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	if err := checkWebURL(c.PublicURL); err != nil {
		problems = append(problems, fmt.Errorf("public URL: %w", err))
	}
	if c.Prefix = strings.TrimRight(c.Prefix, "/"); c.Prefix != "" {
		if !strings.HasPrefix(c.Prefix, "/") || strings.ContainsAny(c.Prefix, "{}?#% ") || strings.Contains(c.Prefix, "//") {
			problems = append(problems, fmt.Errorf("prefix %q is not a plain path that begins with a slash", c.Prefix))
		}
		if c.Prefix == "/pay" || strings.HasPrefix(c.Prefix, "/pay/") || c.Prefix == "/sandbox" || strings.HasPrefix(c.Prefix, "/sandbox/") {
			problems = append(problems, fmt.Errorf("prefix %q is taken by the sandbox itself", c.Prefix))
		}
	}
	if c.Username == "" {
		c.Username = DefaultUsername
	}
	if c.Password == "" {
		c.Password = DefaultPassword
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.CallbackTransport == nil {
		c.CallbackTransport = http.DefaultTransport
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	for i := range c.Faults {
		if err := c.Faults[i].check(); err != nil {
			problems = append(problems, fmt.Errorf("fault %d: %w", i+1, err))
		}
	}
	if err := c.Switches.check(); err != nil {
		problems = append(problems, err)
	}
	if len(problems) > 0 {
		return fmt.Errorf("configure the sandbox: %w", errors.Join(problems...))
	}
	return nil
}

func checkWebURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || len(text) > 2048:
		return errors.New("it cannot be parsed or is longer than 2048 bytes")
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("its scheme %q is neither http nor https", u.Scheme)
	case u.Hostname() == "" || u.User != nil:
		return errors.New("it names no host, or a user")
	case u.RawQuery != "" || u.Fragment != "":
		return errors.New("it contains a query or a fragment")
	}
	return nil
}
