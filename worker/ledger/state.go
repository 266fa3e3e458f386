package ledger

// State is where an invoice stands. The zero State is that of a number that is
// not in the ledger yet.
type State string

// The states, in the order in which an invoice passes through them. A credit
// note, and an invoice with nothing payable, goes from accepted to issued.
const (
	Accepted  State = "accepted"  // the request is taken; its document is stored
	Session   State = "session"   // has its checkout session, and no link yet
	Linked    State = "linked"    // has a payment link that is not printed yet
	Issued    State = "issued"    // its PDF is published
	Paid      State = "paid"      // the payable amount is received
	Cancelled State = "cancelled" // withdrawn by its sender
	Lapsed    State = "lapsed"    // its link expired and no further one is made
	Rejected  State = "rejected"  // the request was wrong; correct it and send it again
	Failed    State = "failed"    // the request was right, but could not be carried out
)

// States lists all of them.
var States = []State{Accepted, Session, Linked, Issued, Paid, Cancelled, Lapsed, Rejected, Failed}

// Ended reports whether nothing more happens to an invoice in this state
// without a new request, statement or deadline.
func (s State) Ended() bool {
	switch s {
	case Issued, Paid, Cancelled, Lapsed, Rejected, Failed:
		return true
	case Accepted, Session, Linked:
	}
	return false
}
