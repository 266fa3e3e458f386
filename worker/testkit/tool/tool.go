// Package tool finds the programs of others that let tests check the work:
// poppler, qpdf, zbar, LibreOffice, Chromium. It is for tests alone.
package tool

import (
	"os"
	"os/exec"
	"testing"
)

// requireVariable makes tests fail where a program is missing; .ci/run sets it.
const requireVariable = "INVOICELINK_REQUIRE_TOOLS"

// Path returns the path of a program. Where it is not installed the test is
// skipped, or fails if INVOICELINK_REQUIRE_TOOLS is set.
func Path(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, name+" is not installed")
	}
	return path
}

// Missing skips the test because of what is missing on this machine, or fails
// it if INVOICELINK_REQUIRE_TOOLS is set.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv(requireVariable) != "" {
		t.Fatalf("%s, and %s is set", what, requireVariable)
	}
	t.Skipf("%s (set %s=1 to fail instead)", what, requireVariable)
}

// longVariable makes the long tests run; .ci/long sets it.
const longVariable = "INVOICELINK_TEST_LONG"

// IsLong reports whether the long tests are asked for.
func IsLong() bool { return os.Getenv(longVariable) != "" }

// Long skips a test that takes minutes, unless the long tests are asked for.
func Long(t testing.TB) {
	t.Helper()
	if !IsLong() {
		t.Skipf("takes minutes; .ci/long runs it, and so does %s=1", longVariable)
	}
}
