package batch_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"invoicelink/worker/batch"
	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit"
)

// TestWaitGoesOnAfterTheBroker holds that answers which come before, during and
// after a restart of the broker are all taken, each once.
func TestWaitGoesOnAfterTheBroker(t *testing.T) {
	t.Parallel()
	restart, b := brokertest.OpenRestarting(t)
	r := &harness{t, b, ledger.Open(b.LedgerBucket(), b.Documents(), b.Owners(), nil)}
	id := batch.NewID()
	u := read(t, id, file(t, "source.csv", list("A-1", "A-2", "A-3")), "")
	testkit.Must(t, u.Publish(t.Context(), b, r.ledger, options()))
	r.issued(id, id+"-1", "A-1")
	seen := make(chan string, 10)
	done := make(chan error, 1)
	go func() { done <- u.Wait(t.Context(), b, func(s event.Status) { seen <- s.Number }) }()
	if got := <-seen; got != "A-1" {
		t.Fatalf("first answer is to %s", got)
	}
	restart()
	r.issued(id, id+"-2", "A-2")
	r.issued(id, id+"-2", "A-2") // again, as the worker did not hear that it was stored
	r.issued(id, id+"-3", "A-3")
	testkit.Must(t, <-done)
	if c := u.Count(); c.Good != 3 || c.Open != 0 || len(seen) != 2 {
		t.Errorf("count is %+v with %d further answers, want 3 good and 2", c, len(seen))
	}
	if ids, _ := r.requests(); len(ids) != 3 {
		t.Errorf("requests %v, want 3", ids)
	}
}

// TestPublishInParts publishes more than is sent at a time: each invoice once,
// in the order of the file, and the same after a second time.
func TestPublishInParts(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	var numbers []string
	for i := range 1203 {
		numbers = append(numbers, fmt.Sprintf("A-%04d", i))
	}
	id := batch.NewID()
	u := read(t, id, file(t, "source.csv", list(numbers...)), "")
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := u.Publish(stopped, r.broker, r.ledger, options()); err == nil {
		t.Error("published after the context had ended")
	}
	testkit.Must(t, u.Publish(t.Context(), r.broker, r.ledger, options()))
	ids, got := r.requests()
	if strings.Join(got, " ") != strings.Join(numbers, " ") || ids[0] != id+"-1" || ids[1202] != id+"-1203" {
		t.Errorf("%d requests, from %s to %s", len(ids), ids[0], ids[len(ids)-1])
	}
}

// TestResultsThatCannotBeWritten holds that the answers stay, that nothing
// half-written is left, and that a second try elsewhere writes them.
func TestResultsThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	path, id := file(t, "list.csv", list("A-1")), batch.NewID()
	u := read(t, id, path, "")
	u.Resume(1)
	r.issued(id, id+"-1", "A-1")
	testkit.Must(t, u.Wait(t.Context(), r.broker, nil))
	taken := t.TempDir()
	testkit.Must(t, os.Mkdir(filepath.Join(taken, "list-results.csv"), 0o700))
	for name, dir := range map[string]string{"no directory": filepath.Join(t.TempDir(), "missing"), "a directory of its name": taken} {
		if paths, err := u.WriteResults(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "write results of list.csv") || len(paths) != 0 {
			t.Errorf("%s: wrote %v: %v", name, paths, err)
		}
	}
	if left, err := os.ReadDir(taken); err != nil || len(left) != 1 {
		t.Errorf("left behind %v, %v", left, err)
	}
	paths, err := u.WriteResults(t.Context(), t.TempDir())
	testkit.Must(t, err)
	if data, err := os.ReadFile(paths[0]); err != nil || !strings.Contains(string(data), "A-1.pdf") {
		t.Errorf("results are %s, %v", data, err)
	}

	testkit.Must(t, os.WriteFile(path, []byte(list("A-9")), 0o600))
	if _, err := u.WriteResults(t.Context(), t.TempDir()); err == nil || !strings.Contains(err.Error(), "has changed since it was read") {
		t.Errorf("results of another file: %v", err)
	}
	testkit.Must(t, os.Remove(path))
	if _, err := u.WriteResults(t.Context(), t.TempDir()); err == nil {
		t.Error("results of a file that is gone")
	}
}

// TestAnswersLost holds that a damaged file of answers is an error and not taken
// for none, and that the answers are there again from the events.
func TestAnswersLost(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	dir := t.TempDir()
	s, err := batch.OpenUploadStore(dir)
	testkit.Must(t, err)
	id, f, err := s.Create("list.csv", strings.NewReader(list("A-1", "A-2")))
	testkit.Must(t, err)
	testkit.Must(t, s.Save(batch.Info{ID: id, Name: "list.csv", Stage: batch.StageChecked}))
	u := read(t, id, f.Path, f.Name)
	from, err := r.broker.NextEventSeq(t.Context())
	testkit.Must(t, err)
	testkit.Must(t, u.Publish(t.Context(), r.broker, r.ledger, options()))
	r.issued(id, id+"-1", "A-1")
	r.issued(id, id+"-2", "A-2")
	testkit.Must(t, u.Wait(t.Context(), r.broker, nil))
	answers, err := u.Answers()
	testkit.Must(t, err)
	testkit.Must(t, s.SaveAnswers(id, answers))
	kept, err := s.Answers(id)
	testkit.Must(t, err)
	if len(kept) != 2 {
		t.Fatalf("kept %d answers", len(kept))
	}
	testkit.Must(t, os.WriteFile(filepath.Join(dir, id, "answers.json"), []byte(`{"`+id+`-1":{"number":"A`), 0o600))
	if got, err := s.Answers(id); err == nil || !strings.Contains(err.Error(), id) {
		t.Errorf("cut answers are %v, %v", got, err)
	}
	again := read(t, id, f.Path, f.Name)
	again.Resume(from)
	testkit.Must(t, again.Wait(t.Context(), r.broker, nil))
	if c := again.Count(); c.Good != 2 || c.Open != 0 {
		t.Errorf("from the events: %+v", c)
	}
	if err := s.SaveAnswers("AAAAAAAAAAAAAAAA", answers); err == nil {
		t.Error("answers of an upload that is not there were stored")
	}
}
