package batch

import (
	"errors"

	"invoicelink/invoice/sheet"
)

// rename lets a file and everything that is told about it go by its sender's
// name, where it is stored under another one.
func rename(book *sheet.Book, err error, name string) {
	stored := ""
	if book != nil {
		stored, book.Name = book.Name, name
		renameIn(book.Problems, stored, name)
		renameIn(book.Notes, stored, name)
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
		if problems[i].File == from && from != "" {
			problems[i].File = to
		}
	}
}
