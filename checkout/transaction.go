package checkout

import "invoicelink/invoice"

// Stage says how far a payment has come.
type Stage string

const (
	// StageNone: no amount above zero is reserved or captured, or none was
	// stated.
	StageNone Stage = ""
	// StageAuthorised: the amount is reserved on the payer's account. It
	// becomes ours only when it is captured, and lapses if it never is.
	StageAuthorised Stage = "authorised"
	// StageCaptured: the amount, or a part of it, was taken.
	StageCaptured Stage = "captured"
)

// Transaction is what the gateway says about one attempt to pay. An amount that
// it left out is the zero Money.
type Transaction struct {
	// ID is the gateway's; the same id is the same transaction.
	ID string
	// Status is the gateway's word, for people.
	Status string
	// Reserved is what was authorised, Captured what was taken of it, Refunded
	// what was given back; all three in one currency.
	Reserved, Captured, Refunded invoice.Money
}

// Stage distinguishes an authorised payment from a captured one.
func (t Transaction) Stage() Stage { return stageOf(t.Reserved, t.Captured) }

// Amount is what was captured, or reserved if that is more, less what was
// refunded: below or at zero if all went back, the zero Money if the gateway
// stated neither.
func (t Transaction) Amount() invoice.Money {
	best := larger(t.Captured, t.Reserved)
	if rest, err := best.Sub(t.Refunded); err == nil && !best.IsZero() {
		return rest
	}
	return best
}

func stageOf(reserved, captured invoice.Money) Stage {
	switch {
	case positive(captured):
		return StageCaptured
	case positive(reserved):
		return StageAuthorised
	}
	return StageNone
}

// larger returns the larger of two amounts in one currency; the zero Money is
// less than any amount.
func larger(a, b invoice.Money) invoice.Money {
	if a.IsZero() || !b.IsZero() && a.Cmp(b) < 0 {
		return b
	}
	return a
}
