package embedded

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestHeldBackIsSaidOnceAMinute: on a full disk the clients of the server
// connected, and each wrote a line, a dozen times a second.
func TestHeldBackIsSaidOnceAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		h := &heldBack{log: slog.New(slog.NewTextHandler(&log, nil))}
		for range 3 * 60 * 12 { // three minutes
			h.failed(errors.New("no space left on device"))
			time.Sleep(time.Second / 12)
		}
		if n := strings.Count(log.String(), "no space left on device"); n != 3 {
			t.Errorf("%d lines in three minutes, want 3", n)
		}
	})
}
