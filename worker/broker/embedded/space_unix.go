//go:build linux || darwin || freebsd

package embedded

import "golang.org/x/sys/unix"

// freeDisk is the number of bytes that an ordinary user may still write to
// dir's file system.
func freeDisk(dir string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return max(0, int64(s.Bavail)) * int64(s.Bsize), nil
}
