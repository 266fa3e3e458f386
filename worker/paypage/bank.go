package paypage

import (
	"strconv"
	"strings"

	"github.com/bojanz/currency"
	"rsc.io/qr"

	"invoicelink/invoice"
	"invoicelink/invoice/bankcode"
	"invoicelink/invoice/pdf/lang"
)

// quietZone is the white margin around a QR code, in modules (ISO/IEC 18004,
// section 6.3.8).
const quietZone = 4

// code is a QR code for an SVG element: one path of dark runs.
type code struct {
	Box  string // its viewBox
	Path string
	Side int // modules with the margin
}

// bankOf is the account for a transfer of the amount, and its EPC code. The
// account and the reference are those of the printed invoice. Both are empty
// where the invoice names no account.
func bankOf(doc *invoice.Document, l *lang.Texts, amount invoice.Money) ([]row, *code) {
	account := doc.Account()
	if account.IBAN == "" && account.Bank == "" || amount.IsZero() {
		return nil, nil
	}
	var epc *code
	reference := row{Name: l.Reference, Value: doc.Invoice.Number}
	if payload := epcOf(doc, amount); payload != "" {
		epc = draw(payload)
		if rf, err := bankcode.RF(doc.Invoice.Number); err == nil && doc.Seller.Transfer.Code == invoice.TransferEPC {
			reference = row{Name: l.Reference, Value: inFours(rf), Plain: rf}
		}
	}
	if line, err := bankcode.FIK(doc.Invoice.Number, doc.Seller.Transfer.FIKCreditor); err == nil {
		reference = row{Name: "FIK", Value: line}
	} else if kid, err := bankcode.KID(doc.Invoice.Number); err == nil && doc.Seller.Transfer.KID {
		reference = row{Name: "KID", Value: kid}
	}
	var all []row
	for _, r := range []row{
		{Name: l.AccountHolder, Value: account.Holder}, {Name: "IBAN", Value: inFours(account.IBAN), Plain: account.IBAN},
		{Name: "BIC", Value: account.BIC}, {Name: l.Bank, Value: account.Bank}, {Name: l.Amount, Value: money(l, amount)}, reference,
	} {
		if r.Value != "" {
			all = append(all, r)
		}
	}
	return all, epc
}

// epcOf is the text of the EPC code (EPC069-12); "" where the transfer cannot
// have one.
func epcOf(doc *invoice.Document, due invoice.Money) string {
	amount, err := currency.NewAmount(due.Fixed(), due.Currency)
	if err != nil {
		return ""
	}
	payload, err := bankcode.EPC(doc.Account(), amount, doc.Invoice.Number)
	if err != nil {
		return "" // another currency, or an account outside of the area
	}
	return payload
}

// draw makes a code of level M, at most version 13, as EPC069-12 wants.
func draw(payload string) *code {
	c, err := qr.Encode(payload, qr.M)
	if err != nil || c.Size > 69 {
		return nil
	}
	var b strings.Builder
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			if !c.Black(x, y) {
				continue
			}
			from := x
			for x+1 < c.Size && c.Black(x+1, y) {
				x++
			}
			n := strconv.Itoa(x - from + 1)
			b.WriteString("M" + strconv.Itoa(from+quietZone) + " " + strconv.Itoa(y+quietZone) + "h" + n + "v1h-" + n + "z")
		}
	}
	side := c.Size + 2*quietZone
	return &code{Box: "0 0 " + strconv.Itoa(side) + " " + strconv.Itoa(side), Path: b.String(), Side: side}
}

// inFours is a text in groups of four characters (ISO 13616, ISO 11649).
func inFours(s string) string {
	var b strings.Builder
	for i, r := range []rune(s) {
		if i > 0 && i%4 == 0 {
			b.WriteRune('\u00A0')
		}
		b.WriteRune(r)
	}
	return b.String()
}
