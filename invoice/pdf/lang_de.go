package pdf

import "invoicelink/invoice"

// german follows the wording of the German text of Directive 2006/112/EC,
// articles 138, 146 and 226. A credit note is not called Gutschrift: German
// VAT law (§ 14 Abs. 2 UStG) keeps that word for self-billed invoices.
var german = &language{
	tag:     "de",
	decimal: ",", group: ".",
	months: [12]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli",
		"August", "September", "Oktober", "November", "Dezember"},
	day: "%d. %s %d", moment: "%s, %s Uhr %s", clock: "15:04",
	minutes: [2]string{"Minute", "Minuten"}, hours: [2]string{"Stunde", "Stunden"}, days: [2]string{"Tag", "Tage"},

	invoice:    words{"Rechnung", "Rechnungsnr.", "Rechnungsdatum"},
	creditNote: words{"Rechnungskorrektur", "Korrekturnr.", "Korrekturdatum"},

	yourReference: "Ihr Zeichen", customerNo: "Kundennr.",
	yourVATID: "Ihre USt-IdNr.", yourRegistrationNo: "Ihre Registernr.",
	dueDate: "Fällig am", supplyDate: "Leistungsdatum", originalInvoice: "Ursprüngliche Rechnung",

	position: "Pos.", item: "Artikel", description: "Bezeichnung", quantity: "Menge", unit: "Einheit",
	unitPrice: "Einzelpreis", discount: "Rabatt", vatRate: "USt", amount: "Betrag",

	vatHeading: "Umsatzsteuer", vatNet: "Netto", vatAmount: "USt",
	net: "Summe netto", vat: "Umsatzsteuer", total: "Summe brutto", prepaid: "Bereits gezahlt",
	rounding: "Rundung", payable: "Zu zahlen", credited: "Gutgeschriebener Betrag", inYourFavour: "Guthaben",
	nothingToPay: "Es ist nichts zu zahlen.", paidOn: "Bezahlt am %s. Vielen Dank.",
	termsTitle: "Zahlungsbedingungen", noteTitle: "Hinweis",

	legal: map[invoice.VATCategory]string{
		invoice.VATExempt: "steuerfrei", invoice.VATReverseCharge: "Reverse Charge",
		invoice.VATIntraCommunity: "innergemeinschaftlich", invoice.VATExport: "Ausfuhr",
		invoice.VATOutOfScope: "nicht steuerbar",
	},
	law: map[invoice.VATCategory]string{
		invoice.VATExempt:         "Von der Umsatzsteuer befreit.",
		invoice.VATReverseCharge:  "Steuerschuldnerschaft des Leistungsempfängers (Artikel 196 der Richtlinie 2006/112/EG).",
		invoice.VATIntraCommunity: "Steuerfreie innergemeinschaftliche Lieferung (Artikel 138 der Richtlinie 2006/112/EG).",
		invoice.VATExport:         "Steuerfreie Ausfuhrlieferung (Artikel 146 der Richtlinie 2006/112/EG).",
		invoice.VATOutOfScope:     "Nicht steuerbar.",
	},

	bankTitle: "Banküberweisung", bank: "Bank", reference: "Verwendungszweck",
	payTitle:     "Scannen oder klicken und bezahlen",
	payableUntil: "Zahlbar bis %s", renewedOn: "Zahlungslink erneuert am %s",
	onceOnly: "Nach dem Öffnen bleibt der Link nur %s aktiv. Bitte erst öffnen, wenn Sie zahlen möchten.",
	test:     "TEST", sandbox: "SANDBOX – NICHT ZAHLBAR",

	registrationNo: "Registernr.", vatID: "USt-IdNr.", phone: "Tel.", email: "E-Mail",
	pageOf: "Seite %d von %d",
}
