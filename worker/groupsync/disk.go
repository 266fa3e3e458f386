package groupsync

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	// linger is how much later a round begins for each answer that the round
	// before it covered, counted from that one's beginning, and mostLinger the
	// most. On a disk that syncs in 0.2 ms hardly anything would be shared
	// without it; a caller that is alone hardly waits.
	linger     = 500 * time.Microsecond
	mostLinger = 10 * time.Millisecond
)

// Disk brings what was written to one file system to disk, for all that wait
// for it at the same time in one round.
type Disk struct {
	group Group
	began time.Time
	last  int // what the last round covered

	mu      sync.Mutex
	pending request
}

// request is what those that wait want.
type request struct {
	files   []*os.File
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
func (d *Disk) round() error {
	if d.last > 1 {
		time.Sleep(time.Until(d.began.Add(min(time.Duration(d.last)*linger, mostLinger))))
	}
	d.began = time.Now()
	d.mu.Lock()
	r := d.pending
	d.pending = request{}
	d.mu.Unlock()
	d.last = r.answers
	// Each sync has the file system's journal written, so that one sync of the
	// whole file system is faster than those of two files.
	if len(r.files) > 0 && wholeFileSystem() && (r.whole || len(r.files) > 1) {
		return syncFileSystem(r.files[0])
	}
	return each(r.files)
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
