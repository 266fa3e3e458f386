package paypage_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"invoicelink/checkout/sandbox"
	"invoicelink/invoice"
	"invoicelink/worker/ledger"
	"invoicelink/worker/paypage"
	"invoicelink/worker/testkit"

	"invoicelink/worker/testkit/tool"
)

// balancer sends visitors to servers in turn.
func balancer(t testing.TB, servers ...string) string {
	t.Helper()
	var proxies []*httputil.ReverseProxy
	for _, s := range servers {
		target, err := url.Parse(s)
		testkit.Must(t, err)
		proxies = append(proxies, &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.SetXForwarded() }})
	}
	var n atomic.Uint64
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxies[n.Add(1)%uint64(len(proxies))].ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	return front.URL
}

// life is what happens to the invoices of the property test.
type life struct {
	*shop
	random *rand.Rand
	front  string
	tokens []string
	handed []handed
}

// handed is a link that somebody got, and what was due then.
type handed struct {
	n    int
	link string
	due  invoice.Money
}

func number(n int) string { return fmt.Sprintf("P-%05d", n) }

// visit presses the button k times at once, and remembers the links.
func (l *life) visit(n, k int) (link string) {
	due := l.dueOf(n)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range k {
		wg.Go(func() {
			a := do(l.T, http.MethodPost, l.front+"/I/"+l.tokens[n], "")
			if a.status != http.StatusSeeOther || a.location[0] == '/' {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			link = a.location
			l.handed = append(l.handed, handed{n, link, due})
		})
	}
	wg.Wait()
	return link
}

func (l *life) dueOf(n int) invoice.Money {
	r := l.Record(number(n))
	return r.AmountDue()
}

// happen makes one random thing happen to an invoice.
func (l *life) happen(n int) {
	switch l.random.IntN(12) {
	case 0:
		l.update(number(n), paid(fmt.Sprint("bank-", l.random.Uint32()), "10", l.Clock.Now()))
	case 1:
		l.update(number(n), func(r ledger.Record) (ledger.Record, error) {
			return r.CreditBy(ledger.Credit{Number: fmt.Sprint("C-", l.random.Uint32()), Money: euros("5"), At: l.Clock.Now()})
		})
	case 2, 3: // a server dies in the middle
		dying, err := paypage.New(l.config)
		testkit.Must(l.T, err)
		dying.EndAt(paypage.Steps[l.random.IntN(len(paypage.Steps))])
		server := httptest.NewServer(dying)
		if res, err := client.Post(server.URL+"/I/"+l.tokens[n], "", nil); err == nil {
			res.Body.Close()
		}
		server.CloseClientConnections()
		server.Close()
		dying.Close()
	case 4:
		l.visit(n, 20)
	case 5: // scanners and previews
		do(l.T, http.MethodGet, l.front+"/I/"+l.tokens[n], "")
		do(l.T, http.MethodHead, l.front+"/I/"+l.tokens[n], "")
	default:
		l.visit(n, 1+l.random.IntN(2))
	}
}

// faults are what the gateway does wrong meanwhile. Answers with the link or
// session of another invoice are not among them: where that one was lost before,
// nobody can see whose it is.
func faults(seed uint64) []sandbox.Fault {
	var all []sandbox.Fault
	for i, f := range []sandbox.Fault{
		{Kind: sandbox.FaultServerError, Op: sandbox.OpLink, AfterEffect: true, Probability: .04},
		{Kind: sandbox.FaultCut, Op: sandbox.OpLink, AfterEffect: true, Probability: .04},
		{Kind: sandbox.FaultTruncate, Op: sandbox.OpLink, Probability: .02},
		{Kind: sandbox.FaultStatus, Status: http.StatusGone, Op: sandbox.OpLink, Probability: .03},
		{Kind: sandbox.FaultCut, Op: sandbox.OpSession, AfterEffect: true, Probability: .04},
		{Kind: sandbox.FaultWrongEcho, Op: sandbox.OpSession, Probability: .02},
		{Kind: sandbox.FaultServerError, Op: sandbox.OpPayments, Probability: .04},
		{Kind: sandbox.FaultToken, Op: sandbox.OpSession, Probability: .03},
	} {
		f.Seed = seed + uint64(i)
		all = append(all, f)
	}
	return all
}

// Whatever happens, be it faults, kills between any two steps, many visitors at
// once on two servers whose clocks differ, part payments and credit notes: every
// invoice can be paid by its first printed code at a random later moment, no two
// links of one live at the same time, and no link that is handed out asks for
// another amount than is due.
func TestEveryInvoiceStaysPayable(t *testing.T) {
	t.Parallel()
	invoices := 120
	if testing.Short() {
		invoices = 30
	}
	if tool.IsLong() {
		invoices = 10_000
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("%d invoices, seed %d", invoices, seed)
	s := open(t, nil)
	config := s.config
	s.config.Now = func() time.Time { return s.Clock.Now().Add(20 * time.Second) }
	second, ahead := s.serve()
	s.config = config
	l := &life{shop: s, random: rand.New(rand.NewPCG(seed, 1)), front: balancer(t, s.url, ahead)}
	for n := range invoices {
		l.tokens = append(l.tokens, s.issue(sample(number(n), "en")))
	}
	testkit.Must(t, s.Sandbox.SetSwitches(sandbox.Switches{SessionLife: 20 * 24 * time.Hour}))
	testkit.Must(t, s.Sandbox.SetFaults(faults(seed)...))
	l.visit(0, 100)
	s.page.Impatient() // visitors after a kill would wait for nothing
	second.Impatient()
	for range invoices * 4 {
		l.happen(l.random.IntN(invoices))
		s.Clock.Advance(time.Duration(l.random.IntN(int(60*24*time.Hour) / (invoices * 4))))
		if l.random.IntN(3) == 0 { // the next one comes at once, within the life of a link
			l.happen(l.random.IntN(invoices))
		}
	}
	testkit.Must(t, s.Sandbox.SetFaults())
	s.Clock.Advance(2 * time.Minute) // refused credentials are not tried again at once
	for n := range invoices {
		l.settle(n)
	}
	l.check()
}

// settle pays an invoice by its first code at a random moment.
func (l *life) settle(n int) {
	l.Clock.Advance(time.Duration(l.random.IntN(int(time.Hour))))
	r := l.Record(number(n))
	if r.AmountDue().IsZero() {
		return
	}
	link := l.visit(n, 1)
	for try := 0; link == "" && try < 2; try++ {
		r = l.Record(number(n))
		state, from := r.PayState(l.Clock.Now()), r.PayableFrom(l.Clock.Now())
		wait := from.Sub(l.Clock.Now())
		if state == ledger.PayTooOften {
			wait = 24 * time.Hour
		}
		if wait > 80*time.Minute && state != ledger.PayTooOften {
			l.T.Errorf("invoice %s is %s for %v", r.Number, state, wait)
		}
		l.Clock.Advance(wait + 21*time.Second) // one server is ahead
		link = l.visit(n, 1)
	}
	if link == "" {
		r = l.Record(number(n))
		l.T.Errorf("invoice %s cannot be paid: %s, %+v", r.Number, r.PayState(l.Clock.Now()), r.PayPage.Attempt)
		return
	}
	if _, err := l.Sandbox.Pay(link); err != nil {
		l.T.Errorf("pay invoice %s: %v", number(n), err)
	}
	l.Clock.Advance(10 * time.Second)
	do(l.T, http.MethodPost, l.front+"/I/"+l.tokens[n], "")
	if r = l.Record(number(n)); !r.AmountDue().IsZero() || r.PayState(l.Clock.Now()).Payable() {
		l.T.Errorf("invoice %s is %s with %s due after it was paid", r.Number, r.PayState(l.Clock.Now()), r.AmountDue())
	}
}

// check looks at everything that the API has made.
func (l *life) check() {
	amounts := map[string]string{}
	for _, s := range l.Sandbox.Sessions() {
		amounts[s.ID] = string(s.Amount)
	}
	byURL, byOrder := map[string]sandbox.Link{}, map[string][]sandbox.Link{}
	for _, link := range l.Sandbox.Links() {
		byURL[link.URL] = link
		byOrder[link.OrderID] = append(byOrder[link.OrderID], link)
	}
	most := 0
	for order, links := range byOrder {
		slices.SortFunc(links, func(a, b sandbox.Link) int { return a.Created.Compare(b.Created) })
		for i := 1; i < len(links); i++ {
			if end := links[i-1].Created.Add(time.Duration(links[i-1].Validity) * time.Minute); links[i].Created.Before(end) {
				l.T.Errorf("invoice %s has two live links: one until %s, the next from %s", order, end, links[i].Created)
			}
		}
		most = max(most, len(links))
	}
	for _, h := range l.handed {
		link, ok := byURL[h.link]
		if !ok || link.OrderID != number(h.n) {
			l.T.Errorf("invoice %s led to %s, which is not its own", number(h.n), h.link)
		} else if amounts[link.SessionID] != h.due.Fixed() {
			l.T.Errorf("invoice %s led to a link over %s while %s was due", number(h.n), amounts[link.SessionID], h.due)
		}
	}
	l.T.Logf("%d links were made, at most %d of one invoice, and handed out %d times", len(byURL), most, len(l.handed))
}
