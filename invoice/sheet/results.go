package sheet

import (
	"context"
	"errors"
)

// WriteResults writes the sender's file with the results to path.
func (b *Book) WriteResults(ctx context.Context, path string, results map[string]Result) error {
	return errors.ErrUnsupported
}
