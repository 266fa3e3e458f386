// Package batch is the way of a workbook: it is read and checked, its good
// invoices are published as requests, their answers are waited for, and the
// sender's workbook is written back with what became of each row. The command
// line and the page go the same way.
//
// It promises that a request is published once an upload, that every invoice
// of the files has an answer in the end, and that waiting can be taken up
// again by another process: the answers are in the broker. An upload takes less
// than 900 bytes for each invoice with its answer.
//
// It calls no API and issues nothing: the workers do.
package batch
