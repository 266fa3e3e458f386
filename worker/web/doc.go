// Package web is the finance desk: a page where a workbook is dropped and
// payable invoices come out. Uploads are checked and shown before anything is
// issued, progress is live, results are downloaded as a workbook, as PDFs or
// as one ZIP, and every invoice can be looked up, renewed, settled or
// withdrawn.
//
// It promises that nothing is published before somebody pressed the button for
// exactly what was shown; that pressing twice, in two tabs or across a restart
// issues once; that nothing about an invoice is shown or changed without a
// login where one is required; that no path is ever made of what a browser
// sent; and that each action leaves a line in the log with who, what and when.
//
// Whoever is in may do everything: there are no roles, since whoever can issue
// an invoice can undo it by a credit note as well. The log and each record name
// who did what.
//
// It needs no script in the browser, loads nothing from elsewhere and calls no
// API: what it wants done goes to the broker. The health, metrics and callback
// endpoints are not its own, but Protect guards whatever is put next to it.
package web
