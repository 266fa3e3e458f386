package sheet

import (
	"strings"

	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/profile"
)

// statusKind is what a column of states says.
type statusKind uint8

const (
	statusWords statusKind = iota + 1 // a word such as Paid
	statusFlag                        // a flag that makes the row no open invoice
	statusDate                        // a date on which it was paid, voided or the like
)

// statusHeaders are the folded headers of columns that say whether an invoice
// is still to be paid, or is one at all.
var statusHeaders = func() map[string]statusKind {
	m := map[string]statusKind{}
	for kind, words := range map[statusKind]string{
		statusWords: "Status|State|Invoice Status|Financial Status|Payment Status|Document Status|Paid Status|Payment state|Zahlungsstatus|Rechnungsstatus|Règlement|Statut|Etat|Estado|Estado de pago|Stato|Stan|Tila|Stav|Betalingsstatus|Fakturastatus|Betalstatus|Betaalstatus|Situação|Állapot|Статус|Stornoreferenz",
		statusFlag:  "Paid|Is paid|Paid?|Void|Voided|Is Void|Is Return|Is Draft|Draft|Closed|Cancelled|Canceled|Is cancelled|Credit note|Is credit note|Storno|Bezahlt|Betalt|Payé|Pagado|Pagata|Betaald|Zapłacono|Cleared|Settled|Refunded|Deleted|Archived|Paid directly",
		statusDate:  "Date paid|Paid at|Paid on|Paid date|Date of payment|Payment date|Last payment date|Bezahlt am|Zahldatum|Betalt dato|Betalingsdato|Betaldatum|Betaaldatum|Date de paiement|Date de règlement|Fecha de pago|Data pagamento|Data zapłaty|Cancelled at|Voided at|Void date|Writeoff date|Date cancelled|Cancellation date",
	} {
		for _, w := range strings.Split(words, "|") {
			m[profile.Fold(w)] = kind
		}
	}
	return m
}()

// openWords are the folded states in which an invoice is to be paid.
var openWords = words("Open|Sent|Unpaid|Not paid|Overdue|Due|Outstanding|Awaiting payment|Authorised|Authorized|Approved|Issued|Posted|Unsent|Viewed|Delivered|Published|Invoiced|" +
	"Offen|Überfällig|Versendet|Gesendet|Fällig|Unbezahlt|Åben|Åpen|Öppen|Sendt|Skickad|Forfalden|Forfalt|Förfallen|Ubetalt|Obetald|Avoin|Lähetetty|" +
	"Verzonden|Openstaand|Verstuurd|Impayée|Envoyée|En attente de paiement|Émise|A régler|Enviada|Pendiente de pago|Impagada|Vencida|Emitida|Inviata|Emessa|Da pagare|Non pagata|Wysłana|Wystawiona|Niezapłacona|Nieopłacona|Odeslána|Neuhrazena|Не оплачено|Не оплачен|Выставлен")

// closedWords are the folded states in which it is not.
var closedWords = words("Paid|Void|Voided|Draft|Cancelled|Canceled|Closed|Partial|Partially paid|Partly paid|Refunded|Deleted|Uncollectible|Written off|Settled|Archived|Rejected|Expired|Credited|Reversed|" +
	"Bezahlt|Storniert|Entwurf|Teilbezahlt|Erledigt|Betalt|Kladde|Krediteret|Krediterad|Annulleret|Makulerad|Utkast|Betald|Maksettu|Luonnos|Betaald|Concept|Vervallen|Payée|Payé|Réglé|Réglée|Acquittée|Brouillon|Annulée|" +
	"Pagada|Pagado|Borrador|Anulada|Pagata|Pagato|Bozza|Annullata|Zapłacona|Opłacona|Szkic|Anulowana|Uhrazena|Zaplaceno|Koncept|Stornována|Оплачен|Оплачено|Отменен|Черновик")

// noWords are the folded values of a flag that is not set.
var noWords = words("No|N|False|0|Nein|Nej|Nei|Non|Ei|Nee|Nie|Ne|Não|Нет|-|Open|Unpaid|Not paid")

func words(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Split(list, "|") {
		m[profile.Fold(w)] = true
	}
	return m
}

// isOpen reports whether a value of a status column says nothing against the
// invoice.
func (k statusKind) isOpen(value string) bool {
	h := profile.Fold(value)
	switch k {
	case statusWords:
		return openWords[h]
	case statusFlag:
		return noWords[h] || h == ""
	}
	return false
}

// matchValue reports whether a cell's text is one of the values of a rule: the
// same text folded, the same number, "*" for anything, or a beginning before
// "*". An empty value means an empty cell.
func matchValue(values profile.Texts, s string) bool {
	h := profile.Fold(s)
	for _, v := range values {
		switch {
		case v == "":
			if grid.IsBlankText(s) {
				return true
			}
			continue
		case grid.IsBlankText(s):
			continue
		case v == "*":
			return true
		}
		if begin, ok := strings.CutSuffix(string(v), "*"); ok {
			if strings.HasPrefix(h, profile.Fold(begin)) {
				return true
			}
			continue
		}
		if w := profile.Fold(string(v)); w == h && (w != "" || strings.TrimSpace(string(v)) == strings.TrimSpace(s)) || sameNumber(string(v), s) {
			return true
		}
	}
	return false
}

func sameNumber(a, b string) bool {
	if a == "" || strings.IndexByte("+-0123456789.,€$£", a[0]) < 0 {
		return false
	}
	x, err := parseNumber(a)
	if err != nil {
		return false
	}
	y, err := parseNumber(b)
	return err == nil && x.value == y.value
}
