package sandbox

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

const (
	journalName = "sandbox.journal"
	lockName    = "sandbox.lock"
	maxEvent    = 1 << 20 // bytes of a line
)

// journal is the append-only file of what happened, one JSON text a line. Each
// event is one write(2), so a killed process loses nothing that it had
// acknowledged; it is not synced, so a power cut may. A nil journal keeps
// nothing.
type journal struct {
	file *os.File
	lock *flock.Flock
	size int64
}

// openJournal locks the directory and passes every event to apply.
func openJournal(dir string, apply func(*event) error) (j *journal, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create the sandbox's directory: %w", err)
	}
	lock := flock.New(filepath.Join(dir, lockName))
	free, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the sandbox's directory %s: %w", dir, err)
	}
	if !free {
		return nil, fmt.Errorf("lock the sandbox's directory %s: another process holds it; end that one or choose another directory", dir)
	}
	j = &journal{lock: lock}
	defer func() {
		if err != nil {
			_ = j.close()
		}
	}()
	path := filepath.Join(dir, journalName)
	if j.file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600); err != nil {
		return nil, fmt.Errorf("open the sandbox's journal: %w", err)
	}
	if j.size, err = replay(j.file, apply); err != nil {
		return nil, fmt.Errorf("read the sandbox's journal %s: %w; move the file away to start anew", path, err)
	}
	// What follows the last whole line was never acknowledged.
	if err := j.file.Truncate(j.size); err != nil {
		return nil, fmt.Errorf("cut the sandbox's journal after its last whole line: %w", err)
	}
	return j, nil
}

// replay returns the length of the whole lines.
func replay(r io.Reader, apply func(*event) error) (size int64, err error) {
	in := bufio.NewReaderSize(r, 64<<10)
	for n := 1; ; n++ {
		line, err := readLine(in)
		if errors.Is(err, io.EOF) {
			return size, nil
		}
		if err != nil {
			return size, fmt.Errorf("line %d: %w", n, err)
		}
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			return size, fmt.Errorf("line %d is damaged: %w", n, err)
		}
		if err := apply(&e); err != nil {
			return size, fmt.Errorf("line %d: %w", n, err)
		}
		size += int64(len(line))
	}
}

// readLine reads up to and with the line end. A last line without one is the
// end of the file.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxEvent {
			return nil, fmt.Errorf("it is longer than %d bytes", maxEvent)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		return line, err
	}
}

// append writes one event. After an error the file ends where it did before.
func (j *journal) append(e *event) error {
	if j == nil {
		return nil
	}
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write the sandbox's journal: %w", err)
	}
	line = append(bytes.ReplaceAll(line, []byte("\n"), []byte(" ")), '\n')
	if len(line) > maxEvent {
		return fmt.Errorf("write the sandbox's journal: an event of %d bytes is too long", len(line))
	}
	if _, err := j.file.Write(line); err != nil {
		if cut := j.file.Truncate(j.size); cut != nil {
			err = errors.Join(err, cut)
		}
		return fmt.Errorf("write the sandbox's journal: %w", err)
	}
	j.size += int64(len(line))
	return nil
}

func (j *journal) close() error {
	if j == nil {
		return nil
	}
	var err error
	if j.file != nil {
		err = j.file.Close()
	}
	return errors.Join(err, j.lock.Unlock())
}
