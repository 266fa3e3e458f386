package worker

import (
	"testing"
	"time"
)

// A receipt says the day that somebody stated, wherever the seller is.
func TestStatedDay(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"America/New_York", "UTC", "Europe/Copenhagen", "Pacific/Kiritimati"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := statedDay(time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC), loc).Format(time.DateOnly); got != "2026-11-25" {
			t.Errorf("%s: a stated day is %s, want 2026-11-25", zone, got)
		}
		moment := time.Date(2026, 11, 25, 3, 4, 5, 0, time.UTC)
		if got := statedDay(moment, loc); !got.Equal(moment) {
			t.Errorf("%s: a moment is %s, want %s", zone, got, moment)
		}
	}
}
