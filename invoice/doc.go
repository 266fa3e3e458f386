// Package invoice is the model of an invoice: [Invoice], [Line], [Party],
// [Seller] and the decimal amounts they carry, with the arithmetic and the rules
// of EN 16931-1:2017, the European standard for the semantic model of an
// electronic invoice. Field comments name the standard's business terms (BT-1 …
// BT-165) and groups (BG-1 … BG-32).
//
// Start with [Invoice.Validate], which checks the form, and [Invoice.Totals].
// [NewDocument] joins an invoice with its seller; [Document.CheckLaw] then holds
// it against the law of the seller's country, and pages and e-invoices take what
// they show from it.
//
// It promises that money is decimal from the first character read to the last
// one printed, that everything that is wrong is reported at once, by field and
// by a stable code, and that the canonical JSON of an invoice, and so its Digest,
// depends on its content alone: not on a file, a row, a format or the way a
// number was written.
//
// It reads no file, makes no call and knows nothing of spreadsheets, brokers,
// the checkout API or pages.
package invoice
