package ops_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"invoicelink/checkout"
	"invoicelink/worker"
	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/ledger"
	"invoicelink/worker/ops"
	"invoicelink/worker/testkit"
	"invoicelink/worker/testkit/tool"
)

const monitoring = "../../fixtures/monitoring"

// The alert rules fire when they shall and only then, by Prometheus' own tool.
func TestAlertRules(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(tool.Path(t, "promtool"), "test", "rules", "alerts_test.yaml")
	cmd.Dir = monitoring
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// Each metric that rules and dashboard name is one that the program writes.
func TestMonitoringNamesWhatThereIs(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	m := ops.NewMetrics("v1", nil)
	m.Job(worker.Outcome{Action: worker.ActionDone, State: ledger.Issued, Duration: time.Second})
	m.Call(checkout.Call{Op: "create link", Status: 200, Duration: time.Second})
	l := ledger.Open(b.LedgerBucket(), b.Documents(), b.Owners(), nil)
	m.Watch(ops.Store{Broker: b, Ledger: l})
	m.WatchWorker(worker.New(worker.Config{Broker: b, Ledger: l}))
	text := scrape(t, m)
	for _, name := range []string{"alerts.yaml", "alerts_test.yaml", "dashboard.json"} {
		data, err := os.ReadFile(monitoring + "/" + name)
		testkit.Must(t, err)
		if strings.HasSuffix(name, ".json") && !json.Valid(data) {
			t.Errorf("%s is not JSON", name)
		}
		found := regexp.MustCompile(`\b(?:invoicelink|process)_[a-z_]+`).FindAllString(string(data), -1)
		if len(found) == 0 {
			t.Errorf("%s names no metric", name)
		}
		for _, metric := range found {
			if !strings.Contains(text, "\n"+metric+"{") && !strings.Contains(text, "\n"+metric+" ") {
				t.Errorf("%s names %s, which is not among the metrics", name, metric)
			}
		}
	}
}
