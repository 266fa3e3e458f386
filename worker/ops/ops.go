package ops

import (
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
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
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Log is told when an answer changes, with the reasons; nil for nobody.
	Log *slog.Logger
}

// Probes answers /healthz and /readyz.
type Probes struct{ alive, ready *checks }

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
	}
}

// Health answers 200 while the process is alive, otherwise 503.
func (p *Probes) Health() http.Handler { return answer(p.alive) }

// Ready answers 200 while the process can work, otherwise 503.
func (p *Probes) Ready() http.Handler { return answer(p.ready) }

// Report is the body of an answer, JSON. Checks says "ok" or "failing" by
// name. Whoever asks from this machine gets the reason instead of "failing";
// others only learn that much, since the probes are open to everybody.
type Report struct {
	Status string            `json:"status"` // "ok" or "failing"
	Checks map[string]string `json:"checks,omitempty"`
}

func answer(c *checks) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "ask with GET", http.StatusMethodNotAllowed)
			return
		}
		results, ok := c.run(r.Context())
		report := Report{Status: "ok", Checks: map[string]string{}}
		near := fromHere(r)
		for _, result := range results {
			word := "ok"
			if result.Err != nil {
				report.Status, word = "failing", "failing"
				if near {
					word = result.Err.Error()
				}
			}
			report.Checks[result.Name] = word
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if !ok {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(report) // the asker may have gone
	})
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
