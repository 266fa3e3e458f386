package probe

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"invoicelink/checkout"
)

const maxBody = 4 << 20 // bytes of an answer

// exchange is one answer as it came, before the client looked at it.
type exchange struct {
	status int
	header http.Header
	body   []byte
	took   time.Duration
}

// kind of the body.
func (e exchange) kind() checkout.BodyKind {
	return checkout.KindOfBody(e.header.Get("Content-Type"), e.body)
}

// members are the names in a JSON object, sorted, those of objects inside as
// paths down to the second level.
func (e exchange) members() []string {
	var object map[string]json.RawMessage
	if json.Unmarshal(e.body, &object) != nil {
		return nil
	}
	var names []string
	for name, raw := range object {
		names = append(names, name)
		var inner map[string]json.RawMessage
		if json.Unmarshal(raw, &inner) == nil {
			for second := range inner {
				names = append(names, name+"."+second)
			}
		}
	}
	slices.Sort(names)
	return names
}

// member returns one member of a JSON object by its path, nil without it.
func (e exchange) member(path ...string) json.RawMessage {
	raw := json.RawMessage(e.body)
	for _, name := range path {
		var object map[string]json.RawMessage
		if json.Unmarshal(raw, &object) != nil {
			return nil
		}
		raw = object[name]
	}
	return raw
}

// text is a member that is a string, "" otherwise.
func (e exchange) text(path ...string) string {
	var s string
	_ = json.Unmarshal(e.member(path...), &s) // nothing is ""
	return s
}

// recorder is a transport that remembers the last answer.
type recorder struct {
	next http.RoundTripper

	mu      sync.Mutex
	last    exchange
	bearer  string   // the token of the last call that was not answered with 401
	limited []string // names of headers that speak of a rate limit
	calls   int
}

// RoundTrip implements http.RoundTripper.
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	began := time.Now()
	res, err := r.next.RoundTrip(req)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls++
	r.last = exchange{}
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if cerr := res.Body.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	r.last = exchange{status: res.StatusCode, header: res.Header, body: body, took: time.Since(began)}
	if token, ok := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer "); ok && res.StatusCode != http.StatusUnauthorized {
		r.bearer = token
	}
	for name := range res.Header {
		if l := strings.ToLower(name); (strings.Contains(l, "ratelimit") || strings.Contains(l, "rate-limit") || l == "retry-after") && !slices.Contains(r.limited, name) {
			r.limited = append(r.limited, name)
		}
	}
	return res, nil
}

func (r *recorder) answer() exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}
