package profile

// Field is the name of what a column can be read as.
type Field string

// Ignore is what a column is mapped to that is not read.
const Ignore Field = "ignore"

// Info describes a field.
type Info struct {
	Field  Field
	Header string // the header of the project's own layout; the template's
	Help   string // one sentence on what goes in
}

// fields in the order of the template; those without a header are only for
// profiles.
var fields = []Info{
	{"number", "Invoice number", "The number on the invoice, up to 64 characters. Repeat it on every row of the invoice, or leave it blank on the rows that follow."},
	{"kind", "Kind", "invoice or credit note; blank means invoice. A credit note gets no payment link."},
	{"issue_date", "Issue date", "The day the invoice is issued."},
	{"due_date", "Due date", "The last day for paying. A credit note needs none."},
	{"supply_date", "Supply date", "The day of delivery or service, if it is not the issue date."},
	{"currency", "Currency", "The three-letter code of every amount of the invoice, such as EUR; blank means the seller's."},
	{"customer", "Customer name", "Who the invoice is addressed to."},
	{"customer_no", "Customer number", "Your own number for this customer."},
	{"customer_vat_id", "Customer VAT id", "The customer's VAT number with its country prefix."},
	{"customer_registration_no", "Customer registration no", "The customer's number in the company register."},
	{"email", "Customer email", "Where the customer reads mail."},
	{"address", "Customer address", "Street and number; further lines in the same cell."},
	{"zip", "Zip", "The postal code."},
	{"city", "City", "The town."},
	{"country", "Country", "The two-letter code, such as DK; the names of European countries are understood too."},
	{"buyer_reference", "Buyer reference", "The customer's own reference, such as a purchase order number."},
	{"original_invoice", "Original invoice", "On a credit note: the number of the invoice that it corrects."},
	{"note", "Note", "Free text that is printed on the invoice."},
	{"language", "Language", "The language of the printed invoice, such as en or da; blank means the seller's."},
	{"session_id", "Session id", "The checkout session that you opened for this invoice; blank means that one is created."},
	{"prepaid", "Prepaid", "What has been paid already, as a positive amount. It is taken off what is due."},
	{"item", "Item", "Your article number."},
	{"description", "Description", "What was sold."},
	{"quantity", "Quantity", "How many; negative for a return. At most 6 decimals."},
	{"unit", "Unit", "The unit of the quantity, such as h or pcs."},
	{"unit_price", "Unit price", "The net price of one unit, without VAT; never negative. At most 6 decimals."},
	{"discount_percent", "Discount %", "A discount on the line in percent, such as 10."},
	{"discount", "Discount", "A discount on the line as an amount."},
	{"vat_rate", "VAT %", "The VAT rate in percent, such as 25; 0 if there is no VAT."},
	{"vat_category", "VAT category", "S standard or reduced, Z zero rated, E exempt, AE reverse charge, K intra-community, G export, O outside the scope. Blank means S, or Z at rate 0."},
	{"line_net", "Line total", "The line's net amount, if you want it compared with what is computed."},
	{"net", "Net total", "The invoice's total without VAT, if you want it compared."},
	{"vat", "VAT total", "The invoice's VAT, if you want it compared."},
	{"total", "Total", "The invoice's total with VAT, if you want it compared."},
	{"payable", "Amount due", "The total less what was prepaid, if you want it compared."},
	// These are described in the template, without a column there.
	{"customer_region", "Customer region", "The state or province."},
	{"contact", "Contact person", "The person or department to ask at the customer."},
	{"phone", "Customer phone", "The customer's telephone number."},
	{"tax_point_date", "Tax point date", "The day on which the VAT becomes chargeable, if it is neither the supply date nor the issue date."},
	{"period_start", "Period start", "The first day of the time that the whole invoice covers."},
	{"period_end", "Period end", "The last day of the time that the whole invoice covers."},
	{"order", "Order reference", "The number of the customer's purchase order, if the buyer reference is another number."},
	{"sales_order", "Sales order", "Your own number of the order."},
	{"contract", "Contract reference", "The number of the contract."},
	{"project", "Project reference", "The number or name of the project."},
	{"despatch_advice", "Delivery note", "The number of the delivery note."},
	{"buyer_accounting", "Buyer accounting reference", "Where the customer books the cost."},
	{"delivery_name", "Delivery name", "Who received the goods or services, if not the customer."},
	{"delivery_address", "Delivery address", "Street and number of the place of delivery, if it is not the customer's address."},
	{"delivery_zip", "Delivery zip", "The postal code of the place of delivery."},
	{"delivery_city", "Delivery city", "The town of the place of delivery."},
	{"delivery_country", "Delivery country", "The two-letter code of the country of delivery."},
	{"payment_terms", "Payment terms text", "Terms of payment that are printed; blank means the seller's."},
	{"intro", "Intro", "Free text that is printed above the lines."},
	{"tax_currency", "Tax currency", "The three-letter code of the currency in which the total VAT is stated as well."},
	{"tax_currency_rate", "Tax currency rate", "How much of the tax currency one unit of the invoice's currency is worth."},
	{"tax_currency_vat", "VAT in tax currency", "The total VAT in the tax currency, if it does not follow from the rate."},
	{"line_period_start", "Line period start", "The first day of the time that the line covers."},
	{"line_period_end", "Line period end", "The last day of the time that the line covers."},
	{"price_quantity", "Price quantity", "The number of units that the unit price is the price of; blank means 1."},
	{"list_price", "List price", "The price before the discount that led to the unit price, without VAT and of as many units; it is stated on the e-invoice."},
	{"gtin", "GTIN", "The item's number under its bar code (GTIN, EAN), of 8, 12, 13 or 14 digits."},
	{"exemption_reason", "Exemption reason", "Why no VAT is charged on the line, such as the article of the law."},
	{"exemption_code", "Exemption code", "The code of that reason in the VATEX list, such as VATEX-EU-132."},
	{"receiving_advice", "Receiving advice", "The number of the customer's note of receipt."},
	{"tender", "Tender reference", "The number of the call for tenders or of the lot."},
	{"customer_global_id", "Customer global id", "A number of the customer in a public list, such as a GLN."},
	{"customer_global_id_scheme", "Customer global id scheme", "The list of that number: GLN, DUNS, CVR, SIRET or a code of ISO 6523."},
	{"electronic_address", "Electronic address", "Where the customer receives e-invoices, such as a Peppol participant's number."},
	{"electronic_address_scheme", "Electronic address scheme", "The list of that address: a code such as 0088 or 0184, GLN, CVR, or EM for an e-mail address."},
	{"delivery_region", "Delivery region", "The state or province of the place of delivery."},
	{"delivery_location", "Delivery location", "A number of the place of delivery, such as a GLN."},
	{"delivery_location_scheme", "Delivery location scheme", "The list of that number, such as GLN."},
	{"representative_name", "Tax representative", "The seller's tax representative in the country of the VAT, if not the profile's."},
	{"representative_vat_id", "Tax representative VAT id", "The representative's VAT number with its country prefix."},
	{"representative_address", "Tax representative address", "Street and number of the representative."},
	{"representative_zip", "Tax representative zip", "The representative's postal code."},
	{"representative_city", "Tax representative city", "The representative's town."},
	{"representative_country", "Tax representative country", "The two-letter code of the representative's country."},
	{"original_date", "Original date", "The issue date of the original invoice."},
	{"original_invoice_2", "Original invoice 2", "The number of a second invoice that the document refers to."},
	{"original_date_2", "Original date 2", "Its issue date."},
	{"original_invoice_3", "Original invoice 3", "The number of a third one."},
	{"original_date_3", "Original date 3", "Its issue date."},
	{"early_payment_percent", "Early payment %", "A cash discount in percent of the amount due for paying early, such as 2."},
	{"early_payment_until", "Early payment until", "The last day for it."},
	{"early_payment_percent_2", "Early payment % 2", "A second, smaller cash discount."},
	{"early_payment_until_2", "Early payment until 2", "The last day for that one."},
	{"account_iban", "Account IBAN", "The bank account to pay into, if it is not the seller's usual one."},
	{"account_bic", "Account BIC", "The code of that account's bank."},
	{"account_bank", "Account bank", "The name of that account's bank."},
	{"account_holder", "Account holder", "Whose account it is, if not the seller's."},
	{"link_valid_until", "Link valid until", "The last day on which the payment link can be paid; blank means as configured."},
	{"payment_page", "Payment page", "Your own payment page for this invoice, an https address; blank means the configured one."},
	{"margin_scheme", "Margin scheme", "travel-agents, second-hand-goods, works-of-art or collectors-items, if VAT is charged on the margin."},
	{"self_billed", "Self-billed", "yes, if the customer issues the invoice in the seller's name."},
	{"cash_accounting", "Cash accounting", "yes, if the VAT becomes chargeable when the invoice is paid."},
	{"small_business", "Small business", "yes, if the seller is a small enterprise that charges no VAT; blank means as in the seller's profile."},
	{"terms", "", "Terms of payment such as \"Net 30\"; with the issue date they give the due date."},
	{"balance", "", "What is still owed of the invoice's total; the rest has been paid already."},
	{"tax", "", "The name or code of a tax; the section taxes says its rate."},
	{"line_vat", "", "The line's VAT."},
	{"line_gross", "", "The line's amount with VAT."},
	{"invoice_discount", "", "A discount on the whole invoice as an amount without VAT."},
	{"charge", "", "Freight, a fee or another charge on the whole invoice, without VAT."},
	{"rounding", "", "What was added to the total to round it."},
}

// Fields returns all fields that a column can be read as.
func Fields() []Info { return append([]Info(nil), fields...) }

// byName finds a field by its name or by the header of the own layout, folded.
var byName = func() map[string]Field {
	m := map[string]Field{Fold(string(Ignore)): Ignore, "-": Ignore, "": ""}
	for _, f := range fields {
		m[Fold(string(f.Field))] = f.Field
		if f.Header != "" {
			m[Fold(f.Header)] = f.Field
		}
	}
	return m
}()

// ParseField finds a field by its name, or by its header in the own layout; "-"
// is Ignore.
func ParseField(name string) (Field, bool) {
	if name == "-" {
		return Ignore, true
	}
	f, ok := byName[Fold(name)]
	return f, ok && f != ""
}
