package backup

import (
	"context"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/ctxtime"
)

// pauseFor is when a pause ends by itself, should the backup be killed.
const pauseFor = 15 * time.Minute

// workers are the consumers that work is taken from.
var workers = []struct{ stream, consumer string }{
	{"INVOICELINK_REQUESTS", "worker"},
	{"INVOICELINK_TIMERS", "renew"},
}

// pause stops the handing out of work and waits until nothing is in progress,
// or for as long as wait, and reports which. A server before 2.11 cannot pause.
func pause(ctx context.Context, js jetstream.JetStream, wait time.Duration) (quiet bool, resume func()) {
	if wait == 0 {
		wait = 30 * time.Second
	}
	var paused []jetstream.Stream
	var names []string
	for _, w := range workers {
		s, err := js.Stream(ctx, w.stream)
		if err != nil {
			continue
		}
		if _, err := s.PauseConsumer(ctx, w.consumer, time.Now().Add(pauseFor)); err == nil {
			paused, names = append(paused, s), append(names, w.consumer)
		}
	}
	resume = func() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), apiTimeout)
		defer cancel()
		for i, s := range paused {
			_, _ = s.ResumeConsumer(late, names[i]) // the pause ends by itself
		}
	}
	for end := time.Now().Add(wait); ; {
		pending := 0
		for i, s := range paused {
			if c, err := s.Consumer(ctx, names[i]); err == nil {
				pending += c.CachedInfo().NumAckPending
			}
		}
		if pending == 0 {
			return true, resume
		}
		if time.Now().After(end) || ctxtime.Sleep(ctx, 100*time.Millisecond) != nil {
			return false, resume
		}
	}
}
