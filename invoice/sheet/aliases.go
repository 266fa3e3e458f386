package sheet

// aliases are further headers of each field, as accounting systems and lists in
// several languages write them. Only words that mean one thing are here; what
// may mean two is in unclear.
var aliases = map[field][]string{
	fNumber: {
		"invoice no", "invoice nr", "invoice #", "invoice num", "invoice", "doc number", "document number", "bill number",
		"rechnungsnummer", "rechnungsnr", "rechnungs-nr", "rechnung nr", "belegnummer", "fakturanr", "fakturanummer", "faktura nr", "fakturanum", "bilagsnr",
		"laskunumero", "laskun numero", "numero de factura", "número de factura", "nº factura", "no factura", "numero factura", "serie y folio",
		"numéro de facture", "n° facture", "numero facture", "numer faktury", "nr faktury", "číslo faktury", "factuurnummer", "numero fattura", "номер рахунку", "αριθμός τιμολογίου",
	},
	fKind:      {"document type", "invoice type", "dokumenttype", "belegart", "rodzaj dokumentu"},
	fIssueDate: {"invoice date", "invoice/bill date", "bill date", "date issued", "date of issue", "invoice issue date", "rechnungsdatum", "fakturadato", "fakturadatum", "laskun päivä", "laskun päiväys", "fecha emisión", "fecha de emisión", "fecha de factura", "date facture", "date de facture", "date de la facture", "data wystawienia", "datum vystavení", "factuurdatum", "data fattura", "дата рахунку", "ημερομηνία έκδοσης"},
	fDueDate:   {"payment due date", "invoice date due", "invoice_date_due", "payment due", "pay by", "fälligkeitsdatum", "faelligkeitsdatum", "fällig am", "faellig am", "forfaldsdato", "forfallsdato", "förfallodatum", "förfallodag", "eräpäivä", "vencimiento", "fecha de vencimiento", "échéance", "date d'échéance", "vervaldag", "vervaldatum", "termin płatności", "datum splatnosti", "scadenza", "термін оплати", "ημερομηνία λήξης"},
	fSupplyDate: {"service date", "delivery date", "date of supply", "tax point", "leistungsdatum", "lieferdatum", "leveringsdato", "leveransdatum",
		"data sprzedaży", "date de livraison"},
	fCurrency: {"currency code", "currency id/name", "currency_id/name", "valuta", "valutakode", "valutakod", "währung", "waehrung", "devise", "waluta", "moneda", "měna", "валюта", "νόμισμα"},
	fCustomer: {"customer", "contact name", "client", "client name", "partner", "partner_id/name", "company name", "buyer name", "buyer",
		"kunde", "kundenname", "kundenavn", "kundnamn", "kund", "cliente", "nombre cliente", "nombre del cliente", "tiers", "nom du client", "odběratel", "nabywca", "nazwa klienta", "klant", "klantnaam", "asiakas", "asiakkaan nimi", "клієнт", "покупець", "πελάτης"},
	fCustomerNo:  {"customer no", "customer nr", "customer id", "client number", "client no", "account ref", "kundenummer", "kundennummer", "kundenr", "kunden-nr", "kundnr", "kundnummer", "debitornummer", "debitornr", "klantnummer", "asiakasnumero"},
	fCustomerVAT: {"customer vat number", "customer vat no", "vat number", "vat id", "vat no", "vat reg no", "tax id", "partner/tax id", "kunden-uid", "ust-id", "ust-idnr", "ustid", "uid", "momsnr", "moms nr", "se-nr", "dič", "nip", "p.iva", "partita iva", "btw-nummer", "alv-tunnus"},
	fCustomerReg: {"customer registration number", "registration no", "registration number", "company number", "cvr", "cvr-nr", "cvr nr", "cvr-nummer", "orgnr", "org nr", "organization no", "organisation no", "organisasjonsnummer", "organisationsnummer", "ico", "ičo", "kvk-nummer", "y-tunnus"},
	fEmail:       {"email", "e-mail", "email address", "e-mail address", "contact email", "client email", "billing email", "e-post", "epost", "e-mailadresse", "sähköposti", "correo electrónico", "courriel"},
	fStreet: {"customer address (street)", "customer street", "street", "street address", "address", "address line 1", "address line 2", "address line 3", "address line 4", "po address line 1", "po address line 2", "po address line 3", "po address line 4", "billing address", "billing street",
		"postal addr - line 1", "postal addr - line 2", "adresse", "adress", "strasse", "straße", "gade", "gate", "vej", "ulica", "dirección", "calle", "rue", "osoite", "katuosoite"},
	fZip:       {"zip code", "zipcode", "postal code", "postcode", "post code", "po postal code", "billing code", "billing zip", "postal addr - postal no", "postnr", "postnummer", "plz", "postleitzahl", "kod pocztowy", "código postal", "code postal", "postinumero", "psč"},
	fCity:      {"town", "po city", "billing city", "customer city", "postal addr - city", "by", "bynavn", "ort", "stadt", "poststed", "postort", "miasto", "ciudad", "ville", "kaupunki", "město"},
	fCountry:   {"country code", "customer country", "billing country", "po country", "land", "landekode", "landkod", "kraj", "país", "pays", "maa", "země"},
	fReference: {"purchase order", "purchase order no", "po number", "po no", "po", "order nr", "order no", "order number", "your reference", "your ref", "customer reference", "er referens", "deres ref", "deres reference", "din reference", "rekvisitionsnr", "bestellnummer", "bestellnr", "numer zamówienia"},
	fOriginal:  {"original invoice number", "original invoice no", "credited invoice", "corrects invoice", "oprindelig faktura", "krediteret faktura", "originalrechnung"},
	fNote:      {"invoice note", "customer note", "public notes", "customer message", "invoice message", "bemærkning", "bemerkung", "uwagi"},
	fLanguage:  {"language code", "invoice language", "sprog", "sprache", "språk", "język"},
	fSession:   {"sessionid", "checkout session", "checkout session id", "payment session", "payment session id"},
	fPrepaid:   {"prepaid amount", "amount prepaid", "deposit paid", "prepayment", "forudbetalt", "forudbetaling", "anzahlung", "förskott", "zaliczka"},
	fItem: {"item no", "item number", "item id", "item code", "inventory item code", "item(product/service)", "invoice lines/product", "item product", "sku", "stock code", "part number", "product code",
		"varenr", "varenummer", "artikelnr", "artikelnummer", "art nr", "kod produktu", "tuotenumero"},
	fDescription: {"item description", "item desc", "item notes", "line description", "invoice lines/label", "invoice_line_ids/name", "order line - description", "bezeichnung", "beschreibung", "beskrivelse", "beskrivning", "varetekst", "tuotteen nimi", "kuvaus", "libellé", "désignation", "descripción", "concepto", "opis", "nazwa towaru", "omschrijving", "popis", "descrizione", "опис", "περιγραφή"},
	fQuantity:    {"qty", "item quantity", "qty ordered", "invoice lines/quantity", "invoice_line_ids/quantity", "order line - count", "menge", "anzahl", "antal", "antall", "määrä", "quantité", "qté", "cantidad", "ilość", "aantal", "množství", "quantità", "кількість", "ποσότητα"},
	fUnit:        {"usage unit", "uom", "unit of measure", "enhet", "enhed", "einheit", "yksikkö", "unité", "unidad", "jednostka", "j.m.", "eenheid", "одиниця", "μονάδα"},
	fUnitPrice: {"unit amount", "item rate", "item price", "item cost", "unit cost", "price per unit", "net unit price", "invoice lines/unit price", "invoice_line_ids/price_unit", "order line - unit price",
		"einzelpreis", "stückpreis", "enhedspris", "stykpris", "salgspris", "enhetspris", "à-pris", "yksikköhinta", "prix unitaire", "prix unitaire ht", "precio unitario", "cena jednostkowa", "cena netto", "eenheidsprijs", "stukprijs", "jednotková cena", "prezzo unitario", "ціна за одиницю", "τιμή μονάδας"},
	fDiscountPercent: {"discount percent", "discount percentage", "discount pct", "discount rate", "rabat %", "rabatt %", "rabatpct", "rabatprocent", "rabattprozent", "ale-%", "rabat procent"},
	fDiscount:        {"discount amount", "line discount amount", "rabatbeløb", "rabattbetrag", "rabattbeløp", "rabattbelopp"},
	fVATRate:         {"vat rate", "vat rate %", "vat percent", "vat percentage", "vat pct", "tax rate", "tax rate %", "tax %", "item tax %", "sales tax %", "mwst-satz", "mwst %", "mwst. %", "ust-satz", "ust %", "steuersatz", "moms %", "momssats", "momsprocent", "moms pct", "mva %", "mva-sats", "alv-%", "alv %", "taux de tva", "tva %", "% tva", "% dph", "dph %", "sazba dph", "stawka vat", "vat-%", "iva %", "% iva", "btw %", "btw-percentage", "пдв %", "ставка пдв", "φπα %"},
	fVATCategory:     {"vat category code", "tax category", "tax category code"},
	fLineTotal:       {"line amount", "item amount", "item total", "line subtotal", "line net", "line net amount", "net line total", "linjetotal", "linjebeløb", "radbelopp", "zeilensumme"},
	fNet:             {"net amount", "nettobetrag", "nettobeløb", "total net", "total excl vat", "total ex vat", "invoice net total", "sub total", "subtotal", "total ht"},
	fVATTotal:        {"total vat", "total tax", "vat amount total", "invoice vat", "momsbeløb i alt", "moms i alt"},
	fTotal:           {"invoice total", "grand total", "total incl vat", "total inc vat", "total ttc", "bruttobetrag", "beløb inkl. moms", "importe total", "gesamtbetrag", "kwota brutto", "suma brutto"},
	fPayable:         {"balance due", "invoiceamountdue", "amount payable", "restbeløp", "restbeløb", "zahlbetrag", "at betale", "til betaling", "att betala", "do zapłaty"},
}

// weak are headers that mean the field where no better one is there: "Date"
// is the issue date unless there is an "Invoice date" too.
var weak = map[string]field{
	"number": fNumber,
	"date":   fIssueDate, "dato": fIssueDate, "datum": fIssueDate, "data": fIssueDate, "fecha": fIssueDate,
	"trandate": fIssueDate, "bilagsdato": fIssueDate,
	"navn": fCustomer, "namn": fCustomer, "nimi": fCustomer,
	"reference": fReference, "ref": fReference,
	"itemname": fItem, "product": fItem,
	"text": fDescription, "tekst": fDescription,
	"price": fUnitPrice, "pris": fUnitPrice, "preis": fUnitPrice, "cena": fUnitPrice, "precio": fUnitPrice, "prix": fUnitPrice,
}

// unclear are headers that mean different things in different programs. They
// are never guessed; the text says what they may mean.
var unclear = map[string]doubt{
	"rate":           {"a unit price or a tax percentage", fUnitPrice, true},
	"name":           {"the customer's name or the invoice number", fCustomer, false},
	"invoiceid":      {"the invoice number or an internal one", fNumber, false},
	"amount":         {"a line's amount or the invoice's", noField, false},
	"totalamount":    {"a line's amount or the invoice's", noField, false},
	"belob":          {"a line's amount or the invoice's", noField, false},
	"belop":          {"a line's amount or the invoice's", noField, false},
	"kwota":          {"a line's amount or the invoice's", noField, false},
	"netto":          {"a line's amount or the invoice's", noField, false},
	"montantht":      {"a line's amount or the invoice's", noField, false},
	"montantttc":     {"a line's amount or the invoice's", noField, false},
	"balance":        {"what is due on the invoice or by the customer", noField, false},
	"taxamount":      {"a line's tax or the invoice's", noField, false},
	"vatamount":      {"a line's tax or the invoice's", noField, false},
	"mwstbetrag":     {"a line's tax or the invoice's", noField, false},
	"momsbelob":      {"a line's tax or the invoice's", noField, false},
	"vat":            {"a VAT rate, an amount or a number", fVATRate, false},
	"moms":           {"a VAT rate or an amount", fVATRate, false},
	"mwst":           {"a VAT rate or an amount", fVATRate, false},
	"tva":            {"a VAT rate or an amount", fVATRate, false},
	"iva":            {"a VAT rate or an amount", fVATRate, false},
	"dph":            {"a VAT rate or an amount", fVATRate, false},
	"tax":            {"a VAT rate or an amount", fVATRate, false},
	"taxtype":        {"the name of a tax, not a rate", fVATRate, false},
	"itemtaxcode":    {"the name of a tax, not a rate", fVATRate, false},
	"mvakode":        {"the code of a tax, not a rate", fVATRate, false},
	"text":           {"a description or a note", fDescription, false},
	"tekst":          {"a description or a note", fDescription, false},
	"rabat":          {"a discount in percent or as an amount", fDiscount, true},
	"rabatt":         {"a discount in percent or as an amount", fDiscount, true},
	"paid":           {"what was prepaid, or whether the invoice is paid", fPrepaid, true},
	"deposit":        {"what was prepaid, or what is to be", fPrepaid, true},
	"partialdeposit": {"what was prepaid, or what is to be", fPrepaid, true},
}

// doubt is what an unclear header may mean.
type doubt struct {
	hint string
	// field is the likely one, named where it is missing otherwise.
	field field
	// harmful marks a column that changes what is payable, so that leaving it
	// out in silence would be wrong.
	harmful bool
}

// foreign are own headers which are unclear in a file that is not in the own
// layout: Xero's Discount is in percent, and a Total may be a line's.
var foreign = map[string]doubt{
	"discount": {"a discount in percent or as an amount", fDiscount, true},
	"total":    {"a line's amount or the invoice's", noField, false},
}

// byAlias finds a field by a folded alias.
var byAlias = func() map[string]field {
	m := map[string]field{}
	for f, list := range aliases {
		for _, a := range list {
			m[fold(a)] = f
		}
	}
	return m
}()
