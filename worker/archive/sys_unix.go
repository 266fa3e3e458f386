//go:build !windows

package archive

import (
	"errors"
	"syscall"
)

// linkless reports whether the file system, or the system's policy on links to
// files of other users, refuses hard links.
func linkless(err error) bool {
	for _, e := range []error{syscall.EPERM, syscall.ENOTSUP, syscall.EOPNOTSUPP, syscall.ENOSYS, syscall.EMLINK, syscall.EXDEV} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// noSpace reports whether the system says that a disk or a quota is full.
func noSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
