package worker

import (
	"errors"

	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// rejection says that the request is wrong: its sender has to correct it.
type rejection struct {
	problems event.Problems // by JSON path
	code     string         // why; "" means that the problems say it
	message  string         // in one sentence; "" means that of the problems
	// keepRecord means that the record of that number stays as it is: the
	// refusal is about the request alone.
	keepRecord bool
	// ofRecord means that the record says the same, so that the event shows it.
	ofRecord bool
	// silent means that no event answers the request.
	silent bool
	err    error
}

func (r *rejection) Error() string {
	if r.message != "" {
		return r.message
	}
	return r.problems.String()
}

func (r *rejection) Unwrap() error { return r.err }

// refused turns what the ledger refuses into a rejection of the request, which
// leaves the record alone. Other errors stay what they are.
func refused(err error) error {
	if no, ok := errors.AsType[*ledger.RefusedError](err); ok {
		return &rejection{code: no.Code, message: no.Message, keepRecord: true, err: err}
	}
	return err
}
