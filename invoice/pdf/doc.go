// Package pdf prints an invoice as an A4 page that can be paid by scanning or
// clicking.
package pdf
