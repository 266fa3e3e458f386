// Package einvoice writes an invoice as the two syntaxes of EN 16931-1:2017:
// [CII] as UN/CEFACT Cross Industry Invoice in the Factur-X (ZUGFeRD) profile
// EN 16931, and [UBL] as UBL 2.1 by Peppol BIS Billing 3.0. Both say what the
// page says, each business term once.
//
// It promises the same bytes for the same document and [Options], amounts as
// they were computed by package invoice, and XML that is well-formed whatever
// the texts hold. It does not check the document: whether it breaks a rule of
// EN 16931 is for [invoice.Document.CheckLaw] to say, and [CheckPeppol] says
// what a Peppol receiver needs beyond that.
package einvoice
