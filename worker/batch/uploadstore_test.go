package batch_test

import (
	"errors"
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
