package einvoice

import (
	"fmt"
	"strconv"
	"strings"

	"invoicelink/invoice"
)

const cii = "rsm:CrossIndustryInvoice"

// CII returns the document as factur-x.xml: UN/CEFACT Cross Industry Invoice
// D22B, Factur-X 1.0 profile EN 16931. It fails on a line that cannot be
// computed, which Validate would have reported.
func CII(d *invoice.Document, o Options) ([]byte, error) {
	t := newTerms(d, o)
	w := newWriter(cii,
		"xmlns:rsm", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
		"xmlns:ram", "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
		"xmlns:qdt", "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
		"xmlns:udt", "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100")
	c := ciiWriter{w, t}
	w.in("rsm:ExchangedDocumentContext", func() {
		w.in("ram:BusinessProcessSpecifiedDocumentContextParameter", func() { w.text("ram:ID", processBilling) })
		w.in("ram:GuidelineSpecifiedDocumentContextParameter", func() { w.text("ram:ID", guidelineEN16931) })
	})
	w.in("rsm:ExchangedDocument", func() {
		w.text("ram:ID", t.inv.Number)
		w.text("ram:TypeCode", t.typeCode())
		c.date("ram:IssueDateTime", "udt:DateTimeString", t.inv.IssueDate)
		for _, note := range t.notes() {
			w.in("ram:IncludedNote", func() { w.text("ram:Content", note) })
		}
	})
	var err error
	w.in("rsm:SupplyChainTradeTransaction", func() {
		for i, l := range t.inv.Lines {
			a, e := l.Amounts(t.inv.Currency)
			if e != nil {
				err = fmt.Errorf("write CII: lines[%d]: %w", i, e)
				return
			}
			c.line(i, l, a)
		}
		c.agreement()
		c.delivery()
		c.settlement()
	})
	return w.close(cii), err
}

type ciiWriter struct {
	*writer
	terms
}

// date writes a day in the form 102 of UNTDID 2379.
func (c ciiWriter) date(name, inner string, d invoice.Date) {
	c.in(name, func() { c.text(inner, strings.ReplaceAll(string(d), "-", ""), "format", "102") })
}

func (c ciiWriter) period(p invoice.Period) {
	c.in("ram:BillingSpecifiedPeriod", func() {
		c.date("ram:StartDateTime", "udt:DateTimeString", p.Start)
		c.date("ram:EndDateTime", "udt:DateTimeString", p.End)
	})
}

func (c ciiWriter) line(i int, l invoice.Line, a invoice.LineAmounts) {
	unit := unitCode(l.Unit)
	c.in("ram:IncludedSupplyChainTradeLineItem", func() {
		c.in("ram:AssociatedDocumentLineDocument", func() { c.text("ram:LineID", strconv.Itoa(i+1)) })
		c.in("ram:SpecifiedTradeProduct", func() {
			name, rest := item(l.Description)
			c.text("ram:GlobalID", l.StandardID.ID, "schemeID", l.StandardID.Scheme)
			c.text("ram:SellerAssignedID", l.Item)
			c.text("ram:Name", name)
			c.text("ram:Description", rest)
		})
		c.in("ram:SpecifiedLineTradeAgreement", func() {
			c.in("ram:GrossPriceProductTradePrice", func() {
				if l.GrossPrice == "" {
					return
				}
				c.text("ram:ChargeAmount", string(l.GrossPrice))
				c.text("ram:BasisQuantity", string(l.PriceQuantity), "unitCode", unit)
				c.in("ram:AppliedTradeAllowanceCharge", func() {
					c.in("ram:ChargeIndicator", func() { c.text("udt:Indicator", "false") })
					c.text("ram:ActualAmount", string(l.PriceDiscount()))
				})
			})
			c.in("ram:NetPriceProductTradePrice", func() {
				c.text("ram:ChargeAmount", string(l.UnitPrice))
				c.text("ram:BasisQuantity", string(l.PriceQuantity), "unitCode", unit)
			})
		})
		c.in("ram:SpecifiedLineTradeDelivery", func() { c.text("ram:BilledQuantity", string(l.Quantity), "unitCode", unit) })
		c.in("ram:SpecifiedLineTradeSettlement", func() {
			c.in("ram:ApplicableTradeTax", func() { c.category(l.Category(), rate(l.Category(), l.VATRate)) })
			c.period(l.Period)
			for _, r := range lineReductions(l, a) {
				c.reduction(r)
			}
			c.in("ram:SpecifiedTradeSettlementLineMonetarySummation", func() { c.text("ram:LineTotalAmount", a.Net.Number()) })
		})
	})
}

func (c ciiWriter) category(category invoice.VATCategory, rate string) {
	c.text("ram:TypeCode", "VAT")
	c.text("ram:CategoryCode", string(category))
	c.text("ram:RateApplicablePercent", rate)
}

func (c ciiWriter) reduction(r reduction) {
	c.in("ram:SpecifiedTradeAllowanceCharge", func() {
		c.in("ram:ChargeIndicator", func() { c.text("udt:Indicator", strconv.FormatBool(r.charge)) })
		c.text("ram:CalculationPercent", r.percent)
		c.text("ram:BasisAmount", r.base)
		c.text("ram:ActualAmount", r.amount)
		c.text("ram:ReasonCode", r.code)
		c.text("ram:Reason", r.text)
		if r.category != "" {
			c.in("ram:CategoryTradeTax", func() { c.category(r.category, r.rate) })
		}
	})
}

func (c ciiWriter) agreement() {
	ref := c.inv.References
	document := func(name, number string) { c.in(name, func() { c.text("ram:IssuerAssignedID", number) }) }
	c.in("ram:ApplicableHeaderTradeAgreement", func() {
		c.text("ram:BuyerReference", c.inv.BuyerReference)
		c.in("ram:SellerTradeParty", func() { c.party(c.Seller.Party, c.Seller.LegalInfo) })
		c.in("ram:BuyerTradeParty", func() { c.party(c.inv.Buyer, "") })
		if r := c.representative(); r.VATID != "" {
			c.in("ram:SellerTaxRepresentativeTradeParty", func() {
				c.text("ram:Name", r.Name)
				c.address(r.Address)
				c.registration("VA", c.vatID(r.VATID))
			})
		}
		document("ram:SellerOrderReferencedDocument", ref.SalesOrder)
		document("ram:BuyerOrderReferencedDocument", ref.Order)
		document("ram:ContractReferencedDocument", ref.Contract)
		if ref.Tender != "" {
			c.in("ram:AdditionalReferencedDocument", func() {
				c.text("ram:IssuerAssignedID", ref.Tender)
				c.text("ram:TypeCode", "50")
			})
		}
		if ref.Project != "" {
			c.in("ram:SpecifiedProcuringProject", func() {
				c.text("ram:ID", ref.Project)
				c.text("ram:Name", "Project reference")
			})
		}
	})
}

func (c ciiWriter) party(p invoice.Party, legal string) {
	if p.GlobalID.ID == "" {
		c.text("ram:ID", p.ID)
	}
	global := p.Identification()
	c.text("ram:GlobalID", global.ID, "schemeID", global.Scheme)
	c.text("ram:Name", p.Name)
	c.text("ram:Description", legal)
	c.in("ram:SpecifiedLegalOrganization", func() { c.text("ram:ID", p.RegistrationNo, "schemeID", p.Register()) })
	c.in("ram:DefinedTradeContact", func() {
		c.text("ram:PersonName", p.Contact)
		c.in("ram:TelephoneUniversalCommunication", func() { c.text("ram:CompleteNumber", p.Phone) })
		c.in("ram:EmailURIUniversalCommunication", func() { c.text("ram:URIID", p.Email) })
	})
	c.address(p.Address)
	endpoint := p.ElectronicAddress()
	c.in("ram:URIUniversalCommunication", func() { c.text("ram:URIID", endpoint.ID, "schemeID", endpoint.Scheme) })
	c.registration("VA", c.vatID(p.VATID))
	c.registration("FC", p.TaxNumber)
}

func (c ciiWriter) registration(scheme, id string) {
	c.in("ram:SpecifiedTaxRegistration", func() { c.text("ram:ID", id, "schemeID", scheme) })
}

func (c ciiWriter) address(a invoice.Address) {
	lines := addressLines(a.Street)
	c.in("ram:PostalTradeAddress", func() {
		c.text("ram:PostcodeCode", a.Zip)
		c.text("ram:LineOne", lines[0])
		c.text("ram:LineTwo", lines[1])
		c.text("ram:LineThree", lines[2])
		c.text("ram:CityName", a.City)
		c.text("ram:CountryID", a.Country)
		c.text("ram:CountrySubDivisionName", a.Region)
	})
}

func (c ciiWriter) delivery() {
	d := c.shipTo()
	c.in("ram:ApplicableHeaderTradeDelivery", func() {
		c.in("ram:ShipToTradeParty", func() {
			c.text("ram:GlobalID", d.Location.ID, "schemeID", d.Location.Scheme)
			c.text("ram:Name", d.Name)
			c.address(d.Address)
		})
		c.in("ram:ActualDeliverySupplyChainEvent", func() { c.date("ram:OccurrenceDateTime", "udt:DateTimeString", c.SupplyDate()) })
		c.in("ram:DespatchAdviceReferencedDocument", func() { c.text("ram:IssuerAssignedID", c.inv.References.DespatchAdvice) })
		c.in("ram:ReceivingAdviceReferencedDocument", func() { c.text("ram:IssuerAssignedID", c.inv.References.ReceivingAdvice) })
	})
}
