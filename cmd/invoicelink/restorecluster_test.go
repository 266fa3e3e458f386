package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// The way from one machine to many: a backup of a data directory is restored
// into an empty cluster, which then lists the same invoices, and into no other.
func TestRestoreIntoACluster(t *testing.T) {
	t.Parallel()
	dir, _, run, env := killFiles(t, 6)
	program := func(args ...string) string {
		t.Helper()
		out, err := child(t, dir, env, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", args[0], err, out)
		}
		return string(out)
	}
	program(run...)
	file := filepath.Join(dir, "backup.tar")
	program("backup", "--data", "data", file)
	want := program("list", "--json", "--data", "data")

	c := startCluster(t)
	restore := []string{"restore", "--nats", c.urls, "--replicas", "3", file}
	if out, err := child(t, dir, env, restore...).CombinedOutput(); err == nil || !strings.Contains(string(out), "holds something already") {
		t.Fatalf("restore into a cluster that has streams: %v\n%s", err, out)
	}
	js := c.broker.JetStream()
	var names []string
	for name := range js.StreamNames(t.Context()).Name() {
		names = append(names, name)
	}
	for _, name := range names {
		if err := js.DeleteStream(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	program(restore...)
	if got := program("list", "--json", "--nats", c.urls); got != want || strings.Count(got, "\n") != 6 {
		t.Errorf("the cluster lists\n%s\nwant\n%s", got, want)
	}
	for info := range js.ListStreams(t.Context()).Info() {
		if info.Config.Replicas != 3 {
			t.Errorf("stream %s has %d replicas, want 3", info.Config.Name, info.Config.Replicas)
		}
	}
}
