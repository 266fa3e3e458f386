package batch_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"invoicelink/invoice/sheet"
	"invoicelink/worker/batch"
	"invoicelink/worker/event"
	"invoicelink/worker/testkit"
)

func TestUploadStoreKeepsUploadsOverARestart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "uploads")
	s, err := batch.OpenUploadStore(dir)
	testkit.Must(t, err)
	id, f, err := s.Create("../../etc/passwd.csv", strings.NewReader(list("A-1")))
	testkit.Must(t, err)
	if filepath.Dir(f.Path) != filepath.Join(dir, id) || filepath.Base(f.Path) != "source.csv" {
		t.Errorf("kept at %s", f.Path)
	}
	m := batch.Info{ID: id, Name: "list.csv", Stage: batch.StageChecked, At: time.Now().UTC(), By: "ann"}
	testkit.Must(t, s.Save(m))
	testkit.Must(t, s.SaveAnswers(id, map[string]event.Status{id + "-1": {Number: "A-1", State: "issued"}}))

	again, err := batch.OpenUploadStore(dir)
	testkit.Must(t, err)
	got, ok := again.Info(id)
	if !ok || got.Name != m.Name || got.Stage != m.Stage || got.By != m.By || len(again.List()) != 1 {
		t.Errorf("info: %+v", got)
	}
	file, err := again.File(got)
	testkit.Must(t, err)
	if u := read(t, id, file.Path, file.Name); u.Len() != 1 {
		t.Errorf("%d invoices", u.Len())
	}
	answers, err := again.Answers(id)
	testkit.Must(t, err)
	if answers[id+"-1"].Number != "A-1" {
		t.Errorf("answers: %v", answers)
	}
	testkit.Must(t, again.Delete(id))
	if _, ok := again.Info(id); ok {
		t.Error("it is still there")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left: %v %v", left, err)
	}
}

func TestOnlyOneMovesAnUploadOn(t *testing.T) {
	t.Parallel()
	s, err := batch.OpenUploadStore(t.TempDir())
	testkit.Must(t, err)
	id, _, err := s.Create("list.csv", strings.NewReader("x"))
	testkit.Must(t, err)
	testkit.Must(t, s.Save(batch.Info{ID: id, Stage: batch.StageChecked}))
	moved := make(chan bool, 20)
	for range cap(moved) {
		go func() {
			ok, err := s.CompareAndSave(batch.Info{ID: id, Stage: batch.StagePublishing}, batch.StageChecked)
			moved <- ok && err == nil
		}()
	}
	n := 0
	for range cap(moved) {
		if <-moved {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d moved it", n)
	}
}

func TestUploadStoreAfterACrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := batch.OpenUploadStore(dir)
	testkit.Must(t, err)
	id, _, err := s.Create("half.xlsx", strings.NewReader("half")) // and no info
	testkit.Must(t, err)
	testkit.Must(t, os.Mkdir(filepath.Join(dir, "not-ours"), 0o700))
	_, err = batch.OpenUploadStore(dir)
	testkit.Must(t, err)
	if _, err := os.Stat(filepath.Join(dir, id)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the half upload is still there: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "not-ours")); err != nil {
		t.Errorf("what is not ours is gone: %v", err)
	}
	id, _, err = s.Create("list.csv", strings.NewReader("x"))
	testkit.Must(t, err)
	testkit.Must(t, os.WriteFile(filepath.Join(dir, id, "upload.json"), []byte("{"), 0o600))
	if _, err := batch.OpenUploadStore(dir); err == nil || !strings.Contains(err.Error(), id) {
		t.Errorf("a broken info: %v", err)
	}
}

// TestDamagedUploads: whatever becomes of a file that the store keeps is named,
// and neither read nor issued from.
func TestDamagedUploads(t *testing.T) {
	t.Parallel()
	kept := func(t *testing.T) (dir, id string) {
		dir = t.TempDir()
		s, err := batch.OpenUploadStore(dir)
		testkit.Must(t, err)
		id, _, err = s.Create("list.csv", strings.NewReader(list("A-1", "A-2")))
		testkit.Must(t, err)
		testkit.Must(t, s.Save(batch.Info{ID: id, Name: "list.csv", Stage: batch.StageChecked}))
		testkit.Must(t, s.SaveAnswers(id, map[string]event.Status{id + "-1": {Number: "A-1", State: "issued"}}))
		name := batch.NameOf([]string{"Nummer", "Betrag"})
		p, err := batch.ParseProfile(name, "columns: {Nummer: number}\n")
		testkit.Must(t, err)
		p.Name = name
		testkit.Must(t, batch.OpenLayouts(filepath.Join(dir, batch.ProfilesDir)).Save(p))
		if damaged := batch.VerifyUploads(dir); len(damaged) > 0 {
			t.Fatalf("a whole store: %v", damaged)
		}
		return dir, id
	}
	damages := map[string]func(path string, data []byte) error{
		"cut":     func(path string, data []byte) error { return os.WriteFile(path, data[:len(data)/2], 0o600) },
		"empty":   func(path string, _ []byte) error { return os.WriteFile(path, nil, 0o600) },
		"zeros":   func(path string, data []byte) error { return os.WriteFile(path, make([]byte, len(data)), 0o600) },
		"longer":  func(path string, data []byte) error { return os.WriteFile(path, append(data, '\n'), 0o600) },
		"missing": func(path string, _ []byte) error { return os.Remove(path) },
	}
	for i := range 20 {
		damages[fmt.Sprint("bit ", i)] = func(path string, data []byte) error {
			data[len(data)*i/20] ^= 1 << (i % 8)
			return os.WriteFile(path, data, 0o600)
		}
	}
	for _, file := range []string{"source.csv", "digest.json", "upload.json", "answers.json", "profile"} {
		for name, damage := range damages {
			if name == "missing" && file != "source.csv" && file != "digest.json" {
				continue // an upload that was cut off, one without answers, and no profile
			}
			t.Run(file+"/"+name, func(t *testing.T) {
				t.Parallel()
				dir, id := kept(t)
				path := filepath.Join(dir, id, file)
				if file == "profile" {
					path = filepath.Join(dir, batch.ProfilesDir, batch.NameOf([]string{"Nummer", "Betrag"})+".yaml")
				}
				data, err := os.ReadFile(path)
				testkit.Must(t, err)
				testkit.Must(t, damage(path, data))
				damaged := batch.VerifyUploads(dir)
				if len(damaged) != 1 || !errors.Is(damaged[0], batch.ErrDamaged) || !strings.Contains(damaged[0].Error(), filepath.Dir(path)) {
					t.Fatalf("verify says %v, want one error that names the file", damaged)
				}
				s, err := batch.OpenUploadStore(dir)
				switch file {
				case "source.csv", "digest.json":
					testkit.Must(t, err)
					m, _ := s.Info(id)
					_, err = s.File(m)
				case "answers.json":
					testkit.Must(t, err)
					_, err = s.Answers(id)
				case "profile":
					_, err = batch.OpenLayouts(filepath.Join(dir, batch.ProfilesDir)).All()
				}
				if !errors.Is(err, batch.ErrDamaged) {
					t.Errorf("using it: got %v, want ErrDamaged", err)
				}
			})
		}
	}
}

func TestUploadCutOffLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := batch.OpenUploadStore(dir)
	testkit.Must(t, err)
	cut := errors.New("cut off")
	if _, _, err := s.Create("list.csv", io.MultiReader(strings.NewReader("x"), iotest.ErrReader(cut))); !errors.Is(err, cut) {
		t.Errorf("keep: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left: %v %v", left, err)
	}
}

func TestFileWithAStrangeEndingIsToldSo(t *testing.T) {
	t.Parallel()
	s, err := batch.OpenUploadStore(t.TempDir())
	testkit.Must(t, err)
	_, f, err := s.Create("invoices.xls", strings.NewReader("whatever"))
	testkit.Must(t, err)
	_, err = batch.ReadAs(t.Context(), batch.NewID(), []batch.File{f}, sheet.Options{})
	if text, ok := batch.Unreadable(err); !ok || !strings.HasPrefix(text, "invoices.xls has the extension of an old workbook") {
		t.Errorf("%q", text)
	}
}
