// Package ledger is the system of record about each invoice, its links and its
// payments: one small record per invoice, changed by compare-and-set only and
// never deleted, and next to it the documents that are needed again weeks
// later: the invoice itself, the seller as it was when it was requested, older
// links and payments. Start with [Ledger.Update] and the transitions of
// [Record]; README.md shows the state machine.
//
// It promises that of two changes at the same time one is refused, that a
// session, and a link by id and URL, belongs to one invoice permanently, that
// no payment, cancellation or review that was recorded is overwritten, and that
// a ledger of one seller and one checkout account is never written for another.
// It calls no API, draws nothing and does nothing by itself: that is the
// worker's.
package ledger
