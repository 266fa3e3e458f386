package paypage

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"invoicelink/checkout"
	"invoicelink/invoice"
	"invoicelink/worker"
	"invoicelink/worker/ctxtime"
	"invoicelink/worker/ledger"
	"invoicelink/worker/settlement"
)

const (
	// payWithin is how long a payer waits for a link. It is less than the time
	// after which the ledger counts a reservation as cut short.
	payWithin = 45 * time.Second
	// late is how much later than its reservation a link can be made.
	late = 2 * time.Minute
	// waitForOther is how long a visitor waits for another one's link; then the
	// page says that somebody is paying.
	waitForOther = 10 * time.Second
	// lookAgain is how often a visitor looks whether another one's link is made.
	lookAgain = 200 * time.Millisecond
)

// errCrowded means that too many links are being made.
var errCrowded = errors.New("too many links are being made at once")

// pay returns the link that whoever pressed the button gets; "" where the page
// itself says why there is none. It goes on when the visitor leaves: what was
// begun is recorded.
func (p *Page) pay(ctx context.Context, e *ledger.Entry) (link string, state ledger.PayState, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), payWithin)
	defer cancel()
	if state = e.PayState(p.config.Now()); !state.Payable() {
		return "", state, nil
	}
	p.at("ask payments")
	if err := p.ask(ctx, e.Number); err != nil {
		return "", state, err
	}
	for start := time.Now(); ; {
		if e, err = p.config.Ledger.Read(ctx, e.Number); err != nil {
			return "", state, err
		}
		now := p.config.Now()
		if state = e.PayState(now); !state.Payable() {
			return "", state, nil
		}
		if link := e.PayLink(now); link != "" {
			return link, state, nil
		}
		if state != ledger.PayBusy {
			link, err = p.begin(ctx, e)
			if !errors.Is(err, ledger.ErrChanged) {
				return link, e.PayState(p.config.Now()), err
			}
			continue
		}
		if time.Since(start) > p.patience { // somebody else is making it
			return "", state, nil
		}
		if err := ctxtime.Sleep(ctx, lookAgain); err != nil {
			return "", state, fmt.Errorf("wait for the link of invoice %q: %w", e.Number, err)
		}
	}
}

// begin reserves an attempt and makes its link. Where somebody else was first
// the error wraps ledger.ErrChanged.
func (p *Page) begin(ctx context.Context, e *ledger.Entry) (string, error) {
	select {
	case p.making <- struct{}{}:
		defer func() { <-p.making }()
	case <-time.After(5 * time.Second):
		return "", errCrowded
	}
	now := p.config.Now().UTC()
	a := ledger.Attempt{ID: rand.Text()[:12], At: now, Until: now.Add(p.config.LinkLife + late), Amount: e.AmountDue()}
	p.at("reserve attempt")
	err := p.config.Ledger.Update(ctx, e, func(r ledger.Record) (ledger.Record, error) { return r.BeginAttempt(a) })
	if _, refused := errors.AsType[*ledger.RefusedError](err); refused {
		return "", fmt.Errorf("%w: %w", ledger.ErrChanged, err) // the page's clock has moved on; look again
	}
	if err != nil {
		return "", err
	}
	made, session, err := p.make(ctx, e, a)
	if err == nil {
		err = p.attach(ctx, e, made)
	}
	switch {
	case err == nil:
	case surelyNotMade(err):
		p.at("release attempt")
		err = errors.Join(err, p.change(ctx, e, func(r ledger.Record) (ledger.Record, error) { return r.ReleaseAttempt(a.ID, session) }))
	default:
		err = errors.Join(err, p.change(ctx, e, func(r ledger.Record) (ledger.Record, error) { return r.LoseAttempt(a.ID) }))
	}
	if err != nil {
		return "", fmt.Errorf("begin the payment of invoice %q: %w", e.Number, err)
	}
	p.follow(e.Number, made)
	return made.Link, nil
}

// attach records the link before anybody gets it.
func (p *Page) attach(ctx context.Context, e *ledger.Entry, made ledger.Attempt) error {
	p.at("take link")
	if err := p.config.Ledger.TakeAttemptLink(ctx, made, e.Number); err != nil {
		return err
	}
	p.at("record link")
	return p.change(ctx, e, func(r ledger.Record) (ledger.Record, error) { return r.AttachLink(made) })
}

// change makes a transition on whatever the record says by now.
func (p *Page) change(ctx context.Context, e *ledger.Entry, transition ledger.Transition) error {
	for {
		err := p.config.Ledger.Update(ctx, e, transition)
		switch {
		case errors.Is(err, ledger.ErrRepeated):
			return nil
		case !errors.Is(err, ledger.ErrChanged):
			return err
		}
		fresh, err := p.config.Ledger.Read(ctx, e.Number)
		if err != nil {
			return err
		}
		*e = *fresh
	}
}

// notMadeError marks that no link can have been made.
type notMadeError struct{ error }

func (e notMadeError) Unwrap() error { return e.error }

// surelyNotMade reports whether a link that was asked for surely does not
// exist. After a timeout, a cut connection, a server error or an answer that
// cannot be read nobody knows: then no other is made before its end.
func surelyNotMade(err error) bool {
	if _, early := errors.AsType[notMadeError](err); early {
		return true
	}
	call, ok := errors.AsType[*checkout.Error](err)
	return ok && (!call.Sent || call.Kind == checkout.KindStatus && call.Status >= 400 && call.Status < 500)
}

// make makes the link of an attempt. session is one that was opened for it,
// also after an error.
func (p *Page) make(ctx context.Context, e *ledger.Entry, a ledger.Attempt) (made ledger.Attempt, session string, err error) {
	doc, err := p.document(ctx, &e.Record)
	if err != nil {
		return a, "", notMadeError{err}
	}
	for replaced := false; ; replaced = true {
		on, ours, err := p.session(ctx, e, doc, a, replaced)
		if err != nil {
			return a, session, notMadeError{err}
		}
		if ours {
			session = on
		}
		p.at("create link")
		link, err := p.config.Checkout.CreateLink(ctx, on, checkout.LinkRequest{
			Size: p.config.Links.Size, Validity: p.config.LinkLife, ActivationTTL: p.config.LinkLife,
		})
		call, _ := errors.AsType[*checkout.Error](err)
		if call != nil && call.Gone() && ours && !replaced {
			continue
		}
		if call != nil && call.Gone() {
			session = ""
		}
		if err != nil {
			return a, session, err
		}
		a.Link, a.LinkID, a.Session = link.URL, link.ID, on
		a.ValidUntil, a.Until = link.ValidUntil().UTC(), link.ExpiredBy().UTC()
		return a, session, nil
	}
}

// session returns a session that asks for the amount due: the one that the
// invoice came with or was printed on, the one of an attempt before, or, where
// the amount differs or fresh says that the API has lost it, a new one. ours is
// false for a session that the sender opened: it is never replaced.
func (p *Page) session(ctx context.Context, e *ledger.Entry, doc *invoice.Document, a ledger.Attempt, fresh bool) (id string, ours bool, err error) {
	whole := a.Amount.Cmp(e.Payable) == 0
	switch page := e.PayPage; {
	case whole && doc.Invoice.SessionID != "":
		return doc.Invoice.SessionID, false, p.config.Ledger.TakeSession(ctx, doc.Invoice.SessionID, e.Number)
	case fresh:
	case page.Session != "" && page.Amount.Cmp(a.Amount) == 0:
		return page.Session, true, nil
	case whole && e.SessionID != "" && e.SessionFor == e.Digest:
		return e.SessionID, true, nil
	}
	links := p.config.Links
	back := checkout.Callbacks{}
	if links.Callbacks != nil {
		back = *links.Callbacks
	}
	back.Redirect = e.PayPage.Address() + "/return"
	links.Callbacks = &back
	request, err := worker.SessionRequest(doc, a.Amount, links)
	if err != nil {
		return "", true, err
	}
	p.at("create session")
	made, err := p.config.Checkout.CreateSession(ctx, request)
	if err != nil {
		return "", true, err
	}
	p.at("take session")
	return made.ID, true, p.config.Ledger.TakeSession(ctx, made.ID, e.Number)
}

// ask asks the gateway whether the invoice was paid, and records what it says.
// A gateway that does not offer the question says nothing.
func (p *Page) ask(ctx context.Context, number string) error {
	return p.asked.once(ctx, number, func() error {
		_, _, err := p.config.Recorder.FromGateway(ctx, settlement.Notice{Number: number})
		if call, ok := errors.AsType[*checkout.Error](err); ok && call.Class() == checkout.ClassInvoice {
			p.config.Log.Warn("gateway refuses the question what was paid", "invoice", number, "error", err)
			return nil
		}
		return err
	})
}

// document returns the invoice as it was requested.
func (p *Page) document(ctx context.Context, r *ledger.Record) (*invoice.Document, error) {
	inv, err := p.config.Ledger.Invoice(ctx, r)
	if err != nil {
		return nil, err
	}
	seller, err := p.sellers.Load(ctx, r.Seller)
	if err != nil {
		return nil, err
	}
	return invoice.NewDocument(inv, seller)
}
