package einvoice_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"invoicelink/invoice"
	"invoicelink/invoice/einvoice"
)

var out = flag.String("out", "", "directory to write every sample to, for other programs to validate")

// element is one element of an XML document.
type element struct {
	name       string // without its prefix
	text       string
	attributes map[string]string
	children   []*element
}

func parse(t testing.TB, data []byte) *element {
	t.Helper()
	root := &element{}
	stack := []*element{root}
	dec := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, data)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name.Local, attributes: map[string]string{}}
			for _, a := range token.Attr {
				e.attributes[a.Name.Local] = a.Value
			}
			top := stack[len(stack)-1]
			top.children = append(top.children, e)
			stack = append(stack, e)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			stack[len(stack)-1].text += string(token)
		}
	}
	if len(root.children) != 1 {
		t.Fatalf("has %d roots", len(root.children))
	}
	return root.children[0]
}

// all are the elements at a path below e, such as "A/B"; "B@x" are the values of
// B's attribute x.
func (e *element) all(path string) []string {
	name, rest, more := strings.Cut(path, "/")
	name, attribute, _ := strings.Cut(name, "@")
	var values []string
	for _, c := range e.children {
		switch {
		case c.name != name:
		case more:
			values = append(values, c.all(rest)...)
		case attribute != "":
			values = append(values, c.attributes[attribute])
		default:
			values = append(values, c.text)
		}
	}
	return values
}

func TestSamplesAreWellFormedAndStable(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		for name, writeXML := range writers {
			t.Run(name+"/"+s.name, func(t *testing.T) {
				t.Parallel()
				d := document(t, s)
				before := s.inv.Digest()
				data, err := writeXML(d, einvoice.Options{PaymentLink: s.link})
				if err != nil {
					t.Fatal(err)
				}
				e := parse(t, data)
				noEmptyElements(t, e, e.name)
				again, err := writeXML(d, einvoice.Options{PaymentLink: s.link})
				if err != nil || !bytes.Equal(data, again) {
					t.Errorf("written twice, it differs (%v)", err)
				}
				if s.inv.Digest() != before {
					t.Error("writing changed the invoice")
				}
				if *out != "" {
					keep(t, filepath.Join(*out, name), s.name+".xml", data)
				}
			})
		}
	}
}

func noEmptyElements(t *testing.T, e *element, path string) {
	t.Helper()
	if len(e.children) == 0 && strings.TrimSpace(e.text) == "" {
		t.Errorf("%s is empty", path)
	}
	for _, c := range e.children {
		noEmptyElements(t, c, path+"/"+c.name)
	}
}

func keep(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func sampleOf(t testing.TB, name string) *invoice.Document {
	t.Helper()
	all := samples()
	i := slices.IndexFunc(all, func(s sample) bool { return s.name == name })
	if i < 0 {
		t.Fatalf("no sample %s", name)
	}
	return document(t, all[i])
}

// Where each business term of EN 16931 stands in both syntaxes, by the sample
// that states all of them. Paths are those of the standard's bindings (CEN/TS
// 16931-3-2 and -3-3).
func TestEachBusinessTerm(t *testing.T) {
	t.Parallel()
	const (
		agreement  = "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement/"
		delivery   = "SupplyChainTradeTransaction/ApplicableHeaderTradeDelivery/"
		settlement = "SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement/"
		sums       = settlement + "SpecifiedTradeSettlementHeaderMonetarySummation/"
		ciiLine    = "SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem/"
		lineSettle = ciiLine + "SpecifiedLineTradeSettlement/"
		supplier   = "AccountingSupplierParty/Party/"
		customer   = "AccountingCustomerParty/Party/"
	)
	d := sampleOf(t, "everything")
	roots := map[string]*element{}
	for name, writeXML := range writers {
		data, err := writeXML(d, einvoice.Options{PaymentLink: payLink})
		if err != nil {
			t.Fatal(err)
		}
		roots[name] = parse(t, data)
	}
	for _, c := range []struct{ term, cii, ubl, want, wantUBL string }{
		{"BT-1", "ExchangedDocument/ID", "ID", "2026/0042", ""},
		{"BT-2", "ExchangedDocument/IssueDateTime/DateTimeString", "IssueDate", "20260301", "2026-03-01"},
		{"BT-3", "ExchangedDocument/TypeCode", "InvoiceTypeCode", "380", ""},
		{"BT-5", settlement + "InvoiceCurrencyCode", "DocumentCurrencyCode", "EUR", ""},
		{"BT-6", settlement + "TaxCurrencyCode", "TaxCurrencyCode", "DKK", ""},
		{"BT-7", settlement + "ApplicableTradeTax/TaxPointDate/DateString", "TaxPointDate", "20260228", "2026-02-28"},
		{"BT-9", settlement + "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString", "DueDate", "20260331", "2026-03-31"},
		{"BT-10", agreement + "BuyerReference", "BuyerReference", "04011000-12345-03", ""},
		{"BT-11", agreement + "SpecifiedProcuringProject/ID", "ProjectReference/ID", "P-1", ""},
		{"BT-12", agreement + "ContractReferencedDocument/IssuerAssignedID", "ContractDocumentReference/ID", "C-1", ""},
		{"BT-13", agreement + "BuyerOrderReferencedDocument/IssuerAssignedID", "OrderReference/ID", "PO-10", ""},
		{"BT-14", agreement + "SellerOrderReferencedDocument/IssuerAssignedID", "OrderReference/SalesOrderID", "SO-1", ""},
		{"BT-15", delivery + "ReceivingAdviceReferencedDocument/IssuerAssignedID", "ReceiptDocumentReference/ID", "R-1", ""},
		{"BT-16", delivery + "DespatchAdviceReferencedDocument/IssuerAssignedID", "DespatchDocumentReference/ID", "D-1", ""},
		{"BT-17", agreement + "AdditionalReferencedDocument/IssuerAssignedID", "OriginatorDocumentReference/ID", "T-1", ""},
		{"BT-19", settlement + "ReceivableSpecifiedTradeAccountingAccount/ID", "AccountingCost", "4711", ""},
		{"BT-20", settlement + "SpecifiedTradePaymentTerms/Description", "PaymentTerms/Note",
			"Payable within 30 days\n#SKONTO#TAGE=7#PROZENT=3.00#\n#SKONTO#TAGE=14#PROZENT=2.00#\n", ""},
		{"BT-22", "ExchangedDocument/IncludedNote/Content", "Note", "As agreed.|Thank you.", "As agreed.\nThank you."},
		{"BT-25", settlement + "InvoiceReferencedDocument/IssuerAssignedID", "BillingReference/InvoiceDocumentReference/ID", "2026/0001|2026/0002", ""},
		{"BT-26", settlement + "InvoiceReferencedDocument/FormattedIssueDateTime/DateTimeString", "BillingReference/InvoiceDocumentReference/IssueDate", "20260105|20260106", "2026-01-05|2026-01-06"},
		{"BT-27", agreement + "SellerTradeParty/Name", supplier + "PartyLegalEntity/RegistrationName", "Sample & Söhne GmbH", ""},
		{"BT-30", agreement + "SellerTradeParty/SpecifiedLegalOrganization/ID", supplier + "PartyLegalEntity/CompanyID", "HRB 1234", ""},
		{"BT-31", agreement + "SellerTradeParty/SpecifiedTaxRegistration/ID", supplier + "PartyTaxScheme/CompanyID", "DE136695976", ""},
		{"BT-33", agreement + "SellerTradeParty/Description", supplier + "PartyLegalEntity/CompanyLegalForm", "HRB 1234, Amtsgericht Berlin", ""},
		{"BT-34", agreement + "SellerTradeParty/URIUniversalCommunication/URIID@schemeID", supplier + "EndpointID@schemeID", "9930", ""},
		{"BT-35", agreement + "SellerTradeParty/PostalTradeAddress/LineOne", supplier + "PostalAddress/StreetName", "Musterweg 1", ""},
		{"BT-36", agreement + "SellerTradeParty/PostalTradeAddress/LineTwo", supplier + "PostalAddress/AdditionalStreetName", "Hof 2", ""},
		{"BT-40", agreement + "SellerTradeParty/PostalTradeAddress/CountryID", supplier + "PostalAddress/Country/IdentificationCode", "DE", ""},
		{"BT-41", agreement + "SellerTradeParty/DefinedTradeContact/PersonName", supplier + "Contact/Name", "Billing", ""},
		{"BT-43", agreement + "SellerTradeParty/DefinedTradeContact/EmailURIUniversalCommunication/URIID", supplier + "Contact/ElectronicMail", "billing@example.com", ""},
		{"BT-44", agreement + "BuyerTradeParty/Name", customer + "PartyLegalEntity/RegistrationName", "Käufer Ltd", ""},
		{"BT-46", agreement + "BuyerTradeParty/GlobalID", customer + "PartyIdentification/ID", "5790000000005", ""},
		{"BT-46-1", agreement + "BuyerTradeParty/GlobalID@schemeID", customer + "PartyIdentification/ID@schemeID", "0088", ""},
		{"BT-48", agreement + "BuyerTradeParty/SpecifiedTaxRegistration/ID", customer + "PartyTaxScheme/CompanyID", "DE811569869", ""},
		{"BT-49", agreement + "BuyerTradeParty/URIUniversalCommunication/URIID", customer + "EndpointID", "5790000000005", ""},
		{"BT-54", agreement + "BuyerTradeParty/PostalTradeAddress/CountrySubDivisionName", customer + "PostalAddress/CountrySubentity", "Bayern", ""},
		{"BT-62", agreement + "SellerTaxRepresentativeTradeParty/Name", "TaxRepresentativeParty/PartyName/Name", "Rep AG", ""},
		{"BT-63", agreement + "SellerTaxRepresentativeTradeParty/SpecifiedTaxRegistration/ID", "TaxRepresentativeParty/PartyTaxScheme/CompanyID", "DE352006613", ""},
		{"BT-70", delivery + "ShipToTradeParty/Name", "Delivery/DeliveryParty/PartyName/Name", "Store 7", ""},
		{"BT-71", delivery + "ShipToTradeParty/GlobalID", "Delivery/DeliveryLocation/ID", "5790000000012", ""},
		{"BT-72", delivery + "ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString", "Delivery/ActualDeliveryDate", "20260227", "2026-02-27"},
		{"BT-73", settlement + "BillingSpecifiedPeriod/StartDateTime/DateTimeString", "InvoicePeriod/StartDate", "20260201", "2026-02-01"},
		{"BT-74", settlement + "BillingSpecifiedPeriod/EndDateTime/DateTimeString", "InvoicePeriod/EndDate", "20260228", "2026-02-28"},
		{"BT-80", delivery + "ShipToTradeParty/PostalTradeAddress/CountryID", "Delivery/DeliveryLocation/Address/Country/IdentificationCode", "DE", ""},
		{"BT-81", settlement + "SpecifiedTradeSettlementPaymentMeans/TypeCode", "PaymentMeans/PaymentMeansCode", "68", ""},
		{"BT-82", settlement + "SpecifiedTradeSettlementPaymentMeans/Information", "PaymentMeans/PaymentMeansCode@name", payLink, ""},
		{"BT-83", settlement + "PaymentReference", "PaymentMeans/PaymentID", "2026/0042", ""},
		{"BT-84", settlement + "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID", "PaymentMeans/PayeeFinancialAccount/ID", "DE02120300000000202051", ""},
		{"BT-85", settlement + "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/AccountName", "PaymentMeans/PayeeFinancialAccount/Name", "Sample Treuhand", ""},
		{"BT-86", settlement + "SpecifiedTradeSettlementPaymentMeans/PayeeSpecifiedCreditorFinancialInstitution/BICID", "PaymentMeans/PayeeFinancialAccount/FinancialInstitutionBranch/ID", "BYLADEM1001", ""},
		{"BT-92, BT-99", settlement + "SpecifiedTradeAllowanceCharge/ActualAmount", "AllowanceCharge/Amount", "3.00|7.00", ""},
		{"BT-93", settlement + "SpecifiedTradeAllowanceCharge/BasisAmount", "AllowanceCharge/BaseAmount", "50", ""},
		{"BT-94", settlement + "SpecifiedTradeAllowanceCharge/CalculationPercent", "AllowanceCharge/MultiplierFactorNumeric", "6", ""},
		{"BT-95, BT-102", settlement + "SpecifiedTradeAllowanceCharge/CategoryTradeTax/CategoryCode", "AllowanceCharge/TaxCategory/ID", "S|S", ""},
		{"BT-96, BT-103", settlement + "SpecifiedTradeAllowanceCharge/CategoryTradeTax/RateApplicablePercent", "AllowanceCharge/TaxCategory/Percent", "19|7", ""},
		{"BT-97, BT-104", settlement + "SpecifiedTradeAllowanceCharge/Reason", "AllowanceCharge/AllowanceChargeReason", "Loyalty|Freight", ""},
		{"BT-98, BT-105", settlement + "SpecifiedTradeAllowanceCharge/ReasonCode", "AllowanceCharge/AllowanceChargeReasonCode", "100|FC", ""},
		// 3 × 39.98 ÷ 2 = 59.97, × 0.9 = 53.973, − 1 + 2; 2 × 15
		{"BT-106", sums + "LineTotalAmount", "LegalMonetaryTotal/LineExtensionAmount", "84.97", ""},
		{"BT-107", sums + "AllowanceTotalAmount", "LegalMonetaryTotal/AllowanceTotalAmount", "3.00", ""},
		{"BT-108", sums + "ChargeTotalAmount", "LegalMonetaryTotal/ChargeTotalAmount", "7.00", ""},
		{"BT-109", sums + "TaxBasisTotalAmount", "LegalMonetaryTotal/TaxExclusiveAmount", "88.97", ""},
		// 19 % of 51.97 = 9.87, 7 % of 37 = 2.59; × 7.46 = 92.95
		{"BT-110, BT-111", sums + "TaxTotalAmount", "TaxTotal/TaxAmount", "12.46|92.95", ""},
		{"BT-112", sums + "GrandTotalAmount", "LegalMonetaryTotal/TaxInclusiveAmount", "101.43", ""},
		{"BT-113", sums + "TotalPrepaidAmount", "LegalMonetaryTotal/PrepaidAmount", "10.00", ""},
		{"BT-114", sums + "RoundingAmount", "LegalMonetaryTotal/PayableRoundingAmount", "0.02", ""},
		{"BT-115", sums + "DuePayableAmount", "LegalMonetaryTotal/PayableAmount", "91.45", ""},
		{"BT-116", settlement + "ApplicableTradeTax/BasisAmount", "TaxTotal/TaxSubtotal/TaxableAmount", "51.97|37.00", ""},
		{"BT-117", settlement + "ApplicableTradeTax/CalculatedAmount", "TaxTotal/TaxSubtotal/TaxAmount", "9.87|2.59", ""},
		{"BT-118", settlement + "ApplicableTradeTax/CategoryCode", "TaxTotal/TaxSubtotal/TaxCategory/ID", "S|S", ""},
		{"BT-119", settlement + "ApplicableTradeTax/RateApplicablePercent", "TaxTotal/TaxSubtotal/TaxCategory/Percent", "19|7", ""},
		{"BT-126", ciiLine + "AssociatedDocumentLineDocument/LineID", "InvoiceLine/ID", "1|2", ""},
		{"BT-129", ciiLine + "SpecifiedLineTradeDelivery/BilledQuantity", "InvoiceLine/InvoicedQuantity", "3|2", ""},
		{"BT-130", ciiLine + "SpecifiedLineTradeDelivery/BilledQuantity@unitCode", "InvoiceLine/InvoicedQuantity@unitCode", "HUR|H87", ""},
		{"BT-131", lineSettle + "SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount", "InvoiceLine/LineExtensionAmount", "54.97|30.00", ""},
		{"BT-134", lineSettle + "BillingSpecifiedPeriod/StartDateTime/DateTimeString", "InvoiceLine/InvoicePeriod/StartDate", "20260202", "2026-02-02"},
		{"BT-136, BT-141", lineSettle + "SpecifiedTradeAllowanceCharge/ActualAmount", "InvoiceLine/AllowanceCharge/Amount", "6.00|1.00|2.00", ""},
		{"BT-138", lineSettle + "SpecifiedTradeAllowanceCharge/CalculationPercent", "InvoiceLine/AllowanceCharge/MultiplierFactorNumeric", "10|2", ""},
		{"BT-140, BT-145", lineSettle + "SpecifiedTradeAllowanceCharge/ReasonCode", "InvoiceLine/AllowanceCharge/AllowanceChargeReasonCode", "95|95|PC", ""},
		{"BT-146", ciiLine + "SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount", "InvoiceLine/Price/PriceAmount", "39.98|15", ""},
		{"BT-149", ciiLine + "SpecifiedLineTradeAgreement/NetPriceProductTradePrice/BasisQuantity", "InvoiceLine/Price/BaseQuantity", "2", ""},
		{"BT-151", lineSettle + "ApplicableTradeTax/CategoryCode", "InvoiceLine/Item/ClassifiedTaxCategory/ID", "S|S", ""},
		{"BT-152", lineSettle + "ApplicableTradeTax/RateApplicablePercent", "InvoiceLine/Item/ClassifiedTaxCategory/Percent", "19|7", ""},
		{"BT-153", ciiLine + "SpecifiedTradeProduct/Name", "InvoiceLine/Item/Name", "Consulting|Thing <&> \"quoted\"", ""},
		{"BT-154", ciiLine + "SpecifiedTradeProduct/Description", "InvoiceLine/Item/Description", "in two parts", ""},
		{"BT-155", ciiLine + "SpecifiedTradeProduct/SellerAssignedID", "InvoiceLine/Item/SellersItemIdentification/ID", "A-1", ""},
		{"BT-157", ciiLine + "SpecifiedTradeProduct/GlobalID", "InvoiceLine/Item/StandardItemIdentification/ID", "4006381333931", ""},
		{"BT-157-1", ciiLine + "SpecifiedTradeProduct/GlobalID@schemeID", "InvoiceLine/Item/StandardItemIdentification/ID@schemeID", "0160", ""},
	} {
		if c.wantUBL == "" {
			c.wantUBL = c.want
		}
		if got := strings.Join(roots["cii"].all(c.cii), "|"); got != c.want {
			t.Errorf("%s in CII: got %q, want %q", c.term, got, c.want)
		}
		if got := strings.Join(roots["ubl"].all(c.ubl), "|"); got != c.wantUBL {
			t.Errorf("%s in UBL: got %q, want %q", c.term, got, c.wantUBL)
		}
	}
}

// What depends on the case: type, exemption, means of payment, VAT ids.
func TestCases(t *testing.T) {
	t.Parallel()
	const settlement = "SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement/"
	for _, c := range []struct{ sample, syntax, path, want string }{
		{"self-billed", "cii", "ExchangedDocument/TypeCode", "389"},
		{"self-billed", "ubl", "ProfileID", "urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0"},
		{"credit-note", "cii", "ExchangedDocument/TypeCode", "381"},
		{"credit-note", "ubl", "CreditNoteTypeCode", "381"},
		{"credit-note", "ubl", "CreditNoteLine/CreditedQuantity", "1"},
		{"credit-note", "ubl", "AdditionalDocumentReference/ID", "P-1"},
		{"credit-note", "cii", settlement + "SpecifiedTradeSettlementPaymentMeans/TypeCode", "1"},
		{"credit-note", "cii", settlement + "SpecifiedTradePaymentTerms/Description", ""},
		{"without-link", "cii", settlement + "SpecifiedTradeSettlementPaymentMeans/TypeCode", "58"},
		{"prepaid", "cii", settlement + "SpecifiedTradeSettlementPaymentMeans/TypeCode", "1"},
		{"prepaid", "cii", settlement + "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID", ""},
		{"danish", "ubl", "PaymentMeans/PaymentMeansCode", "58"},
		{"danish", "ubl", "PaymentMeans/PaymentMeansCode@name", ""},
		{"danish", "ubl", "Note", "Pay online: " + payLink},
		{"danish", "ubl", "AccountingSupplierParty/Party/PartyLegalEntity/CompanyID@schemeID", "0184"},
		{"danish", "ubl", "AccountingSupplierParty/Party/EndpointID", "DK12345674"},
		{"danish", "ubl", "AccountingCustomerParty/Party/PartyIdentification/ID", ""},
		{"swedish-crowns", "cii", settlement + "SpecifiedTradeSettlementHeaderMonetarySummation/TaxTotalAmount", "25.00|16.28"},
		{"reverse-charge", "cii", settlement + "ApplicableTradeTax/ExemptionReason", "Reverse charge, Articles 44 and 196 of Directive 2006/112/EC"},
		{"reverse-charge", "ubl", "TaxTotal/TaxSubtotal/TaxCategory/TaxExemptionReasonCode", "VATEX-EU-AE"},
		{"reverse-charge-domestic", "ubl", "TaxTotal/TaxSubtotal/TaxCategory/TaxExemptionReason", "Reverse charge, § 13b UStG (Steuerschuldnerschaft des Leistungsempfängers)"},
		{"intra-community", "cii", "SupplyChainTradeTransaction/ApplicableHeaderTradeDelivery/ShipToTradeParty/PostalTradeAddress/CountryID", "PL"},
		{"intra-community", "ubl", "Delivery/ActualDeliveryDate", "2026-03-01"},
		{"out-of-scope", "cii", "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement/SellerTradeParty/SpecifiedTaxRegistration/ID", ""},
		{"yen-discount", "ubl", "InvoiceLine/AllowanceCharge/MultiplierFactorNumeric", ""},
		{"yen-discount", "ubl", "InvoiceLine/AllowanceCharge/Amount", "3082"},
		{"identifiers", "cii", "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement/SellerTradeParty/GlobalID@schemeID", "0088"},
		{"identifiers", "ubl", "AccountingSupplierParty/Party/PartyIdentification/ID@schemeID", "0088"},
		{"identifiers", "cii", "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement/BuyerTradeParty/SpecifiedTaxRegistration/ID", "DE811569869"},
		{"identifiers", "ubl", "AccountingCustomerParty/Party/PartyTaxScheme/CompanyID", "DE811569869"},
		{"out-of-scope-with-representative", "cii", "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement/SellerTaxRepresentativeTradeParty/Name", ""},
		{"out-of-scope-with-representative", "ubl", "TaxRepresentativeParty/PartyName/Name", ""},
		{"out-of-scope", "ubl", "InvoiceLine/Item/ClassifiedTaxCategory/Percent", ""},
		{"out-of-scope", "ubl", "TaxTotal/TaxSubtotal/TaxCategory/TaxExemptionReasonCode", "VATEX-EU-O"},
		{"exempt", "ubl", "TaxTotal/TaxSubtotal/TaxCategory/TaxExemptionReason", "§ 4 Nr. 21 UStG"},
		{"small-business", "cii", "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement/SellerTradeParty/SpecifiedTaxRegistration/ID@schemeID", "FC"},
		{"small-business", "cii", settlement + "ApplicableTradeTax/ExemptionReason", "Exempt: small enterprise, § 19 UStG (Kleinunternehmer)"},
		{"margin", "ubl", "TaxTotal/TaxSubtotal/TaxCategory/TaxExemptionReasonCode", "VATEX-EU-F"},
		{"cash-accounting", "cii", settlement + "ApplicableTradeTax/DueDateTypeCode", "72"},
		{"cash-accounting", "ubl", "InvoicePeriod/DescriptionCode", "432"},
		{"returns", "ubl", "InvoiceLine/AllowanceCharge/ChargeIndicator", "true"},
		{"returns", "ubl", "InvoiceLine/AllowanceCharge/Amount", "1.00"},
		{"hostile", "cii", "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement/BuyerTradeParty/Name", "<script>'\"</script>"},
		{"hostile", "ubl", "InvoiceLine/Item/Name", "ab \u202fc d"},
	} {
		t.Run(c.sample+"/"+c.path, func(t *testing.T) {
			t.Parallel()
			link := ""
			for _, s := range samples() {
				if s.name == c.sample {
					link = s.link
				}
			}
			data, err := writers[c.syntax](sampleOf(t, c.sample), einvoice.Options{PaymentLink: link})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(parse(t, data).all(c.path), "|"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestReasonsInTheLanguageOfThePage(t *testing.T) {
	t.Parallel()
	data, err := einvoice.CII(sampleOf(t, "reverse-charge"), einvoice.Options{CaseText: func(c invoice.ExemptionCase) string {
		return map[invoice.ExemptionCase]string{invoice.CaseArt196: "Steuerschuldnerschaft des Leistungsempfängers"}[c]
	}})
	if err != nil || !bytes.Contains(data, []byte("<ram:ExemptionReason>Steuerschuldnerschaft des Leistungsempfängers<")) {
		t.Errorf("%v: the reason is not the given one:\n%s", err, data)
	}
}

func TestCheckPeppol(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*invoice.Seller, *invoice.Invoice)
		want   string
	}{
		{"complete", func(*invoice.Seller, *invoice.Invoice) {}, ""},
		{"buyer without address", func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.VATID, inv.Buyer.RegistrationNo = "", "" }, "PEPPOL-EN16931-R010 buyer.endpoint"},
		{"seller with e-mail alone", func(s *invoice.Seller, _ *invoice.Invoice) {
			s.Endpoint = invoice.Identifier{Scheme: "EM", ID: "a@example.com"}
		}, "PEPPOL-EN16931-R020 seller.endpoint"},
		{"no reference", func(_ *invoice.Seller, inv *invoice.Invoice) { inv.BuyerReference = "" }, "PEPPOL-EN16931-R003 buyerReference"},
		{"an order for the reference", func(_ *invoice.Seller, inv *invoice.Invoice) {
			inv.BuyerReference, inv.References.Order = "", "PO-1"
		}, ""},
		{"no CVR number", func(s *invoice.Seller, _ *invoice.Invoice) { s.RegistrationNo = "" }, "DK-R-014 seller.registrationNo"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, inv := seller("DK"), of("DK", line("1", "100", "25", ""))
			c.change(s, inv)
			d, err := invoice.NewDocument(inv, s)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range einvoice.CheckPeppol(d) {
				got = append(got, p.Code+" "+p.Field)
			}
			if strings.Join(got, "|") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
