// Package sheet reads invoices from spreadsheets (.xlsx and .csv), reports what
// is wrong with them cell by cell, asks what only the sender knows, and writes
// the sender's own file back with the results next to each invoice.
//
// Reading yields invoices, notes, questions with their answers, and problems by
// cell. It promises that every problem is found at once and named by sheet and
// cell; that a bad row rejects its whole invoice and no other; that nothing is
// guessed about money: a column of numbers is explained by the arithmetic of the
// rows or it is a question, and a value which may mean two things is one too,
// unless the rest of the file decides; that numbers stay decimal; and that sizes
// are limited before anything is held in memory. What it writes is complete or
// not there at all.
//
// A file is read twice: first for what its columns hold, then for its invoices.
// Import profiles (package profile) answer the questions of a layout; README.md
// teaches to write them. Start with [Read].
//
// It calls nobody, sends nothing and computes no formula.
package sheet
