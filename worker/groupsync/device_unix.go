//go:build !windows

package groupsync

import (
	"os"
	"syscall"
)

// deviceOf tells file systems apart.
func deviceOf(dir string) (device uint64, known bool) {
	fi, err := os.Stat(dir)
	if err != nil {
		return 0, false
	}
	st, ok := fi.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return uint64(st.Dev), true
}
