package sandbox

import (
	"encoding/xml"
	"net/http"
	"time"
)

type xmlTransaction struct {
	ID       string `xml:"TransactionId"`
	Payment  string `xml:"PaymentId"`
	OrderID  string `xml:"ShopOrderId"`
	Status   string `xml:"TransactionStatus"`
	Numeric  string `xml:"MerchantCurrency"`
	Alpha    string `xml:"MerchantCurrencyAlpha"`
	Reserved string `xml:"ReservedAmount"`
	Captured string `xml:"CapturedAmount"`
	Refunded string `xml:"RefundedAmount"`
	Created  string `xml:"CreatedDate"`
}

type xmlResponse struct {
	XMLName xml.Name `xml:"APIResponse"`
	Version string   `xml:"version,attr"`
	Header  struct {
		ErrorCode    int
		ErrorMessage string
	}
	Body struct {
		Result       string
		Transactions []xmlTransaction `xml:"Transactions>Transaction"`
	}
}

// responseXML writes payments as the gateway's older API does.
func responseXML(result string, payments ...Payment) []byte {
	r := xmlResponse{Version: "20170228"}
	r.Body.Result = result
	for _, p := range payments {
		t := xmlTransaction{ID: p.TransactionID, Payment: p.ID, OrderID: p.OrderID, Status: "preauth",
			Numeric: numeric(p.Currency), Alpha: p.Currency, Reserved: p.Amount.String(), Captured: p.Captured.String(), Refunded: "0.00",
			Created: p.At.Format(time.DateTime)}
		switch {
		case !p.Succeeded:
			t.Status, t.Reserved = "preauth_failed", "0.00"
		case p.Captured != "0.00":
			t.Status = "captured"
		}
		r.Body.Transactions = append(r.Body.Transactions, t)
	}
	text, err := xml.MarshalIndent(r, "", " ")
	if err != nil { // texts and numbers only
		return nil
	}
	return append([]byte(xml.Header), text...)
}

// pollPayments is GET …/merchant/API/payments?shop_orderid=….
func (s *Server) pollPayments(r *http.Request, _ *Fault) *reply {
	if !s.basic(r) {
		return unauthorized("Basic")
	}
	order := r.URL.Query().Get("shop_orderid")
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.switches.PollStatus != 0 {
		return refusal(s.switches.PollStatus, "payments cannot be asked for here")
	}
	if !orderIDForm.MatchString(order) {
		return refusal(http.StatusBadRequest, "shop_orderid is missing or no order id")
	}
	var found []Payment
	for _, id := range s.state.byOrder[order] {
		found = append(found, *s.state.payments[id])
	}
	return &reply{status: s.success(), kind: "text/xml; charset=utf-8", body: responseXML("Success", found...)}
}
