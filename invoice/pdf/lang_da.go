package pdf

import "invoicelink/invoice"

// danish follows the wording of the Danish text of Directive 2006/112/EC,
// articles 138, 146 and 226.
var danish = &language{
	tag:     "da",
	decimal: ",", group: ".",
	months: [12]string{"januar", "februar", "marts", "april", "maj", "juni", "juli",
		"august", "september", "oktober", "november", "december"},
	day: "%d. %s %d", moment: "%s kl. %s %s", clock: "15.04",
	minutes: [2]string{"minut", "minutter"}, hours: [2]string{"time", "timer"}, days: [2]string{"dag", "dage"},

	invoice:    words{"Faktura", "Fakturanr.", "Fakturadato"},
	creditNote: words{"Kreditnota", "Kreditnotanr.", "Kreditnotadato"},

	yourReference: "Deres reference", customerNo: "Kundenr.",
	yourVATID: "Deres momsnr.", yourRegistrationNo: "Deres virksomhedsnr.",
	dueDate: "Forfaldsdato", supplyDate: "Leveringsdato", originalInvoice: "Oprindelig faktura",

	position: "Pos.", item: "Varenr.", description: "Beskrivelse", quantity: "Antal", unit: "Enhed",
	unitPrice: "Stykpris", discount: "Rabat", vatRate: "Moms", amount: "Beløb",

	vatHeading: "Momsspecifikation", vatNet: "Grundlag", vatAmount: "Moms",
	net: "I alt ekskl. moms", vat: "Moms", total: "I alt inkl. moms", prepaid: "Allerede betalt",
	rounding: "Afrunding", payable: "At betale", credited: "Krediteret beløb", inYourFavour: "Saldo i Deres favør",
	nothingToPay: "Der er intet at betale.", paidOn: "Betalt den %s. Tak.",
	termsTitle: "Betalingsbetingelser", noteTitle: "Bemærkning",

	legal: map[invoice.VATCategory]string{
		invoice.VATExempt: "momsfri", invoice.VATReverseCharge: "omvendt betalingspligt",
		invoice.VATIntraCommunity: "EU-leverance", invoice.VATExport: "eksport",
		invoice.VATOutOfScope: "uden for moms",
	},
	law: map[invoice.VATCategory]string{
		invoice.VATExempt:         "Fritaget for moms.",
		invoice.VATReverseCharge:  "Omvendt betalingspligt: momsen afregnes af køber (artikel 196 i direktiv 2006/112/EF).",
		invoice.VATIntraCommunity: "Momsfri levering inden for EU (artikel 138 i direktiv 2006/112/EF).",
		invoice.VATExport:         "Momsfri eksport ud af EU (artikel 146 i direktiv 2006/112/EF).",
		invoice.VATOutOfScope:     "Uden for momslovens anvendelsesområde.",
	},

	bankTitle: "Bankoverførsel", bank: "Bank", reference: "Reference",
	payTitle:     "Scan eller klik for at betale",
	payableUntil: "Kan betales indtil %s", renewedOn: "Betalingslink fornyet den %s",
	onceOnly: "Når linket er åbnet, er det kun aktivt i %s. Åbn det først, når De er klar til at betale.",
	test:     "TEST", sandbox: "SANDBOX – KAN IKKE BETALES",

	registrationNo: "CVR-nr.", vatID: "Momsnr.", phone: "Tlf.", email: "E-mail",
	pageOf: "Side %d af %d",
}
