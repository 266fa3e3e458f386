package blocks

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Each yields every valid record of a stream in a data directory, oldest
// first, removed ones and tombstones included. It reads files only: a server
// may run on them, and what it writes meanwhile may be missing.
func Each(dir, stream string, take func(Record) error) error {
	indexes, err := blockIndexes(streamsDir(dir) + "/" + stream + "/msgs")
	if err != nil {
		return err
	}
	for _, index := range indexes {
		buf, err := os.ReadFile(blockPath(dir, block{stream, index}))
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed meanwhile
		}
		if err != nil {
			return fmt.Errorf("read stream %s: %w", stream, err)
		}
		records, _ := Parse(stream, index, buf)
		for _, r := range records {
			if err := take(r); err != nil {
				return err
			}
		}
	}
	return nil
}
