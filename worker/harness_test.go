package worker_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"invoicelink/worker"
	kit "invoicelink/worker/testkit/harness"
)

// harness has methods that only this package's tests need.
type harness struct{ *kit.Harness }

func newHarness(t testing.TB, change func(*worker.Config)) *harness {
	t.Helper()
	return &harness{kit.New(t, change)}
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
