package broker

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/invoice"
	"invoicelink/worker/event"
)

// DeadLetter is a request that failed, as it was published, with the reason.
type DeadLetter struct {
	// Sequence is its number among the dead letters; ID is the name that the
	// event about it gives (Delivery.DeadLetterID).
	Sequence uint64
	ID       string
	// At is when it was refused or given up, Published when it had been
	// published, both by the server's clock, in UTC.
	At, Published time.Time
	// Subject is where it had been published, Key the invoice's
	// (invoice.NoKey if no number could be read), Reason why it was refused or
	// given up.
	Subject, Key, Reason string
	// SetAside is true for a request that could not even be refused: nobody got
	// an answer.
	SetAside bool
	// Header and Data are the original message's; what the server had added
	// (Nats-…) is not kept.
	Header nats.Header
	Data   []byte
	// Replays are the moments at which it was published again, oldest first.
	Replays []time.Time
}

// ErrNoDeadLetter is wrapped if no dead letter has the number: there never was
// one, or its age has passed EventsAge.
var ErrNoDeadLetter = errors.New("no such dead letter")

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

// deadLetter stores the message on deadletters.<verb>.<key>. Its id is its place
// in the request stream, so that a repetition stores it once. Headers that NATS
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
	m.Header.Set(jetstream.MsgIDHeader, d.DeadLetterID())
	return m
}

// setAside stores the data on deadletters.aside.<key>, without the headers.
func (b *Broker) setAside(ctx context.Context, d *Delivery, reason, key string) error {
	m := d.deadLetter(asidePrefix+keyToken(key), reason)
	m.Header.Set(jetstream.MsgIDHeader, d.DeadLetterID()+"-aside")
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

// maxKey is the longest key in bytes that a subject's token may be made of.
const maxKey = 768

// keyToken is the key as a token of a subject, or invoice.NoKey.
func keyToken(key string) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_=-"
	if key == "" || len(key) > maxKey || strings.Trim(key, letters) != "" {
		return invoice.NoKey
	}
	return key
}

// DeadLetterID is the id under which the delivery is kept as a dead letter: its
// place in the request stream and the moment it got there.
func (d *Delivery) DeadLetterID() string {
	return fmt.Sprintf("%s-%d-%d", StreamRequests, d.Sequence(), d.Published().UnixNano())
}

// replayedPrefix marks dead letters that were published again. They
// themselves are never changed.
const replayedPrefix = deadLettersPrefix + "replayed."

// DeadLetters yields every dead letter, oldest first, with a bound on what it
// reads: those that are there when it is called.
func (b *Broker) DeadLetters(ctx context.Context) iter.Seq2[DeadLetter, error] {
	return func(yield func(DeadLetter, error) bool) {
		replays, err := b.replays(ctx)
		if err != nil {
			yield(DeadLetter{}, fmt.Errorf("list dead letters: %w", err))
			return
		}
		err = b.readDeadLetters(ctx, deadLettersPrefix+">", func(m *jetstream.RawStreamMsg) bool {
			if strings.HasPrefix(m.Subject, replayedPrefix) {
				return true
			}
			l := deadLetterOf(m)
			l.Replays = replays[l.Sequence]
			return yield(l, nil)
		})
		if err != nil {
			yield(DeadLetter{}, fmt.Errorf("list dead letters: %w", err))
		}
	}
}

// replays are the marks of all dead letters, by their sequence.
func (b *Broker) replays(ctx context.Context) (map[uint64][]time.Time, error) {
	marks := map[uint64][]time.Time{}
	err := b.readDeadLetters(ctx, replayedPrefix+">", func(m *jetstream.RawStreamMsg) bool {
		if n, err := strconv.ParseUint(strings.TrimPrefix(m.Subject, replayedPrefix), 10, 64); err == nil {
			marks[n] = append(marks[n], m.Time.UTC())
		}
		return true
	})
	return marks, err
}

// readDeadLetters yields the stream's messages on a subject until the last one
// that is there now, or take has enough.
func (b *Broker) readDeadLetters(ctx context.Context, subject string, take func(*jetstream.RawStreamMsg) bool) error {
	info, err := b.deadLetters.Info(ctx)
	if err != nil {
		return err
	}
	for next := max(info.State.FirstSeq, 1); next <= info.State.LastSeq; {
		m, err := b.deadLetters.GetMsg(ctx, next, jetstream.WithGetMsgSubject(subject))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if m.Sequence > info.State.LastSeq || !take(m) {
			return nil
		}
		next = m.Sequence + 1
	}
	return nil
}

// DeadLetter returns the dead letter of a sequence, or an error that wraps
// ErrNoDeadLetter.
func (b *Broker) DeadLetter(ctx context.Context, sequence uint64) (*DeadLetter, error) {
	if sequence == 0 { // the server would take it for no sequence at all
		return nil, fmt.Errorf("%w: 0", ErrNoDeadLetter)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	m, err := b.deadLetters.GetMsg(ctx, sequence)
	if errors.Is(err, jetstream.ErrMsgNotFound) || err == nil && strings.HasPrefix(m.Subject, replayedPrefix) {
		return nil, fmt.Errorf("%w: %d", ErrNoDeadLetter, sequence)
	}
	if err != nil {
		return nil, fmt.Errorf("read dead letter %d: %w", sequence, err)
	}
	l := deadLetterOf(m)
	err = b.readDeadLetters(ctx, replayedPrefix+strconv.FormatUint(sequence, 10), func(m *jetstream.RawStreamMsg) bool {
		l.Replays = append(l.Replays, m.Time.UTC())
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("read dead letter %d: %w", sequence, err)
	}
	return &l, nil
}

func deadLetterOf(m *jetstream.RawStreamMsg) DeadLetter {
	l := DeadLetter{
		Sequence: m.Sequence, At: m.Time.UTC(), Data: m.Data, Header: nats.Header{}, ID: m.Header.Get(jetstream.MsgIDHeader),
		Subject: m.Header.Get(HeaderSubject), Reason: m.Header.Get(HeaderReason), Key: m.Subject[strings.LastIndexByte(m.Subject, '.')+1:],
		SetAside: strings.HasPrefix(m.Subject, asidePrefix),
	}
	l.Published, _ = time.Parse(time.RFC3339Nano, m.Header.Get(HeaderPublished)) // zero where somebody else wrote it
	for name, values := range m.Header {
		if !strings.HasPrefix(name, "Nats-") && !strings.HasPrefix(name, headerPrefix) {
			l.Header[name] = values
		}
	}
	return l
}

// Replay publishes the dead letter's message again, where it had been published,
// and then marks the dead letter. If the connection is cut in between, replaying it
// again makes a second request, which the ledger answers as a repetition.
func (b *Broker) Replay(ctx context.Context, l *DeadLetter) error {
	m := &nats.Msg{Subject: l.Subject, Data: l.Data, Header: maps.Clone(l.Header)}
	id := fmt.Sprintf("%s-%d-replay-%d", StreamDeadLetters, l.Sequence, len(l.Replays)+1)
	m.Header.Set(jetstream.MsgIDHeader, id)
	if !isRequest(l.Subject) {
		return fmt.Errorf("replay dead letter %d: it names %q, which is no subject of requests", l.Sequence, l.Subject)
	}
	if err := b.Publish(ctx, m); err != nil {
		return fmt.Errorf("replay dead letter %d: %w", l.Sequence, err)
	}
	mark := &nats.Msg{Subject: replayedPrefix + strconv.FormatUint(l.Sequence, 10), Header: nats.Header{}}
	mark.Header.Set(jetstream.MsgIDHeader, id)
	if err := b.Publish(ctx, mark); err != nil {
		return fmt.Errorf("mark dead letter %d as replayed, which it is: %w", l.Sequence, err)
	}
	return nil
}

func isRequest(subject string) bool { return slices.Contains(event.SubjectsIn(), subject) }

// CountDeadLetters counts the dead letters, replayed ones and those that were set
// aside included.
func (b *Broker) CountDeadLetters(ctx context.Context) (int, error) {
	marks, all, err := b.countBelow(ctx, replayedPrefix)
	return int(all - min(marks, all)), err
}

// CountSetAside counts the requests that could not even be refused.
func (b *Broker) CountSetAside(ctx context.Context) (int, error) {
	n, _, err := b.countBelow(ctx, asidePrefix)
	return int(n), err
}

// countBelow counts the messages below a prefix, and all.
func (b *Broker) countBelow(ctx context.Context, prefix string) (n, all uint64, err error) {
	info, err := b.deadLetters.Info(ctx, jetstream.WithSubjectFilter(prefix+">"))
	if err != nil {
		return 0, 0, fmt.Errorf("count dead letters: %w", err)
	}
	for _, count := range info.State.Subjects {
		n += count
	}
	return n, info.State.Msgs, nil
}
