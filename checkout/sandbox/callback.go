package sandbox

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bojanz/currency"
)

// callbackDelays are the pauses before each try. They are in real time, not
// by the sandbox's clock: the listener at the other end lives in real time.
var callbackDelays = []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute}

const callbackTimeout = 5 * time.Second // the documented time to answer in

// notify sends a payment's callbacks in the background; it needs the lock.
func (s *Server) notify(p Payment, session *Session) {
	if p.Notified || len(session.Callbacks) < 3 || s.stopped.Err() != nil {
		return
	}
	first := session.Callbacks[0]
	if !p.Succeeded {
		first = session.Callbacks[1]
	}
	targets := []string{first}
	if n := session.Callbacks[2]; n != first {
		targets = append(targets, n)
	}
	body := callbackForm(p, session, s.switches.CallbackForm).Encode()
	s.calls.Go(func() {
		all := true
		for _, target := range targets {
			if target != "" && !s.deliver(target, body) {
				all = false
			}
		}
		if all {
			s.mu.Lock()
			defer s.mu.Unlock()
			_ = s.record(&event{Notified: p.TransactionID}) // record logs it; a callback twice does no harm
		}
	})
}

// Notify sends the callbacks of a payment again, with what was captured since:
// a gateway repeats itself, and may report a capture.
func (s *Server) Notify(transaction string) (Payment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.payment(transaction)
	if err != nil {
		return Payment{}, err
	}
	again := *p
	again.Notified = false
	s.notify(again, s.state.sessions.get(p.SessionID))
	return *p, nil
}

// resumeCallbacks sends what an earlier process did not.
func (s *Server) resumeCallbacks() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range s.state.paymentOrder {
		p := s.state.payments[id]
		if session := s.state.sessions.get(p.SessionID); session != nil {
			s.notify(*p, session)
		}
	}
}

// deliver tries until it is answered with 200.
func (s *Server) deliver(target, body string) bool {
	for _, delay := range callbackDelays {
		t := time.NewTimer(delay)
		select {
		case <-t.C:
		case <-s.stopped.Done():
			t.Stop()
			return false
		}
		err := s.post(target, body)
		s.mu.Lock()
		if err == nil {
			s.stats.Callbacks++
			s.mu.Unlock()
			return true
		}
		s.stats.CallbackRetries++
		s.mu.Unlock()
		s.cfg.Log.Warn("sandbox callback is not accepted", "url", target, "error", err)
	}
	return false
}

func (s *Server) post(target, body string) error {
	ctx, cancel := context.WithTimeout(s.stopped, callbackTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(body))
	if err != nil {
		return fmt.Errorf("build the callback: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set(Header, "1")
	if sig := sign(s.cfg.CallbackSecrets, s.Now(), body); sig != "" {
		req.Header.Set("AltaPay-Signature", sig)
	}
	res, err := s.cfg.CallbackTransport.RoundTrip(req)
	if err != nil {
		return fmt.Errorf("send the callback: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("send the callback: answered %d instead of 200", res.StatusCode)
	}
	return nil
}

// sign writes t=…;s0=…;s1=…, one signature for each secret, over the body, a
// dot and the time.
func sign(secrets [][]byte, now time.Time, body string) string {
	if len(secrets) == 0 {
		return ""
	}
	stamp := strconv.FormatInt(now.Unix(), 10)
	sig := "t=" + stamp
	for i, secret := range secrets {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(body + "." + stamp))
		sig += fmt.Sprintf(";s%d=%s", i, hex.EncodeToString(mac.Sum(nil)))
	}
	return sig
}

func callbackForm(p Payment, session *Session, shape string) url.Values {
	form := url.Values{
		"shop_orderid":   {p.OrderID},
		"transaction_id": {p.TransactionID},
		"payment_id":     {p.ID},
		"status":         {"succeeded"},
		"amount":         {p.Amount.String()},
		"currency":       {numeric(p.Currency)},
		"xml":            {string(responseXML("Success", p))},
	}
	if !p.Succeeded {
		form.Set("status", "failed")
		form.Set("xml", string(responseXML("Failed", p)))
	}
	switch shape {
	case "no-amount":
		form.Del("amount")
		form.Del("currency")
		form.Del("xml")
	case "no-xml":
		form.Del("xml")
	}
	for k, v := range session.Info {
		form.Set("transaction_info["+k+"]", v)
	}
	return form
}

func numeric(code string) string {
	n, _ := currency.GetNumericCode(code)
	return n
}
