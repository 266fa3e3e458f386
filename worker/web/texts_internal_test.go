package web

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var verb = regexp.MustCompile(`%(\[[0-9]\])?[a-z%]`)

// TestLanguagesSayTheSame compares each language with English, the sentences
// about files included. The English of codes is what the program says.
func TestLanguagesSayTheSame(t *testing.T) {
	t.Parallel()
	l, err := readLibrary()
	if err != nil {
		t.Fatal(err)
	}
	first := l.all[0]
	if first.tag.String() != fallbackLanguage {
		t.Errorf("the fallback is %s", first.tag)
	}
	for _, other := range l.all[1:] {
		for key, text := range first.words {
			there, ok := other.words[key]
			if !ok || there == "" && text != "" {
				t.Errorf("texts/%s.json lacks %q", other.tag, key)
				continue
			}
			if a, b := verb.FindAllString(text, -1), verb.FindAllString(there, -1); !slices.Equal(a, b) {
				t.Errorf("texts/%s.json: %q puts in %v, want %v", other.tag, key, b, a)
			}
		}
		for key := range other.words {
			if _, ok := first.words[key]; !ok && !strings.HasPrefix(key, "code.") {
				t.Errorf("texts/%s.json has %q, which nothing says in English", other.tag, key)
			}
		}
	}
}

// codesOfTheContract are those of refusals and problems in its documentation,
// which a test of the command holds, and the rules of EN 16931 in the model.
func codesOfTheContract(t *testing.T) map[string]bool {
	t.Helper()
	codes := map[string]bool{}
	text, err := os.ReadFile("../event/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, tables, _ := strings.Cut(string(text), "\n## Codes\n")
	for line := range strings.Lines(tables) {
		if cells := strings.Split(line, "|"); len(cells) >= 4 {
			for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1) {
				codes[m[1]] = true
			}
		}
	}
	files, err := filepath.Glob("../../invoice/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(BR-[A-Z0-9-]*[A-Z0-9])-?"`).FindAllStringSubmatch(string(data), -1) {
			codes[m[1]] = true
		}
	}
	if len(codes) < 150 {
		t.Fatalf("only %d codes found", len(codes))
	}
	return codes
}

func TestEveryCodeIsSaidInEveryLanguage(t *testing.T) {
	t.Parallel()
	l, err := readLibrary()
	if err != nil {
		t.Fatal(err)
	}
	codes := codesOfTheContract(t)
	for _, other := range l.all[1:] {
		for code := range codes {
			if got := other.code(code, ""); got == "" {
				t.Errorf("texts/%s.json lacks code.%s", other.tag, code)
			}
		}
		for key := range other.words {
			code, ok := strings.CutPrefix(key, "code.")
			family := func() bool {
				return slices.ContainsFunc(slices.Collect(maps.Keys(codes)), func(c string) bool { return strings.HasPrefix(c, code+"-") })
			}
			if ok && !codes[code] && !(strings.HasPrefix(code, "BR") && family()) {
				t.Errorf("texts/%s.json has %s, which nothing gives", other.tag, key)
			}
		}
	}
}

// TestEveryTextIsThere looks up each key that a template names.
func TestEveryTextIsThere(t *testing.T) {
	t.Parallel()
	l, err := readLibrary()
	if err != nil {
		t.Fatal(err)
	}
	files, err := templateFiles.ReadDir("templates")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`\b([tn]) "([A-Za-z.]+)"`)
	seen := 0
	for _, f := range files {
		data, err := templateFiles.ReadFile("templates/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range named.FindAllStringSubmatch(string(data), -1) {
			seen++
			key := found[2]
			if found[1] == "n" {
				key += ".one"
			}
			if _, ok := l.all[0].words[key]; !ok {
				t.Errorf("%s says %q, which no language has", f.Name(), key)
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d texts found in the templates", seen)
	}
}

func TestLanguageFollowsTheBrowser(t *testing.T) {
	t.Parallel()
	l, err := readLibrary()
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]string{
		"da-DK,da;q=0.9,en;q=0.8": "da", "en-GB": "en", "nb;q=0.9,da;q=0.8": "da", "fr": "en", "": "en", "!!": "en",
		strings.Repeat("da,", 1000): "da",
	} {
		got := l.match(&http.Request{Header: http.Header{"Accept-Language": {header}}})
		if got.tag.String() != want {
			t.Errorf("%.30q gives %s, want %s", header, got.tag, want)
		}
	}
	da := l.match(&http.Request{Header: http.Header{"Accept-Language": {"da"}}})
	if got := da.money("-1234567.50", "DKK"); got != "−1.234.567,50\u00a0DKK" {
		t.Errorf("money: %q", got)
	}
	if got := da.day("2026-11-02"); got != "2.\u00a0nov.\u00a02026" {
		t.Errorf("day: %q", got)
	}
	if got := da.price("3"); got != "3,00" {
		t.Errorf("price: %q", got)
	}
}

func TestDownloadNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a.pdf":             `attachment; filename="a.pdf"; filename*=UTF-8''a.pdf`,
		"Bøger \"x\";.xlsx": `attachment; filename="B_ger _x__.xlsx"; filename*=UTF-8''B%C3%B8ger%20%22x%22%3B.xlsx`,
		"a\r\nSet-Cookie:x": `attachment; filename="a__Set-Cookie:x"; filename*=UTF-8''a%0D%0ASet-Cookie%3Ax`,
	} {
		if got := disposition(name, false); got != want {
			t.Errorf("%q:\n got %s\nwant %s", name, got, want)
		}
	}
}
