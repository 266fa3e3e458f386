package main

import "testing"

// TestQueuedIsNotGuessed: a run on a full disk, whose broker did not answer,
// said that no request stayed queued.
func TestQueuedIsNotGuessed(t *testing.T) {
	t.Parallel()
	for left, want := range map[int]string{
		-1: "what was requested stays queued", 0: "0 requests stay queued", 1: "1 request stays queued", 8: "8 requests stay queued",
	} {
		if got := (summary{left: left}).queued(); got != want {
			t.Errorf("%d left: %q, want %q", left, got, want)
		}
	}
}
