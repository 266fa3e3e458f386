package groupsync

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	// linger is how much later a round begins for each answer that rounds
	// usually cover, counted from the beginning of the round before, and
	// mostLinger the most. On a disk that syncs in 0.2 ms hardly anything would
	// be shared without it; a caller that is alone does not wait.
	linger     = 500 * time.Microsecond
	mostLinger = 10 * time.Millisecond
	// gather is the same counted from the first that waits: those that were
	// answered together come back within it.
	gather     = 250 * time.Microsecond
	mostGather = 3 * time.Millisecond
)

// Disk brings what was written to one file system to disk, for all that wait
// for it at the same time in one round.
type Disk struct {
	group Group
	began time.Time
	usual int // how many answers a round covers of late, in quarters

	mu      sync.Mutex
	pending request
	guards  int
}

// request is what those that wait want.
type request struct {
	files   []*os.File
	later   map[string]bool // paths that nobody waits for
	whole   bool
	answers int
}

// disks are shared by the whole process, by what the system calls the device.
var disks struct {
	sync.Mutex
	byDevice map[uint64]*Disk
}

// On returns the file system that a directory is on. Those that use the same
// one share its rounds.
func On(dir string) *Disk {
	device, known := deviceOf(dir)
	disks.Lock()
	defer disks.Unlock()
	d := disks.byDevice[device]
	if d == nil || !known {
		d = &Disk{}
		d.group.Sync = d.round
	}
	if known {
		if disks.byDevice == nil {
			disks.byDevice = map[uint64]*Disk{}
		}
		disks.byDevice[device] = d
	}
	return d
}

// Sync returns when the content and length of the files, and the names in the
// directories among them, are on disk. answers is how many callers wait for it.
func (d *Disk) Sync(answers int, files ...*os.File) error {
	d.add(request{files: files, answers: answers})
	return d.group.Wait()
}

// SyncAll returns when everything in the directory and below it is on disk.
func (d *Disk) SyncAll(answers int, dir string) error {
	if !wholeFileSystem() {
		return filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
			if err == nil {
				err = syncPath(path)
			}
			if errors.Is(err, os.ErrNotExist) {
				return nil // removed meanwhile
			}
			return err
		})
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	d.add(request{files: []*os.File{f}, whole: true, answers: answers})
	return errors.Join(d.group.Wait(), f.Close())
}

// Guard says that whoever is answered by a broker in this process waits for a
// round of this file system, if anything was handed to Later before. release
// ends that.
func (d *Disk) Guard() (release func()) {
	d.addGuards(1)
	return sync.OnceFunc(func() { d.addGuards(-1) })
}

func (d *Disk) addGuards(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.guards += n
}

// Later has the names in a directory synced by the next round, without waiting
// for it. It is false, and does nothing, without a Guard: then only Sync will do.
func (d *Disk) Later(dir string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.guards == 0 {
		return false
	}
	d.pending.owe(dir)
	return true
}

func (r *request) owe(dir string) {
	if r.later == nil {
		r.later = map[string]bool{}
	}
	r.later[dir] = true
}

// Owes reports whether something handed to Later is not on disk yet and no
// round has taken it along.
func (d *Disk) Owes() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.pending.later) > 0
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(data(f), f.Close())
}

func (d *Disk) add(r request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pending.files = append(d.pending.files, r.files...)
	d.pending.whole = d.pending.whole || r.whole
	d.pending.answers += r.answers
}

// round syncs what has gathered. It is run by one goroutine at a time.
func (d *Disk) round(int) (err error) {
	time.Sleep(pause(d.usual/4, time.Since(d.began)))
	d.began = time.Now()
	d.mu.Lock()
	r := d.pending
	d.pending = request{}
	d.mu.Unlock()
	d.usual += r.answers - d.usual/4
	names, err := openAll(r.later)
	defer func() {
		for _, f := range names {
			err = errors.Join(err, f.Close())
		}
		if err != nil { // whoever waits for the next round needs them too
			d.mu.Lock()
			for path := range r.later {
				d.pending.owe(path)
			}
			d.mu.Unlock()
		}
	}()
	if err != nil {
		return err
	}
	r.files = append(r.files, names...)
	// Each sync has the file system's journal written, so that one sync of the
	// whole file system is faster than those of two files.
	if len(r.files) > 0 && wholeFileSystem() && (r.whole || len(r.files) > 1) {
		return syncFileSystem(r.files[0])
	}
	return each(r.files)
}

// openAll opens what is there of the paths.
func openAll(paths map[string]bool) (files []*os.File, err error) {
	for path := range paths {
		f, e := os.Open(path)
		switch {
		case e == nil:
			files = append(files, f)
		case !errors.Is(e, os.ErrNotExist):
			err = errors.Join(err, e)
		}
	}
	return files, err
}

// pause is how long a round waits for further callers, where rounds usually
// cover that many answers and the last one began so long ago.
func pause(usual int, ago time.Duration) time.Duration {
	if usual < 2 {
		return 0
	}
	return max(min(time.Duration(usual)*linger, mostLinger)-ago, min(time.Duration(usual)*gather, mostGather))
}

func each(files []*os.File) error {
	errs := make([]error, len(files))
	var all sync.WaitGroup
	for i, f := range files {
		all.Go(func() { errs[i] = data(f) })
	}
	all.Wait()
	return errors.Join(errs...)
}
