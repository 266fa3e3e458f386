package sheet

import "invoicelink/invoice"

// kinds by folded word.
var kinds = map[string]invoice.Kind{
	"invoice": invoice.KindInvoice, "380": invoice.KindInvoice, "faktura": invoice.KindInvoice, "rechnung": invoice.KindInvoice,
	"taxinvoice": invoice.KindInvoice, "salesinvoice": invoice.KindInvoice, "lasku": invoice.KindInvoice, "facture": invoice.KindInvoice, "factura": invoice.KindInvoice,
	"creditnote": invoice.KindCreditNote, "381": invoice.KindCreditNote, "credit": invoice.KindCreditNote, "creditmemo": invoice.KindCreditNote,
	"kreditnota": invoice.KindCreditNote, "kreditfaktura": invoice.KindCreditNote, "gutschrift": invoice.KindCreditNote, "hyvityslasku": invoice.KindCreditNote,
	"avoir": invoice.KindCreditNote, "fakturakorygujaca": invoice.KindCreditNote,
}

// yes and no are what a cell of yes or no gives.
const yes, no = "yes", "no"

// yesAndNo by folded word.
var yesAndNo = map[string]string{
	"yes": yes, "y": yes, "true": yes, "1": yes, "x": yes, "ja": yes, "j": yes, "oui": yes, "si": yes, "tak": yes, "kylla": yes,
	"no": no, "n": no, "false": no, "0": no, "nej": no, "nein": no, "non": no, "nie": no, "ei": no,
}
