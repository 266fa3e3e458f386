package ledger

// State is where an invoice stands.
type State string

// The states, in the order in which an invoice passes through them. A credit
// note, and an invoice with nothing payable, goes from accepted to issued.
const (
	Accepted  State = "accepted"  // taken in; its document is stored
	Session   State = "session"   // has its checkout session
	Linked    State = "linked"    // has a payment link, not yet printed
	Issued    State = "issued"    // its PDF is published
	Paid      State = "paid"      // paid, by whatever word came first
	Cancelled State = "cancelled" // withdrawn by its sender
	Lapsed    State = "lapsed"    // its link is over and no further one is made
	Rejected  State = "rejected"  // the request was wrong; correct it and send it again
	Failed    State = "failed"    // the request was right, but it could not be done
)

// States lists all of them.
var States = []State{Accepted, Session, Linked, Issued, Paid, Cancelled, Lapsed, Rejected, Failed}

// Ended reports whether nothing more happens to an invoice in this state
// without a new word from outside or a deadline.
func (s State) Ended() bool {
	switch s {
	case Issued, Paid, Cancelled, Lapsed, Rejected, Failed:
		return true
	}
	return false
}
