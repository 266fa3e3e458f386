package sheet

import (
	"strings"

	"invoicelink/invoice/sheet/profile"
)

// foreignNumbers are folded headers of the numbers of other documents, and what
// those documents are.
var foreignNumbers = func() map[string]string {
	m := map[string]string{}
	for kind, list := range map[string]string{
		"quotes":       "Quote Number|Quote No|Quote #|Quotation number|Quotation no|Estimate Number|Estimate No|Offer number|Offer no|Proposal number|Tilbudsnr|Tilbudsnummer|Offertnummer|Angebotsnummer|Angebot Nr|Offertenummer|Offertnr|Devis|Numéro de devis|N° devis|Presupuesto|Nº presupuesto|Numero preventivo|Preventivo|Numer oferty",
		"vendor-bills": "Vendor invoice number|Supplier invoice number|Supplier invoice no|Vendor invoice no|Lieferantenrechnung|Leverandørfaktura|Leverantörsfaktura",
		"payments":     "Payment Number|Payment No|Payment ID|Receipt Number|Receipt No|Transaction number|Remittance number|Zahlungsnummer|Kvitteringsnr",
	} {
		for _, w := range strings.Split(list, "|") {
			m[profile.Fold(w)] = kind
		}
	}
	return m
}()

// suppliers are folded headers of who an invoice comes from: a list with one
// and without a customer is one of purchases.
var suppliers = words("Vendor|Vendor name|Vendor no|Vendor ID|Supplier|Supplier name|Supplier no|Supplier ID|Lieferant|Lieferantenname|Kreditor|Kreditornr|Leverandør|Leverandørnavn|Leverantör|Toimittaja|Leverancier|Crediteur|Fournisseur|Nom du fournisseur|Proveedor|Fornitore|Fornecedor|Dostawca|Dodavatel|Поставщик")

var (
	debits  = words("Debit|Debit amount|Debit Amount (Two Column Approach)|Soll|Debet|Débit|Debe|Dare|Wn|Дебет")
	credits = words("Credit amount|Credit|Credit Amount (Two Column Approach)|Haben|Kredit|Crédit|Haber|Avere|Ma|Кредит")
)

// otherList says what a list is that does not hold invoices; nil if it does, or
// if the profile says so.
func (t *table) otherList() error {
	l := t.l
	if t.p.List == "invoices" || t.side != nil {
		return nil
	}
	kind, other, customer, supplier, debit, credit := "", "", l.first[fCustomer] >= 0 || l.first[fCustomerNo] >= 0, "", "", ""
	for _, c := range l.columns {
		if t.filled(c.Index) == 0 {
			continue
		}
		h := profile.Fold(c.Header)
		if k := foreignNumbers[h]; k != "" && other == "" {
			kind, other = k, l.name(c.Index)
		}
		if suppliers[h] && l.roles[c.Index].f == noField {
			supplier = l.name(c.Index)
		}
		if debits[h] {
			debit = l.name(c.Index)
		}
		if credits[h] {
			credit = l.name(c.Index)
		}
	}
	switch {
	case debit != "" && credit != "":
		return wrong("file-ledger", debit, credit)
	case other != "" && l.first[fNumber] < 0:
		return wrong("file-"+kind, other)
	case supplier != "" && !customer:
		return wrong("file-purchases", supplier)
	}
	return nil
}

// filled is the number of data rows with a value in a column.
func (t *table) filled(col int) int {
	if col < 0 || col >= len(t.facts) || t.facts[col] == nil {
		return 0
	}
	return t.facts[col].filled
}

// formOf recognises a printed invoice: labels with their values next to or
// below them instead of columns. It returns what is wrong, or nothing.
func formOf(sheets []*candidate) error {
	for _, c := range sheets {
		if n, example := c.labels(len(c.rows)); n >= 3 {
			return wrong("file-form", clip(c.sheet), clip(example))
		}
	}
	return nil
}

// labels counts the labels of a form in the first rows.
func (c *candidate) labels(rows int) (n int, example string) {
	for i := range rows {
		cells := c.rows[i].Cells
		if len(cells) > 6 {
			continue
		}
		for _, cell := range cells {
			s := headerText(cell)
			h := profile.Fold(s)
			f, alias := byAlias[h]
			if !alias {
				f, alias = byHeader[h]
			}
			labelled := strings.HasSuffix(s, ":") && len(s) < 40
			if formWords[h] || labelled && alias || alias && len(cells) <= 2 && (f == fNumber || f == fIssueDate || f == fDueDate) {
				if n++; example == "" {
					example = s
				}
			}
		}
	}
	return n, example
}

var formWords = words("Bill to|Billed to|Invoice to|Sold to|Ship to|Amount in words|Thank you for your business|Invoice for|Facturé à|Facturar a|Rechnung an|Faktura til|Bank details|Account name|Authorized signatory|Authorised signatory|Terms and conditions|Terms & conditions")
