package sandbox_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"invoicelink/checkout/sandbox"
)

// TestStateSurvives: what was acknowledged is there after the process ended
// without a farewell, also when its last line is torn.
func TestStateSurvives(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	s, base := open(t, sandbox.Config{Dir: dir})
	c := client(t, base, nil)
	session, err := c.CreateSession(t.Context(), order("o-1"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := c.CreateLink(t.Context(), session.ID, fortnight)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Advance(3 * time.Hour); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pay(l.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.Open(sandbox.Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Fatalf("a second sandbox in the same directory: %v", err)
	}
	// A copy of the file as it is now is what a killed process leaves.
	journal, err := os.ReadFile(filepath.Join(dir, "sandbox.journal"))
	if err != nil {
		t.Fatal(err)
	}
	for name, torn := range map[string]string{"whole": "", "torn": `{"link":{"id":"x`} {
		copied := t.TempDir()
		path := filepath.Join(copied, "sandbox.journal")
		if err := os.WriteFile(path, append(journal[:len(journal):len(journal)], torn...), 0o600); err != nil {
			t.Fatal(err)
		}
		again, base := open(t, sandbox.Config{Dir: copied})
		links := again.Links()
		if len(links) != 1 || links[0].URL != l.URL || links[0].State != "paid" || links[0].Opened.IsZero() {
			t.Errorf("%s: links are %+v", name, links)
		}
		if d := time.Until(again.Now()); d < 2*time.Hour {
			t.Errorf("%s: the clock is %v ahead", name, d)
		}
		if _, err := client(t, base, nil).CreateLink(t.Context(), session.ID, fortnight); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n := again.Stats().LinksAfterPayment; n != 1 {
			t.Errorf("%s: %d links after payment", name, n)
		}
		if now, err := os.ReadFile(path); err != nil || strings.Contains(string(now), `"x{`) || !strings.HasSuffix(string(now), "}\n") {
			t.Errorf("%s: journal ends badly: %v", name, err)
		}
	}
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "sandbox.journal"), []byte("{}\nhello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.Open(sandbox.Config{Dir: broken}); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("a damaged journal: %v", err)
	}
}
