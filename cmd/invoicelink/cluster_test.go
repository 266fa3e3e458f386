package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/invoice"
	"invoicelink/worker/archive"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"

	"invoicelink/worker/testkit/tool"
)

// TestClusterLosesANode lets requests flow through two workers on three NATS
// servers; the one that leads the requests is killed between two requests, and
// while it is away a worker is stopped and another one takes its place. What is
// held by something that is killed comes again after the wait for an
// acknowledgement, half a minute: that is for the long form.
func TestClusterLosesANode(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	c := startCluster(t)
	first, second := c.startWorker(), c.startWorker()
	c.awaitReady(first)
	c.awaitReady(second)
	t.Logf("cluster ready after %.1f s", time.Since(begun).Seconds())
	const n = 60
	f := c.flow(n)
	f.publish(0, n/2)
	f.awaitIssued(n / 2)
	f.awaitEmpty()
	victim, _ := c.leaders()
	c.running[victim].signal(syscall.SIGKILL)
	f.logStep("leader of the requests killed")
	f.publish(n/2, n)
	f.awaitIssued(n/2 + 5)
	first.signal(syscall.SIGTERM)
	f.logStep("worker stopped")
	if code := first.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("a worker that was told to stop exits with %d", code)
	}
	c.startNode(victim)
	c.startWorker()
	f.awaitIssued(n)
	f.logStep("all issued")
	f.check()
}

// TestClusterUnderFire is the long form: 2,000 requests, a worker and a node
// killed, a rolling restart and a minute without any server.
func TestClusterUnderFire(t *testing.T) {
	tool.Long(t)
	c := startCluster(t)
	first, second := c.startWorker(), c.startWorker()
	c.awaitReady(first)
	c.awaitReady(second)
	const n = 2000
	f := c.flow(n)
	f.publish(0, n)
	f.awaitIssued(200)
	first.signal(syscall.SIGKILL)
	f.logStep("worker killed")
	c.startWorker()

	f.awaitIssued(500)
	victim, _ := c.leaders()
	c.running[victim].signal(syscall.SIGKILL)
	f.logStep("leader of the requests killed")
	f.awaitIssued(700)
	c.startNode(victim)
	c.whole()
	f.logStep("node is back")

	f.awaitIssued(900)
	for i := range c.nodes {
		c.running[i].signal(syscall.SIGTERM)
		c.startNode(i)
		c.whole()
		f.logStep(fmt.Sprintf("node %d restarted", i))
	}
	f.awaitIssued(min(n, f.issued()+100))
	for _, p := range c.running {
		p.signal(syscall.SIGKILL)
	}
	f.logStep("all nodes killed")
	<-time.After(time.Minute) // the minute is the subject
	for i := range c.nodes {
		c.startNode(i)
	}
	c.whole()
	f.logStep("all nodes are back")
	f.awaitIssued(n)
	f.logStep("all issued")
	f.check()
}

// flow publishes requests and counts what is issued.
type flow struct {
	c          *cluster
	n          int
	start      time.Time
	publishing sync.WaitGroup
	seen       chan struct{} // after each event, at most one waiting

	mu     sync.Mutex
	answer map[string]event.Status // the first issued event of each invoice, as an ERP system saw it
}

func (c *cluster) flow(n int) *flow {
	f := &flow{c: c, n: n, start: time.Now(), seen: make(chan struct{}, 1), answer: map[string]event.Status{}}
	ctx := c.t.Context()
	go func() {
		for e, err := range c.broker.Events(ctx, 1) {
			if err != nil {
				return
			}
			if event.Carrier(e.Header).Get("ce-type") == string(event.TypeIssued) {
				f.saw(e.Data)
			}
		}
	}()
	return f
}

// saw takes an issued event; the first of each invoice counts.
func (f *flow) saw(data []byte) {
	var e event.Status
	if err := json.Unmarshal(data, &e); err != nil {
		f.c.t.Error(err)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, again := f.answer[e.Number]; again {
		return
	}
	f.answer[e.Number] = e
	select {
	case f.seen <- struct{}{}:
	default:
	}
}

// publish sends the requests from one index up to another in the background,
// as an ERP has to: each until it is confirmed.
func (f *flow) publish(from, to int) {
	ctx := f.c.t.Context()
	f.publishing.Go(func() {
		for i := from; i < to; i++ {
			data, err := json.Marshal(clusterInvoice(i))
			if err != nil {
				panic(err)
			}
			msg := &nats.Msg{Subject: event.SubjectRequested, Data: data, Header: nats.Header{jetstream.MsgIDHeader: {fmt.Sprint("flow-", i)}}}
			for ctx.Err() == nil && f.c.broker.Publish(ctx, msg) != nil {
				continue
			}
		}
	})
}

// awaitEmpty waits until no request is left, not even for its acknowledgement.
func (f *flow) awaitEmpty() {
	f.c.t.Helper()
	f.c.until("the queue is empty", 3*time.Minute, func(ctx context.Context) error {
		left, err := f.c.broker.Waiting(ctx)
		if err == nil && left > 0 {
			err = fmt.Errorf("%d requests are left", left)
		}
		return err
	})
}

func clusterInvoice(i int) invoice.Invoice {
	return invoice.Invoice{
		Number: fmt.Sprintf("C-%04d", i), IssueDate: "2026-11-20", DueDate: "2026-12-20", Currency: "EUR",
		Buyer: invoice.Party{Name: "Sample Buyer GmbH", Address: invoice.Address{Country: "DE"}},
		Lines: []invoice.Line{{Description: "Consulting", Quantity: "2", UnitPrice: invoice.Decimal(fmt.Sprintf("%d.50", i+1)), VATRate: "25"}},
	}
}

// logStep logs how far the flow has come.
func (f *flow) logStep(what string) {
	f.c.t.Logf("%6.1f s, %4d issued: %s", time.Since(f.start).Seconds(), f.issued(), what)
}

func (f *flow) issued() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.answer)
}

func (f *flow) awaitIssued(n int) {
	f.c.t.Helper()
	const patience = 200 * time.Second
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for f.issued() < n {
		select {
		case <-f.seen:
		case <-timer.C:
			f.c.t.Fatalf("%d of %d issued after %v", f.issued(), n, patience)
		}
	}
}

// check holds the outcome against the promise: every invoice is issued once,
// its event is there once as the first answer, its PDF is what the ledger says, and nothing is
// left.
func (f *flow) check() {
	c, t := f.c, f.c.t
	t.Helper()
	f.publishing.Wait()
	f.awaitEmpty()
	f.logStep("queue empty")
	var pdfs archive.Archive
	c.until("the other streams have leaders", time.Minute, func(ctx context.Context) (err error) {
		letters, err := c.broker.CountDeadLetters(ctx)
		if letters != 0 {
			t.Errorf("%d dead letters", letters)
		}
		if err == nil {
			pdfs, err = archive.Objects(ctx, c.broker.JetStream(), archive.ObjectsOptions{Replicas: 3})
		}
		return err
	})
	known := map[string]bool{}
	for _, l := range c.sandbox.Links() {
		known[l.URL] = true
	}
	events := f.events()
	links := map[string]string{}
	for i := range f.n {
		number := clusterInvoice(i).Number
		e, err := c.ledger.Read(t.Context(), number)
		if err != nil {
			t.Errorf("%s: %v", number, err)
			continue
		}
		issued := events[number]
		switch {
		case e.State != ledger.Issued || e.Link.URL == "" || e.LinkRevision() != 1 || len(e.Older) > 0:
			t.Errorf("%s: state %s, revision %d, %d older links; want issued with one link", number, e.State, e.LinkRevision(), len(e.Older))
			continue
		case !known[e.Link.URL]:
			t.Errorf("%s: the API never made %s", number, e.Link.URL)
		case links[e.Link.URL] != "":
			t.Errorf("%s and %s have one link", number, links[e.Link.URL])
		}
		first := 0 // a publish without an answer is repeated, and its request answered again
		for _, s := range append(issued, f.answer[number]) {
			if !s.Repeated {
				first++
			}
			if s.PaymentLink != e.Link.URL || s.SHA256 != e.SHA256 {
				t.Errorf("%s: an event tells of %s, page %s; the ledger of %s, page %s", number, s.PaymentLink, s.SHA256, e.Link.URL, e.SHA256)
			}
		}
		if first != 2 { // in the stream, and as it was seen
			t.Errorf("%s: %d of %d issued events are no repetitions, want 1", number, first-1, len(issued))
		}
		links[e.Link.URL] = number
		if has, err := pdfs.Has(t.Context(), number, e.SHA256); err != nil || !has {
			t.Errorf("%s: its PDF is not in the store as the ledger says: %v", number, err)
		}
	}
	f.logStep("checked")
	t.Logf("%d invoices issued once each; %d links that were never published", len(links), len(known)-len(links))
}

// events are the issued events by number.
func (f *flow) events() map[string][]event.Status {
	f.c.t.Helper()
	all := map[string][]event.Status{}
	var next uint64
	f.c.until("the events have a leader", time.Minute, func(ctx context.Context) (err error) {
		next, err = f.c.broker.NextEventSeq(ctx)
		return err
	})
	for e, err := range f.c.broker.Events(f.c.t.Context(), 1) {
		if err != nil {
			f.c.t.Fatal(err)
		}
		var r event.Status
		if err := json.Unmarshal(e.Data, &r); err != nil {
			f.c.t.Fatal(err)
		}
		all[r.Number] = append(all[r.Number], r)
		if e.Sequence+1 >= next {
			return all
		}
	}
	return all
}
