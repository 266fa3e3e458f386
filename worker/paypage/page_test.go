package paypage_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"invoicelink/checkout/sandbox"
	"invoicelink/worker/ledger"
	"invoicelink/worker/paypage"
	"invoicelink/worker/testkit"
)

// A visit from the first look to the receipt.
func TestVisit(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	token := s.issue(sample("A-1", "en"))
	s.get(token).want(t, 200, "Sample Seller ApS", "A-1", "1,250.00\u00a0EUR", "20 December 2099", "Pay 1,250.00\u00a0EUR",
		"Compare the number", "DE75\u00a05121\u00a00800\u00a01245\u00a01261\u00a099", "RF", "<svg", "seller@example.com", "SANDBOX")
	if n := len(s.Sandbox.Sessions()) + len(s.Sandbox.Links()); n != 0 {
		t.Fatalf("GET made %d sessions and links, want none", n)
	}
	first := s.press(token)
	links := s.Sandbox.Links()
	if first.status != http.StatusSeeOther || len(links) != 1 || first.location != links[0].URL {
		t.Fatalf("got %d to %q with links %v, want 303 to the one that was made", first.status, first.location, links)
	}
	if l := links[0]; l.Validity != 60 || l.Activation != 60 {
		t.Errorf("link lives %d and %d minutes, want 60 and 60", l.Validity, l.Activation)
	}
	if session := s.Sandbox.Sessions()[0]; session.Amount != "1250.00" || session.Currency != "EUR" {
		t.Errorf("session asks for %s %s, want 1250.00 EUR", session.Amount, session.Currency)
	}
	s.get(token).want(t, 200, "Somebody is paying", "Continue: pay")
	if again := s.press(strings.ToLower(token)); again.location != first.location {
		t.Errorf("a second visitor gets %q, want the same link %q", again.location, first.location)
	}
	_, err := s.Sandbox.Pay(first.location)
	testkit.Must(t, err)
	back := do(t, http.MethodGet, s.url+"/I/"+token+"/return", "")
	back.want(t, 200, "Waiting for confirmation", `http-equiv="refresh"`)
	if strings.Contains(back.body, "<button") {
		t.Error("the return page has a button")
	}
	s.Clock.Advance(10 * time.Second) // the answer of the gateway is no longer fresh
	if third := s.press(token); third.status != http.StatusSeeOther || third.location != "/I/"+token {
		t.Errorf("after payment: %d to %q, want 303 to the page", third.status, third.location)
	}
	s.get(token).want(t, 200, "Paid on", "Payments received")
	if n := len(s.Sandbox.Links()); n != 1 {
		t.Errorf("%d links were made, want 1", n)
	}
	if strings.Contains(strings.ToUpper(s.log.String()), token) {
		t.Errorf("the token is in the log:\n%s", s.log)
	}
	if !strings.Contains(s.log.String(), ledger.TokenMark(token)) {
		t.Errorf("the log does not name the page by its mark:\n%s", s.log)
	}
}

// A new link only after the end of the one before and a grace; then on the same
// session.
func TestLinkAfterLink(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	token := s.issue(sample("A-1", "en"))
	first := s.press(token).location
	for _, step := range []struct {
		after time.Duration
		links int
	}{{59 * time.Minute, 1}, {2 * time.Minute, 1}, {13 * time.Minute, 1}, {2 * time.Minute, 2}} {
		s.Clock.Advance(step.after)
		s.press(token)
		if n := len(s.Sandbox.Links()); n != step.links {
			t.Errorf("after %v more there are %d links, want %d", step.after, n, step.links)
		}
	}
	if r := s.Record("A-1"); r.PayPage.Attempt.Link == first || r.PayPage.Made != 2 || len(s.Sandbox.Sessions()) != 1 {
		t.Errorf("attempt %+v, made %d, %d sessions; want a new link on the same session", r.PayPage.Attempt, r.PayPage.Made, len(s.Sandbox.Sessions()))
	}
}

// The amount of a link is the one that is due; a link for another one is not
// handed out.
func TestAmountOfALink(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	token := s.issue(sample("A-1", "en"))
	s.press(token)
	s.update("A-1", paid("bank-1", "500", s.Clock.Now()))
	if held := s.press(token); held.location != "/I/"+token {
		t.Errorf("leads to %q, want the page: the link asks for what is no longer due", held.location)
	}
	s.get(token).want(t, 200, "Paying online is paused", "750.00\u00a0EUR")
	s.Clock.Advance(2 * time.Hour)
	s.get(token).want(t, 200, "Partly paid", "500.00\u00a0EUR has been received", "Pay 750.00\u00a0EUR")
	s.press(token)
	sessions := s.Sandbox.Sessions()
	if len(sessions) != 2 || sessions[1].Amount != "750.00" {
		t.Fatalf("sessions are %+v, want a second one over 750.00", sessions)
	}
	links := s.Sandbox.Links()
	_, err := s.Sandbox.Pay(links[1].ID)
	testkit.Must(t, err)
	s.Clock.Advance(time.Minute)
	s.press(token)
	if r := s.Record("A-1"); r.State != ledger.Paid || r.PaymentStatus() != ledger.FullyPaid {
		t.Errorf("invoice is %s, %s; want paid", r.State, r.PaymentStatus())
	}
}

// A hundred visitors at once on two servers get one link.
func TestManyVisitorsAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	testkit.Must(t, s.Sandbox.SetSwitches(sandbox.Switches{Latency: 50 * time.Millisecond}))
	token := s.issue(sample("A-1", "en"))
	_, other := s.serve()
	var mu sync.Mutex
	got := map[string]int{}
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			url := s.url
			if i%2 == 1 {
				url = other
			}
			a := do(t, http.MethodPost, url+"/I/"+token, "")
			mu.Lock()
			defer mu.Unlock()
			got[a.location]++
		})
	}
	wg.Wait()
	links := s.Sandbox.Links()
	if len(links) != 1 || got[links[0].URL] != 100 {
		t.Errorf("%d links were made and handed out as %v, want one for all", len(links), got)
	}
}

// What scanners and bots do makes at most one link, and blocks no payer.
func TestScannersMakeAtMostOneLink(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	token := s.issue(sample("A-1", "en"))
	page := s.url + "/I/" + token
	for range 50 {
		do(t, http.MethodGet, page, "")
		do(t, http.MethodHead, page, "")
		do(t, http.MethodGet, page, "", "Sec-Purpose", "prefetch;prerender")
		do(t, http.MethodGet, page+"/return?n=11", "")
		do(t, http.MethodGet, page+"/pdf", "")
		do(t, http.MethodPut, page, "x").want(t, http.StatusMethodNotAllowed)
		do(t, http.MethodPost, page, "", "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example").want(t, http.StatusForbidden)
	}
	if n := len(s.Sandbox.Links()); n != 0 {
		t.Fatalf("%d links were made without the button, want none", n)
	}
	var link string
	for range 50 { // scanners that send forms
		if a := do(t, http.MethodPost, page, "origins=x"); a.status != http.StatusOK && a.status != http.StatusSeeOther {
			t.Fatalf("a form is answered with %d", a.status)
		}
		link = s.press(token).location
	}
	if n := len(s.Sandbox.Links()); n != 1 {
		t.Errorf("%d links were made, want 1", n)
	}
	if _, err := s.Sandbox.Pay(link); err != nil {
		t.Errorf("the payer cannot pay: %v", err)
	}
}

// Whatever is no address is answered alike, after the same time, and misses are
// limited without shutting payers out.
func TestUnknownAddresses(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	token := s.issue(sample("A-1", "en"))
	var first answer
	for i, path := range []string{"/I/" + ledger.NewToken(), "/", "/I/", "/I/short", "/I/" + token + "x", "/I/" + token + "/else", "/i/" + ledger.NewToken() + "/return", "/x/../y", "/robots.txt"} {
		start := time.Now()
		a := do(t, http.MethodGet, s.url+path, "")
		if took := time.Since(start); took < 250*time.Millisecond {
			t.Errorf("%s is answered after %v, want at least 250ms", path, took)
		}
		if i == 0 {
			first = a
		}
		if a.status != http.StatusNotFound || a.body != first.body {
			t.Errorf("%s is answered with %d and another page than the first", path, a.status)
		}
	}
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() { do(t, http.MethodGet, s.url+"/I/"+ledger.NewToken(), "") })
	}
	wg.Wait()
	s.get(token).want(t, 200, "Pay 1,250.00") // from the same address
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	token := s.issue(sample("A-1", "en"))
	for _, a := range []answer{s.get(token), s.get(ledger.NewToken()), s.press(token), do(t, http.MethodGet, s.url+"/I/"+token+"/return", "")} {
		for name, want := range map[string]string{
			"Content-Security-Policy": "form-action 'self' " + sandbox.DefaultPublicURL, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
			"X-Robots-Tag": "noindex, nofollow, noarchive", "Strict-Transport-Security": "max-age=31536000", "X-Content-Type-Options": "nosniff",
		} {
			if got := a.header.Get(name); !strings.Contains(got, want) {
				t.Errorf("%d: %s is %q, want %q in it", a.status, name, got, want)
			}
		}
		if got := a.header.Values("Set-Cookie"); len(got) > 0 {
			t.Errorf("%d sets cookies: %v", a.status, got)
		}
		if strings.Contains(a.body, "<script") || strings.Contains(a.body, "style=") {
			t.Errorf("%d has scripts or inline style", a.status)
		}
	}
}

// Each state has its page, in each language, whatever became of the invoice.
func TestStates(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	now := s.Clock.Now()
	cancel := func(r ledger.Record) (ledger.Record, error) { return r.Cancel(ledger.Act{At: now}) }
	credit := func(r ledger.Record) (ledger.Record, error) {
		return r.CreditBy(ledger.Credit{Number: "C-9", Money: euros("1250"), At: now})
	}
	authorised := func(r ledger.Record) (ledger.Record, error) {
		return r.RecordPayment(ledger.Payment{ID: "tx", Money: euros("1250"), Authorised: true, RecordedAt: now, Source: ledger.SourcePoll})
	}
	often := func(r ledger.Record) (ledger.Record, error) {
		p := *r.PayPage
		p.Made = ledger.AttemptsInAll
		r.PayPage = &p
		return r, nil
	}
	for number, c := range map[string]struct {
		do     []ledger.Transition
		state  ledger.PayState
		en     string
		button bool
	}{
		"S-1": {nil, ledger.PayOpen, "Pay online with the button", true},
		"S-2": {[]ledger.Transition{paid("t", "250", now)}, ledger.PayPartly, "250.00\u00a0EUR has been received. 1,000.00\u00a0EUR is left", true},
		"S-3": {[]ledger.Transition{authorised}, ledger.PayWaiting, "Please do not pay again", false},
		"S-4": {[]ledger.Transition{paid("t", "1250", now)}, ledger.PayDone, "Paid on", false},
		"S-5": {[]ledger.Transition{paid("t", "1250", now.AddDate(80, 0, 0))}, ledger.PayLate, "after the due date", false},
		"S-6": {[]ledger.Transition{paid("t", "1250", now), paid("u", "1250", now)}, ledger.PayTooMuch, "will refund", false},
		"S-7": {[]ledger.Transition{cancel}, ledger.PayWithdrawn, "withdrawn by its sender", false},
		"S-8": {[]ledger.Transition{credit}, ledger.PayReplaced, "Credit note C-9", false},
		"S-9": {[]ledger.Transition{often}, ledger.PayTooOften, "started too often", false},
	} {
		t.Run(string(c.state), func(t *testing.T) {
			t.Parallel()
			token := s.issue(sample(number, ""), c.do...)
			if r := s.Record(number); r.PayState(now) != c.state {
				t.Fatalf("state is %s, want %s", r.PayState(now), c.state)
			}
			a := s.get(token)
			a.want(t, 200, c.en, number)
			if got := strings.Contains(a.body, `type="submit">`); got != c.button {
				t.Errorf("has a button: %t, want %t", got, c.button)
			}
			if pressed := s.press(token); !c.button && pressed.location != "/I/"+token {
				t.Errorf("button leads to %q, want the page", pressed.location)
			}
			for _, lang := range paypage.Languages() {
				got := s.get(token, "Accept-Language", lang+", en;q=0.5")
				got.want(t, 200, `<html lang="`+lang+`">`)
				if strings.Contains(got.body, "{") {
					t.Errorf("%s: a place is not filled:\n%s", lang, got.body)
				}
			}
		})
	}
}

// The page speaks the invoice's language, then the browser's.
func TestLanguage(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	german, other := s.issue(sample("A-1", "de-AT")), s.issue(sample("A-2", "ga"))
	for _, c := range []struct{ token, query, accept, want string }{
		{german, "", "da", "de"}, {german, "?lang=da", "", "da"}, {german, "?lang=xx", "", "de"},
		{other, "", "da-DK, en", "da"}, {other, "", "ja", "en"}, {other, "", "", "en"}, {other, "", "\x01;;", "en"},
	} {
		if strings.HasPrefix(c.accept, "\x01") {
			c.accept = ";;;q=x"
		}
		do(t, http.MethodGet, s.url+"/I/"+c.token+c.query, "", "Accept-Language", c.accept).want(t, 200, `<html lang="`+c.want+`">`)
	}
}

// Somebody who has the address and not the paper gets no PDF.
func TestPDFNeedsASecondFact(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	token := s.issue(sample("A-1", "en"))
	s.putPDF("A-1", "%PDF-1.7 sample")
	page := s.url + "/I/" + token + "/pdf"
	for _, wrong := range []string{"", "fact=", "fact=10116", "fact=1250.00", "fact=A-1", "fact=8000"} {
		do(t, http.MethodPost, page, wrong).want(t, http.StatusForbidden, "not what is printed")
	}
	for _, right := range []string{"fact=10115", "fact=k+4711", "fact=10+115"} {
		a := do(t, http.MethodPost, page, right)
		if a.want(t, 200, "%PDF"); a.header.Get("Content-Type") != "application/pdf" || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("PDF comes as %v", a.header)
		}
	}
	do(t, http.MethodPost, page, "fact=1")
	do(t, http.MethodPost, page, "fact=10115").want(t, http.StatusTooManyRequests, "Too many tries")
	s.Clock.Advance(time.Hour)
	do(t, http.MethodPost, page, "fact=10115").want(t, 200, "%PDF")
	without := sample("A-2", "en")
	without.Buyer.ID, without.Buyer.Address.Zip = "", ""
	if a := s.get(s.issue(without)); strings.Contains(a.body, "/pdf") {
		t.Error("a PDF is offered although nothing proves that the invoice is the visitor's")
	}
}

// A paid invoice offers its receipt, for the same second fact as its PDF.
func TestReceiptOfAPaidInvoice(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	token := s.issue(sample("A-1", "de"))
	s.putPDF("A-1", "%PDF-1.7 sample")
	page := s.url + "/I/" + token + "/pdf"
	if a := s.get(token); strings.Contains(a.body, "Zahlungsbestätigung") {
		t.Error("a receipt is offered for an invoice that is not paid")
	}
	if a := do(t, http.MethodPost, page, "fact=10115&receipt=yes"); a.body != "%PDF-1.7 sample" {
		t.Errorf("before it is paid, %.40q is sent, want the PDF", a.body)
	}
	s.update("A-1", paid("tx", "1250", s.Clock.Now()))
	s.get(token).want(t, 200, "Zahlungsbestätigung zur Rechnung A-1")
	do(t, http.MethodPost, page, "fact=1&receipt=yes").want(t, http.StatusForbidden)
	a := do(t, http.MethodPost, page, "fact=10115&receipt=yes")
	a.want(t, 200, "Zahlungsbestätigung zur Rechnung A-1")
	if name := a.header.Get("Content-Disposition"); !strings.Contains(name, `"A-1-receipt.pdf"`) {
		t.Errorf("the receipt comes as %s", name)
	}
	do(t, http.MethodPost, page, "fact=10115").want(t, 200, "%PDF-1.7 sample")
}

func TestRotatedAddress(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	old, fresh := s.issue(sample("A-1", "en")), ledger.NewToken()
	testkit.Must(t, s.Ledger.TakeToken(t.Context(), fresh, "A-1"))
	s.update("A-1", func(r ledger.Record) (ledger.Record, error) { return r.RotateToken(fresh, s.Clock.Now()) })
	a := s.get(old)
	a.want(t, http.StatusGone, "replaced by a new one")
	if strings.Contains(a.body, "A-1") || strings.Contains(a.body, fresh) {
		t.Error("the old address tells of the invoice")
	}
	if a := s.press(old); a.status != http.StatusGone {
		t.Errorf("the old address is answered with %d", a.status)
	}
	s.get(fresh).want(t, 200, "A-1")
}

func TestLargeAndForeignForms(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	token := s.issue(sample("A-1", "en"))
	do(t, http.MethodPost, s.url+"/I/"+token, "x="+strings.Repeat("a", 2000)).want(t, http.StatusRequestEntityTooLarge)
	do(t, http.MethodPost, s.url+"/I/"+token, "", "Origin", base).want(t, http.StatusSeeOther) // behind a proxy
	if n := len(s.Sandbox.Links()); n != 1 {
		t.Errorf("%d links, want 1", n)
	}
}
