package ops_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"invoicelink/worker/ops"
	"invoicelink/worker/testkit"
)

func ask(t *testing.T, h http.Handler, from string, header ...string) (int, ops.Report) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = from
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var report ops.Report
	if err := json.Unmarshal(w.Body.Bytes(), &report); err != nil {
		t.Fatalf("%v in %q", err, w.Body)
	}
	return w.Code, report
}

const (
	near = "127.0.0.1:5000"
	far  = "192.0.2.7:5000"
)

func TestReadyFollowsItsChecks(t *testing.T) {
	t.Parallel()
	var c testkit.Clock
	var away atomic.Bool
	asked := 0
	p := ops.NewProbes(ops.Config{Now: c.Now, Ready: []ops.Check{
		{Name: "broker", Run: func(context.Context) error {
			asked++
			if away.Load() {
				return errors.New("gone to 10.0.0.1")
			}
			return nil
		}},
		{Name: "token", Run: func(context.Context) error { return nil }},
	}})
	if code, r := ask(t, p.Ready(), near); code != 200 || r.Status != "ok" || r.Checks["broker"] != "ok" {
		t.Fatalf("%d %+v", code, r)
	}
	away.Store(true)
	for range 50 { // whoever asks often asks for nothing
		if code, _ := ask(t, p.Ready(), far); code != 200 {
			t.Fatalf("%d within the age of an answer", code)
		}
	}
	if asked != 1 {
		t.Errorf("checked %d times", asked)
	}
	c.Advance(4 * time.Second)
	code, r := ask(t, p.Ready(), near)
	if code != 503 || r.Checks["broker"] != "gone to 10.0.0.1" || r.Checks["token"] != "ok" {
		t.Errorf("%d %+v", code, r)
	}
	for _, from := range [][]string{{far}, {near, "X-Forwarded-For", "192.0.2.7"}} {
		if code, r := ask(t, p.Ready(), from[0], from[1:]...); code != 503 || r.Checks["broker"] != "failing" {
			t.Errorf("to strangers: %d %+v", code, r)
		}
	}
	away.Store(false)
	c.Advance(time.Second) // what fails is looked at again sooner
	if code, _ := ask(t, p.Ready(), near); code != 200 {
		t.Errorf("%d after all is well", code)
	}
	if code, _ := ask(t, p.Health(), near); code != 200 {
		t.Errorf("health without checks: %d", code)
	}
}

func TestAskersWaitForOneAnswer(t *testing.T) {
	t.Parallel()
	var c testkit.Clock
	var asked atomic.Int32
	let := make(chan struct{})
	p := ops.NewProbes(ops.Config{Now: c.Now, Alive: []ops.Check{{Name: "slow", Run: func(context.Context) error {
		asked.Add(1)
		<-let
		return nil
	}}}})
	codes := make(chan int, 20)
	for range cap(codes) {
		go func() {
			w := httptest.NewRecorder()
			p.Health().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
			codes <- w.Code
		}()
	}
	close(let)
	for range cap(codes) {
		if code := <-codes; code != 200 {
			t.Errorf("code %d", code)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("checked %d times for %d askers", n, cap(codes))
	}
}

func TestProbesTakeNoOrders(t *testing.T) {
	t.Parallel()
	p := ops.NewProbes(ops.Config{})
	w := httptest.NewRecorder()
	p.Ready().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader("x")))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
		t.Errorf("POST: %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}

// What should be looked at is named, and takes nobody out of service.
func TestWarningsLeaveTheAnswerReady(t *testing.T) {
	t.Parallel()
	var c testkit.Clock
	p := ops.NewProbes(ops.Config{Now: c.Now,
		Ready: []ops.Check{{Name: "broker", Run: func(context.Context) error { return nil }}},
		Warn: []ops.Check{
			{Name: "replicas", Run: func(context.Context) error { return errors.New("EVENTS is on 2 of 3 servers") }},
			{Name: "requests", Run: func(context.Context) error { return nil }},
		}})
	for from, want := range map[string]string{near: "map[replicas:EVENTS is on 2 of 3 servers]", far: "map[replicas:failing]"} {
		code, report := ask(t, p.Ready(), from)
		if got := fmt.Sprint(report.Warnings); code != http.StatusOK || report.Status != "ok" || got != want {
			t.Errorf("from %s: %d %s, warnings %s; want 200 ok and %s", from, code, report.Status, got, want)
		}
	}
}
