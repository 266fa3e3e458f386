package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
)

// RoundTripper serves requests in this process, without sockets, whatever
// their host: for a stand-in inside a program and for tests in a synctest
// bubble. Cut connections and cancelled requests end as over a network.
func (s *Server) RoundTripper() http.RoundTripper { return roundTripper{s} }

type roundTripper struct{ server *Server }

// RoundTrip implements http.RoundTripper.
func (t roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(withInProcess(r.Context()))
	in := r.Clone(ctx)
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:1"
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := &recorder{header: http.Header{}}
	done := make(chan error, 1)
	go func() {
		defer cancel()
		defer func() {
			if r := recover(); r == http.ErrAbortHandler {
				done <- io.ErrUnexpectedEOF
			} else if r != nil {
				done <- fmt.Errorf("serve the request: %v", r)
			}
			close(done)
		}()
		t.server.ServeHTTP(w, in)
	}()
	defer in.Body.Close()
	select {
	case err := <-done:
		if err != nil && w.status == 0 {
			return nil, err
		}
		return w.response(r, err), nil
	case <-r.Context().Done():
		cancel()
		<-done // the handler no longer touches the body
		return nil, context.Cause(r.Context())
	}
}

// recorder keeps an answer in memory.
type recorder struct {
	header http.Header
	sent   http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }
func (w *recorder) Flush()              {}
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status, w.sent = status, w.header.Clone()
	}
}
func (w *recorder) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// response is what a client sees; broken is how the body ends, if not well.
func (w *recorder) response(r *http.Request, broken error) *http.Response {
	w.WriteHeader(http.StatusOK)
	var body io.Reader = &w.body
	if broken != nil {
		body = io.MultiReader(body, failing{broken})
	}
	length := int64(w.body.Len())
	if broken != nil {
		length = -1
	}
	return &http.Response{Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.sent, Body: io.NopCloser(body), ContentLength: length, Request: r}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
