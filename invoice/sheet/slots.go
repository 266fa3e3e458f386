package sheet

import "invoicelink/invoice"

// slot returns the place of a field, in line i for a field of a line.
func (e *Entry) slot(f field, i int) *string {
	if at := invoiceSlots[f]; at != nil {
		return at(e.Invoice)
	}
	if at := lineSlots[f]; at != nil {
		return at(&e.Invoice.Lines[i])
	}
	c, w := e.Claims, e.work()
	switch f {
	case fNet:
		return (*string)(&c.Net)
	case fVATTotal:
		return (*string)(&c.VAT)
	case fTotal:
		return (*string)(&c.Total)
	case fPayable:
		return (*string)(&c.Payable)
	case fTerms:
		return &w.terms
	case fBalance:
		return (*string)(&w.balance)
	case fInvoiceDiscount:
		return (*string)(&w.discount)
	case fCharge:
		return (*string)(&w.charge)
	case fSelfBilled:
		return &w.selfBilled
	case fCash:
		return &w.cash
	case fSmall:
		return &w.small
	}
	line := e.workLine(i)
	switch f {
	case fTax:
		return &line.tax
	case fLineVAT:
		return (*string)(&line.vat)
	case fLineGross:
		return (*string)(&line.gross)
	case fExemptionReason:
		return &line.reason
	case fExemptionCode:
		return &line.reasonCode
	}
	return (*string)(&line.net)
}

// invoiceSlots are the places of fields in the invoice.
var invoiceSlots = [fieldCount]func(*invoice.Invoice) *string{
	fNumber:          func(inv *invoice.Invoice) *string { return (*string)(&inv.Number) },
	fKind:            func(inv *invoice.Invoice) *string { return (*string)(&inv.Kind) },
	fIssueDate:       func(inv *invoice.Invoice) *string { return (*string)(&inv.IssueDate) },
	fDueDate:         func(inv *invoice.Invoice) *string { return (*string)(&inv.DueDate) },
	fSupplyDate:      func(inv *invoice.Invoice) *string { return (*string)(&inv.SupplyDate) },
	fCurrency:        func(inv *invoice.Invoice) *string { return (*string)(&inv.Currency) },
	fReference:       func(inv *invoice.Invoice) *string { return (*string)(&inv.BuyerReference) },
	fOriginal:        func(inv *invoice.Invoice) *string { return (*string)(&inv.OriginalInvoice) },
	fNote:            func(inv *invoice.Invoice) *string { return (*string)(&inv.Note) },
	fLanguage:        func(inv *invoice.Invoice) *string { return (*string)(&inv.Language) },
	fSession:         func(inv *invoice.Invoice) *string { return (*string)(&inv.SessionID) },
	fPrepaid:         func(inv *invoice.Invoice) *string { return (*string)(&inv.Prepaid) },
	fRounding:        func(inv *invoice.Invoice) *string { return (*string)(&inv.Rounding) },
	fCustomer:        func(inv *invoice.Invoice) *string { return (*string)(&inv.Buyer.Name) },
	fCustomerNo:      func(inv *invoice.Invoice) *string { return (*string)(&inv.Buyer.ID) },
	fCustomerVAT:     func(inv *invoice.Invoice) *string { return (*string)(&inv.Buyer.VATID) },
	fCustomerReg:     func(inv *invoice.Invoice) *string { return (*string)(&inv.Buyer.RegistrationNo) },
	fEmail:           func(inv *invoice.Invoice) *string { return (*string)(&inv.Buyer.Email) },
	fStreet:          func(inv *invoice.Invoice) *string { return (*string)(&inv.Buyer.Address.Street) },
	fZip:             func(inv *invoice.Invoice) *string { return (*string)(&inv.Buyer.Address.Zip) },
	fCity:            func(inv *invoice.Invoice) *string { return (*string)(&inv.Buyer.Address.City) },
	fCountry:         func(inv *invoice.Invoice) *string { return (*string)(&inv.Buyer.Address.Country) },
	fRegion:          func(inv *invoice.Invoice) *string { return (*string)(&inv.Buyer.Address.Region) },
	fContact:         func(inv *invoice.Invoice) *string { return (*string)(&inv.Buyer.Contact) },
	fPhone:           func(inv *invoice.Invoice) *string { return (*string)(&inv.Buyer.Phone) },
	fTaxPoint:        func(inv *invoice.Invoice) *string { return (*string)(&inv.TaxPointDate) },
	fPeriodStart:     func(inv *invoice.Invoice) *string { return (*string)(&inv.Period.Start) },
	fPeriodEnd:       func(inv *invoice.Invoice) *string { return (*string)(&inv.Period.End) },
	fOrder:           func(inv *invoice.Invoice) *string { return (*string)(&inv.References.Order) },
	fSalesOrder:      func(inv *invoice.Invoice) *string { return (*string)(&inv.References.SalesOrder) },
	fContract:        func(inv *invoice.Invoice) *string { return (*string)(&inv.References.Contract) },
	fProject:         func(inv *invoice.Invoice) *string { return (*string)(&inv.References.Project) },
	fDespatch:        func(inv *invoice.Invoice) *string { return (*string)(&inv.References.DespatchAdvice) },
	fAccounting:      func(inv *invoice.Invoice) *string { return (*string)(&inv.References.Accounting) },
	fDeliverTo:       func(inv *invoice.Invoice) *string { return (*string)(&inv.Delivery.Name) },
	fDeliveryStreet:  func(inv *invoice.Invoice) *string { return (*string)(&inv.Delivery.Address.Street) },
	fDeliveryZip:     func(inv *invoice.Invoice) *string { return (*string)(&inv.Delivery.Address.Zip) },
	fDeliveryCity:    func(inv *invoice.Invoice) *string { return (*string)(&inv.Delivery.Address.City) },
	fDeliveryCountry: func(inv *invoice.Invoice) *string { return (*string)(&inv.Delivery.Address.Country) },
	fPaymentTerms:    func(inv *invoice.Invoice) *string { return (*string)(&inv.PaymentTerms) },
	fIntro:           func(inv *invoice.Invoice) *string { return (*string)(&inv.Intro) },
	fTaxCurrency:     func(inv *invoice.Invoice) *string { return (*string)(&inv.LocalVAT.Currency) },
	fTaxCurrencyRate: func(inv *invoice.Invoice) *string { return (*string)(&inv.LocalVAT.Rate) },
	fTaxCurrencyVAT:  func(inv *invoice.Invoice) *string { return (*string)(&inv.LocalVAT.Amount) },
	fReceiving:       func(inv *invoice.Invoice) *string { return (*string)(&inv.References.ReceivingAdvice) },
	fTender:          func(inv *invoice.Invoice) *string { return (*string)(&inv.References.Tender) },
	fGlobalID:        func(inv *invoice.Invoice) *string { return (*string)(&inv.Buyer.GlobalID.ID) },
	fGlobalScheme:    func(inv *invoice.Invoice) *string { return (*string)(&inv.Buyer.GlobalID.Scheme) },
	fEndpoint:        func(inv *invoice.Invoice) *string { return (*string)(&inv.Buyer.Endpoint.ID) },
	fEndpointScheme:  func(inv *invoice.Invoice) *string { return (*string)(&inv.Buyer.Endpoint.Scheme) },
	fDeliveryRegion:  func(inv *invoice.Invoice) *string { return (*string)(&inv.Delivery.Address.Region) },
	fDeliveryID:      func(inv *invoice.Invoice) *string { return (*string)(&inv.Delivery.Location.ID) },
	fDeliveryScheme:  func(inv *invoice.Invoice) *string { return (*string)(&inv.Delivery.Location.Scheme) },
	fRepName:         func(inv *invoice.Invoice) *string { return (*string)(&inv.TaxRepresentative.Name) },
	fRepVAT:          func(inv *invoice.Invoice) *string { return (*string)(&inv.TaxRepresentative.VATID) },
	fRepStreet:       func(inv *invoice.Invoice) *string { return (*string)(&inv.TaxRepresentative.Address.Street) },
	fRepZip:          func(inv *invoice.Invoice) *string { return (*string)(&inv.TaxRepresentative.Address.Zip) },
	fRepCity:         func(inv *invoice.Invoice) *string { return (*string)(&inv.TaxRepresentative.Address.City) },
	fRepCountry:      func(inv *invoice.Invoice) *string { return (*string)(&inv.TaxRepresentative.Address.Country) },
	fOriginalDate:    func(inv *invoice.Invoice) *string { return (*string)(&preceding(inv, 0).IssueDate) },
	fOriginal2:       func(inv *invoice.Invoice) *string { return (*string)(&preceding(inv, 1).Number) },
	fOriginalDate2:   func(inv *invoice.Invoice) *string { return (*string)(&preceding(inv, 1).IssueDate) },
	fOriginal3:       func(inv *invoice.Invoice) *string { return (*string)(&preceding(inv, 2).Number) },
	fOriginalDate3:   func(inv *invoice.Invoice) *string { return (*string)(&preceding(inv, 2).IssueDate) },
	fEarlyPercent:    func(inv *invoice.Invoice) *string { return (*string)(&early(inv, 0).Percent) },
	fEarlyUntil:      func(inv *invoice.Invoice) *string { return (*string)(&early(inv, 0).Until) },
	fEarlyPercent2:   func(inv *invoice.Invoice) *string { return (*string)(&early(inv, 1).Percent) },
	fEarlyUntil2:     func(inv *invoice.Invoice) *string { return (*string)(&early(inv, 1).Until) },
	fIBAN:            func(inv *invoice.Invoice) *string { return (*string)(&inv.Account.IBAN) },
	fBIC:             func(inv *invoice.Invoice) *string { return (*string)(&inv.Account.BIC) },
	fBank:            func(inv *invoice.Invoice) *string { return (*string)(&inv.Account.Bank) },
	fHolder:          func(inv *invoice.Invoice) *string { return (*string)(&inv.Account.Holder) },
	fLinkUntil:       func(inv *invoice.Invoice) *string { return (*string)(&inv.Link.ValidUntil) },
	fLinkPage:        func(inv *invoice.Invoice) *string { return (*string)(&inv.Link.Page) },
	fMargin:          func(inv *invoice.Invoice) *string { return (*string)(&inv.MarginScheme) },
}

// lineSlots are the places of fields in a line.
var lineSlots = [fieldCount]func(*invoice.Line) *string{
	fItem:            func(l *invoice.Line) *string { return (*string)(&l.Item) },
	fDescription:     func(l *invoice.Line) *string { return (*string)(&l.Description) },
	fQuantity:        func(l *invoice.Line) *string { return (*string)(&l.Quantity) },
	fUnit:            func(l *invoice.Line) *string { return (*string)(&l.Unit) },
	fUnitPrice:       func(l *invoice.Line) *string { return (*string)(&l.UnitPrice) },
	fDiscountPercent: func(l *invoice.Line) *string { return (*string)(&l.DiscountPercent) },
	fDiscount:        func(l *invoice.Line) *string { return (*string)(&l.Discount) },
	fVATRate:         func(l *invoice.Line) *string { return (*string)(&l.VATRate) },
	fVATCategory:     func(l *invoice.Line) *string { return (*string)(&l.VATCategory) },
	fLineStart:       func(l *invoice.Line) *string { return (*string)(&l.Period.Start) },
	fLineEnd:         func(l *invoice.Line) *string { return (*string)(&l.Period.End) },
	fPriceQuantity:   func(l *invoice.Line) *string { return (*string)(&l.PriceQuantity) },
	fGTIN:            func(l *invoice.Line) *string { return (*string)(&l.StandardID.ID) },
	fListPrice:       func(l *invoice.Line) *string { return (*string)(&l.GrossPrice) },
}

// preceding is an earlier invoice, the first of which is the original one.
func preceding(inv *invoice.Invoice, i int) *invoice.PrecedingInvoice {
	for len(inv.PrecedingInvoices) <= i {
		inv.PrecedingInvoices = append(inv.PrecedingInvoices, invoice.PrecedingInvoice{})
	}
	return &inv.PrecedingInvoices[i]
}

// early is a cash discount.
func early(inv *invoice.Invoice, i int) *invoice.EarlyPayment {
	for len(inv.EarlyPayment) <= i {
		inv.EarlyPayment = append(inv.EarlyPayment, invoice.EarlyPayment{})
	}
	return &inv.EarlyPayment[i]
}

// work is what is needed of an entry until it is finished.
type work struct {
	terms string
	// What is said of the invoice as a whole: yes, no or "".
	selfBilled, cash, small string
	balance                 invoice.Decimal
	discount                invoice.Decimal // of the document
	charge                  invoice.Decimal // of the document
	lines                   []workLine
	stops                   []stop
	constants               map[field]string // of the profile, with the row's cells put in
	descriptions            []string         // by the profile's template, by line
	fromBalance             bool             // the price was taken from the balance
	turned                  bool             // into a credit note
	provenRows              bool             // a stated total shows that equal rows are lines of their own
	numbers                 []evidenceValue
	signs                   []signed
	raw                     [fieldCount]string
	hashes                  []uint64 // of its rows
	equal                   int      // a row that equals another one
	equals                  int      // how many do
}

// workLine is what a line states in addition to the invoice's own fields.
type workLine struct {
	tax                string
	reason, reasonCode string // why no VAT is charged
	net, vat, gross    invoice.Decimal
}

// stated reports whether a line states VAT or an amount with it.
func (w *work) stated() bool {
	for _, l := range w.lines {
		if l.vat != "" || l.gross != "" {
			return true
		}
	}
	return false
}

func (e *Entry) work() *work {
	if e.pending == nil {
		e.pending = &work{}
	}
	return e.pending
}

func (e *Entry) workLine(i int) *workLine {
	w := e.work()
	for len(w.lines) <= i {
		w.lines = append(w.lines, workLine{})
	}
	return &w.lines[i]
}
