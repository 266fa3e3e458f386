package embedded

import "log/slog"

// Examine does with the store in a directory what Start does before a server
// opens it.
func Examine(dir string, log *slog.Logger) error {
	s := &Server{cfg: Config{Dir: dir}, dir: dir, log: log}
	return s.inspect()
}
