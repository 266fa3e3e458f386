package blocks

import (
	"os"
	"path/filepath"
	"testing"

	"invoicelink/worker/groupsync"
)

// A block that the server removes while its copy is made is noted as removed.
// The journal went on naming it, and a start after a power cut refused the
// store, since the block and its copy were missing.
func TestBlockRemovedWhileItsCopyIsMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b, whole := block{"THINGS", 1}, synced{size: 5, inode: 7}
	msgs := filepath.Dir(blockPath(dir, b))
	if err := os.MkdirAll(msgs, 0o700); err != nil {
		t.Fatal(err)
	}
	s := &Store{dir: dir, disk: groupsync.On(dir), copies: copies{dir: dir}}
	now, err := s.linked(b, whole, msgs)
	if err != nil || now.size >= 0 {
		t.Errorf("a removed block: %+v, %v, want one that is gone", now, err)
	}
	if s.copies.bare {
		t.Error("the file system is said to have no hard links")
	}
	if err := os.WriteFile(blockPath(dir, b), []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, whole.inode, err = statBlock(blockPath(dir, b)); err != nil {
		t.Fatal(err)
	}
	if now, err := s.linked(b, whole, msgs); err != nil || now != whole {
		t.Errorf("a block that is there: %+v, %v, want %+v", now, err, whole)
	}
}
