package pdf

import "invoicelink/invoice"

// english follows the wording of the English text of Directive 2006/112/EC,
// articles 138, 146 and 226.
var english = &language{
	tag:     "en",
	decimal: ".", group: ",",
	months: [12]string{"January", "February", "March", "April", "May", "June", "July",
		"August", "September", "October", "November", "December"},
	day: "%d %s %d", moment: "%s, %s %s", clock: "15:04",
	minutes: [2]string{"minute", "minutes"}, hours: [2]string{"hour", "hours"}, days: [2]string{"day", "days"},

	invoice:    words{"Invoice", "Invoice no.", "Invoice date"},
	creditNote: words{"Credit note", "Credit note no.", "Credit note date"},

	yourReference: "Your reference", customerNo: "Customer no.",
	yourVATID: "Your VAT ID", yourRegistrationNo: "Your reg. no.",
	dueDate: "Due date", supplyDate: "Date of supply", originalInvoice: "Original invoice",

	position: "Pos.", item: "Item", description: "Description", quantity: "Quantity", unit: "Unit",
	unitPrice: "Unit price", discount: "Discount", vatRate: "VAT", amount: "Amount",

	vatHeading: "VAT summary", vatNet: "Net", vatAmount: "VAT",
	net: "Total excluding VAT", vat: "VAT", total: "Total including VAT", prepaid: "Already paid",
	rounding: "Rounding", payable: "Amount due", credited: "Amount credited", inYourFavour: "Balance in your favour",
	nothingToPay: "There is nothing to pay.", paidOn: "Paid on %s. Thank you.",
	termsTitle: "Payment terms", noteTitle: "Note",

	legal: map[invoice.VATCategory]string{
		invoice.VATExempt: "exempt", invoice.VATReverseCharge: "reverse charge",
		invoice.VATIntraCommunity: "intra-Community", invoice.VATExport: "export",
		invoice.VATOutOfScope: "outside scope",
	},
	law: map[invoice.VATCategory]string{
		invoice.VATExempt:         "Exempt from VAT.",
		invoice.VATReverseCharge:  "Reverse charge: VAT is to be accounted for by the recipient (Article 196, Directive 2006/112/EC).",
		invoice.VATIntraCommunity: "Intra-Community supply, exempt from VAT (Article 138, Directive 2006/112/EC).",
		invoice.VATExport:         "Export outside the EU, exempt from VAT (Article 146, Directive 2006/112/EC).",
		invoice.VATOutOfScope:     "Outside the scope of VAT.",
	},

	bankTitle: "Bank transfer", bank: "Bank", reference: "Reference",
	payTitle:     "Scan or click to pay",
	payableUntil: "Payable until %s", renewedOn: "Payment link renewed on %s",
	onceOnly: "Once opened, the link stays active for %s only. Open it when you are ready to pay.",
	test:     "TEST", sandbox: "SANDBOX – NOT PAYABLE",

	registrationNo: "Reg. no.", vatID: "VAT ID", phone: "Phone", email: "E-mail",
	pageOf: "Page %d of %d",
}
