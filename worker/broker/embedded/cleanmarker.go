package embedded

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	"invoicelink/worker/atomicfile"
	"invoicelink/worker/broker/blocks"
)

// markerName is the clean-shutdown marker. It holds the checksums of the index
// files that the server had written last.
const markerName = "clean"

// inspect looks at the directory before a server opens it: the store is held
// against its checksums, and index files that may be stale are removed.
//
// If there is no clean-shutdown marker, or an index is not the one that was
// written, the indexes go: nats-server 2.15.2 trusts an index of a stream that
// was empty at the last clean stop if the block file now ends in eight or more
// zero bytes, as it may after a power cut on ext4 or XFS, and then hides every
// message of it. Without the file the server reads the blocks, as it must
// anyway.
//
// The removal of the marker is on disk before inspect returns, so no message
// can be written under a marker of an earlier stop. After an error everything
// is as it was, but for copies of what is damaged.
func (s *Server) inspect() error {
	indexes, clean, err := readMarker(s.dir)
	if err != nil {
		return err
	}
	report, err := blocks.Check(s.dir, clean)
	if err != nil {
		return err
	}
	s.verified = report.Verified()
	now, err := indexSums(s.dir)
	if err != nil {
		return err
	}
	if clean && !maps.Equal(now, indexes) {
		report.Repaired = append(report.Repaired, "an index was missing or damaged; the streams are read again")
		clean = false
	}
	if report.Missing {
		s.log.Warn("the store had no checksums: only its own were checked", "dir", s.dir)
	}
	for _, what := range report.Repaired {
		s.log.Warn("the store was repaired", "what", what)
	}
	if !clean && !s.created {
		s.log.Info("the last stop was not clean: the streams are read again", "dir", s.dir)
	}
	if !clean && s.cfg.Check != nil {
		if err := s.cfg.Check(s.dir); err != nil {
			return err
		}
	}
	if !clean {
		err = dropIndexes(s.dir)
	}
	if e := os.Remove(filepath.Join(s.dir, markerName)); e == nil {
		err = errors.Join(err, atomicfile.SyncDir(s.dir))
	} else if !errors.Is(e, fs.ErrNotExist) {
		err = errors.Join(err, fmt.Errorf("remove the clean-shutdown marker: %w", e))
	}
	return err
}

// Inspect holds the files of a data directory against their checksums, also
// while a server runs on them, and changes nothing. The error wraps a
// *blocks.DamageError if something acknowledged is lost.
func Inspect(dir string) (*blocks.Report, error) {
	_, clean, err := readMarker(dir)
	if err != nil {
		return nil, err
	}
	return blocks.Inspect(dir, clean)
}

// readMarker reports whether the last stop was clean, and what the indexes
// were then.
func readMarker(dir string) (indexes map[string]uint32, clean bool, err error) {
	path := filepath.Join(dir, markerName)
	fi, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err == nil && !fi.Mode().IsRegular() {
		return nil, false, fmt.Errorf("read the clean-shutdown marker %s: it is not a regular file; remove it", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, false, fmt.Errorf("read the clean-shutdown marker: %w", err)
	}
	if json.Unmarshal(data, &indexes) != nil {
		return nil, false, nil // a damaged marker is none
	}
	return indexes, true, nil
}

// indexFiles lists jetstream/<account>/streams/<stream>/msgs/*.db, with slashes
// and below the directory.
func indexFiles(dir string) ([]string, error) {
	// A pattern over the directory's own name would read its [ and * as
	// wildcards, so the pattern is matched below it.
	files, err := fs.Glob(os.DirFS(dir), "jetstream/*/streams/*/msgs/*.db")
	if err != nil {
		return nil, fmt.Errorf("list the stream indexes in %s: %w", dir, err)
	}
	return files, nil
}

func indexSums(dir string) (map[string]uint32, error) {
	files, err := indexFiles(dir)
	if err != nil {
		return nil, err
	}
	sums := map[string]uint32{}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f)))
		if err != nil {
			return nil, fmt.Errorf("read a stream index: %w", err)
		}
		sums[f] = crc32.ChecksumIEEE(data)
	}
	return sums, nil
}

// dropIndexes removes the index files, which the server then makes again.
func dropIndexes(dir string) error {
	files, err := indexFiles(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(f))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove a stream index that may be stale: %w", err)
		}
	}
	return nil
}

// leaveMarker records that the server has stopped cleanly. It must be called
// after the server's last write only.
func leaveMarker(dir string) error {
	sums, err := indexSums(dir)
	if err != nil {
		return err
	}
	data, err := json.Marshal(sums)
	if err != nil {
		return fmt.Errorf("write the clean-shutdown marker: %w", err)
	}
	if err := atomicfile.Write(filepath.Join(dir, markerName), data, 0o600); err != nil {
		return fmt.Errorf("write the clean-shutdown marker: %w", err)
	}
	return nil
}
