// Package requests is the one client of the request stream: it sends requests
// to the workers and reads their answers. The commands, the timers, the sweep,
// the desk and whatever else asks for something use it. Start with [New];
// [Client.Send] sends, [Client.Ask] sends and waits for the answers.
//
// It promises that a request that was sent without an error is on disk, at
// least once, and that its answer can be waited for by any process: answers are kept in the
// broker for 90 days. It issues nothing; the workers do.
package requests

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/nats-io/nats.go"

	"invoicelink/worker/broker"
	"invoicelink/worker/event"
)

// Client sends requests in the name of one source.
type Client struct {
	broker *broker.Broker
	source string
}

// New returns a client. source is the CloudEvents source of what it sends, such
// as "invoicelink/command".
func New(b *broker.Broker, source string) *Client { return &Client{b, source} }

// Request is one request.
type Request struct {
	// ID is the id that the answer names. Empty: Send sets one that nobody can
	// guess. A request that may be sent a second time, as after a crash, has
	// an id of its sender's: the ledger takes the same id again as the same
	// request.
	ID string
	// Payload is an event.Requested, Renew, Paid or Cancelled.
	Payload any
	// Actor is who asked, for the record: the user of the desk or of the command
	// line; may be empty.
	Actor string
	// Batch is the upload or run that the request is part of; may be empty.
	Batch string
	// Token is that of the upload, if Batch is one.
	Token string
}

// NewID returns an id that nobody can guess (80 bits).
func NewID() string { return rand.Text()[:16] }

// Send stores the requests in their order, a thousand at a time and each
// thousand all or nothing, and fills in missing ids. When it returns without an
// error all of them are on disk. Errors wrap broker.ErrFull if its store is at
// its limit; a payload that breaks the contract is an error before anything is
// stored.
func (c *Client) Send(ctx context.Context, requests ...Request) error {
	msgs := make([]*nats.Msg, len(requests))
	for i := range requests {
		r := &requests[i]
		if r.ID == "" {
			r.ID = NewID()
		}
		env := event.Envelope{ID: r.ID, Source: c.source, Type: typeOf(r.Payload), Time: time.Now().UTC(), Batch: r.Batch}
		env.Extensions = map[string]string{}
		if r.Actor != "" {
			env.Extensions[event.ActorAttribute] = r.Actor
		}
		if r.Token != "" {
			env.Extensions[event.UploadToken] = r.Token
		}
		m, err := event.Encode(env, r.Payload)
		if err != nil {
			return fmt.Errorf("send request: %w", err)
		}
		msgs[i] = broker.NewMessage(m.Subject, m.Header, m.Data, r.ID)
	}
	return c.broker.PublishAll(ctx, msgs)
}

func typeOf(payload any) event.Type {
	switch payload.(type) {
	case event.Requested, *event.Requested:
		return event.TypeRequested
	case event.Renew, *event.Renew:
		return event.TypeRenew
	case event.Paid, *event.Paid:
		return event.TypePaid
	case event.Cancelled, *event.Cancelled:
		return event.TypeCancelled
	}
	return "" // Encode refuses it and names it
}

// Answer is an event that answers a request.
type Answer struct {
	event.Status
	// Type is what became of the request.
	Type event.Type
	// Sequence is the position of the event in its stream.
	Sequence uint64
}

// Refused reports whether the request was not carried out; Error and Problems
// say why.
func (a *Answer) Refused() bool { return a.Type == event.TypeRejected || a.Type == event.TypeFailed }

// Next returns the position from which the answers to all that is sent from now
// on will be found.
func (c *Client) Next(ctx context.Context) (uint64, error) { return c.broker.NextEventSeq(ctx) }

// Answers yields the answers to anybody's requests from a position on, each new
// one as it comes, until the context ends; then it yields the context's cause.
// A broker that is away is waited for. A request can be answered more than once.
func (c *Client) Answers(ctx context.Context, from uint64) iter.Seq2[Answer, error] {
	return func(yield func(Answer, error) bool) {
		for e, err := range c.broker.Events(ctx, from) {
			a := Answer{Sequence: e.Sequence}
			if err != nil {
				yield(a, err)
				return
			}
			if json.Unmarshal(e.Data, &a.Status) != nil || a.RequestID == "" {
				continue // not an answer
			}
			a.Type = event.Type(event.Carrier(e.Header).Get("ce-type"))
			if !yield(a, nil) {
				return
			}
		}
	}
}

// Ask sends the requests, fills in missing ids, and yields the first answer to
// each of them as it comes. It ends when all are answered. After an error,
// which is the last thing that it yields, requests that were sent stay in the
// queue and are carried out. If it could not send, the error wraps ErrNotSent.
func (c *Client) Ask(ctx context.Context, requests ...Request) iter.Seq2[Answer, error] {
	return func(yield func(Answer, error) bool) {
		from, err := c.Next(ctx)
		if err == nil {
			err = c.Send(ctx, requests...)
		}
		if err != nil {
			yield(Answer{}, fmt.Errorf("%w: %w", ErrNotSent, err))
			return
		}
		open := make(map[string]bool, len(requests))
		for _, r := range requests {
			open[r.ID] = true
		}
		c.await(ctx, from, open, yield)
	}
}

// Await returns the first answer to a request that was sent before, from a
// position that Next returned before that.
func (c *Client) Await(ctx context.Context, from uint64, id string) (Answer, error) {
	var answer Answer
	var failed error
	c.await(ctx, from, map[string]bool{id: true}, func(a Answer, err error) bool {
		answer, failed = a, err
		return false
	})
	return answer, failed
}

// await yields the first answer to each open request.
func (c *Client) await(ctx context.Context, from uint64, open map[string]bool, yield func(Answer, error) bool) {
	if len(open) == 0 {
		return
	}
	ctx, cancel := context.WithCancel(ctx) // ends the reading as soon as this returns
	defer cancel()
	for a, err := range c.Answers(ctx, from) {
		if err != nil {
			yield(a, err)
			return
		}
		if !open[a.RequestID] {
			continue
		}
		delete(open, a.RequestID)
		if !yield(a, nil) || len(open) == 0 {
			return
		}
	}
}

// ErrNotSent is wrapped by the error of Ask if it could not send the requests.
// Some of them may have been stored all the same.
var ErrNotSent = errors.New("requests are not sent")
