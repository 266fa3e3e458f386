package paypage

import (
	"context"
	"sync"
	"time"

	"invoicelink/worker/ctxtime"
	"invoicelink/worker/ledger"
)

// followAt is when the gateway is asked after a link was handed out: a
// notification may be lost, or none be configured.
var followAt = []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute}

// follow asks the gateway about an attempt until it is paid or over. Should
// this process end, the next press of the button asks.
func (p *Page) follow(number string, a ledger.Attempt) {
	p.wg.Go(func() {
		from := p.config.Now()
		over := a.Until.Add(ledger.AttemptGrace).Sub(from)
		for _, after := range append(append([]time.Duration{}, followAt...), over) {
			if after > over || ctxtime.Sleep(p.ctx, after-p.config.Now().Sub(from)) != nil {
				return
			}
			e, err := p.config.Ledger.Read(p.ctx, number)
			if err == nil && (e.Settled() || e.PayPage == nil || e.PayPage.Attempt == nil || e.PayPage.Attempt.ID != a.ID) {
				return
			}
			if err == nil {
				err = p.ask(p.ctx, number)
			}
			if err != nil && p.ctx.Err() == nil {
				p.config.Log.Warn("gateway was not asked what was paid; it is asked again", "invoice", number, "error", err)
			}
		}
	})
}

// asked keeps visitors from asking the gateway the same at the same time: one
// asks, and the others take the answer, also for a few seconds after it.
type asked struct {
	now func() time.Time
	mu  sync.Mutex
	all map[string]*question
}

type question struct {
	done chan struct{}
	at   time.Time // of the answer
	err  error
}

// askedFresh is how long an answer holds. A link is only made when no other
// has lived for a quarter of an hour, so that no payment can come in between.
const askedFresh = 5 * time.Second

func newAsked(now func() time.Time) *asked { return &asked{now: now, all: map[string]*question{}} }

// once calls ask, or takes the answer of a call that is in progress or fresh.
// An error is not remembered.
func (a *asked) once(ctx context.Context, number string, ask func() error) error {
	a.mu.Lock()
	for known, q := range a.all { // a few at a time: each has its answer for seconds
		if q.over(a.now()) {
			delete(a.all, known)
		}
	}
	if q := a.all[number]; q != nil {
		a.mu.Unlock()
		select {
		case <-q.done:
			return q.err
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	q := &question{done: make(chan struct{})}
	a.all[number] = q
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		if q.at = a.now(); q.err != nil {
			delete(a.all, number)
		}
		close(q.done)
	}()
	q.err = context.Canceled // should ask end the goroutine
	q.err = ask()
	return q.err
}

func (q *question) over(now time.Time) bool {
	select {
	case <-q.done:
		return now.Sub(q.at) > askedFresh || now.Before(q.at)
	default:
		return false
	}
}
