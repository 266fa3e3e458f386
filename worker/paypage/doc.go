// Package paypage serves the payment page: the public address that is printed
// on an invoice instead of a link, and stays payable. Start with [New]; the
// record behind a page, and the attempts to pay, are in package ledger.
//
// It promises:
//
//   - GET changes nothing. A link is made by POST only, after the gateway was
//     asked whether the invoice is paid, and after the attempt was reserved in
//     the ledger by compare-and-set. So at most one link of an invoice lives,
//     however many people press the button on however many servers.
//   - A link asks for the amount that is due when it is made, and is handed out
//     only as long as that amount is due.
//   - A number that was printed has a page, whatever became of the invoice.
//   - A token stands in no log line, metric, trace or error.
//
// It does not promise that a payer sees the end of a payment at once: only the
// gateway's notification, or its answer to a question, makes an invoice paid.
package paypage
