package telemetry

import (
	"log/slog"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
)

// quiet logs an error and then none for a while: a collector that is away
// would fill the log otherwise.
func quiet(log *slog.Logger, every time.Duration, now func() time.Time) otel.ErrorHandler {
	var mu sync.Mutex
	var last time.Time
	return otel.ErrorHandlerFunc(func(err error) {
		mu.Lock()
		defer mu.Unlock()
		if !last.IsZero() && now().Sub(last) < every {
			return
		}
		last = now()
		log.Warn("traces are not sent", "error", err)
	})
}
