package batch

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
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

// UploadStore keeps uploads over restarts: each in a directory of its own, named by
// its id, with the sender's file and an Info. No name in it comes from
// outside. A store belongs to one process at a time.
type UploadStore struct {
	dir string

	mu    sync.Mutex
	infos map[string]*Info
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

// Info is what is known of an upload without reading its file.
type Info struct {
	ID    string    `json:"id"`
	Name  string    `json:"name"` // of the file, as its sender calls it
	Stage Stage     `json:"stage"`
	At    time.Time `json:"at"`           // of the upload, UTC
	By    string    `json:"by,omitempty"` // who uploaded it
	// Profile is the import profile that the file is read with, as YAML; ""
	// for none but those that come with the program.
	Profile string `json:"profile,omitempty"`
	// AcceptRounding is as in Options, for this upload.
	AcceptRounding bool     `json:"acceptRounding,omitempty"`
	Overview       Overview `json:"overview"`
	Count          Count    `json:"count"` // from StagePublished on, as last written
	// Fresh is what the invoices come to that were not issued before this
	// upload; from StagePublishing on.
	Fresh []Sum `json:"fresh,omitempty"`

	IssuedAt time.Time `json:"issuedAt,omitzero"`
	IssuedBy string    `json:"issuedBy,omitempty"`
	Seller   string    `json:"seller,omitempty"` // digest of the snapshot, from StagePublishing on
	From     uint64    `json:"from,omitempty"`   // the first event that can be an answer
	DoneAt   time.Time `json:"doneAt,omitzero"`
}

const (
	infoFile    = "upload.json"
	answersFile = "answers.json"
	// sourceFile is the sender's file; the extension is one of formats.
	sourceFile = "source"
	// digestFile holds the SHA-256 of the sender's file.
	digestFile = "digest.json"
)

// formats are the extensions that are kept as they are; the reader says what
// is wrong with others.
var formats = []string{".xlsx", ".csv", ".xls", ".xlsm", ".xlsb", ".xltx", ".ods", ".numbers"}

var idPattern = regexp.MustCompile(`^[A-Z2-7]{16}$`)

// OpenUploadStore opens the store in a directory, which is created with mode
// 0700.
// What an upload cut off by a crash left behind is removed; a directory that
// holds an Info that cannot be read is an error that names it.
func OpenUploadStore(dir string) (*UploadStore, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open upload store: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("open upload store: %w", err)
	}
	s := &UploadStore{dir: dir, infos: map[string]*Info{}}
	for _, entry := range entries {
		if !entry.IsDir() || !idPattern.MatchString(entry.Name()) {
			continue
		}
		m := &Info{}
		err := readJSON(filepath.Join(dir, entry.Name(), infoFile), m)
		if errors.Is(err, fs.ErrNotExist) {
			if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
				return nil, fmt.Errorf("open upload store: remove what an upload left behind: %w", err)
			}
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("open upload store: %w; restore the file, or move its directory away", err)
		}
		m.ID = entry.Name()
		s.infos[m.ID] = m
	}
	return s, nil
}

// Create stores a file under a new id. It is in the store only if Save follows;
// Delete removes it again. The reader's error is returned as it is.
func (s *UploadStore) Create(name string, r io.Reader) (id string, f File, err error) {
	id = NewID()
	ext := strings.ToLower(filepath.Ext(name))
	if !slices.Contains(formats, ext) && ext != "" {
		ext = ".other"
	}
	dir := filepath.Join(s.dir, id)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", File{}, fmt.Errorf("store upload: %w", err)
	}
	f = File{Path: filepath.Join(dir, sourceFile+ext), Name: name}
	out, err := os.OpenFile(f.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", File{}, errors.Join(fmt.Errorf("store upload: %w", err), s.Delete(id))
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, h), r)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err == nil {
		err = writeJSON(filepath.Join(dir, digestFile), hex.EncodeToString(h.Sum(nil)))
	}
	if err != nil {
		return "", File{}, errors.Join(err, s.Delete(id))
	}
	return id, f, nil
}

// File is the file of an upload, once it was read and found to be what was
// uploaded; otherwise the error wraps ErrDamaged.
func (s *UploadStore) File(m Info) (File, error) {
	path, err := wholeSource(filepath.Join(s.dir, m.ID))
	if err != nil {
		return File{}, fmt.Errorf("the file of upload %s: %w", m.ID, err)
	}
	return File{Path: path, Name: m.Name}, nil
}

// wholeSource finds the sender's file in an upload's directory and holds it
// against its digest.
func wholeSource(dir string) (path string, err error) {
	found, err := filepath.Glob(filepath.Join(dir, sourceFile+"*"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("%s holds no file, or several; it is %w", dir, ErrDamaged)
	}
	var want string
	if err := readJSON(filepath.Join(dir, digestFile), &want); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s holds no digest; it is %w", dir, ErrDamaged)
	} else if err != nil {
		return "", err
	}
	got, err := sumOf(found[0])
	if err == nil && got != want {
		err = fmt.Errorf("%s is %w", found[0], ErrDamaged)
	}
	return found[0], err
}

// VerifyUploads reads every file of a store's uploads and of the import profiles
// in it, and returns an error for each that is not what was written. It changes
// nothing. A store that is not there has no damage.
func VerifyUploads(dir string) (damaged []error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return []error{err}
	}
	for _, entry := range entries {
		upload := filepath.Join(dir, entry.Name())
		if !entry.IsDir() || !idPattern.MatchString(entry.Name()) {
			continue
		}
		err := readJSON(filepath.Join(upload, infoFile), &Info{})
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was cut off, or is still being sent
		}
		_, source := wholeSource(upload)
		answers := readJSON(filepath.Join(upload, answersFile), &map[string]event.Status{})
		if errors.Is(answers, fs.ErrNotExist) {
			answers = nil
		}
		for _, err := range []error{err, source, answers} {
			if err != nil {
				damaged = append(damaged, err)
			}
		}
	}
	_, profiles := OpenLayouts(filepath.Join(dir, ProfilesDir)).each()
	return append(damaged, profiles...)
}

// Save writes the info and syncs it.
func (s *UploadStore) Save(m Info) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := writeJSON(filepath.Join(s.dir, m.ID, infoFile), m); err != nil {
		return fmt.Errorf("store upload %s: %w", m.ID, err)
	}
	s.infos[m.ID] = &m
	return nil
}

// CompareAndSave is Save for an upload that is still at a stage. It reports false,
// and writes nothing, if somebody else was first.
func (s *UploadStore) CompareAndSave(m Info, from Stage) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, ok := s.infos[m.ID]
	if !ok || now.Stage != from {
		return false, nil
	}
	if err := writeJSON(filepath.Join(s.dir, m.ID, infoFile), m); err != nil {
		return false, fmt.Errorf("store upload %s: %w", m.ID, err)
	}
	s.infos[m.ID] = &m
	return true, nil
}

// Info returns what is known of an upload.
func (s *UploadStore) Info(id string) (Info, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.infos[id]
	if !ok {
		return Info{}, false
	}
	return *m, true
}

// List returns all uploads, the newest first.
func (s *UploadStore) List() []Info {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Info, 0, len(s.infos))
	for _, m := range s.infos {
		out = append(out, *m)
	}
	slices.SortFunc(out, func(a, b Info) int { return cmp.Or(b.At.Compare(a.At), strings.Compare(a.ID, b.ID)) })
	return out
}

// Delete removes an upload with its file.
func (s *UploadStore) Delete(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.infos, id)
	// The info goes first: what is left without one is removed at the next
	// start.
	if err := os.Remove(filepath.Join(s.dir, id, infoFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete upload %s: %w", id, err)
	}
	if err := os.RemoveAll(filepath.Join(s.dir, id)); err != nil {
		return fmt.Errorf("delete upload %s: %w", id, err)
	}
	return nil
}

// SaveAnswers stores the answers of an upload.
func (s *UploadStore) SaveAnswers(id string, answers map[string]event.Status) error {
	if err := writeJSON(filepath.Join(s.dir, id, answersFile), answers); err != nil {
		return fmt.Errorf("store answers of upload %s: %w", id, err)
	}
	return nil
}

// Answers returns the kept answers; none is no error.
func (s *UploadStore) Answers(id string) (map[string]event.Status, error) {
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
