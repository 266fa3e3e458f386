package einvoice

import (
	"fmt"
	"strconv"
	"strings"

	"invoicelink/invoice"
)

// UBL returns the document as UBL 2.1 Invoice or CreditNote by Peppol BIS
// Billing 3.0. What a Peppol receiver needs beyond EN 16931, CheckPeppol
// reports. It fails on a line that cannot be computed.
func UBL(d *invoice.Document, o Options) ([]byte, error) {
	t := newTerms(d, o)
	root := "Invoice"
	if t.inv.IsCreditNote() {
		root = "CreditNote"
	}
	w := newWriter(root,
		"xmlns", "urn:oasis:names:specification:ubl:schema:xsd:"+root+"-2",
		"xmlns:cac", "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
		"xmlns:cbc", "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2")
	u := ublWriter{w, t}
	u.header()
	u.references()
	u.in("cac:AccountingSupplierParty", func() { u.in("cac:Party", func() { u.party(t.Seller.Party, t.Seller.LegalInfo) }) })
	u.in("cac:AccountingCustomerParty", func() { u.in("cac:Party", func() { u.party(t.inv.Buyer, "") }) })
	if r := t.representative(); r.VATID != "" {
		u.in("cac:TaxRepresentativeParty", func() {
			u.in("cac:PartyName", func() { u.text("cbc:Name", r.Name) })
			u.address("cac:PostalAddress", r.Address)
			u.taxScheme("VAT", u.vatID(r.VATID))
		})
	}
	u.delivery()
	u.payment()
	for _, r := range u.documentReductions() {
		u.reduction(r)
	}
	u.totals()
	for i, l := range t.inv.Lines {
		a, err := l.Amounts(t.inv.Currency)
		if err != nil {
			return nil, fmt.Errorf("write UBL: lines[%d]: %w", i, err)
		}
		u.line(root, i, l, a)
	}
	return w.close(root), nil
}

type ublWriter struct {
	*writer
	terms
}

func (u ublWriter) amount(name, number string) { u.text(name, number, "currencyID", u.inv.Currency) }

func (u ublWriter) header() {
	guideline, process := guidelinePeppol, processBilling
	if u.inv.SelfBilled {
		guideline, process = guidelineSelfBilling, processSelfBilling
	}
	u.text("cbc:CustomizationID", guideline)
	u.text("cbc:ProfileID", process)
	u.text("cbc:ID", u.inv.Number)
	u.text("cbc:IssueDate", string(u.inv.IssueDate))
	note := strings.Join(u.notes(), "\n") // Peppol takes one note (R002)
	if u.inv.IsCreditNote() {
		u.text("cbc:TaxPointDate", string(u.inv.TaxPointDate))
		u.text("cbc:CreditNoteTypeCode", u.typeCode())
		u.text("cbc:Note", note)
	} else {
		u.text("cbc:DueDate", string(u.inv.DueDate))
		u.text("cbc:InvoiceTypeCode", u.typeCode())
		u.text("cbc:Note", note)
		u.text("cbc:TaxPointDate", string(u.inv.TaxPointDate))
	}
	u.text("cbc:DocumentCurrencyCode", u.inv.Currency)
	u.text("cbc:TaxCurrencyCode", u.inv.LocalVAT.Currency)
	u.text("cbc:AccountingCost", u.inv.References.Accounting)
	u.text("cbc:BuyerReference", u.inv.BuyerReference)
	u.period(u.inv.Period, u.CashAccounting())
}

func (u ublWriter) period(p invoice.Period, cash bool) {
	u.in("cac:InvoicePeriod", func() {
		u.text("cbc:StartDate", string(p.Start))
		u.text("cbc:EndDate", string(p.End))
		if cash {
			u.text("cbc:DescriptionCode", "432") // UNTDID 2005: paid to date
		}
	})
}

func (u ublWriter) references() {
	ref := u.inv.References
	document := func(name, number string) { u.in(name, func() { u.text("cbc:ID", number) }) }
	if ref.Order != "" || ref.SalesOrder != "" {
		u.in("cac:OrderReference", func() {
			order := ref.Order
			if order == "" {
				order = "NA" // mandatory in UBL; Peppol's word for none
			}
			u.text("cbc:ID", order)
			u.text("cbc:SalesOrderID", ref.SalesOrder)
		})
	}
	for _, r := range u.inv.Preceding() {
		u.in("cac:BillingReference", func() {
			u.in("cac:InvoiceDocumentReference", func() {
				u.text("cbc:ID", r.Number)
				u.text("cbc:IssueDate", string(r.IssueDate))
			})
		})
	}
	document("cac:DespatchDocumentReference", ref.DespatchAdvice)
	document("cac:ReceiptDocumentReference", ref.ReceivingAdvice)
	if u.inv.IsCreditNote() { // another order, and no place for a project
		document("cac:ContractDocumentReference", ref.Contract)
		u.in("cac:AdditionalDocumentReference", func() {
			u.text("cbc:ID", ref.Project)
			if ref.Project != "" {
				u.text("cbc:DocumentTypeCode", "50")
			}
		})
		document("cac:OriginatorDocumentReference", ref.Tender)
		return
	}
	document("cac:OriginatorDocumentReference", ref.Tender)
	document("cac:ContractDocumentReference", ref.Contract)
	document("cac:ProjectReference", ref.Project)
}

func (u ublWriter) party(p invoice.Party, legal string) {
	endpoint := p.ElectronicAddress()
	if endpoint.Scheme == "0184" && !strings.HasPrefix(endpoint.ID, "DK") {
		endpoint.ID = "DK" + endpoint.ID
	}
	u.text("cbc:EndpointID", endpoint.ID, "schemeID", endpoint.Scheme)
	u.in("cac:PartyIdentification", func() {
		// Denmark takes no number without its list (Peppol rule DK-R-013).
		if p.GlobalID.ID == "" && u.Seller.Address.Country != "DK" {
			u.text("cbc:ID", p.ID)
		}
		global := p.Identification()
		u.text("cbc:ID", global.ID, "schemeID", global.Scheme)
	})
	u.address("cac:PostalAddress", p.Address)
	u.in("cac:PartyTaxScheme", func() { u.taxIdentifier("VAT", u.vatID(p.VATID)) })
	u.in("cac:PartyTaxScheme", func() { u.taxIdentifier("TAX", p.TaxNumber) })
	u.in("cac:PartyLegalEntity", func() {
		u.text("cbc:RegistrationName", p.Name)
		u.text("cbc:CompanyID", p.RegistrationNo, "schemeID", p.Register())
		u.text("cbc:CompanyLegalForm", legal)
	})
	u.in("cac:Contact", func() {
		u.text("cbc:Name", p.Contact)
		u.text("cbc:Telephone", p.Phone)
		u.text("cbc:ElectronicMail", p.Email)
	})
}

func (u ublWriter) taxScheme(scheme, id string) {
	u.in("cac:PartyTaxScheme", func() { u.taxIdentifier(scheme, id) })
}

func (u ublWriter) taxIdentifier(scheme, id string) {
	if id == "" {
		return
	}
	u.text("cbc:CompanyID", id)
	u.in("cac:TaxScheme", func() { u.text("cbc:ID", scheme) })
}

func (u ublWriter) address(name string, a invoice.Address) {
	lines := addressLines(a.Street)
	u.in(name, func() {
		u.text("cbc:StreetName", lines[0])
		u.text("cbc:AdditionalStreetName", lines[1])
		u.text("cbc:CityName", a.City)
		u.text("cbc:PostalZone", a.Zip)
		u.text("cbc:CountrySubentity", a.Region)
		u.in("cac:AddressLine", func() { u.text("cbc:Line", lines[2]) })
		u.in("cac:Country", func() { u.text("cbc:IdentificationCode", a.Country) })
	})
}

func (u ublWriter) delivery() {
	d := u.shipTo()
	u.in("cac:Delivery", func() {
		u.text("cbc:ActualDeliveryDate", string(u.SupplyDate()))
		u.in("cac:DeliveryLocation", func() {
			u.text("cbc:ID", d.Location.ID, "schemeID", d.Location.Scheme)
			u.address("cac:Address", d.Address)
		})
		u.in("cac:DeliveryParty", func() { u.in("cac:PartyName", func() { u.text("cbc:Name", d.Name) }) })
	})
}

func (u ublWriter) payment() {
	account := u.payee()
	u.in("cac:PaymentMeans", func() {
		u.text("cbc:PaymentMeansCode", u.means(), "name", u.meansText())
		if u.inv.IsCreditNote() {
			u.text("cbc:PaymentDueDate", string(u.inv.DueDate))
		}
		u.text("cbc:PaymentID", u.inv.Number)
		u.in("cac:PayeeFinancialAccount", func() {
			if account.IBAN == "" {
				return
			}
			u.text("cbc:ID", account.IBAN)
			u.text("cbc:Name", account.Holder)
			u.in("cac:FinancialInstitutionBranch", func() { u.text("cbc:ID", account.BIC) })
		})
	})
	u.in("cac:PaymentTerms", func() { u.text("cbc:Note", u.paymentTerms()) })
}

func (u ublWriter) reduction(r reduction) {
	u.in("cac:AllowanceCharge", func() {
		u.text("cbc:ChargeIndicator", strconv.FormatBool(r.charge))
		u.text("cbc:AllowanceChargeReasonCode", r.code)
		u.text("cbc:AllowanceChargeReason", r.text)
		u.text("cbc:MultiplierFactorNumeric", r.percent)
		u.amount("cbc:Amount", r.amount)
		u.amount("cbc:BaseAmount", r.base)
		if r.category != "" {
			u.category("cac:TaxCategory", r.category, r.rate, "", "")
		}
	})
}

func (u ublWriter) category(name string, c invoice.VATCategory, rate, reason, code string) {
	u.in(name, func() {
		u.text("cbc:ID", string(c))
		u.text("cbc:Percent", rate)
		u.text("cbc:TaxExemptionReasonCode", code)
		u.text("cbc:TaxExemptionReason", reason)
		u.in("cac:TaxScheme", func() { u.text("cbc:ID", "VAT") })
	})
}

func (u ublWriter) totals() {
	t := u.Totals
	u.in("cac:TaxTotal", func() {
		u.amount("cbc:TaxAmount", t.VATTotal.Number())
		for _, g := range t.VAT {
			u.in("cac:TaxSubtotal", func() {
				u.amount("cbc:TaxableAmount", g.Net.Number())
				u.amount("cbc:TaxAmount", g.VAT.Number())
				reason, code := u.exemption(g.Category)
				u.category("cac:TaxCategory", g.Category, string(g.Rate), reason, code)
			})
		}
	})
	if local := u.inv.LocalVAT.Currency; local != "" {
		u.in("cac:TaxTotal", func() { u.text("cbc:TaxAmount", t.LocalVAT.Number(), "currencyID", local) })
	}
	u.in("cac:LegalMonetaryTotal", func() {
		u.amount("cbc:LineExtensionAmount", t.LineTotal.Number())
		u.amount("cbc:TaxExclusiveAmount", t.Net.Number())
		u.amount("cbc:TaxInclusiveAmount", t.Total.Number())
		u.amount("cbc:AllowanceTotalAmount", t.AllowanceTotal.Number())
		u.amount("cbc:ChargeTotalAmount", t.ChargeTotal.Number())
		u.amount("cbc:PrepaidAmount", t.Prepaid.Number())
		if !t.Rounding.IsZero() {
			u.amount("cbc:PayableRoundingAmount", t.Rounding.Number())
		}
		u.amount("cbc:PayableAmount", t.Payable.Number())
	})
}

func (u ublWriter) line(root string, i int, l invoice.Line, a invoice.LineAmounts) {
	unit := unitCode(l.Unit)
	quantity := map[string]string{"Invoice": "cbc:InvoicedQuantity", "CreditNote": "cbc:CreditedQuantity"}[root]
	u.in("cac:"+root+"Line", func() {
		u.text("cbc:ID", strconv.Itoa(i+1))
		u.text(quantity, string(l.Quantity), "unitCode", unit)
		u.amount("cbc:LineExtensionAmount", a.Net.Number())
		u.period(l.Period, false)
		for _, r := range lineReductions(l, a) {
			u.reduction(r)
		}
		u.in("cac:Item", func() {
			name, rest := item(l.Description)
			u.text("cbc:Description", rest)
			u.text("cbc:Name", name)
			u.in("cac:SellersItemIdentification", func() { u.text("cbc:ID", l.Item) })
			u.in("cac:StandardItemIdentification", func() { u.text("cbc:ID", l.StandardID.ID, "schemeID", l.StandardID.Scheme) })
			u.category("cac:ClassifiedTaxCategory", l.Category(), rate(l.Category(), l.VATRate), "", "")
		})
		u.in("cac:Price", func() {
			u.amount("cbc:PriceAmount", string(l.UnitPrice))
			u.text("cbc:BaseQuantity", string(l.PriceQuantity), "unitCode", unit)
			u.in("cac:AllowanceCharge", func() {
				if l.GrossPrice == "" {
					return
				}
				u.text("cbc:ChargeIndicator", "false")
				u.amount("cbc:Amount", string(l.PriceDiscount()))
				u.amount("cbc:BaseAmount", string(l.GrossPrice))
			})
		})
	})
}
