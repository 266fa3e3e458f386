package embedded_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/crypto/bcrypt"

	"invoicelink/worker/broker/embedded"
)

var access = embedded.Access{
	Publish: []string{"invoices.requested", "invoices.renew", "invoices.paid", "invoices.cancelled"},
	Read:    []string{"EVENTS", "OBJ_pdfs"},
	Inspect: []string{"REQUESTS"},
	Hear:    []string{"invoices.issued.>"},
}

// outside is a server that listens on loopback, with a ledger, and a client
// that has connected from outside. refused gets its asynchronous errors.
type outside struct {
	ledger  jetstream.KeyValue
	inside  jetstream.JetStream
	nc      *nats.Conn
	js      jetstream.JetStream
	refused chan error
}

func newOutside(t *testing.T, opts ...nats.Option) *outside {
	t.Helper()
	s := start(t, embedded.Config{Listen: "127.0.0.1:0", Access: access})
	_, inside := connect(t, s)
	mustStream(t, inside, "REQUESTS", "invoices.requested", "invoices.paid")
	mustStream(t, inside, "EVENTS", "invoices.issued.>")
	ledger, err := inside.CreateKeyValue(t.Context(), jetstream.KeyValueConfig{Bucket: "ledger"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.PutString(t.Context(), "INV-1", "truth"); err != nil {
		t.Fatal(err)
	}
	o := &outside{ledger: ledger, inside: inside, refused: make(chan error, 100)}
	opts = append(opts, nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { o.refused <- err }))
	if o.nc, err = nats.Connect("nats://"+s.ListenAddr(), opts...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.nc.Close)
	o.js = stream(t, o.nc)
	return o
}

func (o *outside) untouched(t *testing.T) {
	t.Helper()
	e, err := o.ledger.Get(t.Context(), "INV-1")
	if err != nil || string(e.Value()) != "truth" || e.Revision() != 1 {
		t.Errorf("the ledger says %+v, %v; want revision 1 untouched", e, err)
	}
	if n := count(t, o.inside, "KV_ledger"); n != 1 {
		t.Errorf("the ledger has %d entries, want 1", n)
	}
}

func TestOutsidePublishesInputs(t *testing.T) {
	t.Parallel()
	o := newOutside(t)
	ack, err := o.js.Publish(t.Context(), "invoices.requested", []byte("{}"), jetstream.WithMsgID("a"))
	if err != nil || ack.Stream != "REQUESTS" || ack.Sequence != 1 {
		t.Fatalf("ack %+v, %v", ack, err)
	}
	ack, err = o.js.Publish(t.Context(), "invoices.requested", []byte("{}"), jetstream.WithMsgID("a"))
	if err != nil || !ack.Duplicate {
		t.Errorf("the same id again: ack %+v, %v; want a duplicate", ack, err)
	}
}

func TestOutsideReadsEvents(t *testing.T) {
	t.Parallel()
	o := newOutside(t)
	for _, key := range []string{"a", "b", "c"} {
		mustPublish(t, o.inside, "invoices.issued."+key, "event "+key)
	}
	t.Run("ordered consumer", func(t *testing.T) {
		c, err := o.js.OrderedConsumer(t.Context(), "EVENTS", jetstream.OrderedConsumerConfig{FilterSubjects: []string{"invoices.issued.*"}})
		if err != nil {
			t.Fatal(err)
		}
		m, err := c.Messages()
		if err != nil {
			t.Fatal(err)
		}
		defer m.Stop()
		for _, want := range []string{"event a", "event b", "event c"} {
			if got, err := m.Next(jetstream.NextMaxWait(5 * time.Second)); err != nil || string(got.Data()) != want {
				t.Fatalf("got %v, %v; want %s", got, err, want)
			}
		}
	})
	t.Run("durable pull with acks", func(t *testing.T) {
		c, err := o.js.CreateConsumer(t.Context(), "EVENTS", jetstream.ConsumerConfig{Durable: "erp", AckPolicy: jetstream.AckExplicitPolicy})
		if err != nil {
			t.Fatal(err)
		}
		if c.CachedInfo().Config.InactiveThreshold <= 0 {
			t.Error("the durable consumer would stay permanently")
		}
		batch, err := c.Fetch(3, jetstream.FetchMaxWait(5*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for m := range batch.Messages() {
			n++
			if err := m.DoubleAck(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if info, err := c.Info(t.Context()); n != 3 || err != nil || info.NumAckPending != 0 || info.AckFloor.Stream != 3 {
			t.Errorf("%d messages, %+v, %v", n, info, err)
		}
	})
	t.Run("push consumer to an inbox", func(t *testing.T) {
		inbox := o.nc.NewInbox()
		sub, err := o.nc.SubscribeSync(inbox)
		if err != nil {
			t.Fatal(err)
		}
		c, err := o.js.CreatePushConsumer(t.Context(), "EVENTS", jetstream.ConsumerConfig{DeliverSubject: inbox, AckPolicy: jetstream.AckNonePolicy})
		if err != nil {
			t.Fatal(err)
		}
		if got := c.CachedInfo().Config.DeliverSubject; got != inbox {
			t.Errorf("the answer names %s, want %s", got, inbox)
		}
		for range 3 {
			if _, err := sub.NextMsg(5 * time.Second); err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Run("as they come", func(t *testing.T) {
		sub, err := o.nc.SubscribeSync("invoices.issued.>")
		if err != nil {
			t.Fatal(err)
		}
		if err := o.nc.Flush(); err != nil {
			t.Fatal(err)
		}
		mustPublish(t, o.inside, "invoices.issued.d", "event d")
		if m, err := sub.NextMsg(5 * time.Second); err != nil || string(m.Data) != "event d" {
			t.Errorf("got %v, %v", m, err)
		}
	})
	t.Run("direct get", func(t *testing.T) {
		s, err := o.js.Stream(t.Context(), "EVENTS")
		if err != nil {
			t.Fatal(err)
		}
		if m, err := s.GetLastMsgForSubject(t.Context(), "invoices.issued.b"); err != nil || string(m.Data) != "event b" {
			t.Errorf("got %v, %v", m, err)
		}
	})
	t.Run("as nats.go did before", func(t *testing.T) {
		js, err := o.nc.JetStream()
		if err != nil {
			t.Fatal(err)
		}
		sub, err := js.SubscribeSync("invoices.issued.*", nats.OrderedConsumer(), nats.BindStream("EVENTS"))
		if err != nil {
			t.Fatal(err)
		}
		defer sub.Unsubscribe()
		if m, err := sub.NextMsg(5 * time.Second); err != nil || string(m.Data) != "event a" {
			t.Errorf("got %v, %v", m, err)
		}
	})
}

func TestOutsideReadsObjects(t *testing.T) {
	t.Parallel()
	o := newOutside(t)
	store, err := o.inside.CreateObjectStore(t.Context(), jetstream.ObjectStoreConfig{Bucket: "pdfs"})
	if err != nil {
		t.Fatal(err)
	}
	pdf := bytes.Repeat([]byte("pdf "), 100_000) // four chunks
	if _, err := store.PutBytes(t.Context(), "INV-1.pdf", pdf); err != nil {
		t.Fatal(err)
	}
	theirs, err := o.js.ObjectStore(t.Context(), "pdfs")
	if err != nil {
		t.Fatal(err)
	}
	got, err := theirs.GetBytes(t.Context(), "INV-1.pdf")
	if err != nil || !bytes.Equal(got, pdf) {
		t.Errorf("got %d bytes, %v; want %d", len(got), err, len(pdf))
	}
	if list, err := theirs.List(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("list: %v, %v", list, err)
	}
	short, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := theirs.PutBytes(short, "INV-1.pdf", []byte("forged")); err == nil {
		t.Error("an outside client replaced a PDF")
	}
}

// What follows tries to reach the ledger, and to change what may only be read.
func TestOutsideIsKeptOut(t *testing.T) {
	t.Parallel()
	o := newOutside(t)
	mustPublish(t, o.inside, "invoices.issued.a", "forged")

	for what, subject := range map[string]string{
		"put":             "$KV.ledger.INV-1",
		"forged event":    "invoices.issued.b",
		"past the gate":   "_OUTSIDE.call.anonymous.$JS.API.STREAM.INFO.KV_ledger",
		"forged delivery": "_OUTSIDE.deliver.anonymous._INBOX.x",
		"server":          "$SYS.REQ.SERVER.PING",
	} {
		if err := o.nc.PublishRequest(subject, o.nc.NewInbox(), []byte("{}")); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-o.refused:
			if !errors.Is(err, nats.ErrPermissionViolation) || !strings.Contains(err.Error(), subject) {
				t.Errorf("%s: got %v", what, err)
			}
		case <-time.After(5 * time.Second):
			t.Errorf("%s: publishing to %s was not refused", what, subject)
		}
	}
	for _, call := range []string{
		"STREAM.INFO.KV_ledger", "DIRECT.GET.KV_ledger.$KV.ledger.INV-1", "STREAM.MSG.GET.KV_ledger", "STREAM.MSG.GET.REQUESTS",
		"CONSUMER.CREATE.KV_ledger.x", "CONSUMER.CREATE.REQUESTS.x", "CONSUMER.NAMES.KV_ledger", "CONSUMER.LIST.REQUESTS",
		"CONSUMER.MSG.NEXT.REQUESTS.worker", "CONSUMER.DELETE.REQUESTS.worker", "CONSUMER.PAUSE.EVENTS.x", "CONSUMER.RESET.EVENTS.x",
		"STREAM.DELETE.KV_ledger", "STREAM.DELETE.EVENTS", "STREAM.PURGE.EVENTS", "STREAM.MSG.DELETE.EVENTS",
		"STREAM.UPDATE.EVENTS", "STREAM.SNAPSHOT.EVENTS", "STREAM.RESTORE.EVENTS", "STREAM.CREATE.MINE", "STREAM.INFO", "META.LEADER.STEPDOWN",
		"STREAM.INFO.EVENTS.KV_ledger",
	} {
		m, err := o.nc.Request("$JS.API."+call, []byte("{}"), 5*time.Second)
		if err != nil || !strings.Contains(string(m.Data), `"error":{`) {
			t.Errorf("%s: answered %v, %v; want a refusal", call, m, err)
		}
	}
	everything, err := o.nc.SubscribeSync(">")
	if err != nil {
		t.Fatal(err)
	}
	if err := o.nc.Flush(); err != nil {
		t.Fatal(err)
	}
	if _, err := o.ledger.PutString(t.Context(), "INV-2", "truth"); err != nil {
		t.Fatal(err)
	}
	mustPublish(t, o.inside, "invoices.issued.c", "an event")
	if m, err := everything.NextMsg(5 * time.Second); err != nil || m.Subject != "invoices.issued.c" {
		t.Errorf("a subscription to everything gets %v, %v; want the event alone", m, err)
	}
	if n := count(t, o.inside, "EVENTS"); n != 2 {
		t.Errorf("EVENTS has %d messages, want 2", n)
	}
	if e, err := o.ledger.Get(t.Context(), "INV-1"); err != nil || string(e.Value()) != "truth" {
		t.Errorf("the ledger says %+v, %v", e, err)
	}
}

// The server answers and delivers with rights of its own, wherever it is asked
// to; none of that may end in the ledger.
func TestOutsideCannotWriteByProxy(t *testing.T) {
	t.Parallel()
	o := newOutside(t)
	mustPublish(t, o.inside, "invoices.issued.a", "forged")
	const target = "$KV.ledger.INV-1"

	for _, subject := range []string{"invoices.requested", "$JS.API.DIRECT.GET.EVENTS.invoices.issued.a", "$JS.API.STREAM.INFO.EVENTS"} {
		if err := o.nc.PublishRequest(subject, target, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := o.js.CreateConsumer(t.Context(), "EVENTS", jetstream.ConsumerConfig{Durable: "pull"}); err != nil {
		t.Fatal(err)
	}
	if err := o.nc.PublishRequest("$JS.API.CONSUMER.MSG.NEXT.EVENTS.pull", target, []byte(`{"batch":1,"no_wait":true}`)); err != nil {
		t.Fatal(err)
	}
	for _, deliver := range []string{target, "_OUTSIDE.deliver.anonymous._INBOX.x", "_INBOX.*", "invoices.requested", "_INBOX"} {
		_, err := o.js.CreatePushConsumer(t.Context(), "EVENTS", jetstream.ConsumerConfig{DeliverSubject: deliver, AckPolicy: jetstream.AckNonePolicy})
		if api, ok := errors.AsType[*jetstream.APIError](err); !ok || api.Code != 403 {
			t.Errorf("deliver to %s: %v, want a refusal", deliver, err)
		}
	}
	// Spelled in another case, which a reader of JSON in Go takes too, and twice.
	for _, body := range []string{
		`{"stream_name":"EVENTS","config":{"Deliver_Subject":"` + target + `","ack_policy":"none"}}`,
		`{"stream_name":"EVENTS","config":{"deliver_subject":"_INBOX.a","deliver_subject":"` + target + `","ack_policy":"none"}}`,
		`{"stream_name":"KV_ledger","config":{"ack_policy":"none"}}`,
		`{"stream_name":"EVENTS"`, `[]`, ``,
		`{"stream_name":"EVENTS","config":{"description":"` + strings.Repeat("x", 40_000) + `"}}`,
	} {
		m, err := o.nc.Request("$JS.API.CONSUMER.CREATE.EVENTS", []byte(body), 5*time.Second)
		if err != nil || !strings.Contains(string(m.Data), `"code":403`) {
			t.Errorf("%.90s: answered %v, %v; want a refusal", body, m, err)
		}
	}
	if err := o.nc.Flush(); err != nil {
		t.Fatal(err)
	}
	// An answer after all of these shows that they have been worked off.
	if _, err := o.js.Publish(t.Context(), "invoices.requested", nil); err != nil {
		t.Fatal(err)
	}
	o.untouched(t)
}

func TestListenerUsers(t *testing.T) {
	t.Parallel()
	hash, err := bcrypt.GenerateFromPassword([]byte("correct horse"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	serverTLS, clientTLS := certificate(t)
	s := start(t, embedded.Config{
		Listen: "127.0.0.1:0",
		Users: []embedded.User{
			{Name: "erp", PasswordHash: string(hash), Access: embedded.Access{Publish: access.Publish}},
			{Name: "keeper", PasswordHash: string(hash), Admin: true},
		},
		TLS: serverTLS,
	})
	_, inside := connect(t, s) // neither password nor TLS in this process
	mustStream(t, inside, "REQUESTS", "invoices.requested")
	url := "nats://" + s.ListenAddr()
	trust := nats.Secure(clientTLS)

	for name, opts := range map[string][]nats.Option{
		"no password":    {trust},
		"wrong password": {trust, nats.UserInfo("erp", "wrong")},
		"unknown user":   {trust, nats.UserInfo("root", "correct horse")},
		"token":          {trust, nats.Token("correct horse")},
	} {
		if nc, err := nats.Connect(url, opts...); !errors.Is(err, nats.ErrAuthorization) {
			nc.Close()
			t.Errorf("%s: %v, want a refusal", name, err)
		}
	}
	if nc, err := nats.Connect(url, nats.UserInfo("erp", "correct horse"), nats.Timeout(5*time.Second)); err == nil {
		nc.Close()
		t.Error("an unknown certificate was trusted")
	}
	nc, err := nats.Connect(url, trust, nats.UserInfo("erp", "correct horse"))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if _, err := stream(t, nc).Publish(t.Context(), "invoices.requested", nil); err != nil {
		t.Error(err)
	}
	if _, err := stream(t, nc).Stream(t.Context(), "REQUESTS"); err == nil {
		t.Error("a user looked into the requests of others")
	}
	admin, err := nats.Connect(url, trust, nats.UserInfo("keeper", "correct horse"))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	if n := count(t, stream(t, admin), "REQUESTS"); n != 1 {
		t.Errorf("the administrator sees %d requests, want 1", n)
	}
}
