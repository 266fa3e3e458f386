package brokertest

import (
	"fmt"
	"strings"
	"testing"

	"invoicelink/worker/broker/embedded"
)

// recorder takes what is reported about a test in its place.
type recorder struct {
	testing.TB
	cleanup []func()
	errors  []string
}

func (r *recorder) Cleanup(f func()) { r.cleanup = append(r.cleanup, f) }
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func TestEventsOutsideTheirSchemaAreReported(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data string
		want string
	}{
		"valid":        {`{"key":"A-1","number":"A-1","error":"no"}`, ""},
		"no JSON":      {`{`, "invoices.rejected.A-1"},
		"no key":       {`{"error":"no"}`, "key"},
		"other amount": {`{"key":"A-1","error":"no","payable":"1,00"}`, "payable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, conn := serve(t, embedded.Config{})
			r := &recorder{TB: t}
			holdEvents(r, conn)
			if err := conn.Publish("invoices.rejected.A-1", []byte(c.data)); err != nil {
				t.Fatal(err)
			}
			for _, f := range r.cleanup {
				f()
			}
			got := strings.Join(r.errors, "\n")
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("reported %q, want %q in it", got, c.want)
			}
		})
	}
}
