package embedded

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"invoicelink/worker/atomicfile"
)

// ErrCopy is wrapped by Start if the directory is a copy of another one. What
// was issued from the other after the copy began is unknown here and would be
// issued again. Config.AdoptCopy starts it all the same.
var ErrCopy = errors.New("the data directory is a copy of another one")

// identityName is the file that distinguishes a directory from its copies.
const identityName = "identity"

// identity is where a directory was when it was used last. A directory that is
// renamed keeps its inode; a copy, or one that was unpacked from an archive,
// has another. A block-level clone of the whole disk has the same, and is
// noticed only by the host's id.
type identity struct {
	Inode uint64 `json:"inode,omitempty"` // of the directory; 0 where the system has none
	Host  string `json:"host,omitempty"`  // the host's id; "" where it has none, as in many containers
}

// checkIdentity refuses a copy, unless it is adopted.
func (s *Server) checkIdentity() error {
	path := filepath.Join(s.dir, identityName)
	now, err := identityOf(s.dir)
	if err != nil {
		return err
	}
	var was identity
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("read the identity of the data directory: %w", err)
	case json.Unmarshal(data, &was) != nil:
		s.log.Warn("the identity of the data directory is damaged and is written anew: a copy would not be noticed", "file", path)
		was = identity{}
	}
	moved := was.Inode != 0 && now.Inode != 0 && was.Inode != now.Inode
	elsewhere := was.Host != "" && now.Host != "" && was.Host != now.Host
	if (moved || elsewhere) && !s.cfg.AdoptCopy {
		return fmt.Errorf("%w: %s was made or moved from elsewhere, and what was issued there since would be issued again from here; if nobody uses the other one any more, start once with --adopt-copy", ErrCopy, s.dir)
	}
	if now == was {
		return nil
	}
	if data, err = json.Marshal(now); err != nil {
		return err
	}
	if err := atomicfile.Write(path, append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("write the identity of the data directory: %w", err)
	}
	return nil
}

// identityOf is the directory's identity now.
func identityOf(dir string) (identity, error) {
	fi, err := os.Stat(dir)
	if err != nil {
		return identity{}, fmt.Errorf("look at the data directory: %w", err)
	}
	id := identity{Inode: inodeOf(fi)}
	if data, err := os.ReadFile("/etc/machine-id"); err == nil {
		id.Host = strings.TrimSpace(string(data))
	}
	return id, nil
}
