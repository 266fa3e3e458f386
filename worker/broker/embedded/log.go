package embedded

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// serverLog passes the server's log lines to slog. What the server calls fatal does
// not end the process: it is kept for Start, which returns it.
type serverLog struct {
	log     *slog.Logger
	refused *refusals
	fatal   chan string
}

func newServerLog(log *slog.Logger, refused *refusals) *serverLog {
	return &serverLog{log: log.With("component", "nats-server"), refused: refused, fatal: make(chan string, 1)}
}

// say writes one line. The server's notices (versions, limits, times of
// recovery) are of interest to whoever debugs it, so they go to debug.
func (l *serverLog) say(level slog.Level, format string, v []any) {
	if !l.log.Enabled(context.Background(), level) {
		return
	}
	line := strings.TrimSpace(fmt.Sprintf(format, v...))
	if level > slog.LevelDebug && ofClient(line) {
		l.refused.count("the broker refuses an outside client", "reason", line)
		return
	}
	l.log.Log(context.Background(), level, line)
}

// ofClient reports whether a line is about one connection of the listener: what
// clients do wrong is theirs to notice, and must not fill the log. Lines about
// a connection name it, as in "[::1]:53412 - cid:7 - authentication error"; those
// of this process are a "pipe".
func ofClient(line string) bool {
	return strings.Contains(line, " - cid:") && !strings.HasPrefix(line, "pipe")
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

// refusals writes what outside clients are refused to the log: the first of a
// while at once, the others as a number when the while has passed.
type refusals struct {
	log *slog.Logger

	mu    sync.Mutex
	quiet bool // a summary is due
	more  int  // since the line that was written
	total uint64
}

// summaryAfter is how long refusals are only counted after one was logged.
const summaryAfter = time.Minute

func newRefusals(log *slog.Logger) *refusals { return &refusals{log: log} }

func (r *refusals) count(what string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total++
	if r.quiet {
		r.more++
		return
	}
	r.log.Warn(what, args...)
	r.quiet = true
	time.AfterFunc(summaryAfter, r.summarise)
}

func (r *refusals) summarise() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.quiet = r.more > 0; !r.quiet {
		return
	}
	r.log.Warn("outside clients were refused", "times", r.more, "within", summaryAfter, "since the start", r.total)
	r.more = 0
	time.AfterFunc(summaryAfter, r.summarise)
}
