// Package archive keeps finished PDFs: in a directory, or in a bucket of the
// JetStream object store, from where other machines get them. Both are an
// Archive and behave alike.
//
// It promises that Put returns when the PDF is on disk (or acknowledged by the
// broker), whole and under its own name or not at all; that a PDF which is
// replaced is kept under superseded/ first; that nothing is overwritten which
// the ledger does not know; and that a Put cut off anywhere, by a kill or a
// power cut, ends the same when it is repeated.
//
// Names come from invoice.FileName alone: <name>.pdf is always the newest PDF
// of a number, superseded/<name>.r<k>.pdf an older one of revision k. An
// e-invoice is <name>.xml, an older one superseded/<name>.<digest>.xml.
//
// It does not render, does not keep records and decides nothing about
// revisions: the ledger does, and is asked through Known. Two Puts of one
// number at the same time must be kept apart by the caller.
package archive

import (
	"context"
	"errors"
	"fmt"
	"io"

	"invoicelink/invoice"
)

// MaxBytes is the largest PDF that is taken, 32 MiB. An invoice of two pages
// is about 40 KB; what is beyond this is no invoice.
const MaxBytes = 32 << 20

// supersededDir holds the older revisions.
const supersededDir = "superseded"

// Errors that say what is wrong with one document or its place. Trying again
// does not help against them; Temporary tells them from the others.
var (
	// ErrForeignFile is wrapped by Put when something else than a PDF that the
	// ledger knows is there under the name. It is left as it is; the text
	// names it and says what to do.
	ErrForeignFile = errors.New("a file is in the way that this ledger does not know")
	// ErrDocument is wrapped by Put when the document cannot be kept: no
	// number, no revision, no bytes, or more than MaxBytes.
	ErrDocument = errors.New("the document cannot be kept")
	// ErrDiffers is wrapped by Put when an older revision is kept already
	// with other bytes.
	ErrDiffers = errors.New("the superseded PDF differs from the one kept")
)

// Document is one finished PDF, or the e-invoice next to it.
type Document struct {
	Number   string // the invoice number as it is printed
	Revision int    // of the payment link; 1 is the first
	Data     []byte // at most MaxBytes
}

// Stored says where a PDF is kept.
type Stored struct {
	Name   string // relative, with slashes: "INV-1.pdf" or "superseded/INV-1.r1.pdf"
	SHA256 string // of its bytes, 64 lower-case hex digits
	Bytes  int64
}

// Known says what the ledger knows about a PDF found under a number's name:
// the revision that it was made for, or ok=false where the ledger has no PDF
// with that SHA-256 (64 lower-case hex digits) for the number. Nil knows
// nothing.
type Known func(sha256hex string) (revision int, ok bool)

// Archive keeps finished PDFs. Its methods may be called from many goroutines,
// for one number by one at a time.
type Archive interface {
	// Put makes d the newest PDF of its number. What is there decides:
	//
	//   - the same bytes: they are made durable, nothing is rewritten;
	//   - an older revision that the ledger knows: it is kept under superseded/
	//     first, then replaced;
	//   - the same revision, known with other bytes: it is replaced, since the
	//     ledger says that it was rendered again;
	//   - a newer revision that the ledger knows: it stays the newest, and d is
	//     kept under superseded/, where Stored says so (a job that was
	//     delivered again long after);
	//   - anything else: ErrForeignFile.
	Put(ctx context.Context, d Document, known Known) (Stored, error)

	// Open reads the newest PDF of a number (revision 0) or one that was
	// superseded (its revision). The error wraps fs.ErrNotExist when it is not
	// there. The caller closes the reader.
	Open(ctx context.Context, number string, revision int) (io.ReadCloser, Stored, error)

	// Has reports whether the newest PDF of a number has that SHA-256 (64 hex
	// digits). One that is missing, or is no regular file, has not.
	Has(ctx context.Context, number string, sha256 string) (bool, error)

	// PutXML makes d the e-invoice that lies next to the number's PDF, as
	// <name>.xml. The same bytes are made durable and not rewritten; anything else
	// that is there is kept under superseded/ first, by its digest.
	PutXML(ctx context.Context, d Document) (Stored, error)

	// OpenXML reads it. The error wraps fs.ErrNotExist if there is none. The
	// caller closes the reader.
	OpenXML(ctx context.Context, number string) (io.ReadCloser, Stored, error)
}

// check refuses a document that cannot be kept.
func (d Document) check() error {
	switch {
	case d.Number == "":
		return fmt.Errorf("%w: it has no invoice number", ErrDocument)
	case d.Revision < 1:
		return fmt.Errorf("%w: revision %d of invoice %.80q: the first is 1", ErrDocument, d.Revision, d.Number)
	case len(d.Data) == 0:
		return fmt.Errorf("%w: the PDF of invoice %.80q is empty", ErrDocument, d.Number)
	case len(d.Data) > MaxBytes:
		return fmt.Errorf("%w: the PDF of invoice %.80q has %d bytes: at most %d", ErrDocument, d.Number, len(d.Data), MaxBytes)
	}
	return nil
}

// newestName is the name of a number's newest PDF.
func newestName(number string) string { return invoice.FileName(number) + ".pdf" }

// olderName is the name of a number's superseded PDF with that revision.
func olderName(number string, revision int) string {
	return fmt.Sprintf("%s/%s.r%d.pdf", supersededDir, invoice.FileName(number), revision)
}

// nameOf is the name that Open reads.
func nameOf(number string, revision int) (string, error) {
	switch {
	case number == "":
		return "", fmt.Errorf("%w: no invoice number is given", ErrDocument)
	case revision < 0:
		return "", fmt.Errorf("%w: revision %d of invoice %.80q: give 0 for the newest, or 1 and up", ErrDocument, revision, number)
	case revision == 0:
		return newestName(number), nil
	}
	return olderName(number, revision), nil
}
