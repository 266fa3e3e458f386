package broker

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// The headers of a scheduled message (nats-server 2.12, ADR-51). The client
// library's option cuts the time to whole seconds, so the header is written
// here.
const (
	headerSchedule       = "Nats-Schedule"
	headerScheduleTarget = "Nats-Schedule-Target"
)

// Schedules reports whether the server keeps timers. Where it does not, only a
// sweep of the ledger finds what is due.
func (b *Broker) Schedules() bool { return b.schedules }

// SetTimer asks for a due message about the key at the moment, replacing the
// key's earlier timer. It survives restarts; a moment that has passed fires at
// once. Firing is at least once and may be late: whoever gets it looks at the
// ledger. The payload travels with it. Without schedules it does nothing.
func (b *Broker) SetTimer(ctx context.Context, key string, at time.Time, payload []byte) error {
	return b.setTimer(ctx, key, at, payload)
}

// EnsureTimer is SetTimer for a key that may have a timer already, which then
// stays as it is. It reports whether it set one.
func (b *Broker) EnsureTimer(ctx context.Context, key string, at time.Time, payload []byte) (bool, error) {
	err := b.setTimer(ctx, key, at, payload, jetstream.WithExpectLastSequencePerSubject(0))
	if isWrongSequence(err) {
		return false, nil
	}
	return err == nil, err
}

func (b *Broker) setTimer(ctx context.Context, key string, at time.Time, payload []byte, opts ...jetstream.PublishOpt) error {
	if !b.schedules {
		return nil
	}
	m := &nats.Msg{Subject: timersPrefix + key, Data: payload, Header: nats.Header{
		headerSchedule:       {"@at " + at.UTC().Format(time.RFC3339Nano)},
		headerScheduleTarget: {duePrefix + key},
	}}
	err := repeat(ctx, func(ctx context.Context) error {
		_, err := b.js.PublishMsg(ctx, m, opts...)
		return err
	})
	if err != nil {
		return fmt.Errorf("set timer %s: %w", key, WrapStoreFull(err))
	}
	return nil
}

// CancelTimer takes the key's timer away, if there is one.
func (b *Broker) CancelTimer(ctx context.Context, key string) error {
	if !b.schedules {
		return nil
	}
	if err := b.timers.Purge(ctx, jetstream.WithPurgeSubject(timersPrefix+key)); err != nil {
		return fmt.Errorf("cancel timer %s: %w", key, err)
	}
	return nil
}

// DueKey returns the key of a due message.
func (d *Delivery) DueKey() string { return strings.TrimPrefix(d.Subject(), duePrefix) }
