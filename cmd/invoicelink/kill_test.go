package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"invoicelink/checkout/sandbox"
	"invoicelink/worker/event"

	"invoicelink/worker/testkit/tool"
)

// child runs this test binary as the program, so that it can be killed.
func child(t *testing.T, dir string, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "INVOICELINK_TEST_AS_PROGRAM=1", "INVOICELINK_LEGAL=warn")
	cmd.Env = append(cmd.Env, env...)
	return cmd
}

const killSeller = "name: Sample Seller ApS\nvat_id: DK12345674\naddress: {country: DK}\n"

// killFiles writes a profile and a list of invoices, and starts an API.
func killFiles(t *testing.T, invoices int) (dir string, api *sandbox.Server, args, env []string) {
	t.Helper()
	dir = t.TempDir()
	var b bytes.Buffer
	b.WriteString("Invoice number,Issue date,Due date,Currency,Customer name,Description,Quantity,Unit price,VAT %\n")
	for i := 1; i <= invoices; i++ {
		fmt.Fprintf(&b, "K-%04d,2026-11-20,2026-12-20,EUR,Sample Buyer,Consulting,1,%d.50,25\n", i, i)
	}
	for name, data := range map[string]string{"seller.yaml": killSeller, "list.csv": b.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	api, err := sandbox.Open(sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(api)
	t.Cleanup(func() {
		if err := api.Close(); err != nil {
			t.Error(err)
		}
		web.Close()
	})
	args = []string{"run", "--checkout-url", web.URL, "--checkout-username", sandbox.DefaultUsername, "--seller", "seller.yaml", "--data", "data", "list.csv"}
	return dir, api, args, []string{"INVOICELINK_CHECKOUT_PASSWORD=" + sandbox.DefaultPassword}
}

// TestKilledAndRunAgain kills the program at random moments until a run comes
// through, and holds the pages against the ledger and the API.
func TestKilledAndRunAgain(t *testing.T) {
	t.Parallel()
	invoices, kills := 60, 8
	if tool.IsLong() {
		invoices, kills = 300, 40
	}
	dir, api, args, env := killFiles(t, invoices)
	seed := rand.New(rand.NewPCG(1, uint64(kills)))
	killed := 0
	for range kills {
		cmd := child(t, dir, env, args...)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// The moment is counted in answers, not in time, and falls between
		// the steps of the other invoices in progress.
		lines := bufio.NewScanner(out)
		for range 1 + seed.IntN(invoices/kills) {
			if !lines.Scan() {
				break
			}
		}
		if err := cmd.Process.Signal(syscall.SIGKILL); err == nil {
			killed++
		}
		_ = cmd.Wait() // its end is the signal
	}
	if killed < kills/2 {
		t.Fatalf("only %d of %d runs could be killed", killed, kills)
	}
	if out, err := child(t, dir, env, args...).CombinedOutput(); err != nil {
		t.Fatalf("the last run: %v\n%s", err, out)
	}
	held(t, dir, env, api, invoices)
}

// held checks that every invoice was issued once and that what is printed is
// what the ledger and the API say.
func held(t *testing.T, dir string, env []string, api *sandbox.Server, invoices int) {
	t.Helper()
	out, err := child(t, dir, env, "list", "--json", "--data", "data").Output()
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	made := map[string]sandbox.Link{}
	for _, l := range api.Links() {
		made[l.URL] = l
	}
	amounts := map[string]string{}
	for _, s := range api.Sessions() {
		amounts[s.ID] = s.Amount.String()
	}
	rows := 0
	for line := range strings.Lines(string(out)) {
		var r event.Status
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		rows++
		link, ok := made[r.PaymentLink]
		switch {
		case r.State != "issued" || r.Revision != 1:
			t.Errorf("%s is %s, revision %d: %s", r.Number, r.State, r.Revision, r.Error)
		case !ok || link.SessionID != r.SessionID || link.ID != r.LinkID:
			t.Errorf("%s: the API knows the link %s as %+v", r.Number, r.PaymentLink, link)
		case amounts[r.SessionID] != r.Payable:
			t.Errorf("%s: session over %s, payable %s", r.Number, amounts[r.SessionID], r.Payable)
		}
		if got := digestFile(t, filepath.Join(dir, "out", r.PDF)); got != r.SHA256 {
			t.Errorf("%s: the page is %s, the ledger says %s", r.Number, got, r.SHA256)
		}
	}
	pages, err := filepath.Glob(filepath.Join(dir, "out", "*.pdf"))
	if err != nil || rows != invoices || len(pages) != invoices {
		t.Errorf("%d records and %d pages for %d invoices (%v)", rows, len(pages), invoices, err)
	}
	t.Logf("%d links made for %d invoices", len(made), invoices)
}

// TestInterruptFinishesWorkInHand sends one signal and wants an orderly end.
func TestInterruptFinishesWorkInHand(t *testing.T) {
	t.Parallel()
	dir, api, args, env := killFiles(t, 80)
	if err := api.SetFaults(sandbox.Fault{Kind: sandbox.FaultSlow, Op: sandbox.OpLink, Delay: 100 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	cmd := child(t, dir, env, args...)
	var rest bytes.Buffer
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	if _, err := lines.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if _, err := rest.ReadFrom(lines); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != exitLeft {
		t.Errorf("exit code %d (%v), want %d\n%s", cmd.ProcessState.ExitCode(), err, exitLeft, rest.String())
	}
	if !strings.Contains(rest.String(), "Run the same command again to resume") {
		t.Errorf("the summary does not say how to go on:\n%s", rest.String())
	}
	if err := api.SetFaults(); err != nil {
		t.Fatal(err)
	}
	links := len(api.Links())
	if out, err := child(t, dir, env, args...).CombinedOutput(); err != nil {
		t.Fatalf("the second run: %v\n%s", err, out)
	}
	if made := len(api.Links()); made != 80 {
		t.Errorf("%d links for 80 invoices, %d of them before the second run: work in progress was cut", made, links)
	}
	held(t, dir, env, api, 80)
}
