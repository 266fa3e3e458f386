package worker

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"

	"invoicelink/worker/broker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// findUpload loads the upload that the request is part of. The attribute batch
// is the sender's own correlation id, which comes back in the answer, unless it
// is the id of an upload: then the token must be the upload's too, so that
// nobody can send or answer requests in its name.
func (j *job) findUpload(ctx context.Context) error {
	if j.env.Batch == "" {
		return nil
	}
	spec, err := j.uploadOf(ctx, j.env.Batch)
	if err != nil || spec.ID == "" {
		return err
	}
	if spec.Token == "" || subtle.ConstantTimeCompare([]byte(spec.Token), []byte(j.env.Extensions[event.UploadToken])) != 1 {
		j.env.Batch = "" // its answer is none to the upload
		return &rejection{code: "batch-of-upload", keepRecord: true, message: "the attribute batch is the id of an upload; give another one, or none"}
	}
	j.spec = spec
	return nil
}

// uploadOf returns the upload with the id, or a zero spec if the id is some
// sender's own.
func (w *Worker) uploadOf(ctx context.Context, id string) (ledger.BatchSpec, error) {
	spec, err := w.specs.Load(ctx, id)
	if errors.Is(err, broker.ErrNoDocument) {
		return ledger.BatchSpec{}, nil
	}
	if err != nil {
		return ledger.BatchSpec{}, fmt.Errorf("find upload: %w", err)
	}
	return spec, nil
}
