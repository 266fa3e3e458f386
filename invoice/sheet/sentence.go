package sheet

import (
	"errors"
	"fmt"
	"maps"
	"strings"
)

// Sentence is a text for people by its code and arguments, so that it can be
// said in other languages. Its English is in Sentences.
type Sentence struct {
	// Code is stable while the English may change: one of Sentences, or for a
	// rule of invoices that of invoice.Problem.
	Code string `json:"code,omitempty"`
	// Args are put in for the verbs of the text, in their order. One that is a
	// code of Sentences in braces, such as "{field-total}", stands for that
	// sentence.
	Args []string `json:"args,omitempty"`
}

// English is the sentence in English; empty for a code that is not in
// Sentences.
func (s Sentence) English() string { return s.In(sentences) }

// In is the sentence in the language of these texts, which have the codes and
// verbs of Sentences; empty if they lack its code.
func (s Sentence) In(texts map[string]string) string {
	text, ok := texts[s.Code]
	if !ok || len(s.Args) == 0 {
		return text
	}
	args := make([]any, len(s.Args))
	for i, arg := range s.Args {
		args[i] = arg
		if code, ok := strings.CutPrefix(arg, "{"); ok && strings.HasSuffix(code, "}") {
			if inner, known := texts[strings.TrimSuffix(code, "}")]; known {
				args[i] = inner
			}
		}
	}
	return fmt.Sprintf(text, args...)
}

// Sentences are the texts of notes, questions, answers, problems, hints and
// names of fields in English, by code. Verbs are %s, or %[2]s for the second
// argument.
func Sentences() map[string]string { return maps.Clone(sentences) }

// say is a sentence with its arguments.
func say(code string, args ...any) Sentence {
	s := Sentence{Code: code}
	for _, arg := range args {
		s.Args = append(s.Args, fmt.Sprint(arg))
	}
	return s
}

// fault is an error that is a sentence, about a cell or a file.
type fault struct{ Sentence }

// Error is the sentence in English.
func (f *fault) Error() string { return f.English() }

func wrong(code string, args ...any) error { return &fault{say(code, args...)} }

// sentenceOf is what an error says.
func sentenceOf(err error) Sentence {
	if f, ok := errors.AsType[*fault](err); ok {
		return f.Sentence
	}
	return say("other", err)
}

// meaning names a field inside a sentence.
func meaning(f field) string { return "{meaning-" + fieldCode(f) + "}" }

// fieldCode is the name of a field as codes have it.
func fieldCode(f field) string { return strings.ReplaceAll(string(specs[f].name), "_", "-") }

func init() {
	for f := range fieldCount {
		sentences["field-"+fieldCode(f)] = specs[f].label
		m := fieldMeaning[f]
		if m == "" {
			m = specs[f].label
		}
		sentences["meaning-"+fieldCode(f)] = m
	}
}
