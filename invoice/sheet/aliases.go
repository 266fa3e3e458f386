package sheet

import (
	"strings"

	"invoicelink/invoice/sheet/profile"
)

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
	fTax:             {"tax type", "tax type 1", "tax 1 type", "tax name", "tax code", "item tax code", "itemtaxcode", "vat code", "mva-kode", "mva kode", "momskode", "momskod", "btw-code", "steuerschlüssel", "steuerkennzeichen", "order line - vat code", "invoice lines/taxes", "invoice_line_ids/tax_ids", "invoice_line_ids/tax_ids/id", "lineitem taxable name"},
	fTerms:           {"terms", "payment terms", "terms of payment", "payment terms label", "zahlungsbedingungen", "zahlungsziel", "betalingsbetingelser", "betalningsvillkor", "conditions de paiement", "condiciones de pago", "betalingstermijn"},
	fVATCategory:     {"vat category code", "tax category", "tax category code"},
	fLineTotal:       {"line amount", "item amount", "item total", "line subtotal", "line net", "line net amount", "net line total", "linjetotal", "linjebeløb", "radbelopp", "zeilensumme"},
	fNet:             {"net amount", "nettobetrag", "nettobeløb", "total net", "total excl vat", "total ex vat", "invoice net total", "sub total", "subtotal", "total ht"},
	fVATTotal:        {"total vat", "total tax", "vat amount total", "invoice vat", "momsbeløb i alt", "moms i alt"},
	fTotal:           {"invoice total", "grand total", "total incl vat", "total inc vat", "total ttc", "bruttobetrag", "beløb inkl. moms", "importe total", "gesamtbetrag", "kwota brutto", "suma brutto"},
	fPayable:         {"balance due", "invoiceamountdue", "amount payable", "restbeløp", "restbeløb", "zahlbetrag", "at betale", "til betaling", "att betala", "do zapłaty"},
}

// weak are headers that mean the field if there is no better one: "Date"
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

// maybe are headers that mean different things in different programs. They are
// never guessed: the amounts prove what they are, or there is a question. The
// fields are the likely answers, the likeliest first.
var maybe = map[string]doubt{
	"rate":           {"hint-price-or-rate", []field{fUnitPrice, fVATRate}},
	"name":           {"hint-customer-or-number", []field{fCustomer, fNumber}},
	"invoiceid":      {"hint-number-or-internal", []field{fNumber}},
	"id":             {"hint-number-or-internal", []field{fNumber}},
	"details":        {"hint-number-or-description", []field{fNumber, fDescription}},
	"amount":         {"hint-amount", anyTotal},
	"totalamount":    {"hint-amount", anyTotal},
	"total":          {"hint-amount", anyTotal},
	"totals":         {"hint-amount", anyTotal},
	"belob":          {"hint-amount", anyTotal},
	"belop":          {"hint-amount", anyTotal},
	"belopp":         {"hint-amount", anyTotal},
	"kwota":          {"hint-amount", anyTotal},
	"betrag":         {"hint-amount", anyTotal},
	"bedrag":         {"hint-amount", anyTotal},
	"montant":        {"hint-amount", anyTotal},
	"importe":        {"hint-amount", anyTotal},
	"importo":        {"hint-amount", anyTotal},
	"summa":          {"hint-amount", anyTotal},
	"summe":          {"hint-amount", anyTotal},
	"totaal":         {"hint-amount", anyTotal},
	"totale":         {"hint-amount", anyTotal},
	"netto":          {"hint-amount", []field{fLineTotal, fNet}},
	"net":            {"hint-amount", []field{fLineTotal, fNet}},
	"montantht":      {"hint-amount", []field{fLineTotal, fNet}},
	"baseimponible":  {"hint-amount", []field{fLineTotal, fNet}},
	"imponibile":     {"hint-amount", []field{fLineTotal, fNet}},
	"wartoscnetto":   {"hint-amount", []field{fLineTotal, fNet}},
	"montantttc":     {"hint-amount", []field{fLineGross, fTotal}},
	"gross":          {"hint-amount", []field{fLineGross, fTotal}},
	"brutto":         {"hint-amount", []field{fLineGross, fTotal}},
	"balance":        {"hint-due", []field{fPayable, fBalance}},
	"outstanding":    {"hint-due", []field{fPayable, fBalance}},
	"openamount":     {"hint-due", []field{fPayable, fBalance}},
	"openstaand":     {"hint-due", []field{fPayable, fBalance}},
	"saldo":          {"hint-due", []field{fPayable, fBalance}},
	"restbetrag":     {"hint-due", []field{fPayable, fBalance}},
	"taxamount":      {"hint-tax", anyVAT},
	"vatamount":      {"hint-tax", anyVAT},
	"mwstbetrag":     {"hint-tax", anyVAT},
	"momsbelob":      {"hint-tax", anyVAT},
	"taxes":          {"hint-tax", anyVAT},
	"vat":            {"hint-rate-amount-or-number", rateOrVAT},
	"moms":           {"hint-rate-or-amount", rateOrVAT},
	"mva":            {"hint-rate-or-amount", rateOrVAT},
	"mwst":           {"hint-rate-or-amount", rateOrVAT},
	"ust":            {"hint-rate-or-amount", rateOrVAT},
	"tva":            {"hint-rate-or-amount", rateOrVAT},
	"iva":            {"hint-rate-or-amount", rateOrVAT},
	"dph":            {"hint-rate-or-amount", rateOrVAT},
	"btw":            {"hint-rate-or-amount", rateOrVAT},
	"gst":            {"hint-rate-or-amount", rateOrVAT},
	"tax":            {"hint-rate-or-amount", rateOrVAT},
	"text":           {"hint-description-or-note", []field{fDescription, fNote}},
	"tekst":          {"hint-description-or-note", []field{fDescription, fNote}},
	"discount":       {"hint-discount", anyDiscount},
	"disc":           {"hint-discount", anyDiscount},
	"rabat":          {"hint-discount", anyDiscount},
	"rabatt":         {"hint-discount", anyDiscount},
	"paid":           {"hint-prepaid-or-paid", []field{fPrepaid}},
	"deposit":        {"hint-prepaid", []field{fPrepaid}},
	"partialdeposit": {"hint-prepaid", []field{fPrepaid}},
}

var (
	anyTotal    = []field{fTotal, fLineTotal, fLineGross, fNet}
	anyVAT      = []field{fLineVAT, fVATTotal}
	rateOrVAT   = []field{fVATRate, fTax, fLineVAT, fVATTotal}
	anyDiscount = []field{fDiscountPercent, fDiscount, fInvoiceDiscount}
)

// doubt is what an unclear header may mean.
type doubt struct {
	hint   string // code of a sentence
	fields []field
}

// foreign are own headers which are unclear in a file that is not in the own
// layout: Xero's Discount is in percent, and a Total may be a line's.
var foreign = map[string]bool{"discount": true, "total": true}

// owed are headers of columns that change what is owed, by the field that they
// may be. One with values, which the amounts do not prove, stops its invoices.
var owed = func() map[string][]field {
	m := map[string][]field{}
	for _, g := range []struct {
		fields []field
		words  string
	}{
		{anyDiscount, "Disc.|Disc %|Discount|Line discount|Invoice discount|Total discount|Total Discount Amount|Discount Value|Entity Discount Amount|Entity Discount Percent|Remise|Remise (%)|Sconto|Sconto (%)|Descuento|Dto.|Korting|Alennus|Ale-%|Nachlass|Skonto|Rabat|Rabat kr.|Rabatt|Rabattsats|Zniżka|Sleva|Desconto|Kedvezmény|Popust"},
		{[]field{fCharge}, "Shipping|Shipping Charge|Shipping Cost|Shipping amount|Ship Amount|Freight|Fragt|Frakt|Fracht|Porto|Versand|Versandkosten|Transport|Verzendkosten|Spese di spedizione|Gastos de envío|Frais de port|Delivery|Delivery fee|Delivery charge|Handling|Fee|Fees|Gebyr|Gebühr|Avgift|Surcharge|Service charge|LateFee Amount|Adjustment|Other charges"},
		{[]field{fRounding}, "Round Off|Rounding|Roundoff|Afrunding|Avrunding|Öresavrundning|Öresutjämning|Pyöristys|Rundung|Arrondi|Redondeo|Zaokrąglenie"},
		{[]field{fPrepaid}, "Paid|Paid amount|Amount Paid|AmountPaid|Payments|Payment|Payment amount|Betalt|Bezahlt|Payé|Pagado|Zapłacono|Advance|Advance paid|Acompte|A conto|Credit applied|Credits|Deposit|Partial/Deposit|Retention|WriteOff Amount"},
		{[]field{}, "Withholding|Withholding Tax|Withholding tax amount|Ritenuta|Ritenuta d'acconto|IRPF|Retención|WHT|TDS|TCS|Cess|Excise|Other taxes|Tax 2|PST|GST|QST|Eco tax|Ecotax|Tax 2 Amount"},
		{[]field{fPriceQuantity}, "Price unit|Per|Pack size|Preiseinheit"},
		{[]field{fLineGross, fTotal}, "Amount incl. VAT|Gross"},
	} {
		for _, w := range strings.Split(g.words, "|") {
			m[profile.Fold(w)] = g.fields
		}
	}
	return m
}()

// harmless are headers whose numbers are not amounts of the invoice, or change
// nothing that is owed.
var harmless = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Split("Account|Account code|Account number|Nominal code|Nominal A/C Ref|Department code|Cost centre|Cost center|Kostenstelle|Konto|Erlöskonto|Finanskonto|"+
		"Exchange rate|Kurs|Wechselkurs|Phone|Telephone|Tel|Mobile|Fax|Billing Phone|Billing Fax|Shipping Phone Number|Shipping Fax|Time|Year|Month|Week|Day|Age|Days overdue|Days|"+
		"Row|Row number|No|Nr|S.No|Sl No|Sr No|Line|Line number|Line no|Position|Pos|Index|Weight|Gewicht|Vægt|Store|Branch|Region|Barcode|EAN|GTIN|KID|OCR|Konto-Nr|"+
		"Stock|Update Stock|Latitude|Longitude|Version|Priority|Score|Rating|Shipping Code|Shipping Zip|Order number|Order no|Order ID|Customer PO|Reverse charge|Exchange Rate to base|WriteOff Exchange Rate|LateFee Rate|Time entry hours|Lineitem fulfillment quantity", "|") {
		m[profile.Fold(w)] = true
	}
	return m
}()
