package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rogpeppe/go-internal/testscript"
)

// sessionPatience bounds what a session waits for.
const sessionPatience = 30 * time.Second

// ports NAME... puts free addresses on loopback into variables.
func cmdPorts(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		ts.Check(err)
		ts.Setenv(name, l.Addr().String())
		ts.Check(l.Close())
	}
}

// nats ADDR [USER PASSWORD] starts a NATS server with JetStream for the rest
// of this session.
func cmdNATS(ts *testscript.TestScript, neg bool, args []string) {
	host, port, err := net.SplitHostPort(args[0])
	ts.Check(err)
	number, err := net.LookupPort("tcp", port)
	ts.Check(err)
	o := &server.Options{Host: host, Port: number, JetStream: true, StoreDir: ts.MkAbs("nats"), NoSigs: true, NoLog: true}
	if len(args) == 3 {
		o.Username, o.Password = args[1], args[2]
	}
	s, err := server.NewServer(o)
	ts.Check(err)
	s.Start()
	ts.Defer(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(sessionPatience) {
		ts.Fatalf("NATS server does not start")
	}
}

// [!] ready ADDR waits until serve says that it is ready, or that it is alive
// and not ready.
func cmdReady(ts *testscript.TestScript, neg bool, args []string) {
	deadline := time.Now().Add(sessionPatience)
	want, path := http.StatusOK, "/readyz"
	if neg {
		want = http.StatusServiceUnavailable
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for ; ; <-tick.C {
		res, err := http.Get("http://" + args[0] + path)
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == want {
				return
			}
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s%s does not answer %d: %v", args[0], path, want, err)
		}
	}
}

// ask ADDR PATH STATUS wants that answer and keeps its body in the file
// answer.
func cmdAsk(ts *testscript.TestScript, neg bool, args []string) {
	res, err := http.Get("http://" + args[0] + args[1])
	ts.Check(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("answer"), body, 0o600))
	if !strings.HasPrefix(res.Status, args[2]) {
		ts.Fatalf("%s says %s: %s", args[1], res.Status, body)
	}
}

// dialed connects as an ERP does.
func dialed(ts *testscript.TestScript, address string) (*nats.Conn, jetstream.JetStream) {
	nc, err := nats.Connect("nats://"+address, nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	ts.Check(err)
	js, err := jetstream.New(nc)
	ts.Check(err)
	return nc, js
}

func patience() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), sessionPatience)
}

// publish ADDR SUBJECT FILE publishes a file's bytes and wants the PubAck.
func cmdPublish(ts *testscript.TestScript, neg bool, args []string) {
	nc, js := dialed(ts, args[0])
	defer nc.Close()
	ctx, cancel := patience()
	defer cancel()
	_, err := js.PublishMsg(ctx, &nats.Msg{Subject: args[1], Data: []byte(ts.ReadFile(args[2])), Header: nats.Header{
		"traceparent": {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
	}})
	ts.Check(err)
}

// event ADDR SUBJECT FILE waits for the first event on the subject and keeps
// its headers and payload.
func cmdEvent(ts *testscript.TestScript, neg bool, args []string) {
	nc, js := dialed(ts, args[0])
	defer nc.Close()
	ctx, cancel := patience()
	defer cancel()
	c, err := js.OrderedConsumer(ctx, "INVOICELINK_EVENTS", jetstream.OrderedConsumerConfig{FilterSubjects: []string{args[1]}})
	ts.Check(err)
	m, err := c.Next(jetstream.FetchContext(ctx))
	ts.Check(err)
	var b strings.Builder
	for name, values := range m.Headers() {
		b.WriteString(name + ": " + strings.Join(values, ",") + "\n")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), append([]byte(b.String()+"\n"), m.Data()...), 0o600))
}

// object ADDR NAME FILE gets a PDF from the object store.
func cmdObject(ts *testscript.TestScript, neg bool, args []string) {
	nc, js := dialed(ts, args[0])
	defer nc.Close()
	ctx, cancel := patience()
	defer cancel()
	store, err := js.ObjectStore(ctx, "pdfs")
	ts.Check(err)
	data, err := store.GetBytes(ctx, args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), data, 0o600))
}

// refused ADDR tries what somebody outside may not do, one by one.
func cmdRefused(ts *testscript.TestScript, neg bool, args []string) {
	nc, js := dialed(ts, args[0])
	defer nc.Close()
	for what, try := range map[string]func(context.Context) error{
		"publish an event": func(ctx context.Context) error { _, err := js.Publish(ctx, "invoices.issued.X", nil); return err },
		"write the ledger": func(ctx context.Context) error {
			_, err := js.Publish(ctx, "$KV.INVOICELINK_LEDGER.i.X", nil)
			return err
		},
		"set a timer":     func(ctx context.Context) error { _, err := js.Publish(ctx, "timers.renew.X", nil); return err },
		"write a PDF":     func(ctx context.Context) error { _, err := js.Publish(ctx, "$O.pdfs.C.X", nil); return err },
		"open the ledger": func(ctx context.Context) error { _, err := js.KeyValue(ctx, "INVOICELINK_LEDGER"); return err },
		"read requests": func(ctx context.Context) error {
			s, err := js.Stream(ctx, "INVOICELINK_REQUESTS") // may be looked at
			if err == nil {
				_, err = s.GetMsg(ctx, 1)
			}
			return err
		},
		"read dead letters": func(ctx context.Context) error { _, err := js.Stream(ctx, "INVOICELINK_DEADLETTERS"); return err },
		"delete the events": func(ctx context.Context) error { return js.DeleteStream(ctx, "INVOICELINK_EVENTS") },
		"make a stream": func(ctx context.Context) error {
			_, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "X", Subjects: []string{"x"}})
			return err
		},
		"take requests as they come": func(ctx context.Context) error {
			sub, err := nc.SubscribeSync("invoices.requested")
			if err != nil {
				return err
			}
			if err := nc.Flush(); err != nil {
				return err
			}
			_, err = sub.NextMsgWithContext(ctx)
			return err
		},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		err := try(ctx)
		cancel()
		if err == nil || errors.Is(err, jetstream.ErrStreamNotFound) {
			ts.Fatalf("an outside client may %s: %v", what, err)
		}
	}
}
