package backup

import (
	"encoding/json"
	"time"
)

// format is the version of the archive's layout.
const format = 1

const (
	manifestName = "manifest.json"
	streamsDir   = "streams/"
	filesDir     = "files/"
)

// Manifest says what a backup holds.
type Manifest struct {
	Format  int       `json:"format"`
	Created time.Time `json:"created"` // UTC; when the first snapshot was taken
	// Quiet says that no worker had anything in progress. If it is false, what
	// was in progress is as after a kill: it is resumed.
	Quiet   bool     `json:"quiet"`
	Streams []Stream `json:"streams"`
	Files   []File   `json:"files,omitempty"`
}

// Stream is one stream's snapshot.
type Stream struct {
	Name     string          `json:"name"`
	Config   json.RawMessage `json:"config"` // as the server gave it
	State    json.RawMessage `json:"state"`
	Messages uint64          `json:"messages"`
	LastSeq  uint64          `json:"lastSequence"`
	Bytes    int64           `json:"bytes"` // of the snapshot
	SHA256   string          `json:"sha256"`
}

// File is one file from the data directory.
type File struct {
	Name   string `json:"name"` // with slashes, below the data directory
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Messages counts those of all streams.
func (m *Manifest) Messages() (n uint64) {
	for _, s := range m.Streams {
		n += s.Messages
	}
	return n
}
