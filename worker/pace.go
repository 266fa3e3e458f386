package worker

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"

	"invoicelink/checkout"
	"invoicelink/worker/concurrency"
)

// taking is how many deliveries are asked for at once. One is handed out in
// less than a millisecond, so that these few keep any number of requests in
// progress; each that waits asks the broker again every 10 seconds.
const taking = 16

// pace bounds what is in progress: requests by a limit that follows the API,
// or that was configured, and drawing by the processors, so that requests that
// wait for the API do not compete for them.
type pace struct {
	requests *concurrency.Gate
	takers   *concurrency.Gate
	drawing  *concurrency.Gate
	busy     atomic.Int64 // requests in progress

	mu    sync.Mutex
	limit *concurrency.Limit // nil where the limit was configured
}

// newPace returns the pace for a configured number of requests in progress; 0
// follows the API.
func newPace(configured int) *pace {
	p := &pace{takers: concurrency.NewGate(taking), drawing: concurrency.NewGate(runtime.GOMAXPROCS(0))}
	if configured > 0 {
		p.requests = concurrency.NewGate(configured)
	} else {
		p.limit = concurrency.NewLimit()
		p.requests = concurrency.NewGate(p.limit.Now())
	}
	return p
}

// slots is how many requests can be in progress at most.
func (p *pace) slots() int {
	if p.limit != nil {
		return concurrency.Most
	}
	return p.requests.Limit()
}

// called learns from a call to the API, which may have waited for its turn: if
// the rate is what holds calls back, more requests in progress only wait.
func (p *pace) called(s concurrency.Sample, err error) {
	if p.limit == nil {
		return
	}
	if call, ok := errors.AsType[*checkout.Error](err); ok {
		switch {
		case call.Kind == checkout.KindStopped, call.Class() == checkout.ClassCredentials:
			return
		case call.Class() == checkout.ClassTemporary:
			s.Refused = true
		}
	}
	s.Busy, s.Waiting = int(p.busy.Load()), p.drawing.Waiting()
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.limit.Now()
	if now := p.limit.Observe(s); now != before {
		p.requests.Resize(now)
	}
}

// Concurrency returns how many requests may be in progress at once at present,
// and how many are. Right after a limit has been lowered more are than may.
func (w *Worker) Concurrency() (limit, inProgress int) {
	return w.pace.requests.Limit(), int(w.pace.busy.Load())
}

// draws waits for a processor. Who is let in has to leave the gate.
func (p *pace) draws(ctx context.Context) (leave func(), err error) {
	if err := p.drawing.Enter(ctx); err != nil {
		return nil, err
	}
	return p.drawing.Leave, nil
}
