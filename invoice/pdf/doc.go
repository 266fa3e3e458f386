// Package pdf prints an invoice as an A4 page that can be paid by scanning a
// QR code or clicking a link: [Render] makes the file, and [Printable] says
// beforehand which characters it could not print.
//
// It promises that the same page gives the same bytes whenever it is printed
// again, that a character is either printed correctly or refused by name, that
// the link's text, the areas that can be clicked and the annotation are the
// link unchanged, that the totals never part from the last lines, and that
// nothing of one document gets into another, however many are printed at once.
//
// Layout decides boxes in whole thousandths of a point from measured texts
// and draws nothing; drawing writes the boxes through fpdf and decides
// nothing. A language of the page is one file, lang_xx.go.
//
// It computes no amount beyond [invoice.Invoice.Totals], checks neither that
// a QR code holds its link nor that a link lives, reads no clock and no file,
// and knows nothing of where the document goes. It makes no PDF/A and embeds
// no XML.
package pdf
