package invoice_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the zones below, also on a machine without them

	"invoicelink/invoice"
)

func TestParseDate(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"1900-01-01", "2024-02-29", "2000-02-29", "2026-12-31", "9999-12-31"} {
		if got, err := invoice.ParseDate(in); err != nil || string(got) != in {
			t.Errorf("ParseDate(%q) = %q, %v", in, got, err)
		}
	}
	for _, in := range []string{
		"", "2026-02-29", "1900-02-29", "2100-02-29", "2026-02-30", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00", "2026-01-32",
		"0000-01-01", "0001-01-01", "1899-12-31", "10000-01-01", "99999-01-01", "-2026-01-01", "2026-1-2", "26-01-02", "20260102",
		"2026/01/02", "02.01.2026", "2026-01-02T00:00:00Z", "2026-01-02 ", " 2026-01-02", "2026-01-02\n", "２０２６-01-02", "today", "46023", "\x00",
	} {
		if got, err := invoice.ParseDate(in); err == nil || got != "" {
			t.Errorf("ParseDate(%q) = %q, %v; want an error", in, got, err)
		}
	}
}

func TestDateOf(t *testing.T) {
	t.Parallel()
	moment := time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC)
	if got := invoice.DateOf(moment); got != "2026-12-31" {
		t.Errorf("in UTC: %s", got)
	}
	if got := invoice.DateOf(moment.In(zone(t, "Europe/Copenhagen"))); got != "2027-01-01" {
		t.Errorf("in Copenhagen: %s", got)
	}
}

// A day begins when its first moment does, which is not midnight where the
// clock is put forward or back just then, and is 23 or 25 hours long there.
func TestDayOfAZone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, day, start, end string }{
		{"UTC", "2026-03-31", "2026-03-31T00:00:00Z", "2026-04-01T00:00:00Z"},
		{"UTC", "2024-02-28", "2024-02-28T00:00:00Z", "2024-02-29T00:00:00Z"},
		{"UTC", "9999-12-31", "9999-12-31T00:00:00Z", "10000-01-01T00:00:00Z"},
		{"Europe/Copenhagen", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"}, // 23 h
		{"Europe/Copenhagen", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"}, // 25 h
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"}, // begins at 01:00
		{"America/Sao_Paulo", "2018-11-03", "2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z"},
		{"America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z"}, // 23:00 comes twice
		{"America/Havana", "2025-11-02", "2025-11-02T04:00:00Z", "2025-11-03T05:00:00Z"},    // 00:00 comes twice
		{"America/Toronto", "1919-03-31", "1919-03-31T04:30:00Z", "1919-04-01T04:00:00Z"},   // begins at 00:30
		{"Asia/Amman", "2021-10-29", "2021-10-28T21:00:00Z", "2021-10-29T22:00:00Z"},        // and east of Greenwich
		{"Asia/Beirut", "2024-03-31", "2024-03-30T22:00:00Z", "2024-03-31T21:00:00Z"},       // begins at 01:00
		{"Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"},      // the 30th was left out
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},
		{"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"},
	} {
		loc := zone(t, c.zone)
		day := invoice.Date(c.day)
		if got := day.Start(loc).UTC().Format("2006-01-02T15:04:05Z"); got != c.start {
			t.Errorf("%s in %s starts %s, want %s", c.day, c.zone, got, c.start)
		}
		if got := day.End(loc).UTC().Format("2006-01-02T15:04:05Z"); got != c.end {
			t.Errorf("%s in %s ends %s, want %s", c.day, c.zone, got, c.end)
		}
	}
	for _, bad := range []invoice.Date{"", "2026-02-30", "soon"} {
		if !bad.Start(time.UTC).IsZero() || !bad.End(time.UTC).IsZero() {
			t.Errorf("%q has a start or an end", bad)
		}
	}
}

// One day ends exactly where the next one starts, in every zone.
func TestDaysFollowEachOther(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"UTC", "Europe/Copenhagen", "America/Sao_Paulo", "America/Havana", "Africa/Cairo", "Asia/Beirut", "Asia/Amman",
		"Australia/Lord_Howe", "Pacific/Apia", "America/Asuncion", "Asia/Tehran"} {
		loc := zone(t, name)
		for i := range 1500 {
			noon := time.Date(2011, 6, 1+i, 12, 0, 0, 0, time.UTC)
			day, next := invoice.DateOf(noon), invoice.DateOf(noon.AddDate(0, 0, 1))
			start, end := day.Start(loc), day.End(loc)
			if !end.Equal(next.Start(loc)) {
				t.Fatalf("%s: %s ends %s, but %s starts %s", name, day, end, next, next.Start(loc))
			}
			if name == "Pacific/Apia" && day == "2011-12-30" {
				continue // there was no such day
			}
			if invoice.DateOf(start) != day || invoice.DateOf(start.Add(-1)) >= day || invoice.DateOf(end.Add(-1)) != day {
				t.Fatalf("%s: %s runs from %s to %s", name, day, start, end)
			}
		}
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}
