package main

import "testing"

func TestGCPercent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		alive uint64
		want  int
	}{
		{"nothing known", 0, 400},
		{"a small run", 20 << 20, 400},
		{"64 MB: three times as much", 64 << 20, 200},
		{"96 MB and more: as Go does", 96 << 20, 100},
		{"400 MB", 400 << 20, 100},
		{"600 MB: below 900", 600 << 20, 50},
		{"720 MB", 720 << 20, 25},
		{"more than fits: never less than a quarter", 4 << 30, 25},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := gcPercent(c.alive); got != c.want {
				t.Errorf("%d MB alive: %d, want %d", c.alive>>20, got, c.want)
			}
		})
	}
}
