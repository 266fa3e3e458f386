package blocks

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"invoicelink/worker/groupsync"
)

// Store follows the block files of a data directory while a server writes them.
type Store struct {
	dir   string
	disk  *groupsync.Disk
	group groupsync.Group
	// answers is how many answers wait for the next commit.
	answers atomic.Int64

	mu      sync.Mutex // held by a commit and by a tick
	streams map[string]*stream
	known   map[block]synced
	journal *journal
	listed  dirState // of the directory of streams
	trusted Verified // nil after Open
	copies  copies
	unsaved bool // the journal has lines that no sync covers
	failed  error

	quit    chan struct{}
	done    sync.WaitGroup
	release func() // of the guard on the disk
}

// stream is where a stream's next record goes.
type stream struct {
	name      string
	msgs, obs string // directories
	last      uint32 // the block that is written to; 0 where there is none
	paths     [2]string
	consumers dirState // of obs
}

// Open follows the store in a data directory. The server must be up, so that
// what it does to the files at its start is over. All of them are read, but for
// those that [Check] has read before that start and that are the same file in
// the same state; nil for none.
func Open(dir string, read Verified) (*Store, error) {
	s := &Store{dir: dir, trusted: read, disk: groupsync.On(dir), streams: map[string]*stream{}, known: map[block]synced{}, quit: make(chan struct{}), copies: copies{dir: dir}}
	s.group.Sync = s.commit
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.look(true); err != nil {
		return nil, err
	}
	s.trusted = nil
	var err error
	if s.journal, err = openJournal(dir, s.known); err != nil {
		return nil, err
	}
	if err := s.keep(); err != nil {
		return nil, err
	}
	s.release = func() {}
	if Grouped {
		s.release = s.disk.Guard()
	}
	s.done.Go(s.tick)
	return s, nil
}

// Commit returns when everything that was written to the store before the call
// is on disk, for a number of answers that wait for it. After an error nothing
// that was written since the last commit is known to be there, and each later
// call returns the error again.
func (s *Store) Commit(answers int) error {
	s.answers.Add(int64(answers))
	return s.group.Wait()
}

// Err is what made commits impossible, or nil.
func (s *Store) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// Close ends the following with a last commit. The server must have shut down.
func (s *Store) Close() error {
	close(s.quit)
	s.done.Wait()
	s.release()
	err := s.Commit(0)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		err = s.keep()
	}
	return errors.Join(err, s.journal.f.Close())
}

// commit syncs what has grown, and then says so in the journal.
func (s *Store) commit(int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed == nil {
		if err := s.look(false); err != nil {
			s.failed = fmt.Errorf("sync the store in %s: %w", s.dir, err)
		}
	}
	return s.failed
}

// look finds what has changed since the last look, syncs it and notes it.
func (s *Store) look(first bool) error {
	w := &work{grown: map[block]synced{}}
	if state := stateOf(streamsDir(s.dir)); first || state != s.listed || recent(state.modified) {
		if err := s.list(w); err != nil {
			return err
		}
		s.listed = state
	}
	for _, st := range s.streams {
		if err := s.follow(st, w); err != nil {
			return err
		}
	}
	if !w.any() && !s.disk.Owes() {
		return nil
	}
	if err := s.sync(w, int(s.answers.Swap(0))); err != nil {
		return err
	}
	for b, y := range w.grown {
		if s.known[b] = y; y.size < 0 {
			delete(s.known, b)
		}
	}
	if first { // the journal is written whole
		for b := range s.known {
			if st := s.streams[b.stream]; st != nil && b.index != st.last {
				w.full = append(w.full, b)
			}
		}
	}
	for _, b := range w.full {
		y, there := s.known[b]
		if !there {
			continue
		}
		now, err := s.linked(b, y, s.streams[b.stream].msgs)
		if err != nil {
			return err
		}
		if now.size < 0 {
			w.grown[b] = now
			delete(s.known, b)
		}
	}
	if first {
		return nil
	}
	s.unsaved = true
	var err error
	if s.journal.bytes > journalLimit {
		err = s.journal.rewrite(s.known)
	} else {
		err = s.journal.add(w.grown)
	}
	if err == nil && w.everything { // the copy of a new stream's description is there when anybody hears of the stream
		err = s.keep()
	}
	return err
}

// list takes in streams that are new and forgets those that are gone.
func (s *Store) list(w *work) error {
	found, err := listBlocks(s.dir)
	if err != nil {
		return err
	}
	for name, indexes := range found {
		if s.streams[name] != nil {
			continue
		}
		base := filepath.Join(streamsDir(s.dir), name)
		st := &stream{name: name, msgs: filepath.Join(base, "msgs"), obs: filepath.Join(base, "obs")}
		s.streams[name] = st
		w.everything = true
		for _, index := range indexes {
			b := block{name, index}
			y, err := s.trusted.checksum(b, blockPath(s.dir, b))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return err
			}
			w.grown[b] = y
			st.writesTo(s.dir, index)
		}
	}
	for name := range s.streams {
		if _, there := found[name]; !there {
			delete(s.streams, name)
			for b := range s.known {
				if b.stream == name {
					w.grown[b] = synced{size: -1}
				}
			}
		}
	}
	return nil
}

func (st *stream) writesTo(dir string, index uint32) {
	st.last = index
	st.paths = [2]string{blockPath(dir, block{st.name, index}), blockPath(dir, block{st.name, index + 1})}
}

// follow notes what was written to a stream. Records and tombstones are only
// ever appended to the last block; a full one is followed by the next number.
func (s *Store) follow(st *stream, w *work) error {
	if state := stateOf(st.obs); state != st.consumers || recent(state.modified) {
		st.consumers = state
		w.everything = true
	}
	for {
		b := block{st.name, st.last}
		was, seen := w.grown[b]
		if !seen {
			was = s.known[b]
		}
		size, inode, err := statBlock(st.paths[0])
		switch {
		case st.last == 0 || errors.Is(err, fs.ErrNotExist):
			if st.last != 0 {
				w.grown[b] = synced{size: -1}
			}
			moved, err := s.find(st, w)
			if err != nil || !moved {
				return err
			}
			continue
		case err != nil:
			return err
		case inode != was.inode || size < was.size:
			was = synced{} // rewritten
			fallthrough
		case size > was.size:
			y, err := checksum(st.paths[0], was)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return err
			}
			w.grow(b, y, st.paths[0], st.msgs, was.size == 0)
		}
		if _, _, err := statBlock(st.paths[1]); err != nil {
			return nil
		}
		w.full = append(w.full, b)
		st.writesTo(s.dir, st.last+1)
	}
}

// find looks for the last block of a stream whose last block has gone, as after
// a purge, or that had none.
func (s *Store) find(st *stream, w *work) (moved bool, err error) {
	indexes, err := blockIndexes(st.msgs)
	if err != nil || len(indexes) == 0 {
		st.last = 0
		return false, err
	}
	last := slices.Max(indexes)
	if last == st.last {
		return false, nil // it has just come
	}
	for _, index := range indexes {
		if b := (block{st.name, index}); s.known[b].size == 0 && index != last {
			y, err := checksum(blockPath(s.dir, b), synced{})
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return false, err
			}
			w.grow(b, y, blockPath(s.dir, b), st.msgs, true)
		}
	}
	st.writesTo(s.dir, last)
	return true, nil
}

// checksum is that of a whole block, which is read only if it was not, or has
// changed since.
func (v Verified) checksum(b block, path string) (synced, error) {
	if was, ok := v[b]; ok {
		if fi, err := os.Stat(path); err == nil && stateOfFile(fi) == was.fileState && inodeOf(fi) == was.inode {
			return was.synced, nil
		}
	}
	return checksum(path, synced{})
}

// checksum reads what a block has grown by and adds it to what was known.
func checksum(path string, was synced) (synced, error) {
	f, err := os.Open(path)
	if err != nil {
		return synced{}, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return synced{}, err
	}
	y := synced{size: fi.Size(), sum: was.sum, inode: inodeOf(fi)}
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	part := io.NewSectionReader(f, was.size, y.size-was.size)
	for {
		n, err := part.Read(*buf)
		y.sum = updateSum(y.sum, (*buf)[:n])
		if errors.Is(err, io.EOF) {
			return y, nil
		}
		if err != nil {
			return synced{}, fmt.Errorf("read %s: %w", path, err)
		}
	}
}
