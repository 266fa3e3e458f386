package embedded

import (
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

func TestHealthIsAskedAgainWhileTheServerIsReady(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		refusals int // before the server says that it is well
		ready    bool
		want     int // status
		asked    int
	}{
		{"well", 0, true, 200, 1},
		{"busy for a moment", 2, true, 200, 3},
		{"a stream that stays broken", 99, true, 500, 5},
		{"not ready", 99, false, 500, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			asked := 0
			got := askHealth(func() *server.HealthStatus {
				asked++
				if asked <= tt.refusals {
					return &server.HealthStatus{StatusCode: 500, Error: "failed to be ready for connections after 1ms"}
				}
				return &server.HealthStatus{StatusCode: 200}
			}, func(time.Duration) bool { return tt.ready })
			if got.StatusCode != tt.want || asked != tt.asked {
				t.Errorf("status %d after %d questions, want %d after %d", got.StatusCode, asked, tt.want, tt.asked)
			}
		})
	}
}
