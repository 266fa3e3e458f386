//go:build !linux && !darwin && !freebsd && !windows

package embedded

import "errors"

func freeDisk(string) (int64, error) {
	return 0, errors.New("the free disk cannot be read on this system: set MaxStore")
}
