package pdf

import (
	"slices"
	"strings"

	"invoicelink/invoice"
)

// references are the labels and values next to the address, in reading order.
func (c *composer) references() [][2]string {
	_, number, date := c.kind()
	buyer, refs := c.inv.Buyer, c.inv.References
	pairs := [][2]string{
		{number, c.inv.Number},
		{date, c.date(c.inv.IssueDate)},
	}
	if p := c.inv.Period; p != (invoice.Period{}) {
		pairs = append(pairs, [2]string{c.Period, c.period(p)})
	}
	// The supply date is stated in any case (directive 2006/112/EC, article
	// 226, number 7; § 14 Abs. 4 Nr. 6 UStG), even if it is the issue date.
	if c.inv.SupplyDate != "" || c.inv.Period == (invoice.Period{}) && !c.inv.IsCreditNote() {
		pairs = append(pairs, [2]string{c.SupplyDate, c.date(c.doc.SupplyDate())})
	}
	pairs = append(pairs, [][2]string{
		{c.TaxPointDate, c.date(c.inv.TaxPointDate)},
		{c.OriginalInvoice, c.preceding()},
		{c.CustomerNo, buyer.ID},
		{c.YourReference, c.inv.BuyerReference},
		{c.OrderNo, refs.Order}, {c.SalesOrder, refs.SalesOrder}, {c.Contract, refs.Contract}, {c.Project, refs.Project},
		{c.DeliveryNote, refs.DespatchAdvice}, {c.ReceivingAdvice, refs.ReceivingAdvice}, {c.Tender, refs.Tender},
		{c.AccountingReference, refs.Accounting},
		{c.YourVATID, buyer.VATID},
		{c.YourRegNo, buyer.RegistrationNo},
		{schemeName(buyer.GlobalID.Scheme), buyer.GlobalID.ID},
		{c.DeliveredTo, c.deliveredTo()},
		{c.TaxRepresentative, c.taxRepresentative()},
	}...)
	for _, f := range slices.Concat(c.inv.Fields, c.local.Fields) {
		pairs = append(pairs, [2]string{cleanLine(f.Label), f.Value})
	}
	return pairs
}

// period writes a time from one day to another. A line ends between the days,
// not inside of one.
func (c *composer) period(p invoice.Period) string {
	day := func(d invoice.Date) string { return unbroken(c.date(d)) }
	switch {
	case p.End == "" || p.Start == p.End:
		return day(p.Start)
	case p.Start == "":
		return "–" + string(noBreakSpace) + day(p.End)
	}
	return day(p.Start) + string(noBreakSpace) + "– " + day(p.End)
}

// preceding names the invoices that the document corrects, with their dates.
func (c *composer) preceding() string {
	var list []string
	for _, p := range c.inv.Preceding() {
		name := cleanLine(p.Number)
		if p.IssueDate != "" {
			name += " (" + c.date(p.IssueDate) + ")"
		}
		list = append(list, name)
	}
	return strings.Join(list, ", ")
}

func (c *composer) deliveredTo() string {
	d := c.inv.Delivery
	var lines []string
	for _, line := range append([]string{d.Name}, c.addressLines(d.Address, d.Address.Country != c.inv.Buyer.Address.Country)...) {
		if line = cleanLine(line); line != "" {
			lines = append(lines, line)
		}
	}
	if d.Location.ID != "" {
		lines = append(lines, unbroken(schemeName(d.Location.Scheme)+" "+cleanLine(d.Location.ID)))
	}
	return strings.Join(lines, ", ")
}

func (c *composer) taxRepresentative() string {
	r := c.doc.TaxRepresentative()
	if r.Name == "" {
		return ""
	}
	lines := append([]string{cleanLine(r.Name)}, c.addressLines(r.Address, true)...)
	return strings.Join(append(lines, c.VATID+" "+cleanLine(r.VATID)), ", ")
}

// schemeName is how people call the list that an identifier is from (ISO 6523).
func schemeName(scheme string) string {
	switch scheme {
	case "0088":
		return "GLN"
	case "0060":
		return "DUNS"
	case "0199":
		return "LEI"
	case "0160":
		return "GTIN"
	case "0184":
		return "CVR"
	case "":
		return "ID"
	}
	return "ID " + cleanLine(scheme)
}
