package audit

import (
	"errors"
	"fmt"
	"strings"

	"invoicelink/worker/broker/blocks"
)

// InconsistentError tells that stores do not fit together: something that was
// acknowledged is lost, although each file is whole.
type InconsistentError struct{ Findings []Finding }

// mostNamed bounds what an error lists; verify lists everything.
const mostNamed = 20

func (e *InconsistentError) Error() string {
	var all []string
	for _, f := range e.Findings {
		all = append(all, f.String())
	}
	return fmt.Sprintf("the stores do not fit together, and nothing was started: %s; \"invoicelink verify\" shows everything", shortened(all, "; "))
}

// Check returns an *InconsistentError if the stores in a data directory do not
// fit together.
func Check(dir string) error {
	s, err := Read(dir)
	if err != nil {
		return err
	}
	if found := s.Findings(); len(found) > 0 {
		return &InconsistentError{found}
	}
	return nil
}

// Explain adds the numbers of the invoices that are affected to a
// *blocks.DamageError; other errors it returns as they are.
func Explain(dir string, err error) error {
	damage, ok := errors.AsType[*blocks.DamageError](err)
	if !ok {
		return err
	}
	s, readErr := Read(dir)
	if readErr != nil {
		return errors.Join(err, readErr)
	}
	numbers := s.Affected(damage)
	if len(numbers) == 0 {
		return fmt.Errorf("%w; no invoice is known to be affected; restore a backup", err)
	}
	return fmt.Errorf("%w; invoices affected: %s; \"invoicelink rebuild\" makes the ledger's records again where events and documents say enough; otherwise restore a backup, or compare them with the checkout account", err, shortened(numbers, ", "))
}

func shortened(all []string, separator string) string {
	if len(all) <= mostNamed {
		return strings.Join(all, separator)
	}
	return fmt.Sprintf("%s%sand %d more", strings.Join(all[:mostNamed], separator), separator, len(all)-mostNamed)
}
