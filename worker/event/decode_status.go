package event

import (
	"reflect"
	"strconv"

	"invoicelink/invoice"
)

// The payloads about an invoice that was or will be requested elsewhere: small,
// and validated here completely.

func (d *decoder) renew(body node) any {
	p := new(Renew)
	d.value("$", body, reflect.ValueOf(p).Elem())
	p.Unknown = d.unknown
	d.invoiceNumber(p.Number)
	d.shortText("$.reason", p.Reason)
	if p.Force && p.Reason == "" {
		d.missing("$.reason", "is missing; say why the renewal is forced, since two links can then be paid")
	}
	if p.Replaces < 0 {
		d.problems.addf("revision-invalid", "$.replaces", strconv.Itoa(p.Replaces), "is %d; revisions count from 1", p.Replaces)
	}
	return p
}

func (d *decoder) cancelled(body node) any {
	p := new(Cancelled)
	d.value("$", body, reflect.ValueOf(p).Elem())
	p.Unknown = d.unknown
	d.invoiceNumber(p.Number)
	d.shortText("$.reason", p.Reason)
	return p
}

func (d *decoder) paid(body node) any {
	p := new(Paid)
	d.value("$", body, reflect.ValueOf(p).Elem())
	p.Unknown = d.unknown
	d.invoiceNumber(p.Number)
	d.shortText("$.reference", p.Reference)
	if p.Amount.IsNegative() || p.Amount == "0" {
		d.problems.addf("amount-not-positive", "$.amount", string(p.Amount), "is %s; give what was paid as an amount above 0, or leave it out", p.Amount)
	}
	if p.Currency != "" {
		d.validateField("$.currency", "currency", invoice.Invoice{Currency: p.Currency})
	}
	return p
}

func (d *decoder) invoiceNumber(number string) {
	if number == "" {
		d.missing("$.number", "is missing; give the invoice number")
		return
	}
	d.validateField("$.number", "number", invoice.Invoice{Number: number})
}

// shortText applies the invoice's rule for a short field: printable, at most
// MaxReasonRunes characters, which is that rule's own limit.
func (d *decoder) shortText(path, text string) {
	d.validateField(path, "buyerReference", invoice.Invoice{BuyerReference: text})
}

// validateField adds what invoice.Validate says about one field, so that a number or
// text is valid here exactly when it is in an invoice.
func (d *decoder) validateField(path, field string, inv invoice.Invoice) {
	for _, p := range inv.Validate() {
		if p.Field == field && !d.problems.about(path) {
			d.problems.append(Problem{Path: path, Value: p.Value, Code: p.Code, Message: p.Message})
		}
	}
}
