package archive

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go/jetstream"
)

// Temporary reports whether trying a Put again later can help. Only what is
// wrong with one document or its place is permanent: ErrForeignFile,
// ErrDocument, ErrDiffers. Everything that the machine or the broker says is
// temporary, also a directory that cannot be written to (EACCES) or a file
// system that has become read-only (EROFS): such a trouble hits every invoice
// alike and is fixed from outside, and must not end a queue of invoices as
// failed within a second. Dir tells a directory that was never writable before
// anything is started. A context that was cancelled is neither: it is the
// caller's own stop, and not temporary.
func Temporary(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	return !errors.Is(err, ErrForeignFile) && !errors.Is(err, ErrDocument) && !errors.Is(err, ErrDiffers)
}

// storeFull is the JetStream error "insufficient resources": the broker's
// store has reached its limit. The client library has no name for it.
const storeFull jetstream.ErrorCode = 10023

// DiskFull reports whether the error says that there is no room: the disk or
// the user's quota is full, or the broker's store has reached its limit.
func DiskFull(err error) bool {
	if api, ok := errors.AsType[*jetstream.APIError](err); ok && api.ErrorCode == storeFull {
		return true
	}
	return noSpace(err)
}
