package batch

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"invoicelink/worker/event"
)

// Shelf keeps uploads over restarts: each in a directory of its own, named by
// its id, with the sender's file and a manifest. No name in it comes from
// outside. A shelf belongs to one process at a time.
type Shelf struct {
	dir string

	mu        sync.Mutex
	manifests map[string]*Manifest
}

// Stage is how far an upload has come.
type Stage string

// The stages, in their order.
const (
	StageColumns    Stage = "columns"    // columns are missing or misspelt; somebody has to say which is which
	StageChecked    Stage = "checked"    // read; nothing is issued
	StagePublishing Stage = "publishing" // somebody said issue; requests go to the broker
	StagePublished  Stage = "published"  // all requests are in the broker
	StageDone       Stage = "done"       // every invoice has its answer, and the answers are kept
)

// Manifest is what is known of an upload without reading its file.
type Manifest struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"` // of the file, as its sender calls it
	Stage    Stage             `json:"stage"`
	At       time.Time         `json:"at"`           // of the upload, UTC
	By       string            `json:"by,omitempty"` // who uploaded it
	Columns  map[string]string `json:"columns,omitempty"`
	Overview Overview          `json:"overview"`
	Count    Count             `json:"count"` // from StagePublished on, as last written

	IssuedAt time.Time `json:"issuedAt,omitzero"`
	IssuedBy string    `json:"issuedBy,omitempty"`
	Seller   string    `json:"seller,omitempty"` // digest of the snapshot, from StagePublishing on
	From     uint64    `json:"from,omitempty"`   // the first event that can be an answer
	DoneAt   time.Time `json:"doneAt,omitzero"`
}

const (
	manifestFile = "upload.json"
	answersFile  = "answers.json"
	// sourceFile is the sender's file; the extension is one of formats.
	sourceFile = "source"
)

// formats are the extensions that are kept as they are; the reader says what
// is wrong with others.
var formats = []string{".xlsx", ".csv", ".xls", ".xlsm", ".xlsb", ".xltx", ".ods", ".numbers"}

var idPattern = regexp.MustCompile(`^[A-Z2-7]{16}$`)

// OpenShelf opens the shelf in a directory, which is created with mode 0700.
// What an upload cut off by a crash left behind is removed; a directory that
// holds a manifest that cannot be read is an error that names it.
func OpenShelf(dir string) (*Shelf, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open shelf: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("open shelf: %w", err)
	}
	s := &Shelf{dir: dir, manifests: map[string]*Manifest{}}
	for _, entry := range entries {
		if !entry.IsDir() || !idPattern.MatchString(entry.Name()) {
			continue
		}
		m := &Manifest{}
		err := readJSON(filepath.Join(dir, entry.Name(), manifestFile), m)
		if errors.Is(err, fs.ErrNotExist) {
			if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
				return nil, fmt.Errorf("open shelf: remove what an upload left behind: %w", err)
			}
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("open shelf: %w; restore the file, or move its directory away", err)
		}
		m.ID = entry.Name()
		s.manifests[m.ID] = m
	}
	return s, nil
}

// Keep stores a file under a new id. It is on the shelf only when Put follows;
// Drop takes it away again. The reader's error is returned as it is.
func (s *Shelf) Keep(name string, r io.Reader) (id string, f File, err error) {
	id = NewID()
	ext := strings.ToLower(filepath.Ext(name))
	if !slices.Contains(formats, ext) && ext != "" {
		ext = ".other"
	}
	dir := filepath.Join(s.dir, id)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", File{}, fmt.Errorf("keep upload: %w", err)
	}
	f = File{Path: filepath.Join(dir, sourceFile+ext), Name: name}
	out, err := os.OpenFile(f.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", File{}, errors.Join(fmt.Errorf("keep upload: %w", err), s.Drop(id))
	}
	_, err = io.Copy(out, r)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return "", File{}, errors.Join(err, s.Drop(id))
	}
	return id, f, nil
}

// File is the file of an upload.
func (s *Shelf) File(m Manifest) (File, error) {
	found, err := filepath.Glob(filepath.Join(s.dir, m.ID, sourceFile+"*"))
	if err != nil || len(found) != 1 {
		return File{}, fmt.Errorf("find the file of upload %s: it is not there any more", m.ID)
	}
	return File{Path: found[0], Name: m.Name}, nil
}

// Put writes a manifest and syncs it.
func (s *Shelf) Put(m Manifest) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := writeJSON(filepath.Join(s.dir, m.ID, manifestFile), m); err != nil {
		return fmt.Errorf("keep upload %s: %w", m.ID, err)
	}
	s.manifests[m.ID] = &m
	return nil
}

// Move is Put for a manifest whose upload is still at a stage. It reports false,
// and writes nothing, where somebody else was quicker.
func (s *Shelf) Move(m Manifest, from Stage) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, ok := s.manifests[m.ID]
	if !ok || now.Stage != from {
		return false, nil
	}
	if err := writeJSON(filepath.Join(s.dir, m.ID, manifestFile), m); err != nil {
		return false, fmt.Errorf("keep upload %s: %w", m.ID, err)
	}
	s.manifests[m.ID] = &m
	return true, nil
}

// Manifest returns what is known of an upload.
func (s *Shelf) Manifest(id string) (Manifest, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.manifests[id]
	if !ok {
		return Manifest{}, false
	}
	return *m, true
}

// List returns all uploads, the newest first.
func (s *Shelf) List() []Manifest {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Manifest, 0, len(s.manifests))
	for _, m := range s.manifests {
		out = append(out, *m)
	}
	slices.SortFunc(out, func(a, b Manifest) int { return cmp.Or(b.At.Compare(a.At), strings.Compare(a.ID, b.ID)) })
	return out
}

// Drop removes an upload with its file.
func (s *Shelf) Drop(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.manifests, id)
	// The manifest goes first: what is left without one is removed at the next
	// start.
	if err := os.Remove(filepath.Join(s.dir, id, manifestFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("drop upload %s: %w", id, err)
	}
	if err := os.RemoveAll(filepath.Join(s.dir, id)); err != nil {
		return fmt.Errorf("drop upload %s: %w", id, err)
	}
	return nil
}

// PutAnswers keeps the answers of an upload.
func (s *Shelf) PutAnswers(id string, answers map[string]event.Status) error {
	if err := writeJSON(filepath.Join(s.dir, id, answersFile), answers); err != nil {
		return fmt.Errorf("keep answers of upload %s: %w", id, err)
	}
	return nil
}

// Answers returns the kept answers; none is no error.
func (s *Shelf) Answers(id string) (map[string]event.Status, error) {
	var out map[string]event.Status
	err := readJSON(filepath.Join(s.dir, id, answersFile), &out)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read answers of upload %s: %w", id, err)
	}
	return out, nil
}
