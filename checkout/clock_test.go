package checkout_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"invoicelink/checkout"
)

// TestClockOffset: the difference to the API's clock follows from the Date of
// its answers, whatever their status.
func TestClockOffset(t *testing.T) {
	t.Parallel()
	type answer struct {
		ahead, took time.Duration
		status      int
		age         string
		silent      bool // no Date
	}
	quick := 100 * time.Millisecond
	for name, c := range map[string]struct {
		answers        []answer
		offset, within time.Duration
		known          bool
	}{
		"no answer":           {nil, 0, 0, false},
		"no date":             {[]answer{{silent: true, took: quick, status: 200}}, 0, 0, false},
		"from a cache":        {[]answer{{ahead: -time.Hour, took: quick, status: 200, age: "3600"}}, 0, 0, false},
		"the same":            {[]answer{{took: quick, status: 200}}, 0, 550 * time.Millisecond, true},
		"an hour ahead":       {[]answer{{ahead: time.Hour, took: quick, status: 200}}, time.Hour, 550 * time.Millisecond, true},
		"behind, by an error": {[]answer{{ahead: -2 * time.Second, took: quick, status: 503}}, -2 * time.Second, 550 * time.Millisecond, true},
		"slow after quick":    {[]answer{{ahead: 10 * time.Second, took: quick, status: 503}, {ahead: 14 * time.Second, took: 20 * time.Second, status: 503}}, 10 * time.Second, 550 * time.Millisecond, true},
		"quick after slow":    {[]answer{{ahead: 14 * time.Second, took: 20 * time.Second, status: 503}, {ahead: 10 * time.Second, took: quick, status: 503}}, 10 * time.Second, 550 * time.Millisecond, true},
		"slow, much later":    {[]answer{{ahead: 10 * time.Second, took: quick, status: 503}, {ahead: 14 * time.Second, took: 20 * time.Minute, status: 503}}, 14 * time.Second, 10*time.Minute + 500*time.Millisecond, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clk, next := &clock{}, 0
			client, err := checkout.New(checkout.Config{BaseURL: "https://gateway.example", Username: "anna", Password: "hush-hush", Now: clk.now,
				Transport: roundTrip(func(*http.Request) (*http.Response, error) {
					a := c.answers[next]
					next++
					clk.advance(a.took / 2)
					h := http.Header{}
					if !a.silent {
						h.Set("Date", clk.now().Add(a.ahead).UTC().Format(http.TimeFormat))
					}
					if a.age != "" {
						h.Set("Age", a.age)
					}
					clk.advance(a.took / 2)
					body := fmt.Sprintf(`{"token":%q}`, jwt(time.Hour, 1, nil))
					return &http.Response{StatusCode: a.status, Header: h, Body: io.NopCloser(strings.NewReader(body))}, nil
				})})
			if err != nil {
				t.Fatal(err)
			}
			for range c.answers {
				_ = client.Authenticate(t.Context()) // the status does not matter here
			}
			offset, within, known := client.ClockOffset()
			if known != c.known || within != c.within || (offset-c.offset).Abs() > time.Second {
				t.Errorf("got %v ± %v, known %v; want %v ± %v, %v", offset, within, known, c.offset, c.within, c.known)
			}
		})
	}
}
