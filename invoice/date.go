package invoice

import (
	"fmt"
	"time"
)

// Date is a calendar day without a time or a zone, written as ISO 8601
// (2006-01-02), as invoices state their days. The empty Date means that none
// was given. Dates compare as their texts do.
type Date string

// ParseDate reads an ISO 8601 calendar date between 1900-01-01 and
// 9999-12-31 and refuses days that do not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return "", fmt.Errorf("%s is not a date (want YYYY-MM-DD)", clip(s))
	}
	if t.Year() < 1900 {
		return "", fmt.Errorf("%s is not a date after 1900", clip(s))
	}
	return Date(s), nil
}

// exists reports whether d is a day that ParseDate reads.
func (d Date) exists() bool {
	_, err := ParseDate(string(d))
	return err == nil
}

// addYears is the same day n years later, at most the last day of 9999.
func (d Date) addYears(n int) Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	if t = t.AddDate(n, 0, 0); t.Year() > 9999 {
		return "9999-12-31"
	}
	return DateOf(t)
}

// DateOf returns the calendar day of t in t's own location.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// Start returns the first moment of the day in the location: midnight, or
// what comes in its place where the clock is put forward over midnight (a day
// in São Paulo began at 01:00), and the first of two midnights. A day that a
// zone left out starts when the next one does. An empty or invalid Date gives
// the zero time.
func (d Date) Start(loc *time.Location) time.Time {
	day, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return startOfDay(day, loc)
}

// End returns the first moment of the following day in the location: a thing
// that is allowed until a Date is allowed before its End. An empty or invalid
// Date gives the zero time.
func (d Date) End(loc *time.Location) time.Time {
	day, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return startOfDay(day.AddDate(0, 0, 1), loc)
}

// startOfDay finds the first moment in loc that is not before the given
// midnight by the wall clock. time.Date alone promises less: where the wall
// clock shows midnight twice or never it may take either offset.
func startOfDay(midnight time.Time, loc *time.Location) time.Time {
	year, month, day := midnight.Date()
	t := time.Date(year, month, day, 0, 0, 0, 0, loc)
	if from, until := t.ZoneBounds(); wall(t).Before(midnight) {
		return until // t took the offset before a gap, which ends at midnight's place
	} else if !from.IsZero() {
		// Midnight by the offset before the zone's last change: it counts
		// where the change had not come yet.
		_, offset := from.Add(-1).Zone()
		if earlier := midnight.Add(-time.Duration(offset) * time.Second); earlier.Before(from) {
			return earlier.In(loc)
		}
	}
	return t
}

// wall is what the clock on the wall shows, as a time in UTC.
func wall(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}
