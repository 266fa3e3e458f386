package broker_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/broker"
	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/broker/embedded"
)

func message(subject, id string) *nats.Msg {
	return &nats.Msg{Subject: subject, Data: []byte(id), Header: nats.Header{jetstream.MsgIDHeader: {id}}}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAssetsAreFoundAgainAndNeverChangedSilently(t *testing.T) {
	t.Parallel()
	conn, b := brokertest.Open(t)
	if _, err := broker.Open(t.Context(), conn, broker.Options{}); err != nil {
		t.Fatalf("second open: %v", err)
	}
	if _, err := broker.Open(t.Context(), conn, broker.Options{Replicas: 3}); !errors.Is(err, broker.ErrDiffers) || !strings.Contains(err.Error(), "replicas 1, wanted 3") {
		t.Errorf("other replica count: %v", err)
	}
	s, err := b.JetStream().Stream(t.Context(), broker.StreamRequests)
	must(t, err)
	config := s.CachedInfo().Config
	config.MaxMsgsPerSubject = 1
	_, err = b.JetStream().UpdateStream(t.Context(), config)
	must(t, err)
	if _, err := broker.Open(t.Context(), conn, broker.Options{}); !errors.Is(err, broker.ErrDiffers) {
		t.Errorf("a per-subject limit on the requests is accepted: %v", err)
	}
}

func TestPublishAllStoresEach(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	var msgs []*nats.Msg
	for i := range 2345 {
		msgs = append(msgs, message("invoices.requested", fmt.Sprintf("m-%d", i)))
	}
	must(t, b.PublishAll(t.Context(), msgs))
	if n, err := b.Waiting(t.Context()); err != nil || n != 2345 {
		t.Errorf("got %d messages, %v, want 2345", n, err)
	}
}

// A start reads each message that is younger than its stream's window for ids,
// so only streams whose messages have ids have a long one.
func TestWindows(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	want := map[string]time.Duration{broker.StreamRequests: 0, broker.StreamEvents: 2 * time.Minute, broker.StreamDeadLetters: 24 * time.Hour}
	l := b.JetStream().ListStreams(t.Context())
	for info := range l.Info() {
		w, ok := want[info.Config.Name]
		if !ok {
			w = 100 * time.Millisecond
		}
		if info.Config.Duplicates != w {
			t.Errorf("%s: window %v, want %v", info.Config.Name, info.Config.Duplicates, w)
		}
	}
	must(t, l.Err())
}

// The request stream takes no notice of message ids, over a restart too.
func TestMessageIDsHaveNoEffectOnRequests(t *testing.T) {
	t.Parallel()
	conn, b := brokertest.Open(t)
	for range 2 {
		must(t, b.Publish(t.Context(), message("invoices.requested", "same")))
	}
	b, err := broker.Open(t.Context(), conn, broker.Options{})
	must(t, err)
	must(t, b.Publish(t.Context(), message("invoices.cancelled", "same")))
	if n, err := b.Waiting(t.Context()); err != nil || n != 3 {
		t.Errorf("got %d messages, %v, want 3", n, err)
	}
	s, err := b.JetStream().Stream(t.Context(), broker.StreamRequests)
	must(t, err)
	config := s.CachedInfo().Config
	config.Duplicates = time.Minute
	_, err = b.JetStream().UpdateStream(t.Context(), config)
	must(t, err)
	if _, err := broker.Open(t.Context(), conn, broker.Options{}); !errors.Is(err, broker.ErrDiffers) || !strings.Contains(err.Error(), "duplicate window 1m0s, wanted none") {
		t.Errorf("a window for message ids is accepted: %v", err)
	}
}

func TestDeliveryEnds(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	must(t, b.PublishAll(t.Context(), []*nats.Msg{message("invoices.requested", "a")}))
	c, err := b.Requests(t.Context(), false)
	must(t, err)

	d, err := c.Next(t.Context())
	must(t, err)
	must(t, d.Release())
	d, err = c.Next(t.Context())
	must(t, err)
	if d.Attempt() != 2 {
		t.Errorf("attempt %d after a release, want 2", d.Attempt())
	}
	must(t, d.Retry(10*time.Millisecond))
	// A worker that dies with it in progress: the consumer made anew has it at once.
	_, err = c.Next(t.Context())
	must(t, err)
	c, err = b.Requests(t.Context(), true)
	must(t, err)
	d, err = c.Next(t.Context())
	must(t, err)
	must(t, d.DeadLetter(t.Context(), "a reason\nin two lines", "A-1"))
	if n, err := b.Waiting(t.Context()); err != nil || n != 0 {
		t.Errorf("%d waiting (%v), want none", n, err)
	}
	s, err := b.JetStream().Stream(t.Context(), broker.StreamDeadLetters)
	must(t, err)
	m, err := s.GetLastMsgForSubject(t.Context(), "deadletters.requested.A-1")
	must(t, err)
	if string(m.Data) != "a" || m.Header.Get(broker.HeaderReason) != "a reason in two lines" || m.Header.Get(broker.HeaderSubject) != "invoices.requested" {
		t.Errorf("dead letter %q %v", m.Data, m.Header)
	}
}

func TestNextEndsWithTheCause(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	c, err := b.Requests(t.Context(), false)
	must(t, err)
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if _, err := c.Next(ctx); !errors.Is(err, cause) {
		t.Errorf("Next ended with %v", err)
	}
}

func TestTimersFireReplaceAndCancel(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	if !b.Schedules() {
		t.Fatal("this server keeps no timers")
	}
	due, err := b.Due(t.Context(), false)
	must(t, err)
	later := time.Now().Add(time.Hour)
	must(t, b.SetTimer(t.Context(), "A-1", later, []byte("old")))
	if set, err := b.EnsureTimer(t.Context(), "A-1", time.Now(), []byte("new")); err != nil || set {
		t.Errorf("a timer that is there was replaced: %v %v", set, err)
	}
	must(t, b.SetTimer(t.Context(), "A-2", later, nil))
	must(t, b.CancelTimer(t.Context(), "A-2"))
	if set, err := b.EnsureTimer(t.Context(), "A-2", later, nil); err != nil || !set {
		t.Errorf("a cancelled timer is still there: %v %v", set, err)
	}
	must(t, b.SetTimer(t.Context(), "A-1", time.Now(), []byte("now")))
	batch, err := due.NextBatch(t.Context(), 10)
	must(t, err)
	if len(batch) != 1 || batch[0].DueKey() != "A-1" || string(batch[0].Data()) != "now" {
		t.Fatalf("fired: %d, first %s %q", len(batch), batch[0].DueKey(), batch[0].Data())
	}
	must(t, batch[0].Done(t.Context()))
}

func TestDocumentsKeepTheNewest(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	docs := b.Documents()
	must(t, docs.Put(t.Context(), "sellers.x", []byte("one")))
	must(t, docs.Put(t.Context(), "sellers.x", []byte("two")))
	data, err := docs.Get(t.Context(), "sellers.x")
	if err != nil || string(data) != "two" {
		t.Errorf("document %q, %v", data, err)
	}
	if _, err := docs.Get(t.Context(), "sellers.y"); !errors.Is(err, broker.ErrNoDocument) {
		t.Errorf("missing document: %v", err)
	}
	s, err := b.JetStream().Stream(t.Context(), broker.StreamDocuments)
	must(t, err)
	if n := s.CachedInfo().State.Msgs; n > 2 {
		t.Errorf("%d messages are kept", n)
	}
}

func TestLeaseIsOneHolders(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	first, err := b.TakeLease(t.Context(), "sweep", "one", time.Minute)
	must(t, err)
	second, err := b.TakeLease(t.Context(), "sweep", "two", time.Minute)
	must(t, err)
	if !first || second {
		t.Errorf("lease taken by the first %v, by the second %v", first, second)
	}
}

func TestLeaseEndsByItself(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	taken, err := b.TakeLease(t.Context(), "sweep", "one", time.Second)
	must(t, err)
	for begin := time.Now(); taken && time.Since(begin) < 15*time.Second; {
		again, err := b.TakeLease(t.Context(), "sweep", "two", time.Second)
		must(t, err)
		if again {
			return // the server's own clock decides; it cannot be moved
		}
	}
	t.Error("a lease of a second was not free again")
}

func TestEventsAreReadFromAPlaceOn(t *testing.T) {
	t.Parallel()
	_, b := brokertest.OpenBytes(t)
	must(t, b.Publish(t.Context(), message("invoices.issued.A-1", "1")))
	from, err := b.NextEventSeq(t.Context())
	must(t, err)
	must(t, b.Publish(t.Context(), message("invoices.issued.A-2", "2")))
	for e, err := range b.Events(t.Context(), from) {
		must(t, err)
		if string(e.Data) != "2" || e.Sequence != from {
			t.Errorf("first event %q at %d, want \"2\" at %d", e.Data, e.Sequence, from)
		}
		break
	}
}

func TestStoreThatIsFullSaysSo(t *testing.T) {
	t.Parallel()
	server, err := embedded.Start(t.Context(), embedded.Config{Dir: filepath.Join(t.TempDir(), "data"), MaxStore: 1 << 20})
	must(t, err)
	t.Cleanup(func() { must(t, server.Stop(context.Background())) })
	conn, err := server.Connect()
	must(t, err)
	t.Cleanup(conn.Close)
	b, err := broker.Open(t.Context(), conn, broker.Options{})
	must(t, err)
	data := make([]byte, 200<<10)
	for i := range 10 {
		m := message("invoices.requested", fmt.Sprint(i))
		m.Data = data
		if err = b.Publish(t.Context(), m); err != nil {
			break
		}
	}
	if !errors.Is(err, broker.ErrFull) {
		t.Errorf("a full store gives: %v", err)
	}
}
