package worker

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// clockWarning is the clock difference from which on printed ends of links are
// wrong enough to say so.
const clockWarning = 30 * time.Second

// ClockTrouble says that this machine's clock differs from the checkout API's,
// as the Date headers of its answers show, or from the broker's; nil if they
// agree or nothing is known. Printed ends of links are wrong by the first
// difference, renewals come early or late by the second.
func (w *Worker) ClockTrouble(ctx context.Context) error {
	var all []error
	if offset, within, known := w.cfg.Checkout.ClockOffset(); known {
		all = append(all, clockTrouble("checkout API", "printed ends of links are wrong by that", offset, within))
	}
	if offset, within, err := w.cfg.Broker.ClockOffset(ctx, w.cfg.Now); err == nil { // a broker that is away is reported as such
		all = append(all, clockTrouble("broker", "links are renewed early or late by that", offset, within))
	}
	return errors.Join(all...)
}

func clockTrouble(whose, consequence string, offset, within time.Duration) error {
	if offset.Abs() < clockWarning+within {
		return nil
	}
	direction := "behind"
	if offset < 0 {
		direction = "ahead of"
	}
	return fmt.Errorf("this machine's clock is %v %s the %s's; set it, %s", offset.Abs().Round(time.Second), direction, whose, consequence)
}
