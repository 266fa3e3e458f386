package lang

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Day writes the calendar day of at in at's own location.
func (t *Texts) Day(at time.Time) string {
	year, month, n := at.Date()
	day := strconv.Itoa(n)
	if n == 1 && t.FirstDay != "" {
		day = t.FirstDay
	}
	return Fill(t.DateForm, "day", day, "month", t.Months[month-1], "year", strconv.Itoa(year))
}

// Moment writes at to the minute with its zone, in at's own location. Seconds
// are cut, so a deadline is never promised later than it is.
func (t *Texts) Moment(at time.Time) string {
	return Fill(t.MomentForm, "date", t.Day(at), "time", at.Format(t.Clock), "zone", zoneOf(at))
}

// zoneOf names the zone as people know it ("CET"). Zones without an
// abbreviation of letters are written by their distance from UTC.
func zoneOf(at time.Time) string {
	name, offset := at.Zone()
	if strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && name != "" {
		return name
	}
	sign := "+"
	if offset < 0 {
		sign, offset = Minus, -offset
	}
	if offset%3600 == 0 {
		return fmt.Sprintf("UTC%s%d", sign, offset/3600)
	}
	return fmt.Sprintf("UTC%s%d:%02d", sign, offset/3600, offset/60%60)
}

// Span writes a duration in whole days, hours and minutes, rounded down, at
// least one minute.
func (t *Texts) Span(d time.Duration) string {
	d = max(d, time.Minute)
	var parts []string
	for _, unit := range [...]struct {
		size time.Duration
		name string
	}{{24 * time.Hour, t.Days}, {time.Hour, t.Hours}, {time.Minute, t.Minutes}} {
		if n := d / unit.size; n > 0 {
			d -= n * unit.size
			parts = append(parts, strconv.Itoa(int(n))+noBreakSpace+unit.name)
		}
	}
	return strings.Join(parts, " ")
}
