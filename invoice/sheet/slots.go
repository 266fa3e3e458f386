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

// work is what is needed of an entry until it is finished.
type work struct {
	terms        string
	balance      invoice.Decimal
	discount     invoice.Decimal // of the document
	charge       invoice.Decimal // of the document
	lines        []workLine
	stops        []stop
	constants    map[field]string // of the profile, with the row's cells put in
	descriptions []string         // by the profile's template, by line
	fromBalance  bool             // the price was taken from the balance
	turned       bool             // into a credit note
	provenRows   bool             // a stated total shows that equal rows are lines of their own
	numbers      []evidenceValue
	signs        []signed
	raw          [fieldCount]string
	hashes       []uint64 // of its rows
	equal        int      // a row that equals another one
	equals       int      // how many do
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
