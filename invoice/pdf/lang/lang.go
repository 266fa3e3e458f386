// Package lang holds everything on the page that depends on its language: its
// words, and how numbers and dates are written (Unicode CLDR). Each language is
// one file in texts, with the same members in each; a missing one fails the
// tests. A further language is one more file.
//
// Start with [Find]. A language that is not here is not replaced by another:
// [Tags] is the list to choose from.
package lang

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed texts/*.yaml
var files embed.FS

// languages are read when they are first asked for.
var languages = func() map[string]func() *Texts {
	entries, err := files.ReadDir("texts")
	if err != nil {
		panic("lang: " + err.Error()) // compiled in
	}
	all := map[string]func() *Texts{}
	for _, e := range entries {
		all[strings.TrimSuffix(e.Name(), ".yaml")] = sync.OnceValue(func() *Texts { return mustRead("texts/" + e.Name()) })
	}
	return all
}()

// Find returns the texts of a BCP 47 tag by its primary language: "de-AT" is
// German. "no" and "nn" are Norwegian Bokmål. An empty tag is English.
func Find(tag string) (*Texts, bool) {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	switch primary {
	case "":
		if tag != "" {
			return nil, false
		}
		primary = "en"
	case "no", "nn":
		primary = "nb"
	}
	open, known := languages[primary]
	if !known {
		return nil, false
	}
	return open(), true
}

// Tags are the languages, sorted.
func Tags() []string {
	tags := make([]string, 0, len(languages))
	for tag := range languages {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	return tags
}

// mustRead panics on a file that is no language: it is compiled in.
func mustRead(name string) *Texts {
	data, err := files.ReadFile(name)
	if err != nil {
		panic("lang: " + err.Error())
	}
	t := new(Texts)
	if err := yaml.UnmarshalWithOptions(data, t, yaml.Strict()); err != nil {
		panic(fmt.Sprintf("lang: %s: %v", name, err))
	}
	return t
}

// Fill puts values into the places of a text: name and value in turn, "date",
// "1 May 2026" for {date}. The full stop of an abbreviation at the end of a
// value is that of the sentence as well.
func Fill(text string, values ...string) string {
	for i := 0; i+1 < len(values); i += 2 {
		before, after, found := strings.Cut(text, "{"+values[i]+"}")
		if !found {
			continue
		}
		if strings.HasSuffix(values[i+1], ".") {
			after = strings.TrimPrefix(after, ".")
		}
		text = before + values[i+1] + after
	}
	return text
}
