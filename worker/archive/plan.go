package archive

import "fmt"

// move is what a Put has to do.
type move int

const (
	nothing         move = iota // the bytes are there
	create                      // nothing is there
	supersede                   // keep what is there under superseded/, then replace it
	replace                     // replace what is there
	archiveRevision             // what is there is newer: keep d under superseded/
)

// plan decides a Put by what is there under the number's name. here is the
// SHA-256 of what is there, "" for nothing; where is its place, for people.
func plan(d Document, digest, here, where string, known Known) (m move, revision int, err error) {
	switch here {
	case "":
		return create, 0, nil
	case digest:
		return nothing, 0, nil
	}
	ok := false
	if known != nil {
		revision, ok = known(here)
	}
	switch {
	case !ok || revision < 1:
		return 0, 0, foreign(where, "SHA-256 "+here)
	case revision < d.Revision:
		return supersede, revision, nil
	case revision > d.Revision:
		return archiveRevision, revision, nil
	}
	return replace, revision, nil
}

func foreign(where, what string) error {
	return fmt.Errorf("%w: %s (%s): move it away, or name another output directory, then run again", ErrForeignFile, where, what)
}
