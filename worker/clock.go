package worker

import (
	"fmt"
	"time"
)

// clockWarning is the clock difference from which on printed ends of links are
// wrong enough to say so.
const clockWarning = 30 * time.Second

// ClockTrouble says that this machine's clock and the checkout API's differ, as
// the Date headers of its answers show; nil if they agree or nothing is known.
// Printed ends of links are wrong by the difference.
func (w *Worker) ClockTrouble() error {
	offset, within, known := w.cfg.Checkout.ClockOffset()
	if !known || offset.Abs() < clockWarning+within {
		return nil
	}
	direction := "behind"
	if offset < 0 {
		direction = "ahead of"
	}
	return fmt.Errorf("this machine's clock is %v %s the checkout API's; set it, printed ends of links are wrong by that", offset.Abs().Round(time.Second), direction)
}
