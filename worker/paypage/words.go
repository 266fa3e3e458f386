package paypage

import (
	"invoicelink/invoice"
	"invoicelink/invoice/pdf/lang"
	"invoicelink/worker/ledger"
)

// words say where the invoice stands.
func (p *Page) words(c *content, r *ledger.Record, doc *invoice.Document, s shown) {
	t, l, zone := c.T, c.L, doc.Seller.Location()
	say := func(heading string, words ...string) { c.Heading, c.Words = heading, words }
	switch {
	case s.link != "":
		say(t.Ready, t.ReadyWords)
		return
	case s.returned: // never "paid": only the ledger knows
		say(t.Confirming, t.ReturnedWords)
		return
	case s.away:
		say(t.Away, t.AwayWords)
		return
	}
	if s.static {
		switch c.State {
		case ledger.PayOpen, ledger.PayBusy, ledger.PayHeld, ledger.PayPartly, ledger.PayTooOften:
			say(l.Payable, t.StaticWords)
			return
		case ledger.PayWaiting, ledger.PayDone, ledger.PayLate, ledger.PayTooMuch, ledger.PayWithdrawn, ledger.PayReplaced, ledger.PayNothing, ledger.PayNotYet:
		}
	}
	switch c.State {
	case ledger.PayOpen:
		say(l.Payable, t.OpenWords)
	case ledger.PayBusy:
		say(t.Busy, t.BusyWords)
		if a := r.PayPage.Attempt; a != nil && a.Alive(p.config.Now()) {
			c.Words = []string{lang.Fill(t.BusySince, "moment", l.Moment(a.At.In(zone)), "until", l.Moment(a.ValidUntil.In(zone)))}
		}
	case ledger.PayHeld:
		say(t.Held, lang.Fill(t.HeldWords, "moment", l.Moment(r.PayableFrom(p.config.Now()).In(zone))))
	case ledger.PayPartly:
		say(t.Partly, lang.Fill(t.PartlyWords, "received", money(l, r.Received()), "amount", c.Amount))
	case ledger.PayWaiting:
		say(t.Confirming, t.WaitingWords)
	case ledger.PayDone:
		say(l.Paid, lang.Fill(l.PaidOn, "date", l.Day(r.PaidAt.In(zone))))
	case ledger.PayLate:
		say(l.Paid, lang.Fill(t.LateWords, "date", l.Day(r.PaidAt.In(zone))))
	case ledger.PayTooMuch:
		say(t.TooMuch, lang.Fill(t.TooMuchWords, "seller", c.Seller))
	case ledger.PayTooOften:
		say(l.Payable, t.TooOftenWords)
	case ledger.PayWithdrawn:
		say(t.Withdrawn, t.WithdrawnWords)
	case ledger.PayReplaced:
		say(t.Withdrawn, lang.Fill(t.ReplacedWords, "number", r.Credits[len(r.Credits)-1].Number))
	case ledger.PayNothing:
		say(l.NothingDue)
	case ledger.PayNotYet:
		say(t.NotYet, t.NotYetWords)
	}
	switch c.State {
	case ledger.PayPartly, ledger.PayDone, ledger.PayLate, ledger.PayTooMuch, ledger.PayReplaced:
		for _, paid := range r.Payments {
			if !paid.Money.IsZero() && !paid.Authorised && !paid.Unverified {
				c.Payments = append(c.Payments, [3]string{l.Day(paid.At.In(zone)), money(l, paid.Money), paid.ID})
			}
		}
	case ledger.PayOpen, ledger.PayBusy, ledger.PayHeld, ledger.PayWaiting, ledger.PayTooOften, ledger.PayWithdrawn, ledger.PayNothing, ledger.PayNotYet:
	}
}
