package worker

import (
	"context"
	"sync/atomic"

	"invoicelink/checkout"
)

// environment says where the checkout account belongs: live, test or sandbox.
type environment struct {
	client *checkout.Client
	asked  atomic.Bool
}

// of returns the environment. Where nothing is known before the first call, one
// is made: a page that needs no link is marked like every other.
func (e *environment) of(ctx context.Context) (string, error) {
	if known := e.client.Environment(); known != checkout.EnvironmentUnknown || e.asked.Load() {
		return string(known), nil
	}
	if err := e.client.Authenticate(ctx); err != nil {
		return "", err
	}
	e.asked.Store(true)
	return string(e.client.Environment()), nil
}
