// Package pdf prints an invoice as a page that can be paid by scanning a QR
// code or clicking a link, and read by a screen reader or an accounting
// program: [Render] makes the file, [Printable] and [PrintableSeller] say
// beforehand what it could not print, and [Languages] in what language.
//
// It promises that the same page gives the same bytes whenever it is printed
// again, that a character is either printed correctly or refused by name, that
// the link's text, the areas that can be clicked and the annotation are the
// link unchanged, that amount, due date and the ways to pay stand on the first
// page, that the totals never part from the last lines, and that nothing of one
// document gets into another, however many are printed at once. Every file is
// PDF/A-3a and PDF/UA-1 by construction, and carries the invoice's XML if it is
// given.
//
// Layout decides boxes in whole thousandths of a point from measured texts
// and draws nothing; drawing writes the boxes through fpdf and decides
// nothing; the finishing step adds what the standards want. The order of the
// boxes is the order in which the page is read.
//
// It computes no amount beyond [invoice.Invoice.Totals], checks neither that
// a QR code holds its link nor that a link lives, reads no clock and no file,
// and knows nothing of where the document goes.
package pdf
