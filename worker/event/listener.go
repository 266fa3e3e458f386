package event

import "bytes"

// Headers that only the listener of the embedded broker writes; what clients
// send under these names it removes. On a NATS cluster anybody can write them,
// so they may take rights away and give none.
const (
	// UserHeader names the user of the listener who published the request.
	UserHeader = "Invoicelink-User"
	// NumbersHeader is what the invoice number of the request must begin with.
	NumbersHeader = "Invoicelink-Numbers"
)

// OwnEvent reports whether a message that came in as a request is an event that
// the program itself has published: by its type, or, where a bridge has lost
// the headers, by the members that every answer has and no request. To answer
// it would make an event that comes back too.
func OwnEvent(env Envelope, data []byte) bool {
	if _, out := outgoing[env.Type]; out {
		return true
	}
	if !bytes.Contains(data, []byte(`"requestId"`)) || !bytes.Contains(data, []byte(`"state"`)) {
		return false
	}
	body, err := parse(data)
	if err != nil {
		return false
	}
	if inner, ok := body.first("data"); ok { // structured mode
		body = inner
	}
	_, id := body.first("requestId")
	_, state := body.first("state")
	return id && state
}
