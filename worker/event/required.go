package event

import (
	"fmt"
	"slices"

	"invoicelink/invoice"
)

// required lists the members that a Result always has, by type. The schemas
// are made from it, and Encode holds results against it.
var required = map[Type][]string{
	TypeIssued:   {"number", "key", "kind", "state", "revision", "digest", "currency", "total", "payable", "pdf"},
	TypeRenewed:  {"number", "key", "kind", "state", "revision", "digest", "currency", "total", "payable", "pdf", "link", "previousLink"},
	TypeRejected: {"key", "error"},
	TypeExpired:  {"number", "key", "state", "revision", "link"},
	TypeLapsed:   {"number", "key", "state", "revision", "link", "error"},
	TypeFailed:   {"key", "state", "error"},
	TypeSettled:  {"number", "key", "state"},
}

// lacks says which members the result needs and does not have.
func (r Result) lacks(t Type) []string {
	has := map[string]bool{
		"number": r.Number != "", "key": r.Key != "", "kind": r.Kind != "", "state": r.State != "",
		"revision": r.Revision > 0, "digest": r.Digest != "", "currency": r.Currency != "",
		"total": r.Total != "", "payable": r.Payable != "", "pdf": r.PDF != nil, "link": r.Link != nil,
		"previousLink": r.PreviousLink != nil, "error": r.Error != "",
	}
	var faults []string
	for _, name := range required[t] {
		if name != "number" && !has[name] { // the number is looked at for every type
			faults = append(faults, name+" is missing")
		}
	}
	for name, amount := range map[string]string{"total": r.Total, "payable": r.Payable} {
		if _, err := invoice.ParseDecimal(amount); amount != "" && err != nil {
			faults = append(faults, fmt.Sprintf("%s: %s", name, err))
		}
	}
	slices.Sort(faults)
	return faults
}

// normal returns the result as the schema allows it and in a size that fits in
// a message, whatever the request held: with its key, without a number that
// none can be, its moments in UTC, long texts and lists cut.
func (r Result) normal() Result {
	if r.Key = Key(r.Number); r.Key == invoice.NoKey {
		r.Number = ""
	}
	r.Error, r.Reason = clip(r.Error, maxErrorRunes), clip(r.Reason, MaxReasonRunes)
	r.Warnings, r.Ignored = clipAll(r.Warnings), clipAll(r.Ignored)
	if len(r.Problems) > MaxProblems+1 {
		var few Problems
		for _, p := range r.Problems {
			few.append(p)
		}
		r.Problems = few
	}
	r.Link, r.PreviousLink = r.Link.utc(), r.PreviousLink.utc()
	if r.Payment != nil {
		p := *r.Payment
		p.PaidAt = p.PaidAt.UTC()
		r.Payment = &p
	}
	return r
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

func (l *Link) utc() *Link {
	if l == nil {
		return nil
	}
	c := *l
	c.CreatedAt, c.ExpiresAt = c.CreatedAt.UTC(), c.ExpiresAt.UTC()
	return &c
}
