package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
)

// linesInMemory is how many bytes of lines are kept in memory.
const linesInMemory = 8 << 20

// sortedLines puts lines into the order of their keys. What is too much for
// memory waits in a temporary file, so that a list of a million invoices takes
// their numbers and no more.
type sortedLines struct {
	tail   []byte // what is not in the file yet
	file   *os.File
	inFile int64
	places []linePlace
}

type linePlace struct {
	key    string
	offset int64
	length int
}

// add takes a line; a later one with the same key replaces it.
func (l *sortedLines) add(key string, line []byte) error {
	l.places = append(l.places, linePlace{key, l.inFile + int64(len(l.tail)), len(line)})
	l.tail = append(l.tail, line...)
	if len(l.tail) < linesInMemory {
		return nil
	}
	if l.file == nil {
		var err error
		if l.file, err = os.CreateTemp("", "invoicelink-list-*"); err != nil {
			return fmt.Errorf("sort the list: %w", err)
		}
	}
	n, err := l.file.Write(l.tail)
	if err != nil {
		return fmt.Errorf("sort the list: %w", err)
	}
	l.inFile, l.tail = l.inFile+int64(n), l.tail[:0]
	return nil
}

// each calls write with each line, in the order of the keys. The line is valid
// until write returns.
func (l *sortedLines) each(write func([]byte) error) error {
	slices.SortFunc(l.places, func(a, b linePlace) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.offset, b.offset)) })
	var line []byte
	for i, p := range l.places {
		if i+1 < len(l.places) && l.places[i+1].key == p.key {
			continue
		}
		if p.offset >= l.inFile {
			line = append(line[:0], l.tail[p.offset-l.inFile:][:p.length]...)
		} else {
			line = slices.Grow(line[:0], p.length)[:p.length]
			if _, err := l.file.ReadAt(line, p.offset); err != nil {
				return fmt.Errorf("sort the list: %w", err)
			}
		}
		if err := write(line); err != nil {
			return err
		}
	}
	return nil
}

// close removes the temporary file.
func (l *sortedLines) close() error {
	if l.file == nil {
		return nil
	}
	return errors.Join(l.file.Close(), os.Remove(l.file.Name()))
}
