package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// privateWords are those that a reader outside would have to learn: there is a
// usual one for each.
var privateWords = regexp.MustCompile(`(?i)\b(` + strings.Join([]string{
	"hou" + "se", "door" + "way", "ver" + "dict", "fa" + "te", "in " + "hand", "c[ao]me to " + "nothing", "for " + "ever",
	"be" + "side", "men" + "d(s|ed|ing)?", "in one " + "go", "slip of the " + "pen", "worth speaking " + "of",
}, "|") + `)\b`)

func TestUsualWordsAreUsed(t *testing.T) {
	t.Parallel()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	looked := 0
	err = filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if err == nil && entry.Name() == ".git" {
				return filepath.SkipDir
			}
			return err
		}
		if ext := filepath.Ext(path); (ext != ".go" && ext != ".md") || entry.Name() == "CHANGELOG.md" {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		looked++
		n := 0
		for line := range strings.Lines(string(data)) {
			n++
			if word := privateWords.FindString(line); word != "" {
				t.Errorf("%s:%d: got %q, want the usual word", path, n, word)
			}
		}
		return nil
	})
	if err != nil || looked < 100 {
		t.Errorf("looked at %d files (%v), want all of the module", looked, err)
	}
}
