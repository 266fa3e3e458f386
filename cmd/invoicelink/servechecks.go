package main

import (
	"context"
	"errors"

	"invoicelink/worker/ops"
)

var (
	errStarting = errors.New("still starting")
	errStopping = errors.New("stopping")
	errAway     = errors.New("the NATS server is away")
)

// alive are the checks of /healthz: the process answers, and the broker inside
// it can write. An outside broker or an API that is away is no reason to
// restart this process.
func (v *serving) alive() []ops.Check {
	return []ops.Check{{Name: "broker", Run: func(context.Context) error {
		if open := v.ready.Load(); open != nil && open.st.server != nil && !v.stopping.Load() {
			return open.st.server.Health()
		}
		return nil
	}}}
}

// readiness are the checks of /readyz: everything that a request needs.
func (v *serving) readiness(f *front) []ops.Check {
	// open returns the opened store once there is one.
	open := func() (*serving, error) {
		if s := v.ready.Load(); s != nil {
			return s, nil
		}
		if reason := f.waitingFor.Load(); reason != nil {
			return nil, *reason
		}
		return nil, errStarting
	}
	return []ops.Check{
		{Name: "running", Run: func(context.Context) error {
			if v.stopping.Load() {
				return errStopping
			}
			return nil
		}},
		{Name: "broker", Run: func(context.Context) error {
			s, err := open()
			switch {
			case err != nil:
				return err
			case s.st.server != nil:
				return s.st.server.Health()
			case !s.st.broker.Connected():
				return errAway
			}
			return nil
		}},
		{Name: "ledger", Run: func(ctx context.Context) error {
			s, err := open()
			if err == nil {
				_, err = s.st.ledger.Owner(ctx)
			}
			return err
		}},
		{Name: "token", Run: func(ctx context.Context) error {
			s, err := open()
			if err == nil {
				err = s.acc.client.Authenticate(ctx)
			}
			return err
		}},
	}
}
