package blocks

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"
)

// tickEvery is how often the journal is synced and full blocks are looked at.
const tickEvery = time.Second

func (s *Store) tick() {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.quit:
			return
		case <-tick.C:
			s.mu.Lock()
			if s.failed == nil {
				s.failed = s.keep()
			}
			s.mu.Unlock()
		}
	}
}

// keep notes the full blocks that the server has replaced or removed, brings
// the copies up to date and syncs the journal.
func (s *Store) keep() error {
	changed := map[block]synced{}
	for b, was := range s.known {
		st := s.streams[b.stream]
		if st == nil || b.index == st.last {
			continue
		}
		now, err := s.settle(b, was, st.msgs)
		if err != nil {
			return fmt.Errorf("look after block %s: %w", b, err)
		}
		if now != was {
			changed[b] = now
		}
	}
	for b, y := range changed {
		if s.known[b] = y; y.size < 0 {
			delete(s.known, b)
		}
	}
	fresh, err := s.copies.prepare()
	if err != nil {
		return err
	}
	if len(changed) > 0 {
		if err := s.journal.add(changed); err != nil {
			return err
		}
		s.unsaved = true
	}
	if s.unsaved || len(fresh) > 0 {
		s.unsaved = false
		// The server does not sync what the copies are of; two files or more
		// are synced with everything else.
		if err := s.syncPaths(0, append(fresh, filepath.Join(s.dir, journalName))...); err != nil {
			return err
		}
	}
	if err := s.copies.replace(fresh); err != nil {
		return err
	}
	return s.copies.forget(s.known)
}

// settle brings a full block and its copy to disk, and returns what it is now.
// Its copy stays what it was until that is done.
func (s *Store) settle(b block, was synced, msgs string) (synced, error) {
	path := blockPath(s.dir, b)
	size, inode, err := statBlock(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return synced{size: -1}, s.syncPaths(0, msgs)
	case err != nil:
		return was, err
	case inode == was.inode && size == was.size:
		return s.linked(b, was, msgs)
	}
	now, err := checksum(path, synced{})
	if errors.Is(err, fs.ErrNotExist) {
		return was, nil // the next time
	}
	if err == nil {
		err = s.syncPaths(0, path, msgs)
	}
	if err != nil {
		return was, err
	}
	return s.linked(b, now, msgs)
}

// linked makes the copy of a full block, and returns what the journal is to say
// of the block: where it is gone, a journal that still named it would make a
// start after a power cut ask for a file of which there is no copy.
func (s *Store) linked(b block, y synced, msgs string) (synced, error) {
	gone, err := s.copies.link(b, y)
	if err != nil || !gone {
		return y, err
	}
	return synced{size: -1}, s.syncPaths(0, msgs)
}
