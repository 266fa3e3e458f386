package requests_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/event"
	"invoicelink/worker/requests"
	"invoicelink/worker/testkit"
)

// answer publishes what a worker would say about a request.
func answer(t *testing.T, b *broker.Broker, request, number string, kind event.Type) {
	t.Helper()
	result := event.Status{Number: number, Key: invoice.Key(number), RequestID: request, State: "failed", Error: "no"}
	id := requests.NewID()
	m, err := event.Encode(event.Envelope{ID: id, Source: "test", Type: kind, Time: time.Now()}, result)
	testkit.Must(t, err)
	testkit.Must(t, b.Publish(t.Context(), broker.NewMessage(m.Subject, m.Header, m.Data, id)))
}

// take returns the next request that waits, acknowledged.
func take(t *testing.T, b *broker.Broker) (event.Message, map[string]any) {
	t.Helper()
	c, err := b.Requests(t.Context(), true)
	testkit.Must(t, err)
	d, err := c.Next(t.Context())
	testkit.Must(t, err)
	var payload map[string]any
	testkit.Must(t, errors.Join(json.Unmarshal(d.Data(), &payload), d.Done(t.Context())))
	return event.Message{Subject: d.Subject(), Header: d.Header(), Data: d.Data()}, payload
}

func TestSend(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		payload any
		subject string
	}{
		{"renew", event.Renew{Number: "A 1", Reason: "why"}, event.SubjectRenew},
		{"paid", event.Paid{Number: "A 1"}, event.SubjectPaid},
		{"cancelled", &event.Cancelled{Number: "A 1"}, event.SubjectCancelled},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, b := brokertest.Open(t)
			all := []requests.Request{{Payload: c.payload, Batch: "b1"}}
			testkit.Must(t, requests.New(b, "test/source").Send(t.Context(), all...))
			m, payload := take(t, b)
			h := event.Carrier(m.Header)
			for what, pair := range map[string][2]string{
				"subject": {m.Subject, c.subject}, "id": {h.Get("ce-id"), all[0].ID}, "source": {h.Get("ce-source"), "test/source"},
				"batch": {h.Get("ce-batch"), "b1"}, "number": {payload["number"].(string), "A 1"},
			} {
				if pair[0] != pair[1] {
					t.Errorf("%s: got %q, want %q", what, pair[0], pair[1])
				}
			}
			if len(all[0].ID) != 16 {
				t.Errorf("id: got %q, want 16 characters", all[0].ID)
			}
		})
	}
}

func TestSendRefusesWhatBreaksTheContract(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	client := requests.New(b, "test")
	for name, payload := range map[string]any{"no payload": nil, "an answer": event.Status{Number: "A"}, "no number": event.Paid{}} {
		if err := client.Send(t.Context(), requests.Request{Payload: event.Renew{Number: "A"}}, requests.Request{Payload: payload}); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
	if n, err := b.Waiting(t.Context()); err != nil || n != 0 {
		t.Errorf("waiting: got %d (%v), want 0: nothing is sent if one request is wrong", n, err)
	}
}

func TestAskYieldsTheFirstAnswerToEachRequest(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	asked := []requests.Request{{ID: "one", Payload: event.Renew{Number: "A"}}, {ID: "two", Payload: event.Renew{Number: "B"}}}
	answer(t, b, "one", "A", event.TypeRejected) // of an earlier time
	got := map[string]event.Type{}
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for range asked {
			m, _ := take(t, b)
			answer(t, b, "somebody-elses", "C", event.TypeFailed)
			id := event.Carrier(m.Header).Get("ce-id")
			answer(t, b, id, "A", event.TypeFailed)
			answer(t, b, id, "A", event.TypeRejected)
		}
	}()
	for a, err := range requests.New(b, "test").Ask(t.Context(), asked...) {
		testkit.Must(t, err)
		if got[a.RequestID] != "" {
			t.Errorf("request %s: got a second answer %s", a.RequestID, a.Type)
		}
		got[a.RequestID] = a.Type
		if !a.Refused() {
			t.Errorf("request %s: got Refused() false for %s", a.RequestID, a.Type)
		}
	}
	<-sent
	if got["one"] != event.TypeFailed || got["two"] != event.TypeFailed || len(got) != 2 {
		t.Errorf("answers: got %v, want one failed answer to each", got)
	}
}

func TestAskEndsWithItsContext(t *testing.T) {
	t.Parallel()
	stopped := errors.New("stopped")
	_, b := brokertest.Open(t)
	ctx, stop := context.WithCancelCause(t.Context())
	go func() {
		take(t, b) // and nobody answers
		stop(stopped)
	}()
	var last error
	for _, err := range requests.New(b, "test").Ask(ctx, requests.Request{Payload: event.Renew{Number: "A"}}) {
		last = err
	}
	if !errors.Is(last, stopped) || errors.Is(last, requests.ErrNotSent) {
		t.Errorf("last error: got %v, want %v", last, stopped)
	}
	for _, err := range requests.New(b, "test").Ask(ctx, requests.Request{Payload: event.Renew{Number: "A"}}) {
		if !errors.Is(err, requests.ErrNotSent) {
			t.Errorf("error: got %v, want %v", err, requests.ErrNotSent)
		}
	}
}

func TestAwaitFindsAnAnswerThatCameBefore(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	client := requests.New(b, "test")
	from, err := client.Next(t.Context())
	testkit.Must(t, err)
	answer(t, b, "other", "A", event.TypeFailed)
	answer(t, b, "mine", "A", event.TypeFailed)
	a, err := client.Await(t.Context(), from, "mine")
	if err != nil || a.RequestID != "mine" || a.Number != "A" || a.Sequence != from+1 {
		t.Errorf("Await: got %q about %q at %d (%v), want mine about A at %d", a.RequestID, a.Number, a.Sequence, err, from+1)
	}
}
