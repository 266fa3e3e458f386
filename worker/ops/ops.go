package ops

import (
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"
)

// Config of the probes.
type Config struct {
	// Alive are the checks of /healthz: with one of them failing the process
	// had better be restarted. None means that answering is enough.
	Alive []Check
	// Ready are the checks of /readyz: with one of them failing the process
	// can do no work now.
	Ready []Check
	// Warn are checks of what should be looked at while work still goes on. Those
	// that fail are named in the answer of /readyz and in the log; the answer
	// stays 200, so that a fleet does not leave service for one server that does.
	Warn []Check
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Log gets a line when an answer changes, with the reasons; nil for nobody.
	Log *slog.Logger
}

// Probes answers /healthz and /readyz.
type Probes struct{ alive, ready, warn *checks }

// NewProbes returns the probes of the checks.
func NewProbes(c Config) *Probes {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Probes{
		alive: &checks{kind: "alive", list: c.Alive, now: c.Now, log: c.Log},
		ready: &checks{kind: "ready", list: c.Ready, now: c.Now, log: c.Log},
		warn:  &checks{kind: "without warnings", list: c.Warn, now: c.Now, log: c.Log},
	}
}

// Health answers 200 while the process is alive, otherwise 503.
func (p *Probes) Health() http.Handler { return answer(p.alive, nil) }

// Ready answers 200 while the process can work, otherwise 503.
func (p *Probes) Ready() http.Handler { return answer(p.ready, p.warn) }

// Report is the body of an answer, JSON. Checks says "ok" or "failing" by
// name. Whoever asks from this machine gets the reason instead of "failing";
// others only learn that much, since the probes are open to everybody.
type Report struct {
	Status string            `json:"status"` // "ok" or "failing"
	Checks map[string]string `json:"checks,omitempty"`
	// Warnings are what should be looked at, as in Checks; nothing that is well.
	Warnings map[string]string `json:"warnings,omitempty"`
}

func answer(c, warn *checks) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "ask with GET", http.StatusMethodNotAllowed)
			return
		}
		results, ok := c.run(r.Context())
		near := fromHere(r)
		report := Report{Status: "ok", Checks: words(results, near)}
		if !ok {
			report.Status = "failing"
		}
		if warn != nil {
			warnings, _ := warn.run(r.Context())
			report.Warnings = words(slices.DeleteFunc(slices.Clone(warnings), func(r Result) bool { return r.Err == nil }), near)
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if !ok {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(report) // the asker may have gone
	})
}

// words are the answers of checks by name, with the reasons for an asker who is
// near.
func words(results []Result, near bool) map[string]string {
	all := map[string]string{}
	for _, r := range results {
		switch {
		case r.Err == nil:
			all[r.Name] = "ok"
		case near:
			all[r.Name] = r.Err.Error()
		default:
			all[r.Name] = "failing"
		}
	}
	return all
}

// fromHere reports whether the asker is on this machine and is no proxy.
func fromHere(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback()
}
