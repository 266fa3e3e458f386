package embedded

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
)

// serverLog hands the server's words to slog. What the server calls fatal does
// not end the process: it is kept for Start, which returns it.
type serverLog struct {
	log   *slog.Logger
	fatal chan string
}

func newServerLog(log *slog.Logger) *serverLog {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &serverLog{log: log.With("component", "nats-server"), fatal: make(chan string, 1)}
}

// say writes one line. The server's notices (versions, limits, times of
// recovery) are of interest to whoever debugs it, so they go to debug.
func (l *serverLog) say(level slog.Level, format string, v []any) {
	if !l.log.Enabled(context.Background(), level) {
		return
	}
	l.log.Log(context.Background(), level, strings.TrimSpace(fmt.Sprintf(format, v...)))
}

func (l *serverLog) Noticef(format string, v ...any) { l.say(slog.LevelDebug, format, v) }
func (l *serverLog) Warnf(format string, v ...any)   { l.say(slog.LevelWarn, format, v) }
func (l *serverLog) Errorf(format string, v ...any)  { l.say(slog.LevelError, format, v) }
func (l *serverLog) Debugf(string, ...any)           {}
func (l *serverLog) Tracef(string, ...any)           {}

func (l *serverLog) Fatalf(format string, v ...any) {
	select {
	case l.fatal <- strings.TrimSpace(fmt.Sprintf(format, v...)):
	default: // the first one is the cause
	}
	l.say(slog.LevelError, format, v)
}
