package broker

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/invoice"
)

// Headers that a dead letter carries in addition to those of its message.
const (
	headerPrefix    = "Invoicelink-"
	HeaderReason    = headerPrefix + "Reason"    // why it was refused or given up
	HeaderSubject   = headerPrefix + "Subject"   // where it was published
	HeaderSequence  = headerPrefix + "Sequence"  // its number in the request stream
	HeaderPublished = headerPrefix + "Published" // when, RFC 3339 UTC
)

// asidePrefix begins the subject of what could not even be refused.
const asidePrefix = deadLettersPrefix + "aside."

// reasonLimit keeps the header readable: the whole reason is in the event.
const reasonLimit = 2000

// deadLetter stores the message on deadletters.<verb>.<key>. Its id is its place in
// the request stream, so that a repetition stores it once. Headers that NATS
// does not carry are left out; a message that cannot be stored with those that
// remain is stored without them.
func (b *Broker) deadLetter(ctx context.Context, d *Delivery, reason, key string) error {
	verb := d.Subject()[strings.LastIndexByte(d.Subject(), '.')+1:]
	m := d.deadLetter(deadLettersPrefix+verb+"."+keyToken(key), reason)
	for name, values := range d.Header() {
		if headerName(name) && !strings.HasPrefix(name, "Nats-") && !strings.HasPrefix(name, headerPrefix) { // the server's own words, and ours
			m.Header[name] = values
		}
	}
	err := b.Publish(ctx, m)
	if err != nil && !Unavailable(err) {
		m.Header = d.deadLetter(m.Subject, reason).Header
		err = b.Publish(ctx, m)
	}
	if err != nil {
		return fmt.Errorf("dead-letter request #%d: %w", d.Sequence(), err)
	}
	return nil
}

// deadLetter is the message's data with our headers about it.
func (d *Delivery) deadLetter(subject, reason string) *nats.Msg {
	m := &nats.Msg{Subject: subject, Data: d.Data(), Header: nats.Header{}}
	m.Header.Set(HeaderReason, headerText(reason))
	m.Header.Set(HeaderSubject, d.Subject())
	m.Header.Set(HeaderSequence, strconv.FormatUint(d.Sequence(), 10))
	m.Header.Set(HeaderPublished, d.Published().UTC().Format(time.RFC3339Nano))
	m.Header.Set(jetstream.MsgIDHeader, d.LetterID())
	return m
}

// setAside stores the data on deadletters.aside.<key>, without the headers.
func (b *Broker) setAside(ctx context.Context, d *Delivery, reason, key string) error {
	m := d.deadLetter(asidePrefix+keyToken(key), reason)
	m.Header.Set(jetstream.MsgIDHeader, d.LetterID()+"-aside")
	if err := b.Publish(ctx, m); err != nil {
		return fmt.Errorf("set request #%d aside: %w", d.Sequence(), err)
	}
	return nil
}

// headerText makes a text one line of printable characters.
func headerText(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return utf8.RuneError
		}
		return r
	}, s)
	s = strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), "\uFFFD")
	if len(s) > reasonLimit {
		s = strings.ToValidUTF8(s[:reasonLimit], "") + "…"
	}
	return s
}

// headerName reports whether NATS carries a header of that name.
func headerName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == ':' })
}

var keyPattern = regexp.MustCompile(`^[A-Za-z0-9_=-]{1,768}$`)

// keyToken is the key as a token of a subject, or invoice.NoKey.
func keyToken(key string) string {
	if keyPattern.MatchString(key) {
		return key
	}
	return invoice.NoKey
}

// LetterID is the id under which the delivery is kept if it is buried: its
// place in the request stream and the moment it got there.
func (d *Delivery) LetterID() string {
	return fmt.Sprintf("%s-%d-%d", StreamRequests, d.Sequence(), d.Published().UnixNano())
}
