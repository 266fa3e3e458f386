// Package invoice holds the nouns of the house: Invoice, Line, Party, Seller
// and the decimal amounts they carry, with the arithmetic and the rules of
// EN 16931-1:2017, the European standard for the semantic model of an
// electronic invoice. Field comments name the standard's business terms
// (BT-1 … BT-165) where one exists.
//
// It promises that money is decimal from the first character read to the last
// one printed, that Validate reports everything that is wrong at once and by
// field, and that the canonical JSON of an invoice, and so its Digest, depends
// on its content alone: not on a file, a row, a format or the way a number was
// written.
//
// It reads no file, calls nobody and knows nothing of spreadsheets, brokers,
// checkout calls or pages.
package invoice
