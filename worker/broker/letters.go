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

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/event"
)

// Letter is a dead letter: a request that failed, as it was
// published, with the reason.
type Letter struct {
	// Sequence numbers the letter among the dead letters; ID is the name that
	// the event about it gives (Delivery.LetterID).
	Sequence uint64
	ID       string
	// At is when it was buried and Published when it had been published, both
	// by the server's clock, in UTC.
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

// ErrNoLetter is wrapped where no dead letter has the number: there never was
// one, or its age has passed EventsAge.
var ErrNoLetter = errors.New("no such dead letter")

// replayedPrefix marks letters that were published again. The letters
// themselves are never changed.
const replayedPrefix = deadLettersPrefix + "replayed."

// Letters yields every dead letter, oldest first, with a bound on what it
// reads: those that are there when it is called.
func (b *Broker) Letters(ctx context.Context) iter.Seq2[Letter, error] {
	return func(yield func(Letter, error) bool) {
		replays, err := b.replays(ctx)
		if err != nil {
			yield(Letter{}, fmt.Errorf("list dead letters: %w", err))
			return
		}
		err = b.readLetters(ctx, deadLettersPrefix+">", func(m *jetstream.RawStreamMsg) bool {
			if strings.HasPrefix(m.Subject, replayedPrefix) {
				return true
			}
			l := letterOf(m)
			l.Replays = replays[l.Sequence]
			return yield(l, nil)
		})
		if err != nil {
			yield(Letter{}, fmt.Errorf("list dead letters: %w", err))
		}
	}
}

// replays are the marks of all letters, by their sequence.
func (b *Broker) replays(ctx context.Context) (map[uint64][]time.Time, error) {
	marks := map[uint64][]time.Time{}
	err := b.readLetters(ctx, replayedPrefix+">", func(m *jetstream.RawStreamMsg) bool {
		if n, err := strconv.ParseUint(strings.TrimPrefix(m.Subject, replayedPrefix), 10, 64); err == nil {
			marks[n] = append(marks[n], m.Time.UTC())
		}
		return true
	})
	return marks, err
}

// readLetters hands out the stream's messages on a subject until the last one
// that is there now, or take has enough.
func (b *Broker) readLetters(ctx context.Context, subject string, take func(*jetstream.RawStreamMsg) bool) error {
	info, err := b.letters.Info(ctx)
	if err != nil {
		return err
	}
	for next := max(info.State.FirstSeq, 1); next <= info.State.LastSeq; {
		m, err := b.letters.GetMsg(ctx, next, jetstream.WithGetMsgSubject(subject))
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

// Letter returns the dead letter of a sequence, or an error that wraps
// ErrNoLetter.
func (b *Broker) Letter(ctx context.Context, sequence uint64) (*Letter, error) {
	if sequence == 0 { // the server would take it for no sequence at all
		return nil, fmt.Errorf("%w: 0", ErrNoLetter)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	m, err := b.letters.GetMsg(ctx, sequence)
	if errors.Is(err, jetstream.ErrMsgNotFound) || err == nil && strings.HasPrefix(m.Subject, replayedPrefix) {
		return nil, fmt.Errorf("%w: %d", ErrNoLetter, sequence)
	}
	if err != nil {
		return nil, fmt.Errorf("read dead letter %d: %w", sequence, err)
	}
	l := letterOf(m)
	err = b.readLetters(ctx, replayedPrefix+strconv.FormatUint(sequence, 10), func(m *jetstream.RawStreamMsg) bool {
		l.Replays = append(l.Replays, m.Time.UTC())
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("read dead letter %d: %w", sequence, err)
	}
	return &l, nil
}

func letterOf(m *jetstream.RawStreamMsg) Letter {
	l := Letter{
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

// Replay publishes the letter's message again, where it had been published,
// and then marks the letter. If the connection is cut in between, replaying it
// again makes a second request, which the ledger answers as a repetition.
func (b *Broker) Replay(ctx context.Context, l *Letter) error {
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

// DeadLetters counts the dead letters, replayed ones and those that were set
// aside included.
func (b *Broker) DeadLetters(ctx context.Context) (int, error) {
	marks, all, err := b.countLetters(ctx, replayedPrefix)
	return int(all - min(marks, all)), err
}

// SetAside counts the requests that could not even be refused.
func (b *Broker) SetAside(ctx context.Context) (int, error) {
	n, _, err := b.countLetters(ctx, asidePrefix)
	return int(n), err
}

// countLetters counts the messages below a prefix, and all.
func (b *Broker) countLetters(ctx context.Context, prefix string) (n, all uint64, err error) {
	info, err := b.letters.Info(ctx, jetstream.WithSubjectFilter(prefix+">"))
	if err != nil {
		return 0, 0, fmt.Errorf("count dead letters: %w", err)
	}
	for _, count := range info.State.Subjects {
		n += count
	}
	return n, info.State.Msgs, nil
}
