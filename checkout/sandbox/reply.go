package sandbox

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"
)

// reply is an answer before it is sent, so that a fault can still change it.
type reply struct {
	status int
	header http.Header
	kind   string // content type
	body   []byte
}

// problem is the body of every refusal. The real API documents none.
type problem struct {
	Error   string   `json:"error"`
	Details []string `json:"details,omitempty"`
}

func jsonReply(status int, v any) *reply {
	body, err := json.Marshal(v)
	if err != nil {
		return refusal(http.StatusInternalServerError, "answer cannot be written: %v", err)
	}
	return &reply{status: status, kind: "application/json", body: append(body, '\n')}
}

func refusal(status int, format string, args ...any) *reply {
	return jsonReply(status, problem{Error: fmt.Sprintf(format, args...)})
}

func (a *reply) with(name, value string) *reply {
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set(name, value)
	return a
}

func (a *reply) send(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// operation is an API call: counted, perhaps broken, answered.
func (s *Server) operation(op string, serve func(*http.Request, *Fault) *reply) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, latency := s.begin(op)
		s.wait(r, latency)
		if f != nil && !f.AfterEffect {
			if !s.strike(w, r, f) {
				return
			}
		}
		a := serve(r, f)
		s.end(op, a.status)
		if f != nil && f.AfterEffect && !s.strike(w, r, f) {
			return
		}
		if f != nil && (f.Kind == FaultTruncate || f.Kind == FaultCutBody) {
			sendHalf(w, a, f.Kind == FaultCutBody)
			return
		}
		a.send(w)
	})
}

// strike breaks the call and reports whether it shall go on nevertheless.
func (s *Server) strike(w http.ResponseWriter, r *http.Request, f *Fault) bool {
	switch f.Kind {
	case FaultRateLimit:
		s.retryAfter(refusal(http.StatusTooManyRequests, "too many requests"), f).send(w)
	case FaultServerError:
		s.retryAfter(refusal(cmp.Or(f.Status, http.StatusServiceUnavailable), "out of order"), f).send(w)
	case FaultStatus:
		s.retryAfter(refusal(f.Status, "refused by a fault"), f).send(w)
	case FaultFirewall:
		(&reply{status: http.StatusForbidden, kind: "text/html; charset=utf-8",
			body: []byte("<!DOCTYPE html>\n<html><head><title>403 Forbidden</title></head><body><h1>Request blocked</h1></body></html>\n")}).send(w)
	case FaultRedirect:
		refusal(http.StatusTemporaryRedirect, "gone elsewhere").
			with("Location", "https://elsewhere.invalid"+r.URL.Path).send(w)
	case FaultCredentials:
		unauthorized("Basic").send(w)
	case FaultToken:
		s.revoke(r)
		unauthorized("Bearer").send(w)
	case FaultCut:
		panic(http.ErrAbortHandler) // net/http's way to end the connection
	case FaultHang:
		drain(r)
		select {
		case <-r.Context().Done():
		case <-s.stopped.Done():
		}
		panic(http.ErrAbortHandler)
	case FaultSlow:
		s.wait(r, f.Delay)
		return true
	default:
		return true
	}
	return false
}

// wait ends the connection if the client goes away or the sandbox closes.
func (s *Server) wait(r *http.Request, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return
	case <-r.Context().Done():
	case <-s.stopped.Done():
	}
	panic(http.ErrAbortHandler)
}

// drain reads what is left of a body: net/http notices that a client went
// away only when the body was read.
func drain(r *http.Request) { _, _ = io.Copy(io.Discard, io.LimitReader(r.Body, maxBody)) }

func (s *Server) retryAfter(a *reply, f *Fault) *reply {
	if f.RetryAfter <= 0 {
		return a
	}
	if f.RetryDate {
		return a.with("Retry-After", s.Now().Add(f.RetryAfter).Format(http.TimeFormat))
	}
	return a.with("Retry-After", strconv.Itoa(int(f.RetryAfter.Round(time.Second)/time.Second)))
}

// sendHalf sends the first half: as a complete answer, or cut off.
func sendHalf(w http.ResponseWriter, a *reply, cut bool) {
	half := *a
	half.body = a.body[:len(a.body)/2]
	if !cut {
		half.send(w)
		return
	}
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(half.body)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

const maxBody = 256 << 10 // bytes of a request

// readJSON reads a JSON body, strictly: what the documentation does not name
// is a mistake of the client.
func readJSON(r *http.Request, into any) ([]byte, *reply) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" {
		return nil, refusal(http.StatusUnsupportedMediaType, "content type is %q and must be application/json", r.Header.Get("Content-Type"))
	}
	body, refused := readBody(r)
	if refused != nil {
		return nil, refused
	}
	if err := strictJSON(body, into); err != nil {
		return nil, refusal(http.StatusBadRequest, "body is not the JSON that is expected: %v", err)
	}
	return body, nil
}

func readBody(r *http.Request) ([]byte, *reply) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return nil, refusal(http.StatusBadRequest, "body cannot be read")
	}
	if len(body) > maxBody {
		return nil, refusal(http.StatusRequestEntityTooLarge, "body is longer than %d bytes", maxBody)
	}
	return body, nil
}

func strictJSON(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON text")
	}
	return nil
}
