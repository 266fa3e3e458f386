package broker

import (
	"errors"

	"github.com/nats-io/nats.go/jetstream"
)

// isWrongSequence reports whether a publish found another message before its
// own than it expected.
func isWrongSequence(err error) bool {
	var refused *jetstream.APIError
	return errors.As(err, &refused) && refused.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence
}
