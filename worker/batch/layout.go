package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"invoicelink/invoice/sheet"
	"invoicelink/invoice/sheet/profile"
)

// Profile says what a layout of spreadsheets means.
type Profile = profile.Profile

// Sentence is a text for people by its code and arguments.
type Sentence = sheet.Sentence

// Sentences are the texts of findings, questions, answers, hints and names of
// fields in English, by code.
func Sentences() map[string]string { return sheet.Sentences() }

// Question is something about a file that only its sender knows.
type Question = sheet.Question

// Questions are the open questions about the first file.
func (u *Upload) Questions() []Question {
	if len(u.Books) == 0 {
		return nil
	}
	return u.Books[0].Questions
}

// Waiting are the notes about the first file that somebody must accept first.
func (u *Upload) Waiting() (codes []string) {
	if len(u.Books) == 0 {
		return nil
	}
	for _, n := range u.Books[0].Notes {
		if n.MustAccept && !n.Accepted && !slices.Contains(codes, n.Code) {
			codes = append(codes, n.Code)
		}
	}
	return codes
}

// Applied is the name of the import profile that the first file was read with,
// "" for none.
func (u *Upload) Applied() string {
	if len(u.Books) == 0 {
		return ""
	}
	return u.Books[0].Profile
}

// ShippedProfiles are those that come with the program.
func ShippedProfiles() []*Profile { return profile.Shipped() }

// ParseProfile reads a profile and says what is wrong with it.
func ParseProfile(name, text string) (*Profile, error) { return profile.Parse(name, []byte(text)) }

// ColumnFields are the names that a column can be read as in a profile.
func ColumnFields() (out []string) {
	for _, f := range profile.Fields() {
		out = append(out, string(f.Field))
	}
	return out
}

// Complete adds answers to what was known of a layout: later ones count, and
// lists of values are joined.
func Complete(known *Profile, answers ...*Profile) (*Profile, error) {
	for _, a := range answers {
		next := *a
		next.Skip, next.Only, next.Issue = joined(known.Skip, a.Skip), joined(known.Only, a.Only), joined(known.Issue, a.Issue)
		next.Accept = slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(known.Accept), a.Accept...))))
		base := *known
		base.Name, next.Name, next.Extends = "known", "", "known"
		extends := base.Extends
		base.Extends = ""
		merged, err := profile.Resolve(&next, []*Profile{&base})
		if err != nil {
			return nil, err
		}
		merged.Name, merged.Extends = known.Name, extends
		known = merged
	}
	return known, nil
}

func joined(a, b map[string]profile.Texts) map[string]profile.Texts {
	if a == nil || b == nil {
		return b
	}
	out := map[string]profile.Texts{}
	for key, values := range b {
		out[key] = append(slices.Clone(a[key]), values...)
	}
	return out
}

// Layouts keeps the profiles that people made by their answers, each in a YAML
// file named by the headers that it is for.
type Layouts struct{ dir string }

// OpenLayouts opens the layouts in a directory, which Save creates with mode
// 0700.
func OpenLayouts(dir string) *Layouts { return &Layouts{dir} }

var layoutName = regexp.MustCompile(`^layout-[0-9a-f]{16}$`)

// NameOf is the name of the profile for files with these headers, whatever
// their order.
func NameOf(headers []string) string {
	folded := make([]string, 0, len(headers))
	for _, h := range headers {
		if f := profile.Fold(h); f != "" {
			folded = append(folded, f)
		}
	}
	slices.Sort(folded)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(folded), "\n")))
	return "layout-" + hex.EncodeToString(sum[:8])
}

// ProfilesDir is the name of their directory in an UploadStore's.
const ProfilesDir = "profiles"

// All returns the profiles by name. One that cannot be read is left out and
// part of the error: the others hold.
func (l *Layouts) All() ([]*Profile, error) {
	out, wrong := l.each()
	return out, errors.Join(wrong...)
}

func (l *Layouts) each() (out []*Profile, wrong []error) {
	paths, err := filepath.Glob(filepath.Join(l.dir, "layout-*.yaml"))
	if err != nil {
		return nil, []error{err}
	}
	for _, path := range paths {
		p, err := l.read(path)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		out = append(out, p)
	}
	return out, wrong
}

func (l *Layouts) read(path string) (*Profile, error) {
	data, err := readSealed(path)
	if err != nil {
		return nil, fmt.Errorf("read import profile: %w", err)
	}
	name := strings.TrimSuffix(filepath.Base(path), ".yaml")
	p, err := profile.Parse(name, data)
	if err != nil {
		return nil, err
	}
	p.Name = name
	return p, nil
}

// Save stores a profile under its name, which NameOf has given.
func (l *Layouts) Save(p *Profile) error {
	if !layoutName.MatchString(p.Name) {
		return fmt.Errorf("save import profile: %q is not the name of one", p.Name)
	}
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return fmt.Errorf("save import profile %s: %w", p.Name, err)
	}
	data, err := p.YAML()
	if err != nil {
		return fmt.Errorf("save import profile %s: %w", p.Name, err)
	}
	return writeSealed(filepath.Join(l.dir, p.Name+".yaml"), data)
}

// Forget removes a profile; one that is not there is no error.
func (l *Layouts) Forget(name string) error {
	if !layoutName.MatchString(name) {
		return fmt.Errorf("forget import profile: %q is not the name of one", name)
	}
	if err := os.Remove(filepath.Join(l.dir, name+".yaml")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget import profile %s: %w", name, err)
	}
	return nil
}
