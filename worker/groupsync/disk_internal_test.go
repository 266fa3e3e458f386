package groupsync

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func TestPause(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		usual int
		ago   time.Duration
		want  time.Duration
	}{
		{0, 0, 0},
		{1, 0, 0}, // a caller that is alone does not wait
		{2, 0, time.Millisecond},
		{2, time.Hour, 500 * time.Microsecond},
		{100, 0, mostLinger},
		{100, 4 * time.Millisecond, mostLinger - 4*time.Millisecond},
		{100, time.Hour, mostGather},
	} {
		if got := pause(c.usual, c.ago); got != c.want {
			t.Errorf("usually %d answers, the last round %v ago: waits %v, want %v", c.usual, c.ago, got, c.want)
		}
	}
}

// Names that nobody waits for are taken along by the next round, and are owed
// again if that fails. Without a broker that waits they are nobody's.
func TestLater(t *testing.T) {
	t.Parallel()
	d := &Disk{}
	d.group.Sync = d.round
	dir := t.TempDir()
	if d.Later(dir) || d.Owes() {
		t.Error("names were taken although nobody would wait for them")
	}
	release := d.Guard()
	if !d.Later(dir) || !d.Later(filepath.Join(dir, "gone")) || !d.Owes() {
		t.Error("names were not taken")
	}
	if err := d.Sync(1); err != nil || d.Owes() {
		t.Errorf("the round ended with %v, names are owed: %v", err, d.Owes())
	}
	d.Later(dir)
	f, err := os.Open(filepath.Join(dir))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := d.Sync(1, f); err == nil || !d.Owes() {
		t.Errorf("a round over a closed file ended with %v, names are owed: %v", err, d.Owes())
	}
	release()
	release()
	if d.Later(dir) {
		t.Error("names were taken after the guard has gone")
	}
}

// Whoever returns from Sync has been covered by a round, however many come.
func TestManySync(t *testing.T) {
	t.Parallel()
	d := On(t.TempDir())
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			f, err := os.Create(filepath.Join(t.TempDir(), "file"))
			if err != nil {
				t.Error(err)
				return
			}
			for range 5 {
				if _, err := f.WriteString("x"); err != nil {
					t.Error(err)
				}
				if err := d.Sync(1, f); err != nil {
					t.Error(err)
				}
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
