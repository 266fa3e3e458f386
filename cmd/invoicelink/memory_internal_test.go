package main

import "testing"

func TestMemorySettings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		alive       uint64
		use         memoryUse
		wantPercent int
		wantLimit   int64
	}{
		{"nothing known", 0, printing, 100, 350 << 20},
		{"a small run", 20 << 20, printing, 400, 350 << 20},
		{"a small list: as Go does", 20 << 20, reading, 100, 350 << 20},
		{"64 MB: three times as much", 64 << 20, printing, 200, 350 << 20},
		{"96 MB and more: as Go does", 96 << 20, printing, 100, 350 << 20},
		{"200 MB: room is left", 200 << 20, printing, 100, 350 << 20},
		{"400 MB: never less than a quarter and 64 MB", 400 << 20, printing, 100, 564 << 20},
		{"400 MB in a server", 400 << 20, serving, 100, 960 << 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			percent, limit := c.use.settings(c.alive)
			if percent != c.wantPercent || limit != c.wantLimit {
				t.Errorf("%d MB alive: %d %% and %d MB, want %d %% and %d MB", c.alive>>20, percent, limit>>20, c.wantPercent, c.wantLimit>>20)
			}
		})
	}
}
