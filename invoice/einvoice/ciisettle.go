package einvoice

import "invoicelink/invoice"

func (c ciiWriter) settlement() {
	t := c.Totals
	c.in("ram:ApplicableHeaderTradeSettlement", func() {
		c.text("ram:PaymentReference", c.inv.Number)
		c.text("ram:TaxCurrencyCode", c.inv.LocalVAT.Currency)
		c.text("ram:InvoiceCurrencyCode", c.inv.Currency)
		c.paymentMeans()
		for i, g := range t.VAT {
			c.vatGroup(i, g)
		}
		c.period(c.inv.Period)
		for _, r := range c.documentReductions() {
			c.reduction(r)
		}
		c.in("ram:SpecifiedTradePaymentTerms", func() {
			c.text("ram:Description", c.paymentTerms())
			c.date("ram:DueDateDateTime", "udt:DateTimeString", c.inv.DueDate)
		})
		c.in("ram:SpecifiedTradeSettlementHeaderMonetarySummation", func() {
			c.text("ram:LineTotalAmount", t.LineTotal.Number())
			c.text("ram:ChargeTotalAmount", t.ChargeTotal.Number())
			c.text("ram:AllowanceTotalAmount", t.AllowanceTotal.Number())
			c.text("ram:TaxBasisTotalAmount", t.Net.Number())
			c.text("ram:TaxTotalAmount", t.VATTotal.Number(), "currencyID", c.inv.Currency)
			if c.inv.LocalVAT.Currency != "" {
				c.text("ram:TaxTotalAmount", t.LocalVAT.Number(), "currencyID", c.inv.LocalVAT.Currency)
			}
			if !t.Rounding.IsZero() {
				c.text("ram:RoundingAmount", t.Rounding.Number())
			}
			c.text("ram:GrandTotalAmount", t.Total.Number())
			c.text("ram:TotalPrepaidAmount", t.Prepaid.Number())
			c.text("ram:DuePayableAmount", t.Payable.Number())
		})
		for _, r := range c.inv.Preceding() {
			c.in("ram:InvoiceReferencedDocument", func() {
				c.text("ram:IssuerAssignedID", r.Number)
				c.date("ram:FormattedIssueDateTime", "qdt:DateTimeString", r.IssueDate)
			})
		}
		c.in("ram:ReceivableSpecifiedTradeAccountingAccount", func() { c.text("ram:ID", c.inv.References.Accounting) })
	})
}

func (c ciiWriter) paymentMeans() {
	account := c.payee()
	c.in("ram:SpecifiedTradeSettlementPaymentMeans", func() {
		c.text("ram:TypeCode", c.means())
		c.text("ram:Information", c.meansText())
		c.in("ram:PayeePartyCreditorFinancialAccount", func() {
			c.text("ram:IBANID", account.IBAN)
			if account.IBAN != "" {
				c.text("ram:AccountName", account.Holder)
			}
		})
		c.in("ram:PayeeSpecifiedCreditorFinancialInstitution", func() { c.text("ram:BICID", account.BIC) })
	})
}

// vatGroup writes BG-23. The tax point is the document's and stands once.
func (c ciiWriter) vatGroup(i int, g invoice.VATGroup) {
	reason, code := c.exemption(g.Category)
	c.in("ram:ApplicableTradeTax", func() {
		c.text("ram:CalculatedAmount", g.VAT.Number())
		c.text("ram:TypeCode", "VAT")
		c.text("ram:ExemptionReason", reason)
		c.text("ram:BasisAmount", g.Net.Number())
		c.text("ram:CategoryCode", string(g.Category))
		c.text("ram:ExemptionReasonCode", code)
		if i == 0 {
			c.date("ram:TaxPointDate", "udt:DateString", c.inv.TaxPointDate)
		}
		if i == 0 && c.CashAccounting() {
			c.text("ram:DueDateTypeCode", "72") // UNTDID 2475: paid to date
		}
		c.text("ram:RateApplicablePercent", string(g.Rate)) // XRechnung wants it for O too (BR-DE-14)
	})
}
