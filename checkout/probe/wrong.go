package probe

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"invoicelink/checkout"
)

// errors sends requests that are wrong, to see what a refusal looks like. A
// client that knows can tell the API's own refusals from pages of others.
func (p *prober) errors(ctx context.Context, session checkout.Session) {
	good := func(change func(map[string]any)) string {
		order := map[string]any{
			"order": map[string]any{
				"orderId": p.orderID(), "amount": map[string]any{"value": json.Number("1.00"), "currency": p.cfg.Currency},
				"orderLines": []any{map[string]any{"itemId": "1", "description": "Probe of the API", "quantity": 1,
					"unitPrice": json.Number("0.80"), "taxAmount": json.Number("0.20"), "goodsType": "item"}},
				"customer": map[string]any{"firstName": "Probe", "lastName": "Probe", "email": "probe@example.com",
					"billingAddress": map[string]any{"street": "Street 1", "city": "City", "zipCode": "1000", "country": "DK"}},
			},
			"configuration": map[string]any{"paymentType": "PAYMENT", "autoCapture": true},
		}
		change(order)
		body, err := json.Marshal(order)
		if err != nil {
			return "{}" // texts and numbers always can be written
		}
		return string(body)
	}
	inOrder := func(name string, value any) func(map[string]any) {
		return func(o map[string]any) { o["order"].(map[string]any)[name] = value }
	}
	line := func(name string, value any) func(map[string]any) {
		return func(o map[string]any) {
			o["order"].(map[string]any)["orderLines"].([]any)[0].(map[string]any)[name] = value
		}
	}
	sessionPath, linkPath := apiPath+"/session", apiPath+"/session/"+url.PathEscape(session.ID)+"/link"
	stranger := func(r *http.Request) { r.Header.Set("Authorization", "Bearer nonsense") }
	seen := map[checkout.BodyKind]bool{}
	for _, c := range []struct {
		name, method, path, body string
		authorize                func(*http.Request)
		own                      bool // a refusal here is surely the API's own
	}{
		{"no JSON", http.MethodPost, sessionPath, "{", p.bearer, true},
		{"an empty order", http.MethodPost, sessionPath, "{}", p.bearer, true},
		{"no amount", http.MethodPost, sessionPath, good(inOrder("amount", nil)), p.bearer, true},
		{"an unknown currency", http.MethodPost, sessionPath, good(inOrder("amount", map[string]any{"value": json.Number("1.00"), "currency": "ABC"})), p.bearer, true},
		{"an amount as text", http.MethodPost, sessionPath, good(inOrder("amount", map[string]any{"value": "1.00", "currency": p.cfg.Currency})), p.bearer, true},
		{"lines that do not add up", http.MethodPost, sessionPath, good(line("unitPrice", json.Number("5.00"))), p.bearer, true},
		{"a description of 60 characters", http.MethodPost, sessionPath, good(line("description", strings.Repeat("x", 60))), p.bearer, true},
		{"an order id with a slash", http.MethodPost, sessionPath, good(inOrder("orderId", "probe/"+p.run)), p.bearer, true},
		{"an unknown member", http.MethodPost, sessionPath, good(func(o map[string]any) { o["probe"] = 1 }), p.bearer, true},
		{"a link without JSON", http.MethodPost, linkPath, "{", p.bearer, true},
		{"a wrong token", http.MethodPost, linkPath, linkBody, stranger, true},
		{"no token", http.MethodPost, linkPath, linkBody, nil, true},
		{"GET of a link call", http.MethodGet, linkPath, "", p.bearer, false},
		{"GET of the session", http.MethodGet, apiPath + "/session/" + url.PathEscape(session.ID), "", p.bearer, false},
		{"a route that does not exist", http.MethodGet, apiPath + "/probe", "", p.bearer, false},
	} {
		got := p.raw(ctx, c.method, c.path, "application/json", c.body, c.authorize)
		switch {
		case got.status >= 200 && got.status <= 299:
			p.found("error", c.name, "accepted (%d)", got.status)
			continue
		case got.status >= 500:
			p.found("error", c.name, "%s: a mistake of the caller looks like a trouble that passes", got.refusal())
		default:
			p.found("error", c.name, "%s", got.refusal())
		}
		if c.own && got.status >= 400 && got.status <= 499 {
			seen[got.kind()] = true
		}
	}
	for kind := range seen {
		p.report.Client.ErrorBodies = append(p.report.Client.ErrorBodies, kind)
	}
	slices.Sort(p.report.Client.ErrorBodies)
	if len(seen) == 0 {
		p.open("error", "how the API writes its refusals", "it refused nothing; the client goes on expecting JSON")
		return
	}
	p.found("error", "how the API writes its refusals", "%v", p.report.Client.ErrorBodies)
	if seen[checkout.BodyMarkup] {
		p.found("error", "told from a firewall's page", "no: it writes markup itself, so a firewall's 4xx looks like an invoice's own trouble")
	} else {
		p.found("error", "told from a firewall's page", "yes: a page of HTML is none of its own")
	}
}

// payments asks the older API.
func (p *prober) payments(ctx context.Context) {
	report, err := p.client.Payments(ctx, p.orderID())
	got := p.recorder.answer()
	switch {
	case err != nil:
		p.found("payments", "payments of an order", "%v", err)
	case !report.Offered:
		p.found("payments", "payments of an order", "%s", report.Reason)
		if got.status == http.StatusNotFound || got.status == http.StatusNotImplemented {
			p.report.Sandbox.PollStatus = got.status
		}
	default:
		p.found("payments", "payments of an order", "answered (%d) for an order without any: %d transactions", got.status, len(report.Transactions))
		p.open("payments", "form of amounts and currencies", "only a payment shows")
	}
}
