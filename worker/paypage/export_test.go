package paypage_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"invoicelink/worker/paypage"
	"invoicelink/worker/testkit"
)

// Static pages outlive the program: every printed number has one, open ones
// with their bank details, none with a button.
func TestExport(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	now := s.Clock.Now()
	unpaid, settled := s.issue(sample("A-1", "de")), s.issue(sample("A-2", "en"), paid("t", "1250", now))
	busy := s.issue(sample("A-3", "en"))
	s.press(busy)
	dir := filepath.Join(t.TempDir(), "pages")
	for range 2 { // again into the same directory
		if n, err := paypage.Export(t.Context(), s.Ledger, dir, now); err != nil || n != 3 {
			t.Fatalf("exported %d pages, %v; want 3", n, err)
		}
	}
	read := func(parts ...string) string {
		data, err := os.ReadFile(filepath.Join(append([]string{dir}, parts...)...))
		testkit.Must(t, err)
		return string(data)
	}
	for token, want := range map[string][]string{
		unpaid: {"Bitte zahlen Sie per Überweisung", "DE75", "<svg", "1.250,00\u00a0EUR"}, settled: {"Paid on"}, busy: {"Please pay by bank transfer", "DE75"},
	} {
		page := read("I", token, "index.html")
		for _, part := range want {
			if !strings.Contains(page, part) {
				t.Errorf("page does not say %q:\n%s", part, page)
			}
		}
		style := page[strings.Index(page, `href="../../`)+len(`href="../../`):]
		if style, _, _ = strings.Cut(style, `"`); strings.Contains(page, "<button") || !strings.Contains(read(style), "--accent") {
			t.Errorf("page has a button, or its style sheet %q is not there", style)
		}
	}
	if page := read("404.html"); !strings.Contains(page, "ask the sender") {
		t.Errorf("404.html says: %s", page)
	}
	info, err := os.Stat(filepath.Join(dir, "I"))
	testkit.Must(t, err)
	if info.Mode().Perm()&0o007 != 0 {
		t.Errorf("directory of tokens has mode %v", info.Mode())
	}
	testkit.Must(t, os.RemoveAll(dir))
	testkit.Must(t, os.WriteFile(dir, nil, 0o600))
	if _, err := paypage.Export(t.Context(), s.Ledger, dir, time.Now()); err == nil || strings.Contains(err.Error(), unpaid) {
		t.Errorf("got %v, want an error without a token", err)
	}
}
