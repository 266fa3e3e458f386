package ops

import (
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"invoicelink/checkout"
	"invoicelink/worker"
)

// Metrics counts what a worker does. Its methods are meant for the hooks of
// worker.Config and checkout.Config and may be called from many goroutines.
type Metrics struct {
	registry *prometheus.Registry
	log      *slog.Logger
	jobs     *prometheus.CounterVec
	jobTime  *prometheus.HistogramVec
	calls    *prometheus.CounterVec
	callTime *prometheus.HistogramVec
	pdfTime  prometheus.Histogram
	visits   *prometheus.CounterVec
}

// NewMetrics returns metrics in a registry of their own, with those of the Go
// runtime and of the process.
func NewMetrics(version string, log *slog.Logger) *Metrics {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	seconds := []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}
	m := &Metrics{
		registry: prometheus.NewRegistry(), log: log,
		jobs: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "invoicelink_jobs_total",
			Help: "Attempts at requests by what was done with the request (action: done, retry, requeue, deadLetter, abort) and the invoice's state."},
			[]string{"action", "state"}),
		jobTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "invoicelink_job_seconds",
			Help: "Time of an attempt at a request.", Buckets: seconds}, []string{"action"}),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "invoicelink_api_calls_total",
			Help: "Calls to the checkout API by operation and status (none: no answer) and what went wrong (kind; ok: nothing)."},
			[]string{"op", "status", "kind"}),
		callTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "invoicelink_api_call_seconds",
			Help: "Time of a call to the checkout API.", Buckets: seconds}, []string{"op"}),
		pdfTime: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "invoicelink_pdf_seconds",
			Help: "Time to draw a page.", Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5}}),
		visits: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "invoicelink_paypage_visits_total",
			Help: "Requests to the payment page by what was asked (action: show, pay, return, pdf, unknown), what the page said of the invoice (state) and what came of it (outcome: page, link, pdf, refused, failed)."},
			[]string{"action", "state", "outcome"}),
	}
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "invoicelink_build_info", Help: "Always 1; the version is its label."}, []string{"version"})
	build.WithLabelValues(version).Set(1)
	m.registry.MustRegister(m.jobs, m.jobTime, m.calls, m.callTime, m.pdfTime, m.visits, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// WatchWorker adds the metrics of a worker. It is called once.
func (m *Metrics) WatchWorker(w *worker.Worker) {
	m.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "invoicelink_concurrency_limit",
			Help: "Requests that this worker may have in progress at once; with --concurrency auto it follows the API, between 2 and 256."},
			func() float64 { limit, _ := w.Concurrency(); return float64(limit) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "invoicelink_concurrency_in_progress",
			Help: "Requests that this worker has in progress."},
			func() float64 { _, inProgress := w.Concurrency(); return float64(inProgress) }))
}

// Job counts the end of an attempt at a request.
func (m *Metrics) Job(o worker.Outcome) {
	state := string(o.State)
	if state == "" {
		state = "none"
	}
	m.jobs.WithLabelValues(string(o.Action), state).Inc()
	m.jobTime.WithLabelValues(string(o.Action)).Observe(o.Duration.Seconds())
}

// Call counts a call to the checkout API.
func (m *Metrics) Call(c checkout.Call) {
	status, kind := "none", "ok"
	if c.Status != 0 {
		status = strconv.Itoa(c.Status)
	}
	if c.Kind != "" {
		kind = string(c.Kind)
	}
	op := strings.ReplaceAll(c.Op, " ", "_")
	m.calls.WithLabelValues(op, status, kind).Inc()
	m.callTime.WithLabelValues(op).Observe(c.Duration.Seconds())
}

// Render counts a page that was drawn, with the time it took.
func (m *Metrics) Render(d time.Duration) { m.pdfTime.Observe(d.Seconds()) }

// Visit counts a request to the payment page.
func (m *Metrics) Visit(action, state, outcome string) {
	if state == "" {
		state = "none"
	}
	m.visits.WithLabelValues(action, state, outcome).Inc()
}

// Handler serves the metrics in the Prometheus and OpenMetrics text formats.
// A source that fails is logged and left out.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(m.log.Handler(), slog.LevelWarn), ErrorHandling: promhttp.ContinueOnError,
		MaxRequestsInFlight: 4, EnableOpenMetrics: true,
	})
}
