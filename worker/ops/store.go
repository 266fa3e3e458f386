package ops

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"invoicelink/worker/broker"
	"invoicelink/worker/ledger"
)

// Store is what is asked about the queue and the ledger.
type Store struct {
	Broker *broker.Broker
	Ledger *ledger.Ledger
	// Renewal is the worker's policy.
	Renewal ledger.RenewalPolicy
	Now     func() time.Time // nil means time.Now
}

const (
	// searchAge is how old the counts from the ledger may be: the index reads
	// what was written since, and counts a million invoices in a few
	// milliseconds.
	searchAge = 5 * time.Second
	// searchTimeout ends a search that hangs. The first one may have to read the
	// whole ledger.
	searchTimeout = 2 * time.Minute
	// firstWait is how long the first reader of the metrics waits for counts;
	// later ones get those that are there.
	firstWait  = 5 * time.Second
	askTimeout = 3 * time.Second
)

// Watch adds the metrics of a store. It is called once, when the store is
// open.
func (m *Metrics) Watch(s Store) {
	if s.Now == nil {
		s.Now = time.Now
	}
	m.registry.MustRegister(&storeCollector{Store: s, log: m.log, searched: make(chan struct{})})
}

var (
	waitingDesc  = prometheus.NewDesc("invoicelink_queue_depth", "Requests that no worker has ended yet, of the whole fleet.", nil, nil)
	lettersDesc  = prometheus.NewDesc("invoicelink_dead_letters", "Requests that were refused or given up and are kept, of the whole fleet.", nil, nil)
	asideDesc    = prometheus.NewDesc("invoicelink_set_aside", "Requests that could not even be refused and are kept without an answer, of the whole fleet.", nil, nil)
	oldestDesc   = prometheus.NewDesc("invoicelink_oldest_request_seconds", "Age of the request that has waited longest for its end; 0 for none.", nil, nil)
	brokerDesc   = prometheus.NewDesc("invoicelink_broker_connected", "1 while the connection to the broker stands.", nil, nil)
	progressDesc = prometheus.NewDesc("invoicelink_requests_in_progress", "Requests handed out to workers, those in delay included, of the whole fleet; the server hands out 1,024 at most.", nil, nil)
	wantedDesc   = prometheus.NewDesc("invoicelink_stream_replicas_wanted", "Servers that shall hold a stream.", []string{"stream"}, nil)
	currentDesc  = prometheus.NewDesc("invoicelink_stream_replicas_current", "Servers that hold a stream and are up to date.", []string{"stream"}, nil)
	behindDesc   = prometheus.NewDesc("invoicelink_stream_replica_lag", "Operations that the slowest replica of a stream is behind.", []string{"stream"}, nil)
	invoicesDesc = prometheus.NewDesc("invoicelink_invoices", "Invoices in the ledger by state.", []string{"state"}, nil)
	linksDesc    = prometheus.NewDesc("invoicelink_links", "Payment links of issued invoices: outstanding ones are not over, due ones are to be renewed.", []string{"kind"}, nil)
	lagDesc      = prometheus.NewDesc("invoicelink_renewal_lag_seconds", "How long the link that has waited longest for its renewal has been due; 0 for none.", nil, nil)
	ageDesc      = prometheus.NewDesc("invoicelink_ledger_search_age_seconds", "How old the counts from the ledger are.", nil, nil)
)

// storeCollector asks when the metrics are read.
type storeCollector struct {
	Store
	log *slog.Logger

	mu        sync.Mutex
	searching bool
	searched  chan struct{} // closed after the first search
	found     *found
}

// found is the outcome of one search of the ledger.
type found struct {
	at          time.Time
	states      map[ledger.State]int
	outstanding int
	due         int
	oldest      time.Time // when the longest due link became due
}

func (c *storeCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{waitingDesc, lettersDesc, asideDesc, oldestDesc, progressDesc, wantedDesc, currentDesc, behindDesc, brokerDesc, invoicesDesc, linksDesc, lagDesc, ageDesc} {
		out <- d
	}
}

func (c *storeCollector) Collect(out chan<- prometheus.Metric) {
	connected := 0.0
	if c.Broker.Connected() {
		connected = 1
	}
	out <- prometheus.MustNewConstMetric(brokerDesc, prometheus.GaugeValue, connected)
	ctx, cancel := context.WithTimeout(context.Background(), askTimeout)
	defer cancel()
	for desc, ask := range map[*prometheus.Desc]func(context.Context) (int, error){
		waitingDesc: c.Broker.Waiting, lettersDesc: c.Broker.CountDeadLetters, asideDesc: c.Broker.CountSetAside,
		progressDesc: c.Broker.InProgress} {
		if n, err := ask(ctx); err != nil {
			out <- prometheus.NewInvalidMetric(desc, err)
		} else {
			out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(n))
		}
	}
	if oldest, err := c.Broker.OldestWaiting(ctx); err != nil {
		out <- prometheus.NewInvalidMetric(oldestDesc, err)
	} else {
		out <- prometheus.MustNewConstMetric(oldestDesc, prometheus.GaugeValue, age(oldest, c.Now()))
	}
	c.replicas(ctx, out)
	f := c.counts()
	if f == nil {
		return
	}
	for _, s := range ledger.States {
		out <- prometheus.MustNewConstMetric(invoicesDesc, prometheus.GaugeValue, float64(f.states[s]), string(s))
	}
	out <- prometheus.MustNewConstMetric(linksDesc, prometheus.GaugeValue, float64(f.outstanding), "outstanding")
	out <- prometheus.MustNewConstMetric(linksDesc, prometheus.GaugeValue, float64(f.due), "due")
	out <- prometheus.MustNewConstMetric(lagDesc, prometheus.GaugeValue, age(f.oldest, c.Now()))
	out <- prometheus.MustNewConstMetric(ageDesc, prometheus.GaugeValue, age(f.at, c.Now()))
}

func (c *storeCollector) replicas(ctx context.Context, out chan<- prometheus.Metric) {
	all, err := c.Broker.Replicas(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(wantedDesc, err)
		return
	}
	for _, r := range all {
		out <- prometheus.MustNewConstMetric(wantedDesc, prometheus.GaugeValue, float64(r.Wanted), r.Stream)
		out <- prometheus.MustNewConstMetric(currentDesc, prometheus.GaugeValue, float64(r.Current), r.Stream)
		out <- prometheus.MustNewConstMetric(behindDesc, prometheus.GaugeValue, float64(r.Lag), r.Stream)
	}
}

// age is the time since then in seconds, 0 for the zero time and for clocks
// that differ.
func age(then, now time.Time) float64 {
	if then.IsZero() {
		return 0
	}
	return max(0, now.Sub(then).Seconds())
}

// counts returns what the last search found, and has the ledger searched again
// where that is too old. The first reader waits a little.
func (c *storeCollector) counts() *found {
	c.mu.Lock()
	old := c.found == nil || c.Now().Sub(c.found.at) >= searchAge
	if old && !c.searching {
		c.searching = true
		go c.search()
	}
	first := c.found == nil
	c.mu.Unlock()
	if first {
		timer := time.NewTimer(firstWait)
		defer timer.Stop()
		select {
		case <-c.searched:
		case <-timer.C:
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.found
}

func (c *storeCollector) search() {
	ctx, cancel := context.WithTimeout(context.Background(), searchTimeout)
	defer cancel()
	f, err := c.look(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.searching = false
	if err != nil {
		c.log.Warn("ledger is not counted", "error", err)
		return
	}
	if c.found == nil {
		close(c.searched)
	}
	c.found = f
}

func (c *storeCollector) look(ctx context.Context) (*found, error) {
	x, err := c.Ledger.Index(ctx)
	if err != nil {
		return nil, err
	}
	if err := x.Unread(); err != nil {
		c.log.Warn("some records are not counted", "error", err)
	}
	now := c.Now()
	counts := x.Count(c.Renewal, now)
	return &found{at: now, states: counts.States, outstanding: counts.Waiting, due: counts.Due, oldest: counts.Oldest}, nil
}
