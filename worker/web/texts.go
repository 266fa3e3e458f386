package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strings"

	"golang.org/x/text/language"
)

// texts/<tag>.json holds every text of the page in one language: a further
// language is one further file with the same keys.
//
//go:embed texts/*.json
var textFiles embed.FS

// texts are the page's words in one language.
type texts struct {
	tag   language.Tag
	words map[string]string
	sheet map[string]string // sentences about files, by their codes
}

// library holds all languages; the first is the fallback.
type library struct {
	all     []*texts
	matcher language.Matcher
}

// fallbackLanguage is what is spoken where the browser asks for none of ours.
const fallbackLanguage = "en"

func readLibrary() (*library, error) {
	files, err := textFiles.ReadDir("texts")
	if err != nil {
		return nil, err
	}
	l := &library{}
	var tags []language.Tag
	for _, f := range files {
		data, err := textFiles.ReadFile(path.Join("texts", f.Name()))
		if err != nil {
			return nil, err
		}
		t := &texts{}
		name := strings.TrimSuffix(f.Name(), ".json")
		if t.tag, err = language.Parse(name); err != nil {
			return nil, fmt.Errorf("read texts/%s: %w", f.Name(), err)
		}
		if err := json.Unmarshal(data, &t.words); err != nil {
			return nil, fmt.Errorf("read texts/%s: %w", f.Name(), err)
		}
		t.withSentences()
		if name == fallbackLanguage {
			l.all, tags = append([]*texts{t}, l.all...), append([]language.Tag{t.tag}, tags...)
			continue
		}
		l.all, tags = append(l.all, t), append(tags, t.tag)
	}
	l.matcher = language.NewMatcher(tags)
	return l, nil
}

// languageCookie holds the language that a person chose on the page.
const languageCookie = "language"

// match returns the texts in the language that the person chose, otherwise in
// the one that the browser prefers.
func (l *library) match(r *http.Request) *texts {
	if c, err := r.Cookie(languageCookie); err == nil {
		if t := l.named(c.Value); t != nil {
			return t
		}
	}
	header := r.Header.Get("Accept-Language")
	if len(header) > 200 { // nobody speaks more
		header = header[:strings.LastIndexByte(header[:200], ',')+1]
	}
	wanted, _, err := language.ParseAcceptLanguage(strings.TrimSuffix(header, ","))
	if err != nil {
		return l.all[0]
	}
	_, i, _ := l.matcher.Match(wanted...)
	return l.all[i]
}

// named returns the texts of a language by its tag, nil if there are none.
func (l *library) named(tag string) *texts {
	for _, t := range l.all {
		if t.tag.String() == tag {
			return t
		}
	}
	return nil
}

// Tag is the language as BCP 47 writes it.
func (t *texts) Tag() string { return t.tag.String() }

// Name is the language's own name.
func (t *texts) Name() string { return t.words["app.language"] }

// say returns a text, with the arguments put in as fmt does.
func (t *texts) say(key string, args ...any) string {
	text, ok := t.words[key]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// count returns key.one or key.other with the number put in first.
func (t *texts) count(key string, n int, args ...any) string {
	form := ".other"
	if n == 1 {
		form = ".one"
	}
	return t.say(key+form, append([]any{t.whole(n)}, args...)...)
}
