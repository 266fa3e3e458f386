package main

// Exit codes, which others script against.
const (
	exitOK       = 0 // everything asked for is done
	exitRejected = 1 // some invoices were rejected or failed
	exitUsage    = 2 // usage, configuration or an unreadable file: nothing was started
	exitLeft     = 3 // work is left; the same command carries on
)

// exit ends the program with a code. Without an error nothing is printed: the
// command has said what there is to say.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return "exit"
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }
