package pdf

import (
	"fmt"
	"strings"
	"time"
)

// dayOf writes the calendar day of t in t's own location.
func (l *language) dayOf(t time.Time) string {
	year, month, day := t.Date()
	return fmt.Sprintf(l.day, day, l.months[month-1], year)
}

// momentOf writes t to the minute with its zone, in t's own location. Seconds
// are cut, so a deadline is never promised later than it is.
func (l *language) momentOf(t time.Time) string {
	return fmt.Sprintf(l.moment, l.dayOf(t), t.Format(l.clock), zoneOf(t))
}

// zoneOf names the zone as people know it ("CET"). Zones without an
// abbreviation of letters are written by their distance from UTC.
func zoneOf(t time.Time) string {
	name, offset := t.Zone()
	if strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && name != "" {
		return name
	}
	sign := "+"
	if offset < 0 {
		sign, offset = minus, -offset
	}
	if offset%3600 == 0 {
		return fmt.Sprintf("UTC%s%d", sign, offset/3600)
	}
	return fmt.Sprintf("UTC%s%d:%02d", sign, offset/3600, offset/60%60)
}

// span writes a duration in whole days, hours and minutes, rounded down, at
// least one minute.
func (l *language) span(d time.Duration) string {
	d = max(d, time.Minute)
	var parts []string
	for _, unit := range []struct {
		size time.Duration
		name [2]string
	}{{24 * time.Hour, l.days}, {time.Hour, l.hours}, {time.Minute, l.minutes}} {
		n := d / unit.size
		d -= n * unit.size
		switch {
		case n == 1:
			parts = append(parts, "1"+string(noBreakSpace)+unit.name[0])
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d%c%s", n, noBreakSpace, unit.name[1]))
		}
	}
	return strings.Join(parts, " ")
}
