package sheet

import (
	"strings"

	"invoicelink/invoice/sheet/profile"
)

// field is what a column can be read as.
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
	templateFieldCount // the fields above have a column in the template
)

// Further fields of the own layout, which the template describes without giving
// them a column.
const (
	fRegion field = templateFieldCount + iota
	fContact
	fPhone
	fTaxPoint
	fPeriodStart
	fPeriodEnd
	fOrder
	fSalesOrder
	fContract
	fProject
	fDespatch
	fAccounting
	fDeliverTo
	fDeliveryStreet
	fDeliveryZip
	fDeliveryCity
	fDeliveryCountry
	fPaymentTerms
	fIntro
	fTaxCurrency
	fTaxCurrencyRate
	fTaxCurrencyVAT
	fLineStart
	fLineEnd
	fPriceQuantity
	fListPrice
	fGTIN
	fExemptionReason
	fExemptionCode
	fReceiving
	fTender
	fGlobalID
	fGlobalScheme
	fEndpoint
	fEndpointScheme
	fDeliveryRegion
	fDeliveryID
	fDeliveryScheme
	fRepName
	fRepVAT
	fRepStreet
	fRepZip
	fRepCity
	fRepCountry
	fOriginalDate
	fOriginal2
	fOriginalDate2
	fOriginal3
	fOriginalDate3
	fEarlyPercent
	fEarlyUntil
	fEarlyPercent2
	fEarlyUntil2
	fIBAN
	fBIC
	fBank
	fHolder
	fLinkUntil
	fLinkPage
	fMargin
	fSelfBilled
	fCash
	fSmall
	ownFieldCount
)

const (
	fTerms field = ownFieldCount + iota
	fBalance
	fTax
	fLineVAT
	fLineGross
	fInvoiceDiscount
	fCharge
	fRounding
	fieldCount
	noField field = -1
)

// spec describes a field: its name in profiles, its header in the own layout,
// how problems name it, where its value goes in the invoice's JSON, and how its
// cells are read.
type spec struct {
	name     profile.Field
	header   string // from package profile; the name if the own layout lacks it
	help     string
	label    string
	path     string // below lines[n]. for a field of a line
	line     bool
	required bool // in the own layout
	claim    bool // a stated amount, which is compared
	read     reading
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
	readYes // yes or no
)

var specs = [fieldCount]spec{
	fNumber:          {name: "number", label: "invoice number", path: "number", required: true, read: readName, example: "2026-0001"},
	fKind:            {name: "kind", label: "kind", path: "kind", read: readKind, example: "invoice"},
	fIssueDate:       {name: "issue_date", label: "issue date", path: "issueDate", required: true, read: readDate, example: "2026-11-20"},
	fDueDate:         {name: "due_date", label: "due date", path: "dueDate", required: true, read: readDate, example: "2026-12-20"},
	fSupplyDate:      {name: "supply_date", label: "supply date", path: "supplyDate", read: readDate},
	fCurrency:        {name: "currency", label: "currency", path: "currency", read: readCode, example: "EUR"},
	fCustomer:        {name: "customer", label: "customer name", path: "buyer.name", required: true, read: readText, example: "Example Customer Ltd"},
	fCustomerNo:      {name: "customer_no", label: "customer number", path: "buyer.id", read: readName, example: "1001"},
	fCustomerVAT:     {name: "customer_vat_id", label: "customer VAT id", path: "buyer.vatId", read: readName, example: "DK12345678"},
	fCustomerReg:     {name: "customer_registration_no", label: "customer registration no", path: "buyer.registrationNo", read: readName},
	fEmail:           {name: "email", label: "customer email", path: "buyer.email", read: readText, example: "accounts@example.com"},
	fStreet:          {name: "address", label: "customer address", path: "buyer.address.street", read: readText, example: "1 Example Street"},
	fZip:             {name: "zip", label: "zip", path: "buyer.address.zip", read: readName, example: "2100"},
	fCity:            {name: "city", label: "city", path: "buyer.address.city", read: readText, example: "Copenhagen"},
	fCountry:         {name: "country", label: "country", path: "buyer.address.country", read: readCountry, example: "DK"},
	fReference:       {name: "buyer_reference", label: "buyer reference", path: "buyerReference", read: readName, example: "PO-4711"},
	fOriginal:        {name: "original_invoice", label: "original invoice", path: "originalInvoice", read: readName},
	fNote:            {name: "note", label: "note", path: "note", read: readText},
	fLanguage:        {name: "language", label: "language", path: "language", read: readText, example: "en"},
	fSession:         {name: "session_id", label: "session id", path: "sessionId", read: readName},
	fPrepaid:         {name: "prepaid", label: "prepaid", path: "prepaid", read: readNumber},
	fItem:            {name: "item", label: "item", path: "item", line: true, read: readName, example: "A-100"},
	fDescription:     {name: "description", label: "description", path: "description", line: true, required: true, read: readText, example: "Consulting, November"},
	fQuantity:        {name: "quantity", label: "quantity", path: "quantity", line: true, required: true, read: readNumber, example: "2"},
	fUnit:            {name: "unit", label: "unit", path: "unit", line: true, read: readText, example: "h"},
	fUnitPrice:       {name: "unit_price", label: "unit price", path: "unitPrice", line: true, required: true, read: readNumber, example: "100"},
	fDiscountPercent: {name: "discount_percent", label: "discount %", path: "discountPercent", line: true, read: readPercent},
	fDiscount:        {name: "discount", label: "discount", path: "discount", line: true, read: readNumber},
	fVATRate:         {name: "vat_rate", label: "VAT %", path: "vatRate", line: true, required: true, read: readPercent, example: "25"},
	fVATCategory:     {name: "vat_category", label: "VAT category", path: "vatCategory", line: true, read: readCode, example: "S"},
	fLineTotal:       {name: "line_net", label: "line total", path: "net", line: true, claim: true, read: readNumber, example: "200"},
	fNet:             {name: "net", label: "net total", path: "net", claim: true, read: readNumber, example: "200"},
	fVATTotal:        {name: "vat", label: "VAT total", path: "vat", claim: true, read: readNumber, example: "50"},
	fTotal:           {name: "total", label: "total", path: "total", claim: true, read: readNumber, example: "250"},
	fPayable:         {name: "payable", label: "amount due", path: "payable", claim: true, read: readNumber, example: "250"},

	fRegion:          {name: "customer_region", label: "customer region", path: "buyer.address.region", read: readText},
	fContact:         {name: "contact", label: "contact person", path: "buyer.contact", read: readText},
	fPhone:           {name: "phone", label: "customer phone", path: "buyer.phone", read: readName},
	fTaxPoint:        {name: "tax_point_date", label: "tax point date", path: "taxPointDate", read: readDate},
	fPeriodStart:     {name: "period_start", label: "period start", path: "period.start", read: readDate},
	fPeriodEnd:       {name: "period_end", label: "period end", path: "period.end", read: readDate},
	fOrder:           {name: "order", label: "order reference", path: "references.order", read: readName},
	fSalesOrder:      {name: "sales_order", label: "sales order", path: "references.salesOrder", read: readName},
	fContract:        {name: "contract", label: "contract reference", path: "references.contract", read: readName},
	fProject:         {name: "project", label: "project reference", path: "references.project", read: readName},
	fDespatch:        {name: "despatch_advice", label: "delivery note", path: "references.despatchAdvice", read: readName},
	fAccounting:      {name: "buyer_accounting", label: "buyer accounting reference", path: "references.accounting", read: readName},
	fDeliverTo:       {name: "delivery_name", label: "delivery name", path: "delivery.name", read: readText},
	fDeliveryStreet:  {name: "delivery_address", label: "delivery address", path: "delivery.address.street", read: readText},
	fDeliveryZip:     {name: "delivery_zip", label: "delivery zip", path: "delivery.address.zip", read: readName},
	fDeliveryCity:    {name: "delivery_city", label: "delivery city", path: "delivery.address.city", read: readText},
	fDeliveryCountry: {name: "delivery_country", label: "delivery country", path: "delivery.address.country", read: readCountry},
	fPaymentTerms:    {name: "payment_terms", label: "payment terms text", path: "paymentTerms", read: readText},
	fIntro:           {name: "intro", label: "intro", path: "intro", read: readText},
	fTaxCurrency:     {name: "tax_currency", label: "tax currency", path: "localVat.currency", read: readCode},
	fTaxCurrencyRate: {name: "tax_currency_rate", label: "tax currency rate", path: "localVat.rate", read: readNumber},
	fTaxCurrencyVAT:  {name: "tax_currency_vat", label: "VAT in tax currency", path: "localVat.amount", read: readNumber},
	fLineStart:       {name: "line_period_start", label: "line period start", path: "period.start", line: true, read: readDate},
	fLineEnd:         {name: "line_period_end", label: "line period end", path: "period.end", line: true, read: readDate},
	fPriceQuantity:   {name: "price_quantity", label: "price quantity", path: "priceQuantity", line: true, read: readNumber},
	fListPrice:       {name: "list_price", label: "list price", path: "grossPrice", line: true, read: readNumber},
	fGTIN:            {name: "gtin", label: "GTIN", path: "standardId.id", line: true, read: readName},
	fExemptionReason: {name: "exemption_reason", label: "exemption reason", path: "-exemptionReason", line: true, read: readText},
	fExemptionCode:   {name: "exemption_code", label: "exemption code", path: "-exemptionCode", line: true, read: readCode},

	fReceiving:      {name: "receiving_advice", label: "receiving advice", path: "references.receivingAdvice", read: readName},
	fTender:         {name: "tender", label: "tender reference", path: "references.tender", read: readName},
	fGlobalID:       {name: "customer_global_id", label: "customer global id", path: "buyer.globalId.id", read: readName},
	fGlobalScheme:   {name: "customer_global_id_scheme", label: "customer global id scheme", path: "buyer.globalId.scheme", read: readName},
	fEndpoint:       {name: "electronic_address", label: "electronic address", path: "buyer.endpoint.id", read: readName},
	fEndpointScheme: {name: "electronic_address_scheme", label: "electronic address scheme", path: "buyer.endpoint.scheme", read: readName},
	fDeliveryRegion: {name: "delivery_region", label: "delivery region", path: "delivery.address.region", read: readText},
	fDeliveryID:     {name: "delivery_location", label: "delivery location", path: "delivery.location.id", read: readName},
	fDeliveryScheme: {name: "delivery_location_scheme", label: "delivery location scheme", path: "delivery.location.scheme", read: readName},
	fRepName:        {name: "representative_name", label: "tax representative", path: "taxRepresentative.name", read: readText},
	fRepVAT:         {name: "representative_vat_id", label: "tax representative VAT id", path: "taxRepresentative.vatId", read: readName},
	fRepStreet:      {name: "representative_address", label: "tax representative address", path: "taxRepresentative.address.street", read: readText},
	fRepZip:         {name: "representative_zip", label: "tax representative zip", path: "taxRepresentative.address.zip", read: readName},
	fRepCity:        {name: "representative_city", label: "tax representative city", path: "taxRepresentative.address.city", read: readText},
	fRepCountry:     {name: "representative_country", label: "tax representative country", path: "taxRepresentative.address.country", read: readCountry},
	fOriginalDate:   {name: "original_date", label: "original date", path: "precedingInvoices[0].issueDate", read: readDate},
	fOriginal2:      {name: "original_invoice_2", label: "original invoice 2", path: "precedingInvoices[1].number", read: readName},
	fOriginalDate2:  {name: "original_date_2", label: "original date 2", path: "precedingInvoices[1].issueDate", read: readDate},
	fOriginal3:      {name: "original_invoice_3", label: "original invoice 3", path: "precedingInvoices[2].number", read: readName},
	fOriginalDate3:  {name: "original_date_3", label: "original date 3", path: "precedingInvoices[2].issueDate", read: readDate},
	fEarlyPercent:   {name: "early_payment_percent", label: "early payment percent", path: "earlyPayment[0].percent", read: readPercent},
	fEarlyUntil:     {name: "early_payment_until", label: "early payment day", path: "earlyPayment[0].until", read: readDate},
	fEarlyPercent2:  {name: "early_payment_percent_2", label: "early payment percent 2", path: "earlyPayment[1].percent", read: readPercent},
	fEarlyUntil2:    {name: "early_payment_until_2", label: "early payment day 2", path: "earlyPayment[1].until", read: readDate},
	fIBAN:           {name: "account_iban", label: "account IBAN", path: "account.iban", read: readName},
	fBIC:            {name: "account_bic", label: "account BIC", path: "account.bic", read: readName},
	fBank:           {name: "account_bank", label: "account bank", path: "account.bank", read: readText},
	fHolder:         {name: "account_holder", label: "account holder", path: "account.holder", read: readText},
	fLinkUntil:      {name: "link_valid_until", label: "last day of the link", path: "link.validUntil", read: readDate},
	fLinkPage:       {name: "payment_page", label: "payment page", path: "link.page", read: readText},
	fMargin:         {name: "margin_scheme", label: "margin scheme", path: "marginScheme", read: readText},
	fSelfBilled:     {name: "self_billed", label: "self-billed", path: "selfBilled", read: readYes},
	fCash:           {name: "cash_accounting", label: "cash accounting", path: "cashAccounting", read: readYes},
	fSmall:          {name: "small_business", label: "small business", path: "smallBusiness", read: readYes},

	fTerms:           {name: "terms", label: "terms", path: "-terms", read: readText},
	fBalance:         {name: "balance", label: "balance", path: "-balance", claim: true, read: readNumber},
	fTax:             {name: "tax", label: "tax", path: "-tax", line: true, read: readText},
	fLineVAT:         {name: "line_vat", label: "VAT of the line", path: "-vat", line: true, claim: true, read: readNumber},
	fLineGross:       {name: "line_gross", label: "line total with VAT", path: "-gross", line: true, claim: true, read: readNumber},
	fInvoiceDiscount: {name: "invoice_discount", label: "invoice discount", path: "allowances", claim: true, read: readNumber},
	fCharge:          {name: "charge", label: "charge", path: "charges", claim: true, read: readNumber},
	fRounding:        {name: "rounding", label: "rounding", path: "rounding", claim: true, read: readNumber},
}

// byName finds a field by its name in profiles.
var byName = map[profile.Field]field{}

func init() {
	for f := range specs {
		byName[specs[f].name] = field(f)
	}
	for _, info := range profile.Fields() {
		s := &specs[byName[info.Field]]
		s.header, s.help = info.Header, info.Help
		if s.header == "" {
			s.header = string(info.Field)
			continue
		}
		byHeader[profile.Fold(s.header)] = byName[info.Field]
	}
	for f, list := range aliases {
		for _, a := range list {
			byAlias[profile.Fold(a)] = f
		}
	}
}

// Fields returns the headers of the template, in its order. Options.Columns maps
// to them and to the further ones of profile.Fields, and Column.Field holds
// them.
func Fields() []string {
	out := make([]string, templateFieldCount)
	for f := range out {
		out[f] = specs[f].header
	}
	return out
}

// resultHeaders are the columns that WriteResults adds. Only if all of them
// but the last are there is it an earlier result: other programs have a column
// Status too.
var resultHeaders = [...]string{"Status", "Error", "Payment link", "Link expires", "PDF", "Revision", "UBL"}

var (
	byHeader = map[string]field{} // by its own header, folded
	byAlias  = map[string]field{} // by a folded alias
)

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
	case strings.HasPrefix(path, "exemptions"):
		return fExemptionReason, 0
	case path == "localVat":
		return fTaxCurrency, -1
	case strings.HasPrefix(path, "precedingInvoices"):
		return fOriginal, -1
	case path == "delivery", strings.HasPrefix(path, "delivery."):
		return fDeliverTo, -1
	case path == "buyer", strings.HasPrefix(path, "buyer."):
		return fCustomer, -1
	case strings.HasPrefix(path, "allowances"):
		return fInvoiceDiscount, -1
	case strings.HasPrefix(path, "charges"):
		return fCharge, -1
	}
	return fNumber, -1
}
