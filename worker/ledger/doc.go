// Package ledger is the truth about each invoice and its links: one small
// record an invoice, changed by compare-and-set only and never deleted, and
// beside it the documents that are needed again weeks later: the invoice
// itself, the seller as he was when it was requested, and older links.
//
// It promises that of two changes at the same time one is refused, that a
// session id belongs to one invoice for ever, and that a ledger of one seller
// and one checkout account is never written for another. It calls no API,
// draws nothing and decides nothing about what comes next: that is the
// worker's.
package ledger
