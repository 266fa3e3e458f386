package broker

import (
	"errors"

	"github.com/nats-io/nats.go/jetstream"
)

// isWrongSequence reports whether a publish found another message before its
// own than it expected.
func isWrongSequence(err error) bool {
	refused, ok := errors.AsType[*jetstream.APIError](err)
	return ok && refused.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence
}
