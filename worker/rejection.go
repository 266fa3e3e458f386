package worker

import "invoicelink/worker/event"

// rejection tells that the request is wrong: its sender has to correct it.
type rejection struct {
	problems event.Problems // by JSON path; empty for a conflict
	message  string         // in one sentence, where there are no problems
	// aside means that the request is refused without a word about the
	// invoice of that number, whose record stays as it is.
	aside bool
	err   error
}

func (r *rejection) Error() string {
	if r.message != "" {
		return r.message
	}
	return r.problems.String()
}

func (r *rejection) Unwrap() error { return r.err }
