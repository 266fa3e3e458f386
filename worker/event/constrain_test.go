package event_test

import (
	"encoding/json"
	"strings"

	"github.com/invopop/jsonschema"

	"invoicelink/invoice"
	"invoicelink/worker/event"
)

var resultTexts = map[event.Type]string{
	event.TypeIssued:   "The document exists and, where money is due, holds a live payment link.",
	event.TypeRenewed:  "A new payment link and a new PDF took the place of older ones.",
	event.TypeRejected: "A request of any kind was refused and will not be tried again as it is.",
	event.TypeExpired:  "The payment link has expired, and nothing renews it unless asked to.",
	event.TypeLapsed:   "The payment link has expired, and the limits of renewal are reached.",
	event.TypeFailed:   "The request is in order, but could not be carried out and was given up.",
	event.TypeSettled:  "The invoice is paid or cancelled; no payment link is made for it any more.",
	event.TypePayment:  "A payment was recorded that does not settle the invoice as expected; the reviews say what a person has to decide.",
}

// constrain adds what invoice.Validate demands and a Go type cannot say, by the
// names of members: they mean the same wherever they stand.
func constrain(s *jsonschema.Schema) {
	if s.Properties == nil {
		return
	}
	for p := s.Properties.Oldest(); p != nil; p = p.Next() {
		switch v := p.Value; p.Key {
		case "number", "originalInvoice":
			v.MinLength, v.MaxLength = length(1), length(invoice.MaxNumberRunes)
		case "currency":
			v.Pattern = "^[A-Z]{3}$"
		case "country":
			v.Pattern = "^[A-Z]{2}$"
		case "reason", "buyerReference", "reference", "name", "street", "zip", "city", "region", "item", "unit", "phone", "contact", "holder", "bank",
			"order", "salesOrder", "contract", "project", "despatchAdvice", "receivingAdvice", "tender", "accounting", "label", "value":
			v.MaxLength = length(invoice.MaxNameRunes)
		case "note", "description", "intro", "paymentTerms":
			v.MaxLength = length(invoice.MaxTextRunes)
		case "sessionId":
			v.MaxLength = length(invoice.MaxSessionBytes)
		case "allowances", "charges":
			v.MaxItems = length(invoice.MaxAllowances)
		case "precedingInvoices", "earlyPayment":
			v.MaxItems = length(invoice.MaxReferences)
		case "fields":
			v.MaxItems = length(invoice.MaxFields)
		case "lines":
			v.MaxItems = length(invoice.MaxLines)
		case "digest", "sha256", "eInvoice", "ublSha256":
			v.Pattern = "^[0-9a-f]{64}$"
		case "total", "payable", "received", "toCapture", "amount":
			if v.Type == "string" { // in a Status
				v.Pattern = `^-?[0-9]+\.?[0-9]*$`
			}
		case "key":
			v.Pattern = "^(unknown|([A-Za-z0-9_-]|=[0-9A-F]{2})+)$"
		case "environment":
			v.Enum = []any{"live", "test", "sandbox"}
		case "state":
			v.Enum = []any{"accepted", "session", "linked", "issued", "paid", "cancelled", "lapsed", "rejected", "failed"}
		case "revision", "pageRevision", "linkRevision", "pdfBytes", "replaces":
			v.Minimum = json.Number("1")
		case "paymentLink", "previousPaymentLink":
			v.Format = "uri"
		case "paymentStatus":
			v.Enum = []any{"unpaid", "partly-paid", "paid", "overpaid", "paid-after-cancellation", "needs-review"}
		case "qrSource":
			v.Enum = []any{"returned", "drawn"}
		case "source":
			v.Enum = []any{"command", "event", "desk", "api", "upload", "timer", "callback", "poll"}
		}
	}
	switch title := s.Title; {
	case title == string(event.TypeRequested):
		// One piece is the default, and a credit note needs no due date.
		s.Required = []string{"number", "issueDate", "currency", "buyer", "lines"}
		s.Properties.Value("lines").MinItems = length(1)
		kind := jsonschema.NewProperties()
		kind.Set("kind", &jsonschema.Schema{Const: string(invoice.KindCreditNote)})
		s.If = &jsonschema.Schema{Properties: kind, Required: []string{"kind"}}
		s.Else = &jsonschema.Schema{Required: []string{"dueDate"}}
	case title == "DocumentAllowance":
		s.Required = nil
		s.AnyOf = []*jsonschema.Schema{{Required: []string{"vatRate"}}, {Required: []string{"vatCategory"}}}
	case title == "Line":
		s.Required = []string{"description", "unitPrice"}
		s.AnyOf = []*jsonschema.Schema{{Required: []string{"vatRate"}}, {Required: []string{"vatCategory"}}}
	case title == "Review":
		s.Properties.Value("kind").Enum = []any{"amount-differs", "currency-differs", "amount-unknown", "second-payment",
			"paid-after-cancellation", "paid-before-request", "amount-changed", "to-capture"}
	case strings.HasPrefix(title, "Claims"):
		s.Required = nil
	}
}

func length(n uint64) *uint64 { return &n }
