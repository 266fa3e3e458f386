package event

import (
	"fmt"
	"slices"
	"time"

	"invoicelink/invoice"
)

// required lists the members that a Status always has, by type. The schemas
// are made from it, and Encode holds each status against it.
var required = map[Type][]string{
	TypeIssued: {"number", "key", "kind", "state", "revision", "digest", "currency", "total", "payable", "pdf", "sha256", "pdfBytes"},
	TypeRenewed: {"number", "key", "kind", "state", "revision", "digest", "currency", "total", "payable", "pdf", "sha256", "pdfBytes",
		"paymentLink"}, // a payment page does not expire, and replaces no link where its address was rotated
	TypeRejected: {"key", "error"},
	TypeExpired:  {"number", "key", "state", "revision", "paymentLink", "expiresAt"},
	TypeLapsed:   {"number", "key", "state", "revision", "paymentLink", "expiresAt", "error"},
	TypeFailed:   {"key", "state", "error"},
	TypeSettled:  {"number", "key", "state"},
	TypePayment:  {"number", "key", "state", "paymentStatus", "payments"},
}

// missing says which members the status needs and does not have.
func (s Status) missing(t Type) []string {
	has := map[string]bool{
		"number": s.Number != "", "key": s.Key != "", "kind": s.Kind != "", "state": s.State != "",
		"paymentStatus": s.PaymentStatus != "", "payments": len(s.Payments) > 0,
		"revision": s.Revision > 0, "digest": s.Digest != "", "currency": s.Currency != "",
		"total": s.Total != "", "payable": s.Payable != "", "pdf": s.PDF != "", "sha256": s.SHA256 != "", "pdfBytes": s.PDFBytes > 0,
		"paymentLink": s.PaymentLink != "", "expiresAt": !s.ExpiresAt.IsZero(), "previousPaymentLink": s.PreviousPaymentLink != "",
		"error": s.Error != "",
	}
	var faults []string
	for _, name := range required[t] {
		if name != "number" && !has[name] { // the number is looked at for every type
			faults = append(faults, name+" is missing")
		}
	}
	for name, amount := range map[string]string{"total": s.Total, "payable": s.Payable, "received": s.Received, "toCapture": s.ToCapture} {
		if _, err := invoice.ParseDecimal(amount); amount != "" && err != nil {
			faults = append(faults, fmt.Sprintf("%s: %s", name, err))
		}
	}
	slices.Sort(faults)
	return faults
}

// normalize returns the status as the schema allows it and in a size that fits
// in a message, whatever the request held: with its key, without a number that
// none can be, its moments in UTC, long texts and lists cut.
func (s Status) normalize() Status {
	if s.Key = Key(s.Number); s.Key == invoice.NoKey {
		s.Number = ""
	}
	s.Error, s.Reason = clip(s.Error, maxErrorRunes), clip(s.Reason, MaxReasonRunes)
	s.Warnings, s.Ignored = clipAll(s.Warnings), clipAll(s.Ignored)
	if len(s.Problems) > MaxProblems+1 {
		var few Problems
		for _, p := range s.Problems {
			few.append(p)
		}
		s.Problems = few
	}
	for _, t := range []*time.Time{&s.CreatedAt, &s.ExpiresAt, &s.ExpiredBy, &s.PreviousExpiresAt, &s.AcceptedAt, &s.IssuedAt, &s.PaidAt} {
		*t = t.UTC()
	}
	s.Payments = slices.Clone(s.Payments)
	for i := range s.Payments {
		s.Payments[i].At, s.Payments[i].RecordedAt = s.Payments[i].At.UTC(), s.Payments[i].RecordedAt.UTC()
	}
	return s
}

// maxErrorRunes is the length of the sentence about a refusal; what is left
// out stands among the problems.
const maxErrorRunes = 4000

// clipAll shortens the texts of a list, and a list of more than MaxProblems.
func clipAll(list []string) []string {
	out := make([]string, 0, min(len(list), MaxProblems))
	for _, text := range list[:cap(out)] {
		out = append(out, clip(text, maxMessageRunes))
	}
	return out
}
