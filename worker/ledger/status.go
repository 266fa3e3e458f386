package ledger

import (
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/event"
)

// Status is the view of the invoice that everybody shows: events, lists,
// results and the desk.
func (r *Record) Status() event.Status {
	s := event.Status{
		Number: r.Number, Key: invoice.Key(r.Number), Kind: r.Kind, State: string(r.State), PaymentStatus: string(r.PaymentStatus()),
		Revision: r.PageRevision(), PageRevision: r.PageRevision(), LinkRevision: r.LinkRevision(),
		Digest: r.Digest, Buyer: r.Buyer, DueDate: r.DueDate, SessionID: r.SessionID,
		PDF: r.PDF, SHA256: r.SHA256, PDFBytes: r.PDFBytes, EInvoice: r.EInvoice, Environment: r.Environment,
		Requested: r.Requested.view(), Cancelled: r.Cancelled.view(),
		AcceptedAt: r.AcceptedAt(), IssuedAt: r.IssuedAt, PaidAt: r.PaidAt, Renewing: r.Renew != nil,
		Batch: r.Batch, Error: r.Error,
	}
	if !r.Payable.IsZero() {
		s.Currency, s.Total, s.Payable = r.Payable.Currency, r.Total.Fixed(), r.Payable.Fixed()
	}
	if l := r.Link; l != nil {
		s.LinkID, s.PaymentLink, s.ActivationMinutes = l.ID, l.URL, l.ActivationMinutes
		s.CreatedAt, s.ExpiresAt, s.ExpiredBy = l.CreatedAt, l.ValidUntil, l.ExpiredBy
		s.QRSource, s.QRNote = l.QRSource, l.Note
		if l.Revision > 1 {
			s.Renewed = l.By.view()
		}
	}
	if p := r.PayPage; p != nil {
		s.PayPage = p.Address()
		if s.SessionID == "" {
			s.SessionID = p.Session
		}
	}
	if r.OnPayPage() { // the link before it is not printed any more
		p := r.PayPage
		s.LinkID, s.ActivationMinutes, s.CreatedAt, s.ExpiresAt, s.ExpiredBy, s.Renewed = "", 0, time.Time{}, time.Time{}, time.Time{}, nil
		s.PaymentLink, s.QRSource, s.QRNote = p.Shown(), p.QRSource, p.Note
	}
	if r.UBL != "" {
		s.UBL, s.UBLSHA256 = invoice.FileName(r.Number)+".xml", r.UBL
	}
	if r.Note != "" {
		s.Warnings = []string{r.Note}
	}
	sum := r.sums()
	if !sum.received.IsZero() {
		s.Received = sum.received.Fixed()
	}
	if !sum.authorised.IsZero() {
		s.ToCapture = sum.authorised.Fixed()
	}
	for _, p := range r.Payments {
		one := event.Payment{
			ID: p.ID, At: p.At, RecordedAt: p.RecordedAt, Source: string(p.Source), Actor: p.Actor, Authorised: p.Authorised, Note: p.Note,
		}
		if !p.Money.IsZero() {
			one.Amount, one.Currency = p.Money.Fixed(), p.Money.Currency
		}
		s.Payments = append(s.Payments, one)
	}
	for _, v := range r.OpenReviews() {
		s.Reviews = append(s.Reviews, v.View())
	}
	return s
}

// View is the review as it is shown.
func (v *Review) View() event.Review {
	return event.Review{ID: v.ID, Kind: string(v.Kind), What: v.What, At: v.At, Payment: v.Payment}
}

func (a *Act) view() *event.Act {
	if a == nil {
		return nil
	}
	return &event.Act{At: a.At, Source: string(a.Source), Actor: a.Actor, Reason: a.Reason}
}
