package embedded

import (
	"fmt"
	"log/slog"
	"maps"
	"strings"

	"github.com/nats-io/nats.go"
)

const (
	// publishPrefix is where what outside clients publish arrives, followed by
	// the subject.
	publishPrefix = "_OUTSIDE.publish."
	// answerPrefix is where the server's acknowledgements of it go, followed by
	// the client's own reply subject.
	answerPrefix = "_OUTSIDE.answer."
)

// proxyPublishes hands on what outside clients publish, in their order, and
// brings them the acknowledgements. Both ways go through a durableConn, so that
// an outside client too is answered when its message is on disk.
func proxyPublishes(nc *nats.Conn, log *slog.Logger) error {
	send := func(subject, reply string, m *nats.Msg) {
		err := nc.PublishMsg(&nats.Msg{Subject: subject, Reply: reply, Header: carried(m.Header), Data: m.Data})
		if err != nil {
			log.Warn("hand on a message of an outside client", "subject", subject, "error", err)
		}
	}
	if _, err := nc.Subscribe(publishPrefix+">", func(m *nats.Msg) {
		reply := ""
		if m.Reply != "" {
			reply = answerPrefix + m.Reply
		}
		send(strings.TrimPrefix(m.Subject, publishPrefix), reply, m)
	}); err != nil {
		return fmt.Errorf("listen for messages of outside clients: %w", err)
	}
	if _, err := nc.Subscribe(answerPrefix+">", func(m *nats.Msg) {
		send(strings.TrimPrefix(m.Subject, answerPrefix), "", m)
	}); err != nil {
		return fmt.Errorf("listen for answers to outside clients: %w", err)
	}
	return nil
}

// carried is the headers without those whose names the client library refuses
// to send; other writers send them.
func carried(h nats.Header) nats.Header {
	maps.DeleteFunc(h, func(name string, _ []string) bool {
		return strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || r == ':' })
	})
	return h
}
