package brokertest

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"invoicelink/worker/event"
)

// schemas are those of what goes out, by the verb of the subject.
var schemas = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	out := map[string]*jsonschema.Schema{}
	for _, subject := range event.SubjectsOut() {
		verb := strings.Split(subject, ".")[1]
		data, err := fs.ReadFile(event.Schemas(), "schema/"+verb+".json")
		if err != nil {
			return nil, err
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("schema of %s: %w", verb, err)
		}
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		if err := c.AddResource(verb, doc); err != nil {
			return nil, fmt.Errorf("schema of %s: %w", verb, err)
		}
		if out[verb], err = c.Compile(verb); err != nil {
			return nil, fmt.Errorf("schema of %s: %w", verb, err)
		}
	}
	return out, nil
})

// holdEvents fails the test for every event that is published on the broker
// and does not fit its published schema.
func holdEvents(t testing.TB, nc *nats.Conn) {
	t.Helper()
	all, err := schemas()
	if err != nil {
		t.Fatal(err)
	}
	// A synchronous subscription keeps what is heard until the test ends.
	sub, err := nc.SubscribeSync("invoices.*.*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := nc.FlushTimeout(time.Second); err != nil {
			return // the test has ended the server
		}
		for {
			m, err := sub.NextMsg(time.Millisecond)
			if err != nil {
				return
			}
			s := all[strings.Split(m.Subject, ".")[1]]
			if s == nil {
				continue
			}
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(m.Data))
			if err == nil {
				err = s.Validate(doc)
			}
			if err != nil {
				t.Errorf("event on %s is outside its schema: %v\n%s", m.Subject, err, m.Data)
			}
		}
	})
}
