package settlement

import (
	"context"

	"invoicelink/checkout"
	"invoicelink/invoice"
	"invoicelink/worker/ledger"
)

// FromGateway asks the gateway what was paid on an invoice and records each
// payment. The report says whether the gateway answers that question at all;
// answered is false if it said nothing of a payment. The notice gives what the
// events shall carry.
func (s *Recorder) FromGateway(ctx context.Context, n Notice) (report checkout.PaymentReport, answered bool, err error) {
	report, err = s.Ask(ctx, invoice.OrderID(n.Number))
	if err != nil {
		return report, false, err
	}
	for _, t := range report.Transactions {
		money := moneyOf(t)
		if money.Cmp(invoice.Money{}) <= 0 {
			continue
		}
		n.Source, n.Money, n.Reference = ledger.SourcePoll, money, t.ID
		n.Authorised, n.Unverified = t.Stage() == checkout.StageAuthorised, false
		if n.EventID != "" {
			n.EventID += "-" + t.ID
		}
		if _, err := s.Paid(ctx, n); err != nil {
			return report, true, err
		}
		answered = true
	}
	return report, answered, nil
}

// moneyOf is what was captured, or reserved as long as nothing is, less what
// was given back.
func moneyOf(t checkout.Transaction) invoice.Money {
	best := t.Reserved
	if t.Stage() == checkout.StageCaptured {
		best = t.Captured
	}
	if rest, err := best.Sub(t.Refunded); err == nil && !best.IsZero() {
		return rest
	}
	return best
}

// Recheck asks the gateway again about each payment that it announced without
// an amount. It returns how many are settled now.
func (s *Recorder) Recheck(ctx context.Context) (settled int, err error) {
	open, err := s.Ledger.OpenReviews(ctx)
	if err != nil {
		return 0, err
	}
	asked := map[string]bool{}
	for _, v := range open {
		if v.Kind != ledger.ReviewAmountUnknown || asked[v.Record.Number] {
			continue
		}
		asked[v.Record.Number] = true
		_, answered, err := s.FromGateway(ctx, Notice{Number: v.Record.Number})
		if err != nil {
			return settled, err
		}
		if answered {
			settled++
		}
	}
	return settled, nil
}
