package sheet

import "invoicelink/invoice"

// slot is where a field's value stands in an entry.
type slot interface {
	get() string
	set(string)
}

type textSlot[T ~string] struct{ p *T }

func (s textSlot[T]) get() string  { return string(*s.p) }
func (s textSlot[T]) set(v string) { *s.p = T(v) }

func to[T ~string](p *T) slot { return textSlot[T]{p} }

// slot returns the place of a field, in line i for a field of a line.
func (e *Entry) slot(f field, i int) slot {
	inv, c := e.Invoice, &e.Claims
	if specs[f].line {
		return e.lineSlot(f, i)
	}
	switch f {
	case fNumber:
		return to(&inv.Number)
	case fKind:
		return to(&inv.Kind)
	case fIssueDate:
		return to(&inv.IssueDate)
	case fDueDate:
		return to(&inv.DueDate)
	case fSupplyDate:
		return to(&inv.SupplyDate)
	case fCurrency:
		return to(&inv.Currency)
	case fReference:
		return to(&inv.BuyerReference)
	case fOriginal:
		return to(&inv.OriginalInvoice)
	case fNote:
		return to(&inv.Note)
	case fLanguage:
		return to(&inv.Language)
	case fSession:
		return to(&inv.SessionID)
	case fPrepaid:
		return to(&inv.Prepaid)
	case fNet:
		return to(&c.Net)
	case fVATTotal:
		return to(&c.VAT)
	case fTotal:
		return to(&c.Total)
	case fPayable:
		return to(&c.Payable)
	}
	return e.buyerSlot(f)
}

func (e *Entry) buyerSlot(f field) slot {
	who := &e.Invoice.Buyer
	switch f {
	case fCustomer:
		return to(&who.Name)
	case fCustomerNo:
		return to(&who.ID)
	case fCustomerVAT:
		return to(&who.VATID)
	case fCustomerReg:
		return to(&who.RegistrationNo)
	case fEmail:
		return to(&who.Email)
	case fStreet:
		return to(&who.Address.Street)
	case fZip:
		return to(&who.Address.Zip)
	case fCity:
		return to(&who.Address.City)
	}
	return to(&who.Address.Country)
}

func (e *Entry) lineSlot(f field, i int) slot {
	line := &e.Invoice.Lines[i]
	switch f {
	case fItem:
		return to(&line.Item)
	case fDescription:
		return to(&line.Description)
	case fQuantity:
		return to(&line.Quantity)
	case fUnit:
		return to(&line.Unit)
	case fUnitPrice:
		return to(&line.UnitPrice)
	case fDiscountPercent:
		return to(&line.DiscountPercent)
	case fDiscount:
		return to(&line.Discount)
	case fVATRate:
		return to(&line.VATRate)
	case fVATCategory:
		return to(&line.VATCategory)
	}
	for len(e.Claims.Lines) <= i {
		e.Claims.Lines = append(e.Claims.Lines, invoice.Decimal(""))
	}
	return to(&e.Claims.Lines[i])
}
