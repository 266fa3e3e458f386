package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Capture takes a reserved payment, as the merchant does at the gateway: amount
// in major units of its currency, or all that is left if amount is empty. It
// sends no callback, see [Server.Notify].
func (s *Server) Capture(transaction string, amount json.Number) (Payment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.payment(transaction)
	if err != nil {
		return Payment{}, err
	}
	if !p.Succeeded {
		return Payment{}, errors.New("capture a payment: it was declined")
	}
	reserved, taken := decimal(p.Amount).rat(), decimal(p.Captured).rat()
	more := decimal(amount)
	if amount == "" {
		more = decimal(reserved.Sub(reserved, taken).FloatString(2))
		reserved.Add(reserved, taken)
	} else if !decimalForm.MatchString(string(more)) || more.decimals() > 2 {
		return Payment{}, fmt.Errorf("capture a payment: %.40q is not a decimal number with at most two decimals", amount)
	}
	total := taken.Add(taken, more.rat())
	if more.rat().Sign() <= 0 || total.Cmp(reserved) > 0 {
		return Payment{}, fmt.Errorf("capture a payment: of %s reserved, %s are captured and %s cannot be: %w", p.Amount, p.Captured, more, ErrClosed)
	}
	if err := s.record(&event{Captured: &capturing{p.TransactionID, json.Number(total.FloatString(2))}}); err != nil {
		return Payment{}, err
	}
	return *p, nil
}

// payment needs the lock.
func (s *Server) payment(transaction string) (*Payment, error) {
	if p := s.state.payments[transaction]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("find the transaction %.120q: the sandbox made none like it", transaction)
}
