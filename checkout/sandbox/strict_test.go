package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
)

// do calls a handler without a socket, from another machine unless the remote
// address says otherwise.
func do(s http.Handler, method, target, body string, change func(*http.Request)) (int, string) {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// bearer gets a token.
func bearer(t *testing.T, s http.Handler) func(*http.Request) {
	t.Helper()
	code, body := do(s, "POST", prefix+"/checkout/v1/api/authenticate", "", func(r *http.Request) { r.SetBasicAuth("sandbox", "sandbox") })
	var got struct{ Token string }
	if err := json.Unmarshal([]byte(body), &got); err != nil || code != 200 {
		t.Fatalf("authenticate: %d %s", code, body)
	}
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+got.Token) }
}

// goodOrder is what the changes below damage.
const goodOrder = `{"order":{"orderId":"o-1","amount":{"value":12.50,"currency":"EUR"},"orderLines":[{"itemId":"1","description":"Work","quantity":1,"unitPrice":10.00,"taxAmount":2.50}],"customer":{"firstName":"A","billingAddress":{}}}}`

func TestStrictAboutOrders(t *testing.T) {
	t.Parallel()
	s, _ := open(t, sandbox.Config{})
	token := bearer(t, s)
	path := prefix + "/checkout/v1/api/session"
	if code, body := do(s, "POST", path, goodOrder, token); code != 200 || !strings.Contains(body, "sessionId") {
		t.Fatalf("a good order: %d %s", code, body)
	}
	for _, c := range []struct{ old, new, want string }{
		{`"orderId":"o-1"`, `"orderId":"2026/1"`, "orderId"},
		{`"orderId":"o-1",`, ``, "orderId"},
		{`12.50`, `12.51`, "add up to 12.5000"},
		{`12.50`, `12.505`, "two decimals"},
		{`12.50`, `"12.50"`, "plain decimal"},
		{`12.50`, `1.25e1`, "plain decimal"},
		{`12.50`, `0`, "above zero"},
		{`"EUR"`, `"EURO"`, "ISO 4217"},
		{`"Work"`, `"` + strings.Repeat("ø", 51) + `"`, "51 characters"},
		{`"quantity":1`, `"quantity":0`, "quantity"},
		{`,"taxAmount":2.50`, ``, "taxAmount"},
		{`"customer":{"firstName":"A","billingAddress":{}}`, `"customer":null`, "customer is missing"},
		{`"firstName":"A"`, `"firstname":"A","nickname":"B"`, "nickname"},
		{`{"order"`, `{"orders":1,"order"`, "orders"},
		{`}}}}`, `}}}} {}`, "follows"},
		{`}}}}`, `}}}`, "EOF"},
	} {
		t.Run(c.old+" "+c.new, func(t *testing.T) {
			broken := strings.Replace(goodOrder, c.old, c.new, 1)
			if broken == goodOrder {
				t.Fatalf("%s is not in the order", c.old)
			}
			if code, body := do(s, "POST", path, broken, token); code != 400 || !strings.Contains(body, c.want) {
				t.Errorf("got %d %s, want 400 with %q", code, body, c.want)
			}
		})
	}
	if code, _ := do(s, "POST", path, goodOrder, nil); code != 401 {
		t.Errorf("without a token: %d", code)
	}
	if code, _ := do(s, "POST", path, goodOrder, func(r *http.Request) { token(r); r.Header.Set("Content-Type", "text/plain") }); code != 415 {
		t.Errorf("text/plain: %d", code)
	}
	if code, _ := do(s, "POST", path, strings.Repeat(" ", 300<<10), token); code != 413 {
		t.Errorf("a long body: %d", code)
	}
	if n := len(s.Sessions()); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

func TestUpdateSession(t *testing.T) {
	t.Parallel()
	s, _ := open(t, sandbox.Config{})
	token := bearer(t, s)
	path := prefix + "/checkout/v1/api/session"
	do(s, "POST", path, goodOrder, token)
	id := s.Sessions()[0].ID
	more := strings.NewReplacer("12.50", "22.50", "10.00", "20.00").Replace(goodOrder)
	if code, body := do(s, "PUT", path+"/"+id, more, token); code != 200 || !strings.Contains(body, id) {
		t.Errorf("%d %s", code, body)
	}
	if got := s.Sessions(); len(got) != 1 || got[0].Amount != "22.50" || got[0].Updates != 1 {
		t.Errorf("sessions are %+v", got)
	}
	if code, _ := do(s, "PUT", path+"/"+id, strings.Replace(more, "o-1", "o-2", 1), token); code != 409 {
		t.Errorf("another order id: %d", code)
	}
	if code, _ := do(s, "PUT", path+"/none", more, token); code != 404 {
		t.Errorf("unknown session: %d", code)
	}
}

func TestStrictAboutLinks(t *testing.T) {
	t.Parallel()
	s, _ := open(t, sandbox.Config{})
	token := bearer(t, s)
	do(s, "POST", prefix+"/checkout/v1/api/session", goodOrder, token)
	path := prefix + "/checkout/v1/api/session/" + s.Sessions()[0].ID + "/link"
	for body, want := range map[string]int{
		`{}`: 200, `{"size":49}`: 400, `{"size":1.5}`: 400, `{"validityTime":0}`: 400, `{"activationTime":-1}`: 400,
		`{"url":"javascript:x"}`: 400, `{"validity":5}`: 400, `[]`: 400, `{"url":"https://shop.example/pay","size":50}`: 200,
	} {
		t.Run(body, func(t *testing.T) {
			if code, answer := do(s, "POST", path, body, token); code != want {
				t.Errorf("got %d %s, want %d", code, answer, want)
			}
		})
	}
	if l := s.Links()[0]; len(s.Links()) != 2 || l.Validity+l.Activation == 0 {
		t.Errorf("links are %+v", s.Links())
	}
}

// local makes a request one from this machine.
func local(r *http.Request) { r.RemoteAddr, r.Host = "127.0.0.1:5", "localhost:8090" }

// TestControl: who may use it, and that all of it does something.
func TestControl(t *testing.T) {
	t.Parallel()
	s, _ := open(t, sandbox.Config{})
	for name, c := range map[string]struct {
		change func(*http.Request)
		want   int
	}{
		"local":            {local, 200},
		"local, IPv6":      {func(r *http.Request) { r.RemoteAddr, r.Host = "[::1]:5", "[::1]:8090" }, 200},
		"from elsewhere":   {func(r *http.Request) { r.RemoteAddr, r.Host = "192.0.2.7:5", "localhost" }, 401},
		"rebound name":     {func(r *http.Request) { r.RemoteAddr, r.Host = "127.0.0.1:5", "evil.example" }, 401},
		"with credentials": {func(r *http.Request) { r.SetBasicAuth("sandbox", "sandbox") }, 200},
		"with wrong ones":  {func(r *http.Request) { r.SetBasicAuth("sandbox", "x") }, 401},
	} {
		t.Run(name, func(t *testing.T) {
			if code, _ := do(s, "GET", "/sandbox/stats", "", c.change); code != c.want {
				t.Errorf("got %d, want %d", code, c.want)
			}
		})
	}
	token := bearer(t, s)
	do(s, "POST", prefix+"/checkout/v1/api/session", goodOrder, token)
	session := prefix + "/checkout/v1/api/session/" + s.Sessions()[0].ID + "/link"
	do(s, "POST", session, `{"validityTime":60,"activationTime":60}`, token)
	id := s.Links()[0].ID
	for _, c := range []struct {
		call, body string
		code       int
		want       string
	}{
		{"GET /sandbox/sessions", "", 200, `"orderId":"o-1"`},
		{"GET /sandbox/links", "", 200, `"state":"waiting"`},
		{"POST /sandbox/open", `{"link":"` + id + `"}`, 200, `"state":"active"`},
		{"POST /sandbox/open", `{"link":"none"}`, 400, "issued none"},
		{"POST /sandbox/pay", `{"link":"` + id + `","decline":true}`, 200, `"succeeded":false`},
		{"POST /sandbox/pay", `{"link":"` + id + `","amount":1.5,"currency":"DKK"}`, 200, `"amount":1.50`},
		{"POST /sandbox/pay", `{"link":"` + id + `"}`, 409, "paid"},
		{"GET /sandbox/payments", "", 200, `"succeeded":true`},
		{"PUT /sandbox/faults", `[{"kind":"rate-limit","op":"link","next":1,"retryAfter":"5s"}]`, 200, `"retryAfter":"5s"`},
		{"POST /sandbox/faults", `[{"kind":"slow","delay":"1ms","every":2}]`, 200, `rate-limit`},
		{"POST /sandbox/faults", `[{"kind":"nonsense"}]`, 400, "nonsense"},
		{"POST /sandbox/faults", `[{"kind":"slow","delay":"1ms","often":2}]`, 400, "often"},
		{"GET /sandbox/faults", "", 200, `"delay":"1ms"`},
		{"DELETE /sandbox/faults", "", 200, "[]"},
		{"GET /sandbox/faults", "", 200, "[]"},
		{"PUT /sandbox/switches", `{"idShape":"short","tokenLife":"1m"}`, 200, `"tokenLife":"1m0s"`},
		{"PUT /sandbox/switches", `{"idShape":"long"}`, 400, "idShape"},
		{"GET /sandbox/switches", "", 200, `"idShape":"short"`},
		{"POST /sandbox/clock", `{"advance":"48h"}`, 200, `"offset":"48h0m0s"`},
		{"POST /sandbox/clock", `{"set":"2030-01-31T12:00:00Z"}`, 200, `"now":"2030-01-31T12:00:00`},
		{"POST /sandbox/clock", `{}`, 400, "advance"},
		{"GET /sandbox/clock", "", 200, `2030-01-31`},
		{"GET /sandbox/stats", "", 200, `"links":1`},
	} {
		t.Run(c.call+" "+c.body, func(t *testing.T) {
			method, path, _ := strings.Cut(c.call, " ")
			if code, body := do(s, method, path, c.body, local); code != c.code || !strings.Contains(body, c.want) {
				t.Errorf("got %d %s, want %d with %s", code, body, c.code, c.want)
			}
		})
	}
	// A web page can make a browser post plain forms, but no JSON.
	if code, _ := do(s, "POST", "/sandbox/clock", `{"advance":"1h"}`, func(r *http.Request) {
		local(r)
		r.Header.Set("Content-Type", "text/plain")
	}); code != 415 {
		t.Errorf("a form was taken: %d", code)
	}
}

// TestSeededFaults: the same seed breaks the same calls.
func TestSeededFaults(t *testing.T) {
	t.Parallel()
	var runs []string
	for range 2 {
		s, _ := open(t, sandbox.Config{Faults: []sandbox.Fault{{Kind: sandbox.FaultServerError, Probability: 0.5, Seed: 7}}})
		var codes strings.Builder
		for range 40 {
			code, _ := do(s, "POST", prefix+"/checkout/v1/api/authenticate", "", func(r *http.Request) { r.SetBasicAuth("sandbox", "sandbox") })
			fmt.Fprint(&codes, code, " ")
		}
		runs = append(runs, codes.String())
	}
	if n := strings.Count(runs[0], "503"); runs[0] != runs[1] || n < 8 || n > 32 {
		t.Errorf("%d of 40 calls are broken: %s, %s", n, runs[0], runs[1])
	}
}

func TestConfigReportsEverything(t *testing.T) {
	t.Parallel()
	_, err := sandbox.Open(sandbox.Config{PublicURL: "ftp://x", Prefix: "no/slash", Faults: []sandbox.Fault{{Kind: "odd"}},
		Switches: sandbox.Switches{IDShape: "round", SuccessStatus: 204}})
	for _, part := range []string{"public URL", "prefix", "fault 1", "idShape", "successStatus"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %v lacks %q", err, part)
		}
	}
}

// TestManyAtOnce is for the race detector, and that nothing is lost.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	s, base := open(t, sandbox.Config{Dir: t.TempDir()})
	c := client(t, base, nil)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for k := range 5 {
				session, err := c.CreateSession(t.Context(), order(fmt.Sprintf("o-%d-%d", i, k)))
				if err != nil {
					t.Error(err)
					return
				}
				l, err := c.CreateLink(t.Context(), session.ID, checkout.LinkRequest{Size: 100, Validity: fortnight.Validity, ActivationTTL: fortnight.ActivationTTL})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := s.Pay(l.URL); err != nil {
					t.Error(err)
				}
				_ = s.Links()
				_ = s.Stats()
			}
		})
	}
	all.Wait()
	if st := s.Stats(); st.Sessions != 40 || st.Links != 40 || st.Payments != 40 || st.Tokens != 1 {
		t.Errorf("stats are %+v", st)
	}
}
