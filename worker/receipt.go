package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/bojanz/currency"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
	"invoicelink/worker/ledger"
)

// Receipt draws a receipt for an invoice that is paid in full, from what the
// ledger has of it alone: the same record gives the same bytes, and nothing is
// recorded. It carries no e-invoice, with which the receiver would book the
// invoice a second time. An invoice that gets none is a *[ledger.RefusedError].
func Receipt(ctx context.Context, l *ledger.Ledger, r *ledger.Record) ([]byte, error) {
	if err := CanReceipt(r); err != nil {
		return nil, err
	}
	inv, err := l.Invoice(ctx, r)
	if err != nil {
		return nil, err
	}
	seller, err := l.Seller(ctx, r.Seller)
	if err != nil {
		return nil, err
	}
	payments, err := l.Payments(ctx, r)
	if err != nil {
		return nil, err
	}
	page := pdf.Page{Invoice: inv, Seller: seller, SellerDigest: r.Seller, Mark: markOf(r.Environment), PaidOn: statedDay(r.PaidAt, seller.Location())}
	var sum invoice.Money
	for _, p := range payments {
		if p.Authorised || p.Unverified {
			continue
		}
		if sum, err = sum.Add(p.Money); err != nil {
			return nil, noReceipt("invoice %q: its payments do not add up: %v", r.Number, err)
		}
		amount, err := currency.NewAmount(p.Money.Fixed(), p.Money.Currency)
		if err != nil {
			return nil, noReceipt("invoice %q: the amount of a payment is not recorded", r.Number)
		}
		page.Receipts = append(page.Receipts, pdf.Receipt{
			At: statedDay(p.At, seller.Location()), Amount: amount, Reference: p.Reference(), Online: p.Source == ledger.SourceCallback || p.Source == ledger.SourcePoll,
		})
	}
	if sum != r.Payable {
		return nil, noReceipt("invoice %q: %s is recorded as received, not the payable %s", r.Number, sum, r.Payable)
	}
	data, err := pdf.Render(page)
	if err != nil {
		return nil, fmt.Errorf("draw the receipt of invoice %q: %w", r.Number, err)
	}
	return data, nil
}

// statedDay is the moment of a payment in the seller's zone. One that was stated
// as a day alone is midnight UTC, which is the day before in half of the world:
// it becomes noon of that day.
func statedDay(at time.Time, zone *time.Location) time.Time {
	if at = at.UTC(); at.Truncate(24*time.Hour).Equal(at) && !at.IsZero() {
		return time.Date(at.Year(), at.Month(), at.Day(), 12, 0, 0, 0, zone)
	}
	return at.In(zone)
}

// ReceiptName is the file name of an invoice's receipt. No invoice has it: a
// name with small letters ends in their mask (see [invoice.FileName]).
func ReceiptName(number string) string { return invoice.FileName(number) + "-receipt.pdf" }

// CanReceipt says why an invoice gets no receipt, nil if it does.
func CanReceipt(r *ledger.Record) error {
	status := r.PaymentStatus()
	switch {
	case r.Kind == invoice.KindCreditNote:
		return noReceipt("%q is a credit note, which nobody pays", r.Number)
	case r.Cancelled != nil:
		return noReceipt("invoice %q is cancelled", r.Number)
	case r.Digest == "" || r.Printed == 0:
		return noReceipt("invoice %q is not issued yet", r.Number)
	case len(r.Credits) > 0:
		return noReceipt("credit note %q took back invoice %q or a part of it; what was paid may be refunded", r.Credits[0].Number, r.Number)
	case status == "":
		return noReceipt("nothing is to be paid on invoice %q", r.Number)
	case status == ledger.PartlyPaid:
		return noReceipt("%s of the payable %s of invoice %q is paid; there is a receipt when all of it is", r.Received(), r.Payable, r.Number)
	case status == ledger.Overpaid:
		return noReceipt("%s was received for invoice %q, more than the payable %s; what is too much may be refunded", r.Received(), r.Number, r.Payable)
	case r.State != ledger.Paid || status != ledger.FullyPaid:
		return noReceipt("invoice %q is not paid (%s)", r.Number, status)
	}
	return nil
}

func noReceipt(format string, args ...any) error {
	return &ledger.RefusedError{Code: "no-receipt", Message: fmt.Sprintf(format, args...)}
}
