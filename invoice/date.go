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

// DateOf returns the calendar day of t in t's own location.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// Start returns the first moment of the day in the location. An empty or
// invalid Date gives the zero time.
func (d Date) Start(loc *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), loc)
	if err != nil {
		return time.Time{}
	}
	return t
}

// End returns the first moment of the following day in the location: a thing
// that is allowed until a Date is allowed before its End.
func (d Date) End(loc *time.Location) time.Time {
	start := d.Start(loc)
	if start.IsZero() {
		return start
	}
	return start.AddDate(0, 0, 1)
}
