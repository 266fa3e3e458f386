// Package sheet reads invoices from spreadsheets (.xlsx and .csv), says what is
// wrong with them cell by cell, and writes the sender's own file back with the
// results beside each invoice.
//
// It promises that every problem is found in one go and told by sheet and cell;
// that a bad row rejects its whole invoice and no other; that nothing is
// guessed: a header, number or date which may mean two things is an error that
// shows both readings, unless the rest of the file decides; that numbers stay
// decimal; and that sizes are limited before anything is held in memory. What
// it writes is complete or not there at all.
//
// Workbooks are read as a stream by the package itself, because a row iterator
// of values alone cannot tell a date from a number, a formula without a stored
// value from an empty cell, or a sheet that was cut off from a complete one.
// They are written with excelize.
//
// It calls nobody, sends nothing and computes no formula.
package sheet
