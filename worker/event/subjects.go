package event

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"invoicelink/invoice"
)

// Subjects that ERP systems publish on. Only a PubAck of the broker confirms a
// publish; a plain core NATS publish may be lost without a word.
const (
	SubjectRequested = "invoices.requested" // an invoice or credit note is to be issued
	SubjectRenew     = "invoices.renew"     // a payment link is to be made again
	SubjectPaid      = "invoices.paid"      // an invoice was paid, here or elsewhere
	SubjectCancelled = "invoices.cancelled" // an invoice is no longer to be paid
)

// Type is a CloudEvents type. Its last part is the version of the payload: it
// changes when a reader of the old payload could misread the new one, and not
// when an optional field is added.
type Type string

// Types that come in, one for each subject in.
const (
	TypeRequested Type = "invoicelink.invoice.requested.v1" // payload Requested
	TypeRenew     Type = "invoicelink.invoice.renew.v1"     // payload Renew
	TypePaid      Type = "invoicelink.invoice.paid.v1"      // payload Paid
	TypeCancelled Type = "invoicelink.invoice.cancelled.v1" // payload Cancelled
)

// Types that go out. The payload of each is a Status.
const (
	// TypeIssued: the PDF exists and, where money is due, holds a live link.
	TypeIssued Type = "invoicelink.invoice.issued.v1"
	// TypeRenewed: a new link and a new PDF took the place of older ones.
	TypeRenewed Type = "invoicelink.invoice.renewed.v1"
	// TypeRejected: a request of any kind was refused and will not be tried
	// again as it is; the problems say why.
	TypeRejected Type = "invoicelink.invoice.rejected.v1"
	// TypeExpired: the link is over and nothing will renew it unless asked to,
	// since renewal is manual.
	TypeExpired Type = "invoicelink.invoice.expired.v1"
	// TypeLapsed: the link is over and the limits of renewal are reached.
	TypeLapsed Type = "invoicelink.invoice.lapsed.v1"
	// TypeFailed: the request is in order, but could not be carried out and
	// was given up.
	TypeFailed Type = "invoicelink.invoice.failed.v1"
	// TypeSettled: the invoice is paid or cancelled; no link is made for it
	// any more.
	TypeSettled Type = "invoicelink.invoice.settled.v1"
	// TypePayment: a payment was recorded that does not settle the invoice as
	// expected: another amount or currency, a second one, one on a cancelled
	// invoice, or one that is only authorised.
	TypePayment Type = "invoicelink.invoice.payment.v1"
)

// incoming gives each subject in its type, and outgoing each type out the verb
// of its subject.
var (
	incoming = map[string]Type{
		SubjectRequested: TypeRequested,
		SubjectRenew:     TypeRenew,
		SubjectPaid:      TypePaid,
		SubjectCancelled: TypeCancelled,
	}
	outgoing = map[Type]string{
		TypeIssued:   "issued",
		TypeRenewed:  "renewed",
		TypeRejected: "rejected",
		TypeExpired:  "expired",
		TypeLapsed:   "lapsed",
		TypeFailed:   "failed",
		TypeSettled:  "settled",
		TypePayment:  "payment",
	}
)

// SubjectsIn are the subjects of all types that come in, sorted.
func SubjectsIn() []string { return slices.Sorted(maps.Keys(incoming)) }

// SubjectsOut are the subjects of all types that go out, sorted, with a wildcard
// for the invoice's key: "invoices.issued.*".
func SubjectsOut() []string {
	var out []string
	for _, verb := range outgoing {
		out = append(out, "invoices."+verb+".*")
	}
	slices.Sort(out)
	return out
}

// OutSubject returns the subject of an event about an invoice:
// "invoices.issued.2026=2F0042" for TypeIssued and the number "2026/0042". The
// last token is Key of the number, so a subject has at most 786 bytes. For a
// type that comes in it returns that type's one subject, for any other type "".
func OutSubject(t Type, number string) string {
	verb, ok := outgoing[t]
	if !ok {
		return inSubject(t)
	}
	return "invoices." + verb + "." + Key(number)
}

// Key is the invoice number as the last token of a subject, as invoice.Key
// writes it and invoice.NumberOfKey reads it back; invoice.NoKey if the number
// is empty, blank, not UTF-8 or longer than invoice.MaxNumberRunes.
func Key(number string) string {
	if !utf8.ValidString(number) || strings.TrimSpace(number) == "" || utf8.RuneCountInString(number) > invoice.MaxNumberRunes {
		return invoice.NoKey
	}
	return invoice.Key(number)
}

func inSubject(t Type) string {
	for subject, typ := range incoming {
		if typ == t {
			return subject
		}
	}
	return ""
}
