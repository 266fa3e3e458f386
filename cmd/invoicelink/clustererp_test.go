package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/broker"
	"invoicelink/worker/event"
)

const natsFixtures = "../../fixtures/nats/"

// as connects to the first node as a user of the configuration.
func (c *cluster) as(user string) (*nats.Conn, jetstream.JetStream) {
	c.t.Helper()
	nc, err := nats.Connect(fmt.Sprintf("nats://%s:%s@127.0.0.1:%d", user, user, c.nodes[0].Client),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		c.t.Fatal(err)
	}
	return nc, js
}

// The configuration in fixtures/nats, on three servers: an ERP system publishes,
// reads events with a durable consumer and gets its PDF, and reaches nothing
// else, not with the server's rights either.
func TestClusterServesAnERP(t *testing.T) {
	t.Parallel()
	c := startClusterOf(t, clusterOptions{file: natsFixtures + "nats.conf", user: "invoicelink"})
	w := c.startWorker()
	c.awaitReady(w)
	_, keeper := c.as("erp-copy")
	for _, name := range []string{"events.json", "pdfs.json"} {
		data, err := os.ReadFile(natsFixtures + name)
		if err != nil {
			t.Fatal(err)
		}
		var config jetstream.StreamConfig
		if err := json.Unmarshal(data, &config); err != nil {
			t.Fatal(err)
		}
		c.until("the copy is made", time.Minute, func(ctx context.Context) error {
			_, err := keeper.CreateOrUpdateStream(ctx, config)
			return err
		})
	}
	nc, erp := c.as("erp")
	if _, err := erp.Publish(t.Context(), event.SubjectRequested, fmt.Appendf(nil, erpInvoice, "E-1")); err != nil {
		t.Fatal(err)
	}
	durable, err := erp.CreateConsumer(t.Context(), broker.StreamEvents, jetstream.ConsumerConfig{Durable: "orders", AckPolicy: jetstream.AckExplicitPolicy})
	if err != nil {
		t.Fatal(err)
	}
	var m jetstream.Msg
	c.until("the servers know the consumer", time.Minute, func(context.Context) error {
		m, err = durable.Next(jetstream.FetchMaxWait(30 * time.Second))
		if errors.Is(err, nats.ErrNoResponders) {
			return err
		}
		return nil
	})
	if err != nil || m.Subject() != "invoices.issued.E-1" {
		t.Fatalf("got %v, %v", m, err)
	}
	if err := m.DoubleAck(t.Context()); err != nil {
		t.Error(err)
	}
	c.until("the PDF is there", 30*time.Second, func(ctx context.Context) error {
		store, err := erp.ObjectStore(ctx, "pdfs")
		if err != nil {
			return err
		}
		pdf, err := store.GetBytes(ctx, "E-1.pdf")
		if err == nil && !strings.HasPrefix(string(pdf), "%PDF-") {
			return fmt.Errorf("it begins with %.10q", pdf)
		}
		return err
	})
	c.refuses(nc)
	c.warns(w)
}

// warns stops a server and starts it again with the default of sync_interval:
// neither stops work, neither is overlooked.
func (c *cluster) warns(w *process) {
	c.running[2].signal(syscall.SIGKILL)
	get := func(ctx context.Context, path string) (string, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+w.addr+path, nil)
		if err != nil {
			return "", err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return "", err
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err == nil && res.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s: %s", res.Status, body)
		}
		return string(body), err
	}
	says := func(path, want string) {
		c.t.Helper()
		c.until(path+" says so", 2*time.Minute, func(ctx context.Context) error {
			body, err := get(ctx, path)
			if err == nil && !strings.Contains(body, want) {
				err = fmt.Errorf("%s without %q", path, want)
			}
			return err
		})
	}
	says("/readyz", "INVOICELINK_EVENTS is on 2 of 3 servers")
	says("/metrics", `invoicelink_stream_replicas_current{stream="INVOICELINK_EVENTS"} 2`)
	c.nodes[2].Lazy = true
	c.startNode(2)
	says("/readyz", `"n2: sync_interval is not always`)
}

// refuses tries to reach the ledger and to make events into requests.
func (c *cluster) refuses(nc *nats.Conn) {
	t := c.t
	for _, call := range []string{
		"STREAM.INFO.KV_INVOICELINK_LEDGER", "DIRECT.GET.KV_INVOICELINK_LEDGER.$KV.INVOICELINK_LEDGER.E-1", "STREAM.MSG.GET.KV_INVOICELINK_LEDGER",
		"CONSUMER.CREATE.INVOICELINK_REQUESTS", "CONSUMER.CREATE.KV_INVOICELINK_LEDGER", "STREAM.PURGE.INVOICELINK_EVENTS", "STREAM.DELETE.INVOICELINK_EVENTS",
		"STREAM.CREATE.MINE", "CONSUMER.MSG.NEXT.INVOICELINK_REQUESTS.worker", "CONSUMER.DELETE.INVOICELINK_REQUESTS.worker",
	} {
		m, err := nc.Request("$JS.API."+call, []byte(`{"stream_name":"INVOICELINK_REQUESTS","config":{"ack_policy":"none"}}`), 2*time.Second)
		if err == nil && !strings.Contains(string(m.Data), `"error"`) {
			t.Errorf("%s is answered: %s", call, m.Data)
		}
	}
	before := c.counts()
	forged := []string{event.SubjectRequested, "$KV.INVOICELINK_LEDGER.E-1", "documents.x", "$JS.API.STREAM.PURGE.INVOICELINK_EVENTS", "INVOICELINK.API.CONSUMER.CREATE.OBJ_pdfs"}
	for _, target := range forged {
		if err := nc.PublishRequest("$KV.INVOICELINK_LEDGER.E-1", target, []byte("forged")); err != nil {
			t.Fatal(err)
		}
		_, err := nc.Request("$JS.API.CONSUMER.CREATE.INVOICELINK_EVENTS", fmt.Appendf(nil,
			`{"stream_name":"INVOICELINK_EVENTS","config":{"deliver_subject":%q,"deliver_policy":"all","ack_policy":"none","headers_only":true}}`, target), 5*time.Second)
		if err != nil {
			t.Errorf("a push consumer to %s: %v", target, err)
		}
	}
	// A loop made 500 requests a second, so some would come before this one's end.
	c.issues(nc, "E-2")
	before[broker.StreamRequests]++
	if after := c.counts(); !maps.Equal(after, before) {
		t.Errorf("streams hold %v, want %v", after, before)
	}
	for subject, stream := range map[string]string{"$KV.INVOICELINK_LEDGER.E-1": "KV_" + broker.BucketLedger, "documents.x": broker.StreamDocuments} {
		c.until("streams answer", 30*time.Second, func(ctx context.Context) error {
			s, err := c.broker.JetStream().Stream(ctx, stream)
			if err != nil {
				return err
			}
			if _, err = s.GetLastMsgForSubject(ctx, subject); !errors.Is(err, jetstream.ErrMsgNotFound) {
				t.Errorf("%s: %v, want no message", subject, err)
			}
			return nil
		})
	}
}

// issues requests an invoice as the ERP system, and waits for its event.
func (c *cluster) issues(nc *nats.Conn, number string) {
	c.t.Helper()
	issued, err := nc.SubscribeSync("invoices.issued." + number)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := nc.Request(event.SubjectRequested, fmt.Appendf(nil, erpInvoice, number), 10*time.Second); err != nil {
		c.t.Fatal(err)
	}
	if _, err := issued.NextMsg(time.Minute); err != nil {
		c.t.Fatalf("%s: %v", number, err)
	}
}

// erpInvoice is a request for the invoice with a number.
const erpInvoice = `{"number":%q,"issueDate":"2026-11-22","dueDate":"2026-12-22","currency":"EUR","language":"en",
	"buyer":{"name":"Nordlys Café ApS","address":{"street":"Strandgade 12","zip":"1401","city":"København K","country":"DK"}},
	"lines":[{"description":"Consulting","quantity":"1","unitPrice":"100","vatRate":"25"}]}`

// counts are the last sequences of what an ERP system must not fill.
func (c *cluster) counts() map[string]uint64 {
	out := map[string]uint64{}
	for _, name := range []string{broker.StreamRequests, broker.StreamDeadLetters} {
		c.until("streams answer", 30*time.Second, func(ctx context.Context) error {
			s, err := c.broker.JetStream().Stream(ctx, name)
			if err == nil {
				out[name] = s.CachedInfo().State.LastSeq
			}
			return err
		})
	}
	return out
}
