package pdf

import (
	"strings"

	"invoicelink/invoice/pdf/lang"
)

// state is what the document asks of its reader.
type state uint8

const (
	stateDue     state = iota // an amount is to be paid
	statePaid                 // it was paid
	statePrepaid              // it was paid in advance, all of it
	stateNothing              // nothing is to be paid
	stateFavour               // the buyer gets something back
	stateCredit               // a credit note
)

func (c *composer) stateOf() state {
	switch p := c.totals.Payable; {
	case c.inv.IsCreditNote():
		return stateCredit
	case !c.page.PaidOn.IsZero():
		return statePaid
	case p.IsPositive():
		return stateDue
	case p.IsNegative():
		return stateFavour
	case c.totals.Prepaid.IsPositive():
		return statePrepaid
	}
	return stateNothing
}

// payableWords names what is left of the total and writes it. What is in the
// buyer's favour is a positive amount under its own name.
func (c *composer) payableWords() (name, value string) {
	value = c.withCode(c.totals.Payable)
	switch c.state {
	case stateCredit:
		return c.Credited, value
	case stateFavour:
		return c.Balance, strings.Replace(value, lang.Minus, "", 1)
	case statePaid:
		return c.Paid, value
	}
	return c.Payable, value
}

// stateWords say in a sentence what happens with the amount, if it is not to
// be paid.
func (c *composer) stateWords() []string {
	switch c.state {
	case statePaid:
		return []string{lang.Fill(c.PaidOn, "date", c.Day(c.page.PaidOn.In(c.zone)))}
	case statePrepaid:
		return []string{c.PaidInAdvance}
	case stateNothing:
		return []string{c.NothingDue}
	case stateFavour:
		return []string{c.SetOff}
	case stateCredit:
		var words []string
		if original := c.preceding(); original != "" {
			words = append(words, lang.Fill(c.Corrects, "invoices", original))
		}
		return append(words, c.SetOff)
	}
	return nil
}
