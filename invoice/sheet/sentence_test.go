package sheet

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var verb = regexp.MustCompile(`%(\[\d\])?s`)

// TestEverySentenceHasItsText holds the codes that the source says against
// Sentences: each is there, with the verbs for its arguments, and none is there
// that nobody says.
func TestEverySentenceHasItsText(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{"other": true}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") || path == "sentences.go" {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil {
					said[s] = true
				}
			}
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name, ok := call.Fun.(*ast.Ident)
			if !ok || name.Name != "say" && name.Name != "wrong" && name.Name != "answer" {
				return true
			}
			lit, ok := call.Args[0].(*ast.BasicLit)
			if !ok {
				return true
			}
			code, _ := strconv.Unquote(lit.Value)
			text, known := sentences[code]
			if !known {
				t.Errorf("%s says %q, which has no text", path, code)
				return true
			}
			args := len(call.Args) - 1
			if name.Name == "answer" {
				args -= 3
			}
			plain := strings.Count(text, "%s")
			if plain != args && !(plain < args && strings.Contains(text, "%[")) {
				t.Errorf("%s says %q with %d arguments, its text has verbs for %d: %s", path, code, args, plain, text)
			}
			if rest := verb.ReplaceAllString(strings.ReplaceAll(text, "%%", ""), ""); args > 0 && strings.Contains(rest, "%") {
				t.Errorf("the text of %q has a verb other than %%s: %s", code, text)
			}
			return true
		})
	}
	for code := range Sentences() {
		made := strings.HasPrefix(code, "field-") || strings.HasPrefix(code, "meaning-") || strings.HasPrefix(code, "file-") || strings.HasPrefix(code, "ask-")
		if !said[code] && !made && code != "other-content" && code != "session-of-another" {
			t.Errorf("nobody says %q", code)
		}
	}
}

func TestSentence(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		s    Sentence
		want string
	}{
		"arguments":     {say("line-claim", "1", "2"), "is 1 here, but the line gives 2"},
		"none":          {say("ask-vat-rate"), "column \"VAT %\" is missing: no column has the VAT rate; which one is it?"},
		"a code inside": {say("is-field", meaning(fTotal)), "it is the invoice's total with VAT"},
		"twice":         {say("rate-below-one", "0.25", "25"), "0.25 may mean 25 % or 0.25 %; write 25, or format the cell as a percentage"},
		"unknown":       {Sentence{Code: "BR-01"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.s.English(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if got, want := say("is-field", meaning(fTotal)).In(map[string]string{"is-field": "det er %s", "meaning-total": "beløbet"}), "det er beløbet"; got != want {
		t.Errorf("in another language: got %q, want %q", got, want)
	}
}
