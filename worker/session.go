package worker

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"invoicelink/checkout"
	"invoicelink/invoice"
	"invoicelink/worker/concurrency"
	"invoicelink/worker/ledger"
	"invoicelink/worker/settlement"
)

// session is the checkout session that a link is made on.
type session struct {
	id      string
	madeFor string // the digest of the content that we opened it for; "" where the sender brought it
	fresh   bool   // not in the record yet
}

// keep records the session together with what follows.
func (s session) keep(r ledger.Record) (ledger.Record, error) {
	if !s.fresh {
		return r, nil
	}
	return r.OpenSession(s.id, s.madeFor)
}

// session returns the checkout session of the invoice: the one that its record
// has for this content, the one it came with, or a new one. A new one is the
// invoice's permanently, and comes into the record with its link.
func (j *job) session(ctx context.Context) (session, error) {
	e := j.entry
	own := e.SessionFor != ""
	switch {
	case e.SessionID != "" && own && e.SessionFor == e.Digest && j.inv.SessionID == "":
		return session{id: e.SessionID, madeFor: e.SessionFor}, nil
	case e.SessionID != "" && !own && e.SessionID == j.inv.SessionID:
		return session{id: e.SessionID}, nil
	case j.inv.SessionID != "":
		s := session{id: j.inv.SessionID, fresh: true}
		return s, j.takeSession(ctx, s)
	}
	// A session that was made for other content has another amount.
	request, err := SessionRequest(&invoice.Document{Invoice: j.inv, Seller: j.seller, Totals: j.totals},
		invoice.Money{Amount: invoice.Decimal(j.totals.Payable.Number()), Currency: j.inv.Currency}, j.cfg.Links)
	if err != nil {
		return session{}, &permanentError{err}
	}
	j.at("create session")
	began := time.Now()
	made, err := j.cfg.Checkout.CreateSession(ctx, request)
	j.pace.called(concurrency.Sample{Op: "session", Began: began, Ended: time.Now()}, err)
	if err = j.breaker.observe(e.Number, err); err != nil {
		return session{}, err
	}
	s := session{made.ID, e.Digest, true}
	return s, j.takeSession(ctx, s)
}

func (j *job) takeSession(ctx context.Context, s session) error {
	j.at("take session")
	err := j.cfg.Ledger.TakeSession(ctx, s.id, j.entry.Number)
	if taken, ok := errors.AsType[*ledger.TakenError](err); ok {
		if s.madeFor == "" {
			return &rejection{code: "session-taken", message: taken.Error(), err: err}
		}
		return &permanentError{fmt.Errorf("checkout API gave a session that another invoice has: %w", err)}
	}
	return err
}

// SessionRequest describes an invoice to the checkout API, for the amount that
// is due of it. Its lines carry quantity 1, the line's net amount and its share
// of the VAT, so that they add up to that amount exactly; the document's
// allowances and charges, what was prepaid and the rounding are lines of their
// own, and so is what was received of the payable amount.
func SessionRequest(d *invoice.Document, due invoice.Money, links LinkPolicy) (checkout.SessionRequest, error) {
	inv, t := d.Invoice, d.Totals
	r := checkout.SessionRequest{
		OrderID:         invoice.OrderID(inv.Number),
		Amount:          due,
		TransactionInfo: map[string]string{settlement.InfoNumber: inv.Number},
		Language:        firstOf(inv.Language, d.Seller.Language),
		Country:         inv.Buyer.Address.Country,
		Callbacks:       links.Callbacks,
		Capture:         links.Capture,
		Customer: checkout.Customer{
			FirstName: oneLine(inv.Buyer.Name), Email: inv.Buyer.Email,
			Billing: checkout.Address{
				Street: oneLine(inv.Buyer.Address.Street), City: oneLine(inv.Buyer.Address.City),
				Zip: inv.Buyer.Address.Zip, Country: inv.Buyer.Address.Country,
			},
		},
	}
	for i, line := range inv.Lines {
		r.Lines = append(r.Lines, orderLine(firstOf(line.Item, strconv.Itoa(i+1)), line.Description, t.Lines[i], t.LineVAT[i].Number()))
	}
	for i, a := range inv.Allowances {
		net, err := minus(t.Allowances[i])
		if err != nil {
			return r, err
		}
		vat, err := minus(t.AllowanceVAT[i])
		if err != nil {
			return r, err
		}
		r.Lines = append(r.Lines, orderLine("allowance-"+strconv.Itoa(i+1), firstOf(a.Reason, "Allowance"), net, vat.Number()))
	}
	for i, c := range inv.Charges {
		r.Lines = append(r.Lines, orderLine("charge-"+strconv.Itoa(i+1), firstOf(c.Reason, "Charge"), t.Charges[i], t.ChargeVAT[i].Number()))
	}
	if !t.Prepaid.IsZero() {
		taken, err := minus(t.Prepaid)
		if err != nil {
			return r, err
		}
		r.Lines = append(r.Lines, orderLine("prepaid", "Prepaid", taken, "0"))
	}
	if !t.Rounding.IsZero() {
		r.Lines = append(r.Lines, orderLine("rounding", "Rounding", t.Rounding, "0"))
	}
	payable, err := invoice.MoneyOf(t.Payable)
	if err != nil {
		return r, err
	}
	received, err := due.Sub(payable) // below zero, or zero
	if err != nil {
		return r, err
	}
	if !received.IsZero() {
		r.Lines = append(r.Lines, checkout.OrderLine{
			ItemID: "received", Description: "Received", Quantity: "1", UnitPrice: received.Amount, TaxAmount: "0", GoodsType: "item",
		})
	}
	return r, nil
}

func orderLine(item, description string, net invoice.Amount, vat string) checkout.OrderLine {
	return checkout.OrderLine{
		ItemID: oneLine(item), Description: oneLine(description), Quantity: "1",
		UnitPrice: invoice.Decimal(net.Number()), TaxAmount: invoice.Decimal(vat), GoodsType: "item",
	}
}

// minus takes the amount's sign, and leaves zero without one.
func minus(a invoice.Amount) (invoice.Amount, error) {
	if a.IsZero() {
		return a, nil
	}
	return a.Mul("-1")
}

// oneLine joins the lines of a text: the API takes no line feeds.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
