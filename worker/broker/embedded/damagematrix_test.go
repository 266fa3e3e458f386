package embedded_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"invoicelink/worker/broker/blocks"
	"invoicelink/worker/broker/embedded"

	"invoicelink/worker/testkit/tool"
)

// TestDamage harms every file below the data directory in every way. What was
// acknowledged is there afterwards and what was put right is said, or the start
// is refused, says why and changes nothing.
func TestDamage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := embedded.Start(t.Context(), embedded.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	_, js := connect(t, s)
	fillStreams(t, js, 1)
	older := readTree(t, dir)
	fillStreams(t, js, 2)
	want := stored(t, js)
	if len(want) < 200 {
		t.Fatalf("only %d messages are stored", len(want))
	}
	unclean := readTree(t, dir) // as a kill would leave it
	stop(t, s)
	// The short form flips one bit of each file, the long one twenty.
	places := 1
	if tool.IsLong() {
		places = 20
	}
	for kind, is := range map[string]tree{"clean": readTree(t, dir), "unclean": unclean} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			m := &matrix{is: is, older: older, want: want, count: map[string]int{}}
			m.run(t, places)
			t.Logf("%d files, outcomes: %v", len(is), m.count)
		})
	}
}

// matrix is every damage to one directory.
type matrix struct {
	is, older tree
	want      map[string]string
	mu        sync.Mutex
	count     map[string]int // of outcomes
}

type harm struct {
	name string // of the file
	how  int    // index into damages
	n    int    // the place
}

func (m *matrix) run(t *testing.T, places int) {
	work := make(chan harm)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			dir := t.TempDir()
			m.is.write(t, dir)
			for h := range work {
				outcome := m.try(t, dir, h)
				m.mu.Lock()
				m.count[outcome]++
				m.mu.Unlock()
				m.is.restore(t, dir)
			}
		})
	}
	for _, name := range slices.Sorted(maps.Keys(m.is)) {
		for how, d := range damages {
			for n := range places {
				if n == 0 || d.name == "bit flipped" {
					work <- harm{name, how, n}
				}
			}
		}
	}
	close(work)
	all.Wait()
}

// try harms one file in a directory and says what came of it.
func (m *matrix) try(t *testing.T, dir string, h harm) string {
	what := fmt.Sprintf("%s, %s, place %d", h.name, damages[h.how].name, h.n)
	damages[h.how].do(t, filepath.Join(dir, h.name), m.is[h.name], m.older[h.name], rand.New(rand.NewPCG(uint64(len(h.name)), uint64(h.n))))
	harmed := readTree(t, dir)
	var log bytes.Buffer
	err := embedded.Examine(dir, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn})))
	now := readTree(t, dir)
	if err != nil {
		m.refused(t, what, err, harmed, now)
		return "refused"
	}
	same := true
	for _, name := range slices.Sorted(maps.Keys(m.is)) {
		data, there := now[name]
		if strings.HasSuffix(name, "o.dat") && name != h.name {
			continue // after a kill a consumer always goes back to its copy
		}
		if strings.HasPrefix(name, "jetstream") && !bytes.Equal(data, m.is[name]) && (there || !strings.HasSuffix(name, ".db")) {
			same = false
		}
	}
	if !same {
		m.start(t, what, dir)
		return "started as it is"
	}
	// What the server opens is what it left; only what is derived may be put
	// right without a word.
	if !bytes.Equal(harmed[h.name], m.is[h.name]) && strings.HasPrefix(h.name, "jetstream") && !strings.HasSuffix(h.name, ".db") && log.Len() == 0 &&
		!strings.HasSuffix(h.name, "o.dat") {
		t.Errorf("%s: it was put right and nothing was said", what)
	}
	if log.Len() > 0 {
		return "repaired and said"
	}
	return "unchanged"
}

// refused wants everything as it was, and a copy of what is damaged.
func (m *matrix) refused(t *testing.T, what string, err error, harmed, now tree) {
	damage, ok := errors.AsType[*blocks.DamageError](err)
	if !ok || len(damage.Damage) == 0 {
		t.Errorf("%s: it is refused with %v, want the damage", what, err)
		return
	}
	for name, data := range harmed {
		if !bytes.Equal(now[name], data) {
			t.Errorf("%s: %s was changed although the start was refused", what, name)
		}
	}
	if kept := damage.Damage[0].Kept; kept != "" && now[kept] == nil {
		t.Errorf("%s: the copy %s is missing", what, kept)
	}
}

// start starts a server on a directory that is not what was left, and looks for
// every message.
func (m *matrix) start(t *testing.T, what, dir string) {
	var log bytes.Buffer
	s, err := embedded.Start(t.Context(), embedded.Config{Dir: dir, AdoptCopy: true, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Errorf("%s: the second start fails: %v", what, err)
		return
	}
	defer func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	nc, err := s.Connect()
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	defer nc.Close()
	got := stored(t, stream(t, nc))
	for key := range maps.Keys(m.want) {
		if got[key] != m.want[key] {
			t.Errorf("%s: %s is %q, want %q; the log said: %s", what, key, got[key], m.want[key], &log)
			return
		}
	}
	for key := range got {
		if _, ok := m.want[key]; !ok {
			t.Errorf("%s: %s has appeared: %s; the log said: %s", what, key, got[key], &log)
			return
		}
	}
}

// restore makes a directory the tree again.
func (tr tree) restore(t *testing.T, dir string) {
	now := readTree(t, dir)
	for name := range now {
		if _, ok := tr[name]; !ok {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Error(err)
			}
		}
	}
	changed := tree{}
	for name, data := range tr {
		if is, ok := now[name]; !ok || !bytes.Equal(is, data) {
			changed[name] = data
		}
	}
	changed.write(t, dir)
}
