package broker

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Headers that a dead letter carries beside those of its message.
const (
	headerPrefix    = "Invoicelink-"
	HeaderReason    = headerPrefix + "Reason"    // why it came to nothing
	HeaderSubject   = headerPrefix + "Subject"   // where it was published
	HeaderSequence  = headerPrefix + "Sequence"  // its number in the request stream
	HeaderPublished = headerPrefix + "Published" // when, RFC 3339 UTC
)

// reasonLimit keeps the header readable: the whole reason is in the event.
const reasonLimit = 2000

// bury stores the message on deadletters.<verb>.<key>. Its id is its place in
// the request stream, so that a repetition stores it once.
func (b *Broker) bury(ctx context.Context, d *Delivery, reason, key string) error {
	verb := d.Subject()[strings.LastIndexByte(d.Subject(), '.')+1:]
	if key == "" {
		key = "unknown"
	}
	m := &nats.Msg{Subject: deadLettersPrefix + verb + "." + key, Data: d.Data(), Header: nats.Header{}}
	for name, values := range d.Header() {
		if !strings.HasPrefix(name, "Nats-") && !strings.HasPrefix(name, headerPrefix) { // the server's own words, and ours
			m.Header[name] = values
		}
	}
	reason = strings.Join(strings.Fields(reason), " ")
	if len(reason) > reasonLimit {
		reason = strings.ToValidUTF8(reason[:reasonLimit], "") + "…"
	}
	sequence := strconv.FormatUint(d.Sequence(), 10)
	m.Header.Set(HeaderReason, reason)
	m.Header.Set(HeaderSubject, d.Subject())
	m.Header.Set(HeaderSequence, sequence)
	m.Header.Set(HeaderPublished, d.Published().UTC().Format(time.RFC3339Nano))
	m.Header.Set(jetstream.MsgIDHeader, d.LetterID())
	if err := b.Publish(ctx, m); err != nil {
		return fmt.Errorf("bury request #%s: %w", sequence, err)
	}
	return nil
}

// LetterID is the id under which the delivery is kept if it is buried: its
// place in the request stream and the moment it got there.
func (d *Delivery) LetterID() string {
	return fmt.Sprintf("%s-%d-%d", StreamRequests, d.Sequence(), d.Published().UnixNano())
}
