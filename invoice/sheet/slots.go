package sheet

import "invoicelink/invoice"

// slot returns the place of a field, in line i for a field of a line.
func (e *Entry) slot(f field, i int) *string {
	inv, c := e.Invoice, &e.Claims
	if specs[f].line {
		return e.lineSlot(f, i)
	}
	switch f {
	case fNumber:
		return (*string)(&inv.Number)
	case fKind:
		return (*string)(&inv.Kind)
	case fIssueDate:
		return (*string)(&inv.IssueDate)
	case fDueDate:
		return (*string)(&inv.DueDate)
	case fSupplyDate:
		return (*string)(&inv.SupplyDate)
	case fCurrency:
		return (*string)(&inv.Currency)
	case fReference:
		return (*string)(&inv.BuyerReference)
	case fOriginal:
		return (*string)(&inv.OriginalInvoice)
	case fNote:
		return (*string)(&inv.Note)
	case fLanguage:
		return (*string)(&inv.Language)
	case fSession:
		return (*string)(&inv.SessionID)
	case fPrepaid:
		return (*string)(&inv.Prepaid)
	case fRounding:
		return (*string)(&inv.Rounding)
	case fNet:
		return (*string)(&c.Net)
	case fVATTotal:
		return (*string)(&c.VAT)
	case fTotal:
		return (*string)(&c.Total)
	case fPayable:
		return (*string)(&c.Payable)
	case fTerms:
		return &e.work().terms
	case fBalance:
		return (*string)(&e.work().balance)
	case fInvoiceDiscount:
		return (*string)(&e.work().discount)
	case fCharge:
		return (*string)(&e.work().charge)
	}
	return e.buyerSlot(f)
}

func (e *Entry) buyerSlot(f field) *string {
	who := &e.Invoice.Buyer
	switch f {
	case fCustomer:
		return &who.Name
	case fCustomerNo:
		return &who.ID
	case fCustomerVAT:
		return &who.VATID
	case fCustomerReg:
		return &who.RegistrationNo
	case fEmail:
		return &who.Email
	case fStreet:
		return &who.Address.Street
	case fZip:
		return &who.Address.Zip
	case fCity:
		return &who.Address.City
	}
	return &who.Address.Country
}

func (e *Entry) lineSlot(f field, i int) *string {
	line := &e.Invoice.Lines[i]
	switch f {
	case fItem:
		return &line.Item
	case fDescription:
		return &line.Description
	case fQuantity:
		return (*string)(&line.Quantity)
	case fUnit:
		return &line.Unit
	case fUnitPrice:
		return (*string)(&line.UnitPrice)
	case fDiscountPercent:
		return (*string)(&line.DiscountPercent)
	case fDiscount:
		return (*string)(&line.Discount)
	case fVATRate:
		return (*string)(&line.VATRate)
	case fVATCategory:
		return (*string)(&line.VATCategory)
	case fTax:
		return &e.workLine(i).tax
	case fLineVAT:
		return (*string)(&e.workLine(i).vat)
	case fLineGross:
		return (*string)(&e.workLine(i).gross)
	}
	return (*string)(&e.workLine(i).net)
}

// work is what is needed of an entry until it is finished.
type work struct {
	terms        string
	balance      invoice.Decimal
	discount     invoice.Decimal // of the document
	charge       invoice.Decimal // of the document
	lines        []workLine
	stops        []stop
	customer     string   // by the profile's template
	descriptions []string // by the profile's template, by line
	fromBalance  bool     // the price was taken from the balance
	turned       bool     // into a credit note
	provenRows   bool     // a stated total shows that equal rows are lines of their own
	numbers      []evidenceValue
	raw          [fieldCount]string
	hashes       []uint64 // of its rows
	equal        int      // a row that equals another one
	equals       int      // how many do
}

// workLine is what a line states beside the invoice's own fields.
type workLine struct {
	tax             string
	net, vat, gross invoice.Decimal
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
