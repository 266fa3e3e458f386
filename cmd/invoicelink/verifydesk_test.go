package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"invoicelink/worker/app"
	"invoicelink/worker/batch"
)

// A damaged upload of the finance desk is named by verify, and by the backup
// that it is in.
func TestDamagedUploadIsNamed(t *testing.T) {
	t.Parallel()
	dir, _, run, env := killFiles(t, 2)
	uploads, err := batch.OpenUploadStore(filepath.Join(dir, "data", app.DeskDir))
	if err != nil {
		t.Fatal(err)
	}
	id, file, err := uploads.Create("list.csv", strings.NewReader("Invoice number\nA-1\n"))
	if err := errors.Join(err, uploads.Save(batch.Info{ID: id, Name: "list.csv", Stage: batch.StageChecked})); err != nil {
		t.Fatal(err)
	}
	program := func(want int, args ...string) string {
		t.Helper()
		cmd := child(t, dir, env, args...)
		out, _ := cmd.CombinedOutput() // the exit code is looked at
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Errorf("%v: exit code %d, want %d\n%s", args, got, want, out)
		}
		return string(out)
	}
	program(exitOK, run...)
	program(exitOK, "verify", "--data", "data")
	program(exitOK, "backup", "--data", "data", "whole.tar")
	if err := os.WriteFile(file.Path, []byte("Invoice number\nA-2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"verify", "--data", "data"}, {"backup", "--data", "data", "damaged.tar"}} {
		if out := program(exitRejected, args...); !strings.Contains(out, file.Path+" is damaged or changed by hand") {
			t.Errorf("%v does not name the file:\n%s", args, out)
		}
	}
}
