package audit

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// errNoEvent is wrapped where no event says what became of an invoice.
var errNoEvent = errors.New("no event says what became of it")

// mostPayments is how many payments an event lists; older ones are left out.
const mostPayments = 16

// record makes a record that is lost out of the newest event about it, and
// returns that one's sequence. Whatever would have to be guessed is an error.
func (s *sources) record(key string, o RebuildOptions) (ledger.Record, uint64, error) {
	all := s.statuses[key]
	if len(all) == 0 {
		return ledger.Record{}, 0, errNoEvent
	}
	last := &all[len(all)-1]
	r := ledger.Record{
		Number: last.Number, State: ledger.State(last.State), Kind: last.Kind, Digest: last.Digest, Environment: last.Environment,
		Requested: act(last.Requested), Cancelled: act(last.Cancelled), IssuedAt: last.IssuedAt, PaidAt: last.PaidAt,
		PDF: last.PDF, SHA256: last.SHA256, PDFBytes: last.PDFBytes, Printed: last.PageRevision,
		EInvoice: last.EInvoice, UBL: last.UBLSHA256,
		SessionID: last.SessionID, Batch: last.Batch, Error: last.Error, UpdatedAt: last.at,
	}
	if !slices.Contains(ledger.States, r.State) {
		return r, 0, fmt.Errorf("event %d names the state %q, which is none", last.sequence, r.State)
	}
	if s.credited[r.Number] {
		return r, 0, errors.New("a credit note refers to it, and when that was recorded is in no event")
	}
	if last.payPage {
		return r, 0, errors.New("it has a payment page, whose secret no event carries")
	}
	r.Request, r.Sequence = requestOf(all)
	var errs []error
	if r.Digest != "" {
		errs = append(errs, s.content(key, &r, all))
	}
	errs = append(errs, s.addLinks(key, &r, all, o), addPayments(&r, last.Payments), s.addReviews(key, &r, last.Reviews), paidBefore(&r, all))
	if err := errors.Join(errs...); err != nil {
		return r, 0, err
	}
	return r, last.sequence, says(&r, last)
}

// says compares what the record says with the event that it was made from:
// whatever an event carries and a record is not given here is not left out in
// silence.
func says(r *ledger.Record, last *status) error {
	got, want := r.Status(), last.Status
	for _, s := range []*event.Status{&got, &want} { // what is the event's own, or follows from the new code
		s.RequestID, s.Repeated, s.Ignored, s.Warnings, s.Problems, s.Code, s.Error = "", false, nil, nil, nil, "", ""
		s.DeadLetter, s.PDFBucket, s.PDFObject, s.PDFDirectory, s.Batch = "", "", "", "", ""
		s.PreviousLinkID, s.PreviousPaymentLink, s.PreviousExpiresAt, s.Reason = "", "", time.Time{}, ""
		s.QRSource, s.QRNote, s.Renewed = "", "", nil
	}
	a, errA := json.Marshal(got)
	b, errB := json.Marshal(want)
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	if !bytes.Equal(a, b) {
		return fmt.Errorf("event %d says something that a record cannot be given: %s", last.sequence, differing(a, b))
	}
	return nil
}

// differing names the members in which two JSON objects differ.
func differing(a, b []byte) string {
	var one, other map[string]json.RawMessage
	if json.Unmarshal(a, &one) != nil || json.Unmarshal(b, &other) != nil {
		return "it is no object"
	}
	var names []string
	for name := range other {
		if !bytes.Equal(one[name], other[name]) {
			names = append(names, name)
		}
	}
	for name := range one {
		if _, ok := other[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

func act(a *event.Act) *ledger.Act {
	if a == nil {
		return nil
	}
	return &ledger.Act{At: a.At, Source: ledger.Source(a.Source), Actor: a.Actor, Reason: a.Reason}
}

// requestOf is the request that made the record, and its place in the stream,
// with which the id of an answer begins.
func requestOf(all []status) (id string, sequence uint64) {
	for _, s := range all {
		head, _, _ := strings.Cut(s.id, "-")
		if n, err := strconv.ParseUint(head, 10, 64); err == nil && strings.HasSuffix(s.id, "-issued") {
			id, sequence = s.RequestID, n
		}
	}
	return id, sequence
}

// content adds what follows from the invoice itself.
func (s *sources) content(key string, r *ledger.Record, all []status) error {
	data, ok := s.contents[ledger.ContentName(key, r.Digest)]
	if !ok {
		return errors.New("its content is missing")
	}
	inv := &invoice.Invoice{}
	if err := json.Unmarshal(data, inv); err != nil {
		return fmt.Errorf("read its content: %w", err)
	}
	totals, err := inv.Totals()
	if err != nil {
		return fmt.Errorf("read its content: %w", err)
	}
	if r.Total, err = invoice.MoneyOf(totals.Total); err == nil {
		r.Payable, err = invoice.MoneyOf(totals.Payable)
	}
	if err != nil {
		return fmt.Errorf("read its content: %w", err)
	}
	last := all[len(all)-1]
	if inv.Number != r.Number || inv.Digest() != r.Digest || last.Payable != "" && last.Payable != r.Payable.Fixed() {
		return fmt.Errorf("its content is not what event %d is about", last.sequence)
	}
	*r = r.About(&invoice.Invoice{Kind: inv.Kind, DueDate: inv.DueDate, Buyer: inv.Buyer})
	r.Kind, r.DueDate, r.Buyer = inv.Kind, inv.DueDate, last.Buyer
	r.IssueDate, r.Email, r.Reference, r.Language = inv.IssueDate, inv.Buyer.Email, inv.BuyerReference, inv.Language
	if inv.SessionID == "" && r.SessionID != "" {
		r.SessionFor = r.Digest
	}
	r.Seller, err = s.seller(all)
	return err
}

// seller is the digest of the snapshot that the invoice is about: its upload's,
// or the only one that there is.
func (s *sources) seller(all []status) (string, error) {
	for _, one := range all {
		if digest := s.uploads[invoice.Key(one.Batch)]; one.Batch != "" && s.sellers[digest] {
			return digest, nil
		}
	}
	if len(s.sellers) != 1 {
		return "", fmt.Errorf("which of %d versions of the seller it is about is in no event", len(s.sellers))
	}
	for digest := range s.sellers {
		return digest, nil
	}
	return "", nil
}

// addLinks adds the newest link, with its code drawn anew, and the three before
// it; still older ones are documents.
func (s *sources) addLinks(key string, r *ledger.Record, all []status, o RebuildOptions) error {
	links := map[int]ledger.Link{}
	newest := 0
	for _, one := range all {
		if one.PaymentLink == "" || one.LinkRevision == 0 {
			continue
		}
		by := ledger.Act{Reason: "issue"}
		if a := act(cmp.Or(one.Renewed, one.Requested)); a != nil {
			by = *a
		}
		l := ledger.Link{
			Revision: one.LinkRevision, ID: one.LinkID, URL: one.PaymentLink, CreatedAt: one.CreatedAt, ValidUntil: one.ExpiresAt,
			ExpiredBy: one.ExpiredBy, ActivationMinutes: one.ActivationMinutes, By: by, Request: one.RequestID, QRSource: one.QRSource, Note: one.QRNote,
		}
		if was, ok := links[l.Revision]; ok && (was.URL != l.URL || was.ID != l.ID) {
			return fmt.Errorf("events name two links of revision %d", l.Revision)
		}
		if one.SessionID != r.SessionID {
			l.SessionID = one.SessionID
		}
		if one.PageRevision == one.LinkRevision {
			l.SHA256 = one.SHA256
		}
		links[l.Revision], newest = l, max(newest, l.Revision)
	}
	if last := all[len(all)-1]; newest != last.LinkRevision {
		return fmt.Errorf("the newest link is revision %d, event %d says %d", newest, last.sequence, last.LinkRevision)
	}
	for n := newest; n > 0; n-- {
		l, ok := links[n]
		switch {
		case n <= newest-4:
			if s.links[fmt.Sprintf("%s.r%d", key, n)] == nil {
				return fmt.Errorf("link %d is in no document", n)
			}
		case !ok:
			return fmt.Errorf("link %d is in no event", n)
		case n == newest:
			size, bits, err := o.QR(l.URL)
			if err != nil {
				return err
			}
			l.Size, l.QR, l.QRSource, l.Note = size, bits, "drawn", "QR code drawn from the link, since the record was rebuilt"
			r.Link = &l
		default:
			r.Older = append(r.Older, l)
		}
	}
	return nil
}

func addPayments(r *ledger.Record, payments []event.Payment) error {
	if len(payments) >= mostPayments {
		return fmt.Errorf("it has %d payments or more, and events name no more", mostPayments)
	}
	for _, p := range payments {
		amount, err := invoice.ParseDecimal(p.Amount)
		if err != nil || p.Amount == "" {
			return fmt.Errorf("payment %q has no amount in the event", p.ID)
		}
		r.Payments = append(r.Payments, ledger.Payment{
			ID: p.ID, Money: invoice.Money{Amount: amount, Currency: p.Currency}, At: p.At, RecordedAt: p.RecordedAt,
			Source: ledger.Source(p.Source), Actor: p.Actor, Authorised: p.Authorised, Note: p.Note,
		})
	}
	return nil
}

// addReviews adds the open reviews. One that was resolved after the event is
// open again. The count goes on after the highest that the index knows.
func (s *sources) addReviews(key string, r *ledger.Record, reviews []event.Review) error {
	for id := range s.values {
		if n, ok := strings.CutPrefix(id, "r."+key+"."); ok {
			count, err := strconv.Atoi(n)
			if err != nil {
				return fmt.Errorf("%s is not the id of a review", id)
			}
			r.Reviewed = max(r.Reviewed, count)
		}
	}
	for _, v := range reviews {
		n, err := strconv.Atoi(v.ID[strings.LastIndexByte(v.ID, '.')+1:])
		if err != nil {
			return fmt.Errorf("%q is not the id of a review", v.ID)
		}
		r.Reviewed = max(r.Reviewed, n)
		r.Reviews = append(r.Reviews, ledger.Review{ID: v.ID, Kind: ledger.ReviewKind(v.Kind), What: v.What, At: v.At, Payment: v.Payment})
	}
	return nil
}

// paidBefore decides whether the published page shows a payment in place of a
// link, which no event says in so many words.
func paidBefore(r *ledger.Record, all []status) error {
	if r.PDF == "" || r.State != ledger.Paid {
		return nil
	}
	for _, one := range all {
		if one.State == string(ledger.Issued) && one.PDF != "" {
			return nil
		}
	}
	if r.Link != nil {
		return errors.New("no event says whether its page shows the link or the payment")
	}
	r.PaidBeforeIssue = true
	return nil
}
