package blocks

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"invoicelink/worker/atomicfile"
)

// copiesName is the directory of what the store can be repaired from:
//
//   - <stream>/<n>.blk, a hard link to each block that is full. The server
//     replaces such a block when half of it was removed, and does not sync the
//     new file first; the link keeps the old one, which is on disk, until the
//     new one is. A file system without hard links has none of these.
//   - copies of the small files that the server keeps about streams and
//     consumers, each followed by its CRC-32C.
const copiesName = "copies"

// smallFiles are the patterns of those, below the directory of streams.
var smallFiles = []string{"*/meta.inf", "*/meta.sum", "*/obs/*/meta.inf", "*/obs/*/meta.sum", "*/obs/*/o.dat"}

// copies keeps the copies of a running store.
type copies struct {
	dir  string
	seen map[string]fileState // of small files, by name
	bare bool                 // the file system has no hard links
}

// fileState changes when a file is written to.
type fileState struct {
	modified int64 // nanoseconds since 1970
	size     int64
}

func stateOfFile(fi fs.FileInfo) fileState { return fileState{fi.ModTime().UnixNano(), fi.Size()} }

// prepare writes new copies of the small files that have changed, next to the
// old ones. Once they are on disk, with what they are copies of, replace gives
// them their names: at each moment one whole copy is on disk.
func (c *copies) prepare() (fresh []string, err error) {
	if c.seen == nil {
		c.seen = map[string]fileState{}
	}
	root := os.DirFS(streamsDir(c.dir))
	for _, pattern := range smallFiles {
		names, err := fs.Glob(root, pattern)
		if err != nil {
			return nil, fmt.Errorf("list the files of the store: %w", err)
		}
		for _, name := range names {
			fi, err := fs.Stat(root, name)
			if err != nil {
				continue // removed meanwhile
			}
			state := stateOfFile(fi)
			if c.seen[name] == state {
				continue
			}
			data, err := fs.ReadFile(root, name)
			if err != nil {
				continue
			}
			c.seen[name] = state
			if saved, ok := readCopy(c.dir, name); ok && bytes.Equal(saved, data) {
				continue
			}
			path, err := c.write(name, data)
			if err != nil {
				return nil, fmt.Errorf("copy %s: %w", name, err)
			}
			fresh = append(fresh, path)
		}
	}
	return fresh, nil
}

// newSuffix marks a copy that may not be on disk yet.
const newSuffix = ".new"

// replace puts new copies in the place of old ones.
func (c *copies) replace(fresh []string) error {
	for _, path := range fresh {
		if err := os.Rename(path, strings.TrimSuffix(path, newSuffix)); err != nil {
			return fmt.Errorf("keep a copy: %w", err)
		}
	}
	return nil
}

// forget removes copies of what is no longer there.
func (c *copies) forget(known map[block]synced) error {
	base := filepath.Join(c.dir, copiesName)
	return filepath.WalkDir(base, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		name, err := filepath.Rel(base, path)
		if err != nil {
			return err
		}
		if _, err := os.Stat(filepath.Join(streamsDir(c.dir), name)); errors.Is(err, fs.ErrNotExist) && !strings.HasSuffix(name, ".blk") {
			return os.Remove(path)
		}
		if b, ok := copiedBlock(name); ok {
			if _, there := known[b]; !there {
				return os.Remove(path)
			}
		}
		return nil
	})
}

// copiedBlock reads the name of a block's copy.
func copiedBlock(name string) (b block, ok bool) {
	stream, file := filepath.Split(name)
	b.stream = filepath.Clean(stream)
	_, err := fmt.Sscanf(file, "%d.blk", &b.index)
	return b, err == nil && strings.HasSuffix(file, ".blk")
}

// write stores a small file's copy under a name of its own and returns it.
func (c *copies) write(name string, data []byte) (path string, err error) {
	path = filepath.Join(c.dir, copiesName, filepath.FromSlash(name)) + newSuffix
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	sum := crc32.Checksum(data, castagnoli)
	return path, os.WriteFile(path, binary.LittleEndian.AppendUint32(data[:len(data):len(data)], sum), 0o600)
}

// readCopy returns a small file's copy, or false.
func readCopy(dir, name string) ([]byte, bool) {
	data, err := os.ReadFile(filepath.Join(dir, copiesName, filepath.FromSlash(name)))
	if err != nil || len(data) < 4 {
		return nil, false
	}
	n := len(data) - 4
	return data[:n], crc32.Checksum(data[:n], castagnoli) == binary.LittleEndian.Uint32(data[n:])
}

func copyOfBlock(dir string, b block) string {
	return filepath.Join(dir, copiesName, b.stream, fmt.Sprintf("%d.blk", b.index))
}

// link makes the copy of a full block, in place of an earlier one, and syncs
// its name. It reports whether the server has removed the block meanwhile. One
// that the server replaces at that moment is linked the next time.
func (c *copies) link(b block, y synced) (gone bool, err error) {
	path := copyOfBlock(c.dir, b)
	if _, inode, err := statBlock(path); c.bare || err == nil && inode == y.inode {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return false, err
	}
	tmp := path + newSuffix
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	if err := os.Link(blockPath(c.dir, b), tmp); err != nil {
		gone = errors.Is(err, fs.ErrNotExist)
		c.bare = !gone // then there is nothing to repair from
		return gone, nil
	}
	if _, inode, err := statBlock(tmp); err != nil || inode != y.inode {
		return false, os.Remove(tmp)
	}
	if err := os.Rename(tmp, path); err != nil {
		return false, err
	}
	return false, atomicfile.SyncDir(filepath.Dir(path))
}
