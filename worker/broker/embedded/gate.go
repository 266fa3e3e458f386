package embedded

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"golang.org/x/time/rate"
)

const (
	// callTimeout is how long the server may take for a call of a user.
	callTimeout = 5 * time.Second
	// reservedHeaders begin the names of headers that only the listener writes.
	reservedHeaders = "invoicelink-"
	// batchHeaders begin the names of headers of an atomic batch. A few batches
	// that are not committed reach the stream's limit for everybody (50, measured
	// on 2.15.2), so that outside clients publish one by one.
	batchHeaders = "nats-batch-"
)

// gate is the way of one user into the worker's account: it passes on what the
// user publishes, in its order, and those calls of the JetStream API that the
// user may make. Consumers of the user have names that begin with the user's,
// whatever the client calls them, so that users cannot reach each other's.
type gate struct {
	*outsider
	theirs   *nats.Conn // in the user's account
	ours     *nats.Conn // in the worker's
	log      *refusals
	limits   Limits
	messages *rate.Limiter
	bytes    *rate.Limiter
}

// serve answers the user until the connections close.
func (g *gate) serve() error {
	g.messages = rate.NewLimiter(rate.Limit(g.limits.Messages), burstSeconds*g.limits.Messages)
	g.bytes = rate.NewLimiter(rate.Limit(g.limits.Bytes), burstSeconds*g.limits.Bytes)
	handlers := map[string]nats.MsgHandler{
		apiPrefix + ">": g.call, ackPrefix + ">": g.acknowledge, flowPrefix + ">": g.acknowledge,
	}
	for _, s := range g.Access.Publish {
		handlers[s] = g.publish
	}
	for subject, handle := range handlers {
		if _, err := g.theirs.Subscribe(subject, handle); err != nil {
			return fmt.Errorf("listen for the outside client %s: %w", g.Name, err)
		}
	}
	if _, err := g.ours.Subscribe(answerPrefix+g.token+".>", g.answer); err != nil {
		return fmt.Errorf("listen for answers to the outside client %s: %w", g.Name, err)
	}
	if err := g.ours.FlushTimeout(callTimeout); err != nil {
		return fmt.Errorf("listen for answers to the outside client %s: %w", g.Name, err)
	}
	return g.theirs.FlushTimeout(callTimeout)
}

// publish passes on a message. Its confirmation comes back through answer, and
// so through a durableConn: outside clients too are answered when their message
// is on disk.
func (g *gate) publish(m *nats.Msg) {
	header, err := g.header(m.Header)
	now := time.Now()
	switch {
	case err != nil:
		g.refuse(m, err)
		return
	case !g.messages.AllowN(now, 1), !g.bytes.AllowN(now, min(len(m.Data), burstSeconds*g.limits.Bytes)):
		g.refuse(m, &server.ApiError{Code: http.StatusTooManyRequests, Description: fmt.Sprintf(
			"%s may publish %d messages and %d bytes a second: publish again later", g.Name, g.limits.Messages, g.limits.Bytes)})
		return
	}
	out := &nats.Msg{Subject: m.Subject, Header: header, Data: m.Data}
	if m.Reply != "" {
		out.Reply = answerPrefix + g.token + "." + m.Reply
	}
	g.send(g.ours, out)
}

func (g *gate) answer(m *nats.Msg) {
	g.send(g.theirs, &nats.Msg{Subject: strings.TrimPrefix(m.Subject, answerPrefix+g.token+"."), Header: carried(m.Header), Data: m.Data})
}

// forward makes a call in the worker's account that is answered straight into
// the user's.
func (g *gate) forward(subject string, m *nats.Msg) {
	out := &nats.Msg{Subject: subject, Header: carried(m.Header), Data: m.Data}
	if m.Reply != "" {
		out.Reply = g.deliver(m.Reply)
	}
	g.send(g.ours, out)
}

// deliver is the subject in the worker's account that is imported as this one.
func (g *gate) deliver(subject string) string { return deliverPrefix + g.token + "." + subject }

func (g *gate) send(nc *nats.Conn, m *nats.Msg) {
	if err := nc.PublishMsg(m); err != nil {
		g.log.count("hand on a message of an outside client", "user", g.Name, "subject", m.Subject, "error", err)
	}
}

// header is what goes on of a message's headers, and who published it.
func (g *gate) header(h nats.Header) (nats.Header, error) {
	h = carried(h)
	for name := range h {
		switch low := strings.ToLower(name); {
		case strings.HasPrefix(low, batchHeaders):
			return nil, &server.ApiError{Code: http.StatusForbidden, Description: "atomic batches are not taken here: publish one message after the other"}
		case strings.HasPrefix(low, reservedHeaders):
			delete(h, name)
		}
	}
	for name, value := range g.Header {
		if h == nil {
			h = nats.Header{}
		}
		h[name] = []string{value}
	}
	return h, nil
}

// carried is the headers without those whose names the client library refuses
// to send; other writers send them.
func carried(h nats.Header) nats.Header {
	maps.DeleteFunc(h, func(name string, _ []string) bool {
		return strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || r == ':' })
	})
	return h
}

// refuse answers as the JetStream API does. A message without a reply subject
// is only counted.
func (g *gate) refuse(m *nats.Msg, err error) {
	g.log.count("refuse an outside client", "user", g.Name, "subject", m.Subject, "error", err)
	if m.Reply == "" {
		return
	}
	api, ok := errors.AsType[*server.ApiError](err)
	if !ok {
		api = &server.ApiError{Code: http.StatusForbidden, Description: err.Error()}
	}
	answer, _ := json.Marshal(map[string]any{"type": answerType(strings.TrimPrefix(m.Subject, apiPrefix)), "error": api})
	_ = m.Respond(answer)
}

// acknowledge passes on acknowledgements and flow control of the user's own
// consumers. "$JS.ACK.<stream>.<consumer>.…" has nine tokens, or two more
// before the stream.
func (g *gate) acknowledge(m *nats.Msg) {
	t := strings.Split(m.Subject, ".")
	if len(t) > 9 {
		t = t[2:]
	}
	if len(t) < 5 || !slices.Contains(g.Access.Read, t[2]) || g.own(t[3]) != t[3] {
		g.log.count("refuse an outside client", "user", g.Name, "subject", m.Subject)
		return
	}
	g.forward(m.Subject, m)
}

// own is a consumer's name within the user's names.
func (g *gate) own(consumer string) string {
	if consumer == g.token || strings.HasPrefix(consumer, g.token+"~") {
		return consumer
	}
	return g.token + "~" + consumer
}
