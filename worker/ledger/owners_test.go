package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats.go"

	"invoicelink/worker/broker"
	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/ledger"
)

// another is a ledger of another process on the same server.
func another(t *testing.T, b *broker.Broker, conn *nats.Conn) *ledger.Ledger {
	t.Helper()
	other, err := broker.Open(t.Context(), conn, broker.Options{})
	must(t, err)
	return ledger.Open(b.LedgerBucket(), b.Documents(), other.Owners(), nil)
}

// entries is how many entries the log has.
func entries(t *testing.T, b *broker.Broker) uint64 {
	t.Helper()
	_, last, err := b.Owners().Last(t.Context())
	must(t, err)
	return last
}

func taken(err error) bool {
	_, ok := errors.AsType[*ledger.TakenError](err)
	return ok
}

// TestFirstTakerWins: of many who ask for one session at a time, in two
// processes and in goroutines of each, one gets it, and everybody says so.
func TestFirstTakerWins(t *testing.T) {
	t.Parallel()
	connect, b := brokertest.OpenShared(t)
	ledgers := []*ledger.Ledger{another(t, b, connect()), another(t, b, connect())}
	const rounds, each = 20, 8
	for round := range rounds {
		session := fmt.Sprint("s-", round)
		var winners atomic.Int32
		var all sync.WaitGroup
		for i, l := range ledgers {
			for n := range each {
				all.Go(func() {
					number := fmt.Sprintf("A-%d-%d", i, n)
					switch err := l.TakeSession(t.Context(), session, number); {
					case err == nil:
						winners.Add(1)
					case !taken(err):
						t.Errorf("%s: %v", number, err)
					}
				})
			}
		}
		all.Wait()
		if winners.Load() != 1 {
			t.Fatalf("%s: %d invoices have the session, want one", session, winners.Load())
		}
	}
	// A process that begins now says the same as both.
	third := another(t, b, connect())
	for round := range rounds {
		session, owners := fmt.Sprint("s-", round), 0
		for i := range ledgers {
			for n := range each {
				number := fmt.Sprintf("A-%d-%d", i, n)
				mine := third.TakeSession(t.Context(), session, number) == nil
				for k, l := range ledgers {
					if got := l.TakeSession(t.Context(), session, number) == nil; got != mine {
						t.Errorf("ledger %d: %s has %s: %v, the third says %v", k, number, session, got, mine)
					}
				}
				if mine {
					owners++
				}
			}
		}
		if owners != 1 {
			t.Errorf("%s has %d owners, want one", session, owners)
		}
	}
}

// TestTakersShareSyncs: those who ask for different things at a time do not wait
// for each other's answers.
func TestTakersShareSyncs(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	log := &gathered{Owners: b.Owners(), want: 64}
	log.cond = sync.NewCond(&log.mu)
	l := ledger.Open(b.LedgerBucket(), b.Documents(), log, nil)
	var all sync.WaitGroup
	for i := range log.want {
		all.Go(func() {
			if err := l.TakeLink(t.Context(), link(i), fmt.Sprint("A-", i)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// gathered is a log that answers nobody before all have asked.
type gathered struct {
	broker.Owners
	want int
	mu   sync.Mutex
	cond *sync.Cond
	here int
}

func (g *gathered) Append(data []byte) (func(context.Context) (uint64, error), error) {
	stored, err := g.Owners.Append(data)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.here++
	g.cond.Broadcast()
	return func(ctx context.Context) (uint64, error) {
		g.mu.Lock()
		for g.here < g.want {
			g.cond.Wait()
		}
		g.mu.Unlock()
		return stored(ctx)
	}, err
}

// TestTakeAgainWritesNothing: also by a process that begins later, as after a
// crash between the entry and the record.
func TestTakeAgainWritesNothing(t *testing.T) {
	t.Parallel()
	conn, b := brokertest.Open(t)
	for range 2 {
		l := another(t, b, conn)
		for range 2 {
			must(t, l.TakeSession(t.Context(), "s", "A-1"))
			must(t, l.TakeLink(t.Context(), link(1), "A-1"))
		}
		if n := entries(t, b); n != 2 {
			t.Fatalf("%d entries, want 2", n)
		}
	}
}

// silentOwners is a log of owners whose next entries get no answer.
type silentOwners struct {
	broker.Owners
	silent atomic.Int32 // how many more entries get no answer
	lost   bool         // such an entry is not stored either
}

// Append adds an entry, or fails as configured.
func (o *silentOwners) Append(data []byte) (func(context.Context) (uint64, error), error) {
	silent := o.silent.Add(-1) >= 0
	if silent && o.lost {
		return func(context.Context) (uint64, error) { return 0, nats.ErrTimeout }, nil
	}
	stored, err := o.Owners.Append(data)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (uint64, error) {
		place, err := stored(ctx)
		if err != nil {
			return 0, err
		}
		if silent {
			return 0, nats.ErrTimeout
		}
		return place, nil
	}, nil
}

// TestTakeWithoutAnAnswer: an entry whose answer is lost is appended again, and
// an entry that was stored is not taken for another's.
func TestTakeWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]bool{"stored": false, "lost": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, b := brokertest.Open(t)
			log := &silentOwners{Owners: b.Owners(), lost: lost}
			l := ledger.Open(b.LedgerBucket(), b.Documents(), log, nil)
			log.silent.Store(1)
			must(t, l.TakeLink(t.Context(), link(1), "A-1"))
			log.silent.Store(1)
			if err := l.TakeLink(t.Context(), link(1), "A-2"); !taken(err) {
				t.Errorf("got %v, want a TakenError", err)
			}
		})
	}
}

// TestTakeAfterACancelledOne: an entry whose caller did not wait for it keeps
// nobody else from theirs.
func TestTakeAfterACancelledOne(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	l := ledger.Open(b.LedgerBucket(), b.Documents(), b.Owners(), nil)
	must(t, l.TakeSession(t.Context(), "s-0", "A-0"))
	for i := range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { _ = l.TakeSession(ctx, fmt.Sprint("c-", i), "A-0") }) // it may be cut at any moment
		all.Go(cancel)
		must(t, l.TakeSession(t.Context(), fmt.Sprint("d-", i), "A-0"))
		all.Wait()
		if err := l.TakeSession(t.Context(), fmt.Sprint("d-", i), "A-1"); !taken(err) {
			t.Errorf("got %v, want a TakenError", err)
		}
	}
}

// TestOneDigestIsNoRefusal: names that have one digest are told apart, over a
// restart too, and are refused to others all the same.
func TestOneDigestIsNoRefusal(t *testing.T) {
	t.Parallel()
	for name, digest := range map[string]func(ledger.Owned) uint32{
		"all the same": func(ledger.Owned) uint32 { return 7 },
		"the highest":  func(ledger.Owned) uint32 { return 1<<32 - 1 },
		"two":          func(n ledger.Owned) uint32 { return uint32(len(n.Value) % 2) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, b := brokertest.Open(t)
			for round := range 2 {
				l := another(t, b, conn)
				l.NameDigest(digest)
				for i := range 8 {
					must(t, l.TakeLink(t.Context(), link(i), fmt.Sprint("A-", i)))
				}
				for i := range 8 {
					if err := l.TakeLink(t.Context(), link(i), "B"); !taken(err) {
						t.Errorf("round %d, link %d: got %v, want a TakenError", round, i, err)
					}
				}
			}
		})
	}
}

// TestKeptOwners: a file that is missing, damaged, of another log, older or
// newer than the log gives nobody what another has, and refuses nothing.
func TestKeptOwners(t *testing.T) {
	t.Parallel()
	const sessions = 1500
	conn, b := brokertest.Open(t)
	dir := t.TempDir()
	l := another(t, b, conn)
	l.KeepIndex(dir)
	owner := func(i int) (session, number string) { return fmt.Sprint("s-", i), fmt.Sprint("A-", i) }
	take := func(from, to int) {
		var all sync.WaitGroup
		for i := from; i < to; i++ {
			all.Go(func() {
				session, number := owner(i)
				if err := l.TakeSession(t.Context(), session, number); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	take(0, sessions)
	indexOf(t, l)
	whole, err := os.ReadFile(filepath.Join(dir, ledger.OwnersFile))
	if err != nil {
		t.Fatalf("the table was not kept: %v", err)
	}
	take(sessions, sessions+10)

	flipped := func(at int) []byte {
		data := append([]byte(nil), whole...)
		data[at] ^= 4
		return data
	}
	foreign := func() []byte { // of a log that is like this one, but for its moments
		conn, b := brokertest.Open(t)
		l := another(t, b, conn)
		dir := t.TempDir()
		l.KeepIndex(dir)
		for i := range sessions {
			must(t, l.TakeSession(t.Context(), fmt.Sprint("s-", sessions+i), "B"))
		}
		indexOf(t, l)
		data, err := os.ReadFile(filepath.Join(dir, ledger.OwnersFile))
		must(t, err)
		return data
	}
	for name, data := range map[string][]byte{
		"as it was": whole, "missing": nil, "empty": {}, "cut short": whole[:len(whole)/2], "one byte short": whole[:len(whole)-1],
		"a bit flipped in the header": flipped(25), "in the words": flipped(len(whole) / 2), "in the checksum": flipped(len(whole) - 2),
		"of another layout": append([]byte("invoicelink owners 9\n"), whole[21:]...), "of another log": foreign(),
	} {
		t.Run(name, func(t *testing.T) {
			kept := t.TempDir()
			if data != nil {
				must(t, os.WriteFile(filepath.Join(kept, ledger.OwnersFile), data, 0o600))
			}
			again := another(t, b, conn)
			again.KeepIndex(kept)
			for _, i := range []int{0, sessions / 2, sessions - 1, sessions + 9} {
				session, number := owner(i)
				must(t, again.TakeSession(t.Context(), session, number))
				if err := again.TakeSession(t.Context(), session, "B"); !taken(err) {
					t.Errorf("%s: got %v, want a TakenError", session, err)
				}
			}
			if n := entries(t, b); n != sessions+10 {
				t.Errorf("%d entries, want %d", n, sessions+10)
			}
		})
	}
	t.Run("verified", func(t *testing.T) {
		file, last := filepath.Join(dir, ledger.OwnersFile), entries(t, b)
		without := func(lost uint64) func(func(uint64, ledger.Ownership)) error {
			return func(take func(uint64, ledger.Ownership)) error {
				for m, err := range b.Owners().Range(t.Context(), 1, last) {
					must(t, err)
					entry, err := ledger.OwnershipOf(m.Data)
					must(t, err)
					if m.Sequence != lost {
						take(m.Sequence, entry)
					}
				}
				return nil
			}
		}
		if lines, err := ledger.VerifyOwners(file, without(0)); err != nil || len(lines) > 0 {
			t.Errorf("a right table: %v %v", lines, err)
		}
		if lines, err := ledger.VerifyOwners(file, without(7)); err != nil || len(lines) != 1 {
			t.Errorf("an entry is lost: %v %v, want one line", lines, err)
		}
		must(t, os.WriteFile(file, flipped(100), 0o600))
		if _, err := ledger.VerifyOwners(file, without(0)); err == nil {
			t.Error("a damaged file verifies")
		}
	})
}

// Nothing can be taken out of the log.
func TestOwnersOnlyGrow(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	l := ledger.Open(b.LedgerBucket(), b.Documents(), b.Owners(), nil)
	must(t, l.TakeSession(t.Context(), "s", "A-1"))
	s, err := b.JetStream().Stream(t.Context(), broker.StreamOwners)
	must(t, err)
	for what, err := range map[string]error{"delete": s.DeleteMsg(t.Context(), 1), "purge": s.Purge(t.Context())} {
		if err == nil {
			t.Errorf("%s is possible", what)
		}
	}
}
