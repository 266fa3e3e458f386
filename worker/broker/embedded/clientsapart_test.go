package embedded_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/crypto/bcrypt"

	"invoicelink/worker/broker/embedded"
)

// logged is what a server writes to its log.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// refusals are the lines about outside clients.
func (l *logged) refusals() (lines []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.b.String()) {
		if strings.Contains(line, "outside client") {
			lines = append(lines, line)
		}
	}
	return lines
}

// twoUsers is a listener with the users "a" and "b", who may do the same, and
// "reader", who only reads.
func twoUsers(t *testing.T, limits embedded.Limits) (inside jetstream.JetStream, dial func(name string) *nats.Conn, log *logged) {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte("secret"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	log = &logged{}
	users := []embedded.User{{Name: "reader", PasswordHash: string(hash), Access: embedded.Access{Read: access.Read, Hear: access.Hear}}}
	for _, name := range []string{"a", "b"} {
		users = append(users, embedded.User{Name: name, PasswordHash: string(hash), Access: access, Header: map[string]string{"Invoicelink-User": name}})
	}
	s := start(t, embedded.Config{Listen: "127.0.0.1:0", Users: users, Limits: limits, Log: slog.New(slog.NewTextHandler(log, nil))})
	_, inside = connect(t, s)
	mustStream(t, inside, "REQUESTS", "invoices.requested", "invoices.paid")
	mustStream(t, inside, "EVENTS", "invoices.issued.>")
	return inside, func(name string) *nats.Conn {
		t.Helper()
		nc, err := nats.Connect("nats://"+s.ListenAddr(), nats.UserInfo(name, "secret"), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
		if err != nil {
			t.Fatalf("connect as %s: %v", name, err)
		}
		t.Cleanup(nc.Close)
		return nc
	}, log
}

func TestClientsHearTheirOwnAnswersOnly(t *testing.T) {
	t.Parallel()
	inside, dial, _ := twoUsers(t, embedded.Limits{})
	a, b := dial("a"), dial("b")
	spy, err := b.SubscribeSync(">")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Flush(); err != nil {
		t.Fatal(err)
	}
	if _, err := stream(t, a).Publish(t.Context(), "invoices.requested", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	durable, err := stream(t, a).CreateConsumer(t.Context(), "EVENTS", jetstream.ConsumerConfig{Durable: "erp"})
	if err != nil {
		t.Fatal(err)
	}
	mustPublish(t, inside, "invoices.issued.x", "an event for both")
	if m, err := durable.Next(); err != nil || string(m.Data()) != "an event for both" {
		t.Errorf("a gets %v, %v", m, err)
	}
	if m, err := spy.NextMsg(5 * time.Second); err != nil || m.Subject != "invoices.issued.x" {
		t.Errorf("b hears %v, %v; want the event alone", m, err)
	}
	if m, err := spy.NextMsg(300 * time.Millisecond); err == nil {
		t.Errorf("b hears %s, which was for a", m.Subject)
	}
}

func TestClientsHaveTheirOwnConsumers(t *testing.T) {
	t.Parallel()
	inside, dial, _ := twoUsers(t, embedded.Limits{})
	a, b := stream(t, dial("a")), stream(t, dial("b"))
	mustPublish(t, inside, "invoices.issued.x", "x")
	mustPublish(t, inside, "invoices.issued.y", "y")
	theirs, err := a.CreateConsumer(t.Context(), "EVENTS", jetstream.ConsumerConfig{Durable: "erp", AckPolicy: jetstream.AckExplicitPolicy})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"erp", "a~erp"} {
		if _, err := b.Consumer(t.Context(), "EVENTS", name); !errors.Is(err, jetstream.ErrConsumerNotFound) {
			t.Errorf("b looks at %s of a: %v", name, err)
		}
		if err := b.DeleteConsumer(t.Context(), "EVENTS", name); !errors.Is(err, jetstream.ErrConsumerNotFound) {
			t.Errorf("b deletes %s of a: %v", name, err)
		}
		m, err := b.Conn().Request("$JS.API.CONSUMER.MSG.NEXT.EVENTS."+name, []byte(`{"batch":1,"no_wait":true}`), 5*time.Second)
		if err != nil || len(m.Data) > 0 || m.Header.Get("Status") == "" {
			t.Errorf("b pulls from %s of a: %v, %v", name, m, err)
		}
	}
	// The same name is another consumer for another user.
	own, err := b.CreateConsumer(t.Context(), "EVENTS", jetstream.ConsumerConfig{Durable: "erp", FilterSubject: "invoices.issued.y", AckPolicy: jetstream.AckExplicitPolicy})
	if err != nil {
		t.Fatal(err)
	}
	if m, err := own.Next(); err != nil || string(m.Data()) != "y" {
		t.Errorf("b gets %v, %v; want y", m, err)
	}
	m, err := theirs.Next()
	if err != nil || string(m.Data()) != "x" {
		t.Fatalf("a gets %v, %v; want x", m, err)
	}
	// An acknowledgement of somebody else's delivery has no effect.
	if err := b.Conn().Publish(m.Reply(), []byte("+ACK")); err != nil {
		t.Fatal(err)
	}
	if err := b.Conn().Flush(); err != nil {
		t.Fatal(err)
	}
	if info, err := theirs.Info(t.Context()); err != nil || info.NumAckPending != 1 {
		t.Errorf("after b's acknowledgement: %+v, %v; want one pending", info, err)
	}
	if err := m.DoubleAck(t.Context()); err != nil {
		t.Error(err)
	}
	names := func(js jetstream.JetStream) (out []string) {
		s, err := js.Stream(t.Context(), "EVENTS")
		if err != nil {
			t.Fatal(err)
		}
		l := s.ConsumerNames(t.Context())
		for n := range l.Name() {
			out = append(out, n)
		}
		if l.Err() != nil {
			t.Error(l.Err())
		}
		return out
	}
	if got, want := fmt.Sprint(names(a), names(b)), "[a~erp] [b~erp]"; got != want {
		t.Errorf("consumers that a and b see: %s, want %s", got, want)
	}
	if err := a.DeleteConsumer(t.Context(), "EVENTS", "erp"); err != nil {
		t.Error(err)
	}
}

func TestClientsHaveTheirOwnRights(t *testing.T) {
	t.Parallel()
	inside, dial, _ := twoUsers(t, embedded.Limits{})
	reader := dial("reader")
	if _, err := stream(t, reader).Publish(t.Context(), "invoices.paid", []byte("{}"), jetstream.WithRetryAttempts(0)); err == nil {
		t.Error("a reader published a payment")
	}
	if _, err := stream(t, reader).Stream(t.Context(), "EVENTS"); err != nil {
		t.Error(err)
	}
	// Who published is the listener's word, not the client's.
	m := nats.NewMsg("invoices.requested")
	m.Header = nats.Header{"Invoicelink-User": {"b"}, "invoicelink-user": {"root"}, "INVOICELINK-Numbers": {""}, "ce-id": {"1"}}
	if _, err := stream(t, dial("a")).PublishMsg(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	s, err := inside.Stream(t.Context(), "REQUESTS")
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.GetMsg(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(got.Header, func(name string, _ []string) bool { return strings.HasPrefix(name, "Nats-") }) // where it is stored
	if want := (nats.Header{"Invoicelink-User": {"a"}, "ce-id": {"1"}}); fmt.Sprint(got.Header) != fmt.Sprint(want) {
		t.Errorf("headers %v, want %v", got.Header, want)
	}
}

func TestClientsHaveLimits(t *testing.T) {
	t.Parallel()
	inside, dial, log := twoUsers(t, embedded.Limits{Consumers: 3, Messages: 1, Connections: 2})
	nc := dial("a")
	a, b := stream(t, nc), stream(t, dial("b"))
	refused := func(err error) bool {
		api, ok := errors.AsType[*jetstream.APIError](err)
		return ok && api.Code == http.StatusTooManyRequests
	}
	t.Run("consumers", func(t *testing.T) {
		for i := range 3 {
			if _, err := a.CreateConsumer(t.Context(), "EVENTS", jetstream.ConsumerConfig{Durable: fmt.Sprint("d", i)}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := a.CreateConsumer(t.Context(), "EVENTS", jetstream.ConsumerConfig{Durable: "d3"}); !refused(err) {
			t.Errorf("one consumer too many: %v", err)
		}
		if _, err := a.UpdateConsumer(t.Context(), "EVENTS", jetstream.ConsumerConfig{Durable: "d2", MaxAckPending: 7}); err != nil {
			t.Errorf("an update at the limit: %v", err)
		}
		if _, err := b.CreateConsumer(t.Context(), "EVENTS", jetstream.ConsumerConfig{Durable: "d0"}); err != nil {
			t.Errorf("another user: %v", err)
		}
	})
	t.Run("idle", func(t *testing.T) {
		for stated, want := range map[time.Duration]time.Duration{0: 72 * time.Hour, 200 * time.Hour: 200 * time.Hour, 10_000 * time.Hour: 31 * 24 * time.Hour} {
			c, err := b.CreateOrUpdateConsumer(t.Context(), "EVENTS", jetstream.ConsumerConfig{Durable: "d0", InactiveThreshold: stated})
			if err != nil {
				t.Fatal(err)
			}
			if got := c.CachedInfo().Config.InactiveThreshold; got != want {
				t.Errorf("threshold %s stated, %s set, want %s", stated, got, want)
			}
		}
	})
	t.Run("publishes", func(t *testing.T) {
		var err error
		for n := 0; err == nil && n < 100; n++ {
			_, err = a.Publish(t.Context(), "invoices.requested", []byte("{}"))
		}
		if !refused(err) {
			t.Errorf("100 publishes at 1 a second: %v", err)
		}
		if _, err := b.Publish(t.Context(), "invoices.requested", []byte("{}")); err != nil {
			t.Errorf("another user: %v", err)
		}
		if n := count(t, inside, "REQUESTS"); n < 50 || n > 65 {
			t.Errorf("%d requests are stored, want the minute's 60 and one", n)
		}
	})
	t.Run("atomic batches", func(t *testing.T) {
		m := nats.NewMsg("invoices.requested")
		m.Header.Set("Nats-Batch-Id", "x")
		m.Header.Set("Nats-Batch-Sequence", "1")
		answer, err := b.Conn().RequestMsg(m, 5*time.Second)
		if err != nil || !strings.Contains(string(answer.Data), "one message after the other") {
			t.Errorf("answered %v, %v", answer, err)
		}
	})
	t.Run("connections", func(t *testing.T) {
		dial("a")
		if nc, err := nats.Connect(nc.ConnectedUrl(), nats.UserInfo("a", "secret")); err == nil {
			nc.Close()
			t.Error("a third connection was taken")
		}
	})
	if n := len(log.refusals()); n > 3 {
		t.Errorf("%d lines of log for refusals, want the first of a minute: %s", n, log.refusals())
	}
}

// What standard clients ask before they publish or read.
func TestClientsOfOthersWork(t *testing.T) {
	t.Parallel()
	_, dial, _ := twoUsers(t, embedded.Limits{})
	nc := dial("a")
	js, err := nc.JetStream()
	if err != nil {
		t.Fatal(err)
	}
	// The sender of the CloudEvents SDK (protocol/nats_jetstream v2.16.2) looks
	// at the stream, and publishes if it is there.
	if info, err := js.StreamInfo("REQUESTS"); err != nil || info.Config.Name != "REQUESTS" {
		t.Errorf("stream info: %+v, %v", info, err)
	}
	if _, err := js.Publish("invoices.requested", []byte("{}")); err != nil {
		t.Error(err)
	}
	if name, err := js.StreamNameBySubject("invoices.requested"); err != nil || name != "REQUESTS" {
		t.Errorf("the stream of a subject: %q, %v", name, err)
	}
	var names []string
	for n := range js.StreamNames() {
		names = append(names, n)
	}
	if got, want := fmt.Sprint(names), "[EVENTS REQUESTS]"; got != want {
		t.Errorf("stream names %s, want %s", got, want)
	}
	// The nats command line takes no answer without its type.
	for call, typ := range map[string]string{
		"STREAM.LIST": "stream_list", "STREAM.NAMES": "stream_names", "CONSUMER.LIST.EVENTS": "consumer_list", "CONSUMER.NAMES.EVENTS": "consumer_names",
		"CONSUMER.DURABLE.CREATE.EVENTS.x": "consumer_create", "STREAM.INFO.OTHER": "stream_info",
	} {
		m, err := nc.Request("$JS.API."+call, nil, 5*time.Second)
		if want := `"type":"io.nats.jetstream.api.v1.` + typ + `_response"`; err != nil || !strings.Contains(string(m.Data), want) {
			t.Errorf("%s: answered %v, %v; want %s", call, m, err, want)
		}
	}
	names = nil
	for s := range js.Streams() {
		names = append(names, s.Config.Name)
	}
	if got, want := fmt.Sprint(names), "[EVENTS REQUESTS]"; got != want {
		t.Errorf("streams %s, want %s", got, want)
	}
}
