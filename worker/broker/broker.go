package broker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Broker is the program's streams and buckets on one connection.
type Broker struct {
	nc          *nats.Conn
	js          jetstream.JetStream
	requests    jetstream.Stream
	events      jetstream.Stream
	timers      jetstream.Stream
	documents   jetstream.Stream
	owners      jetstream.Stream
	appends     jetstream.JetStream // for Owners.Append
	deadLetters jetstream.Stream
	ledger      jetstream.KeyValue
	leases      jetstream.KeyValue
	schedules   bool
	atomic      bool
	log         *slog.Logger
}

// Options of Open.
type Options struct {
	// Replicas of every stream and bucket that is created, and that those which
	// exist must have; on a cluster 3 is right. 0 creates with 1 and takes what
	// exists as it is.
	Replicas int
	// Log gets what the server refuses the program itself; nil for nobody.
	Log *slog.Logger
}

// ErrDiffers is wrapped by the error of Open when a stream exists with another
// configuration. It is never changed silently: somebody meant it, or it
// belongs to another program.
var ErrDiffers = errors.New("stream exists with another configuration")

// Open binds to the streams and buckets on the connection, creating those that
// are missing. It needs JetStream on the server; nats-server 2.12 or newer
// brings timers and atomic batches, older ones are served without (a sweep
// stands in for the timers).
func Open(ctx context.Context, nc *nats.Conn, o Options) (*Broker, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, fmt.Errorf("open broker: %w", err)
	}
	var info *jetstream.AccountInfo
	err = repeat(ctx, func(ctx context.Context) (err error) {
		info, err = js.AccountInfo(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open broker: ask for JetStream: %w", Explain(err))
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	b := &Broker{nc: nc, js: js, log: o.Log, schedules: info.API.Level >= apiLevelSchedules}
	b.atomic = b.schedules
	if b.appends, err = jetstream.New(nc, jetstream.WithPublishAsyncTimeout(attemptTimeout)); err != nil {
		return nil, fmt.Errorf("open broker: %w", err)
	}
	for _, want := range streams(o.Replicas, info.API.Level) {
		var s jetstream.Stream
		err := repeat(ctx, func(ctx context.Context) (err error) {
			s, err = b.ensureStream(ctx, want)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("open broker: %w", err)
		}
		switch want.Name {
		case StreamRequests:
			b.requests = s
		case StreamEvents:
			b.events = s
		case StreamTimers:
			b.timers = s
		case StreamDocuments:
			b.documents = s
		case StreamOwners:
			b.owners = s
		case StreamDeadLetters:
			b.deadLetters = s
		}
	}
	if b.ledger, err = b.bucket(ctx, BucketLedger); err != nil {
		return nil, fmt.Errorf("open broker: %w", err)
	}
	if b.leases, err = b.bucket(ctx, BucketLeases); err != nil {
		return nil, fmt.Errorf("open broker: %w", err)
	}
	return b, nil
}

// JetStream returns the context that the streams live in.
func (b *Broker) JetStream() jetstream.JetStream { return b.js }

// LedgerBucket returns the bucket of the ledger's records.
func (b *Broker) LedgerBucket() jetstream.KeyValue { return b.ledger }

// Connected reports whether the connection to the server stands.
func (b *Broker) Connected() bool { return b.nc.IsConnected() }

func (b *Broker) ensureStream(ctx context.Context, want jetstream.StreamConfig) (jetstream.Stream, error) {
	s, err := b.js.Stream(ctx, want.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		s, err = b.js.CreateStream(ctx, want)
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // another worker was first
			s, err = b.js.Stream(ctx, want.Name)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", want.Name, err)
	}
	if diff := differences(s.CachedInfo().Config, want); len(diff) > 0 {
		return nil, fmt.Errorf("%w: %s has %s; change it with the nats command, or name another server",
			ErrDiffers, want.Name, strings.Join(diff, ", "))
	}
	return s, nil
}

// bucket binds to a bucket whose stream exists.
func (b *Broker) bucket(ctx context.Context, name string) (kv jetstream.KeyValue, err error) {
	err = repeat(ctx, func(ctx context.Context) error {
		kv, err = b.js.KeyValue(ctx, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("bucket %s: %w", name, err)
	}
	return kv, nil
}

// differences says where a stream's configuration would change what the program
// promises. Limits that only an operator can judge (bytes, age, placement) are
// the operator's.
func differences(got, want jetstream.StreamConfig) (diff []string) {
	tell := func(what string, got, want any) {
		diff = append(diff, fmt.Sprintf("%s %v, wanted %v", what, got, want))
	}
	a, b := slices.Sorted(slices.Values(got.Subjects)), slices.Sorted(slices.Values(want.Subjects))
	if !slices.Equal(a, b) {
		tell("subjects", a, b)
	}
	if got.Retention != want.Retention {
		tell("retention", got.Retention, want.Retention)
	}
	if got.Storage != want.Storage {
		tell("storage", got.Storage, want.Storage)
	}
	if want.Replicas > 0 && got.Replicas != want.Replicas {
		tell("replicas", got.Replicas, want.Replicas)
	}
	if want.Retention == jetstream.WorkQueuePolicy && len(want.Sources) > 0 && got.Duplicates > 0 {
		tell("duplicate window", got.Duplicates, "none")
	}
	if most := max(got.MaxMsgsPerSubject, 0); most != want.MaxMsgsPerSubject { // -1 is none as well
		tell("max messages per subject", most, want.MaxMsgsPerSubject)
	}
	if want.AllowRollup && !got.AllowRollup {
		tell("roll-up", false, true)
	}
	if want.AllowMsgSchedules && !got.AllowMsgSchedules {
		tell("message schedules", false, true)
	}
	if want.AllowMsgTTL && !got.AllowMsgTTL {
		tell("times to live of messages", false, true)
	}
	if want.AllowAtomicPublish && !got.AllowAtomicPublish {
		tell("atomic publish", false, true)
	}
	if want.Retention == jetstream.WorkQueuePolicy && got.MaxAge > 0 {
		tell("maximum age", got.MaxAge, "none")
	}
	return diff
}

// Waiting returns how many requests no worker has ended yet: those not delivered
// and those in progress.
func (b *Broker) Waiting(ctx context.Context) (int, error) {
	info, err := b.requests.Info(ctx)
	if err != nil {
		return 0, fmt.Errorf("count waiting requests: %w", err)
	}
	return int(info.State.Msgs), nil
}

// OldestWaiting is when the request was published that has waited longest for
// its end; zero if none waits. It is the server's clock.
func (b *Broker) OldestWaiting(ctx context.Context) (time.Time, error) {
	info, err := b.requests.Info(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("find the oldest request: %w", err)
	}
	if info.State.Msgs == 0 {
		return time.Time{}, nil
	}
	return info.State.FirstTime.UTC(), nil
}

// ClockOffset is the server's clock less the given one, known to within the
// time that its answer took. nil means time.Now.
func (b *Broker) ClockOffset(ctx context.Context, now func() time.Time) (offset, within time.Duration, err error) {
	if now == nil {
		now = time.Now
	}
	before := now()
	info, err := b.requests.Info(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("ask the broker for its time: %w", err)
	}
	within = now().Sub(before)
	return info.TimeStamp.Sub(before.Add(within / 2)), within, nil
}

// timeout bounds one question to the server. On a cluster an election can hold
// an answer back for up to 14 seconds.
const timeout = 20 * time.Second
