package worker

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"invoicelink/checkout"
	"invoicelink/invoice/text"
	"invoicelink/worker/ledger"
)

// PayPagePolicy says where the seller's own payment page is. The page itself is
// served by package paypage.
type PayPagePolicy struct {
	// Base is the https URL that addresses begin with, without a slash at the
	// end; "" prints links of the checkout API.
	Base string
	// ViaURL names the address in a link request and prints what comes back, if
	// that leads to the address.
	ViaURL bool
}

// wayToPay makes what the next page shows: a link, or the payment page.
func (j *job) wayToPay(ctx context.Context, by ledger.Act) error {
	if j.cfg.Links.PayPage.Base != "" {
		return j.payPage(ctx)
	}
	return j.link(ctx, by)
}

// payPage gives the invoice its payment page. The token is written before the
// record refers to it.
func (j *job) payPage(ctx context.Context) error {
	p := ledger.PayPage{Token: ledger.NewToken(), Base: j.cfg.Links.PayPage.Base, At: j.cfg.Now().UTC(), Request: j.id}
	if had := j.entry.PayPage; had != nil {
		p.Token = had.Token
	} else {
		j.at("take token")
		if err := j.cfg.Ledger.TakeToken(ctx, p.Token, j.entry.Number); err != nil {
			return err
		}
	}
	on, err := j.drawPayPage(ctx, &p)
	if err != nil {
		return err
	}
	j.at("record payment page")
	return j.update(ctx, func(r ledger.Record) (ledger.Record, error) {
		r, err := on.keep(r)
		if err != nil {
			return r, err
		}
		if r, err = r.Noted(j.note, string(j.cfg.Checkout.Environment())); err != nil {
			return r, err
		}
		return r.OpenPayPage(p)
	})
}

// drawPayPage fills in the code that is printed: drawn from the address, or
// returned for it by the checkout API if that leads to the address.
func (j *job) drawPayPage(ctx context.Context, p *ledger.PayPage) (on session, err error) {
	if j.cfg.Links.PayPage.ViaURL {
		var printed bool
		if on, printed, err = j.returnedPayPage(ctx, p); err != nil || printed {
			return on, err
		}
	}
	qr, err := checkout.DrawQR(p.PageCode())
	if err != nil {
		return on, &permanentError{err}
	}
	p.QR, p.Size, p.QRSource = packed(qr.Modules), len(qr.Modules), string(qr.Source)
	p.Note = firstOf(p.Note, qr.Note)
	return on, nil
}

// returnedPayPage asks for a link with the address as its url. It reports
// whether what came back is printed; otherwise the note says why not.
func (j *job) returnedPayPage(ctx context.Context, p *ledger.PayPage) (on session, printed bool, err error) {
	if err := j.allow(); err != nil {
		return on, false, err
	}
	on, made, err := j.createLink(ctx, p.Address())
	if err != nil {
		return on, false, err
	}
	if !leadsTo(made.URL, p.Address()) {
		u, _ := url.Parse(made.URL) // was read before
		p.Note = text.Line(fmt.Sprintf("QR code drawn from the payment page's address: the returned link leads to %s", u.Host), 300)
		return on, false, nil
	}
	qr, err := checkout.ReadQR(made.QRCode, made.URL)
	wrong, unlike := errors.AsType[*checkout.QRMismatchError](err)
	switch {
	case unlike:
		p.Note = text.Line("QR code drawn from the payment page's address: the returned code holds something else than the returned link", 300)
		j.log.Warn("returned QR code is not printed", "link", made.ID, "bytes", len(wrong.Error()))
		return on, false, nil
	case errors.Is(err, checkout.ErrQRUnreadable):
		p.Note = text.Line("QR code drawn from the payment page's address: the returned code cannot be read", 300)
		return on, false, nil
	case err != nil:
		return on, false, err
	}
	p.Returned, p.QR, p.Size, p.QRSource, p.Note = made.URL, packed(qr.Modules), len(qr.Modules), string(qr.Source), text.Line(qr.Note, 300)
	return on, true, nil
}

// leadsTo reports whether a link opens the address, whatever query follows.
func leadsTo(link, address string) bool {
	rest, ok := strings.CutPrefix(link, address)
	return ok && (rest == "" || rest[0] == '?' || rest[0] == '#')
}

// beginPayPage prepares the next page of an invoice that has a payment page:
// there is one only after its address was rotated.
func (j *job) beginPayPage(ctx context.Context) error {
	if j.entry.Printed >= j.entry.NextPage() || j.entry.Settled() {
		return &rejection{code: "pay-page", keepRecord: true, ofRecord: true,
			message: fmt.Sprintf("invoice %q has a payment page, which does not expire; there is nothing to renew", j.entry.Number)}
	}
	if j.entry.PayPage.Size > 0 {
		return j.claim(ctx, keep)
	}
	if err := j.claim(ctx, keep); err != nil {
		return err
	}
	p := *j.entry.PayPage
	p.Request = j.id
	on, err := j.drawPayPage(ctx, &p)
	if err != nil {
		return err
	}
	return j.update(ctx, func(r ledger.Record) (ledger.Record, error) {
		r, err := on.keep(r)
		if err != nil {
			return r, err
		}
		return r.DrawPayPage(p)
	})
}
