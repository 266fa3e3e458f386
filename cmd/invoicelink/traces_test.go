package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// traces FILE starts an OTLP collector for this session, names it in the
// standard variable, and writes a line for each span to the file.
func cmdTraces(ts *testscript.TestScript, neg bool, args []string) {
	file, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	var mu sync.Mutex
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		body, err := io.ReadAll(r.Body)
		var sent collector.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(body, &sent)
		}
		if err != nil || r.URL.Path != "/v1/traces" {
			http.Error(w, fmt.Sprint(r.URL.Path, err), http.StatusBadRequest)
			return
		}
		for _, resource := range sent.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				for _, span := range scope.Spans {
					fmt.Fprintf(file, "%s %s trace=%s", span.Kind, span.Name, hex.EncodeToString(span.TraceId))
					for _, link := range span.Links {
						fmt.Fprintf(file, " link=%s", hex.EncodeToString(link.TraceId))
					}
					for _, a := range span.Attributes {
						fmt.Fprintf(file, " %s=%v", a.Key, a.Value)
					}
					fmt.Fprintln(file)
				}
			}
		}
	}))
	ts.Defer(func() {
		web.Close()
		_ = file.Close()
	})
	ts.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", web.URL)
}
