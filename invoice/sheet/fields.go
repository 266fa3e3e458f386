package sheet

import "strings"

// field is a column of the project's own layout.
type field int

const (
	fNumber field = iota
	fKind
	fIssueDate
	fDueDate
	fSupplyDate
	fCurrency
	fCustomer
	fCustomerNo
	fCustomerVAT
	fCustomerReg
	fEmail
	fStreet
	fZip
	fCity
	fCountry
	fReference
	fOriginal
	fNote
	fLanguage
	fSession
	fPrepaid
	fItem
	fDescription
	fQuantity
	fUnit
	fUnitPrice
	fDiscountPercent
	fDiscount
	fVATRate
	fVATCategory
	fLineTotal
	fNet
	fVATTotal
	fTotal
	fPayable
	fieldCount
	noField field = -1
)

// spec describes a field: its header, how problems name it, where its value
// goes in the invoice's JSON, and how its cells are read.
type spec struct {
	header   string
	label    string
	path     string // below lines[n]. for a field of a line
	line     bool
	required bool
	claim    bool
	read     reading
	help     string // one sentence for the template's notes
	example  string
}

// reading is how a cell's content becomes a field's value.
type reading uint8

const (
	readText reading = iota
	readName         // an identifier: digits must stay what they are
	readCode         // a short code, upper case
	readDate
	readNumber
	readPercent
	readKind
	readCountry
)

var specs = [fieldCount]spec{
	fNumber: {header: "Invoice number", label: "invoice number", path: "number", required: true, read: readName, example: "2026-0001",
		help: "The number on the invoice, up to 64 characters. Repeat it on every row of the invoice, or leave it blank on the rows that follow."},
	fKind: {header: "Kind", label: "kind", path: "kind", read: readKind, example: "invoice",
		help: "invoice or credit note; blank means invoice. A credit note gets no payment link."},
	fIssueDate: {header: "Issue date", label: "issue date", path: "issueDate", required: true, read: readDate, example: "2026-11-20",
		help: "The day the invoice is issued."},
	fDueDate: {header: "Due date", label: "due date", path: "dueDate", required: true, read: readDate, example: "2026-12-20",
		help: "The last day for paying. A credit note needs none."},
	fSupplyDate: {header: "Supply date", label: "supply date", path: "supplyDate", read: readDate,
		help: "The day of delivery or service, where it is not the issue date."},
	fCurrency: {header: "Currency", label: "currency", path: "currency", read: readCode, example: "EUR",
		help: "The three-letter code of every amount of the invoice, such as EUR; blank means the seller's."},
	fCustomer: {header: "Customer name", label: "customer name", path: "buyer.name", required: true, read: readText, example: "Example Customer Ltd",
		help: "Who the invoice is addressed to."},
	fCustomerNo: {header: "Customer number", label: "customer number", path: "buyer.id", read: readName, example: "1001",
		help: "Your own number for this customer."},
	fCustomerVAT: {header: "Customer VAT id", label: "customer VAT id", path: "buyer.vatId", read: readName, example: "DK12345678",
		help: "The customer's VAT number with its country prefix."},
	fCustomerReg: {header: "Customer registration no", label: "customer registration no", path: "buyer.registrationNo", read: readName,
		help: "The customer's number in the company register."},
	fEmail: {header: "Customer email", label: "customer email", path: "buyer.email", read: readText, example: "accounts@example.com",
		help: "Where the customer reads mail."},
	fStreet: {header: "Customer address", label: "customer address", path: "buyer.address.street", read: readText, example: "1 Example Street",
		help: "Street and number; further lines in the same cell."},
	fZip: {header: "Zip", label: "zip", path: "buyer.address.zip", read: readName, example: "2100",
		help: "The postal code."},
	fCity: {header: "City", label: "city", path: "buyer.address.city", read: readText, example: "Copenhagen",
		help: "The town."},
	fCountry: {header: "Country", label: "country", path: "buyer.address.country", read: readCountry, example: "DK",
		help: "The two-letter code, such as DK; the names of European countries are understood too."},
	fReference: {header: "Buyer reference", label: "buyer reference", path: "buyerReference", read: readName, example: "PO-4711",
		help: "The customer's own reference, such as a purchase order number."},
	fOriginal: {header: "Original invoice", label: "original invoice", path: "originalInvoice", read: readName,
		help: "On a credit note: the number of the invoice that it corrects."},
	fNote: {header: "Note", label: "note", path: "note", read: readText,
		help: "Free text that is printed on the invoice."},
	fLanguage: {header: "Language", label: "language", path: "language", read: readText, example: "en",
		help: "The language of the printed invoice, such as en or da; blank means the seller's."},
	fSession: {header: "Session id", label: "session id", path: "sessionId", read: readName,
		help: "The checkout session that you opened for this invoice; blank means that one is created."},
	fPrepaid: {header: "Prepaid", label: "prepaid", path: "prepaid", read: readNumber,
		help: "What has been paid already, as a positive amount. It is taken off what is due."},
	fItem: {header: "Item", label: "item", path: "item", line: true, read: readName, example: "A-100",
		help: "Your article number."},
	fDescription: {header: "Description", label: "description", path: "description", line: true, required: true, read: readText, example: "Consulting, November",
		help: "What was sold."},
	fQuantity: {header: "Quantity", label: "quantity", path: "quantity", line: true, required: true, read: readNumber, example: "2",
		help: "How many; negative for a return. At most 6 decimals."},
	fUnit: {header: "Unit", label: "unit", path: "unit", line: true, read: readText, example: "h",
		help: "The unit of the quantity, such as h or pcs."},
	fUnitPrice: {header: "Unit price", label: "unit price", path: "unitPrice", line: true, required: true, read: readNumber, example: "100",
		help: "The net price of one unit, without VAT; never negative. At most 6 decimals."},
	fDiscountPercent: {header: "Discount %", label: "discount %", path: "discountPercent", line: true, read: readPercent,
		help: "A discount on the line in percent, such as 10."},
	fDiscount: {header: "Discount", label: "discount", path: "discount", line: true, read: readNumber,
		help: "A discount on the line as an amount."},
	fVATRate: {header: "VAT %", label: "VAT %", path: "vatRate", line: true, required: true, read: readPercent, example: "25",
		help: "The VAT rate in percent, such as 25; 0 where there is no VAT."},
	fVATCategory: {header: "VAT category", label: "VAT category", path: "vatCategory", line: true, read: readCode, example: "S",
		help: "S standard or reduced, Z zero rated, E exempt, AE reverse charge, K intra-community, G export, O outside the scope. Blank means S, or Z at rate 0."},
	fLineTotal: {header: "Line total", label: "line total", path: "net", line: true, claim: true, read: readNumber, example: "200",
		help: "The line's net amount, if you want it compared with what is computed."},
	fNet: {header: "Net total", label: "net total", path: "net", claim: true, read: readNumber, example: "200",
		help: "The invoice's total without VAT, if you want it compared."},
	fVATTotal: {header: "VAT total", label: "VAT total", path: "vat", claim: true, read: readNumber, example: "50",
		help: "The invoice's VAT, if you want it compared."},
	fTotal: {header: "Total", label: "total", path: "total", claim: true, read: readNumber, example: "250",
		help: "The invoice's total with VAT, if you want it compared."},
	fPayable: {header: "Amount due", label: "amount due", path: "payable", claim: true, read: readNumber, example: "250",
		help: "The total less what was prepaid, if you want it compared."},
}

// Fields returns the headers of the project's own layout, in its order: the
// names that Options.Columns maps to and that Column.Field holds.
func Fields() []string {
	out := make([]string, fieldCount)
	for f := range specs {
		out[f] = specs[f].header
	}
	return out
}

// resultHeaders are the columns that WriteResults adds. Only where all of them
// are there does an earlier result lie before us: other programs have a column
// Status too.
var resultHeaders = [...]string{"Status", "Error", "Payment link", "Link expires", "PDF", "Revision"}

// byHeader finds a field by its own header, folded.
var byHeader = func() map[string]field {
	m := map[string]field{}
	for f := range specs {
		m[fold(specs[f].header)] = field(f)
	}
	return m
}()

// byPath finds the field to which a path of the invoice's JSON belongs, and the
// index of the line, -1 for a field of the invoice.
func byPath(path string) (field, int) {
	line := -1
	if rest, ok := strings.CutPrefix(path, "lines["); ok {
		digits, rest, _ := strings.Cut(rest, "]")
		for _, c := range digits {
			if c < '0' || c > '9' || line > 1<<20 {
				return fNumber, -1
			}
			line = max(line, 0)*10 + int(c-'0')
		}
		path = strings.TrimPrefix(rest, ".")
	}
	for f := range specs {
		if specs[f].path == path && specs[f].line == (line >= 0) {
			return field(f), line
		}
	}
	switch {
	case line >= 0:
		return fDescription, line // the line as a whole
	case path == "lines":
		return fDescription, 0
	case path == "buyer", strings.HasPrefix(path, "buyer."):
		return fCustomer, -1
	case path == "rounding":
		return fTotal, -1
	}
	return fNumber, -1
}
