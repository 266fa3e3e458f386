package batch

import (
	"errors"
	"slices"

	"invoicelink/invoice/sheet"
)

// rename lets a file and everything that is reported about it go by its sender's
// name, where it is stored under another one.
func rename(book *sheet.Book, err error, name string) {
	stored := ""
	if book != nil {
		stored, book.Name = book.Name, name
		renameIn(book.Problems, stored, name)
		for i := range book.Notes {
			renameOne(&book.Notes[i].Problem, stored, name)
		}
		for _, entry := range book.Entries {
			renameIn(entry.Problems, stored, name)
		}
	}
	if whole, ok := errors.AsType[*sheet.FileError](err); ok {
		whole.Path = name
		renameIn(whole.Problems, stored, name)
	}
}

func renameIn(problems []sheet.Problem, from, to string) {
	for i := range problems {
		renameOne(&problems[i], from, to)
	}
}

func renameOne(p *sheet.Problem, from, to string) {
	if p.File == from && from != "" {
		p.File = to
	}
}

// Unreadable returns what is wrong with a file as a whole, in words for whoever
// sent it; false for any other error.
func Unreadable(err error) (string, bool) {
	whole, ok := errors.AsType[*sheet.FileError](err)
	if !ok {
		return "", false
	}
	return whole.Path + " " + whole.Message, true
}

// Reason is what Unreadable says, without the file's name, by its code.
func Reason(err error) (Sentence, bool) {
	whole, ok := errors.AsType[*sheet.FileError](err)
	if !ok {
		return Sentence{}, false
	}
	return whole.Sentence, true
}

// Missing lists the single places of an unreadable file: columns that are
// missing, misspelt or there twice.
func Missing(err error) []Finding {
	whole, ok := errors.AsType[*sheet.FileError](err)
	if !ok {
		return nil
	}
	return findings(whole.Problems)
}

// Extensions are the file names' endings with which a file is looked at; the
// reader says what is wrong with those it cannot read.
func Extensions() []string { return slices.Clone(formats) }
