package probe

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
)

// Report is what a probe found out.
type Report struct {
	// MadeAt is when the probe began, UTC.
	MadeAt time.Time `json:"madeAt"`
	// Gateway is the base URL that was asked.
	Gateway string `json:"gateway"`
	// Environment is what the account was taken for; never live.
	Environment checkout.Environment `json:"environment"`
	// Calls is the number of calls made.
	Calls int `json:"calls"`
	// Findings in the order of asking.
	Findings []Finding `json:"findings"`
	// Client is what the client should know of this gateway.
	Client Client `json:"client"`
	// Sandbox makes the sandbox answer as this gateway did.
	Sandbox sandbox.Switches `json:"sandbox"`
	// Session was made first, for the next probe to try again.
	Session Session `json:"session"`
}

// Finding is one question with its answer.
type Finding struct {
	// Topic is "account", "session", "link", "code", "error" or "payments".
	Topic string `json:"topic"`
	// Question is stable, so that reports can be compared.
	Question string `json:"question"`
	// Answer in one sentence.
	Answer string `json:"answer"`
	// Open is true if the question could not be answered.
	Open bool `json:"open,omitempty"`
}

// Client configures a [checkout.Client].
type Client struct {
	// ErrorBodies as in [checkout.Config].
	ErrorBodies []checkout.BodyKind `json:"errorBodies,omitempty"`
}

// Session is one that a probe made.
type Session struct {
	// ID as the gateway gave it.
	ID string `json:"id,omitempty"`
	// CreatedAt by our clock, UTC.
	CreatedAt time.Time `json:"createdAt,omitzero"`
}

// maxReport bounds a report in bytes; one has a few thousand.
const maxReport = 1 << 20

// ReadReport reads the JSON form of a report.
func ReadReport(in io.Reader) (*Report, error) {
	raw, err := io.ReadAll(io.LimitReader(in, maxReport+1))
	if err != nil {
		return nil, fmt.Errorf("read the probe's report: %w", err)
	}
	if len(raw) > maxReport {
		return nil, fmt.Errorf("read the probe's report: it is longer than %d bytes", maxReport)
	}
	var r Report
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, fmt.Errorf("read the probe's report: %w", err)
	}
	if r.MadeAt.IsZero() || r.Gateway == "" {
		return nil, errors.New("read the probe's report: it names no gateway and no time; make one with \"invoicelink probe\"")
	}
	return &r, nil
}

// WriteText writes the report for people.
func (r *Report) WriteText(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Probe of %s (%s), %s, %d calls\n", r.Gateway, r.Environment, r.MadeAt.Format(time.RFC3339), r.Calls)
	for _, topic := range []string{"account", "session", "link", "code", "error", "payments"} {
		fmt.Fprintf(&b, "\n%s\n", strings.ToUpper(topic[:1])+topic[1:])
		for _, f := range r.Findings {
			if f.Topic != topic {
				continue
			}
			mark := " "
			if f.Open {
				mark = "?"
			}
			fmt.Fprintf(&b, "%s %-34s %s\n", mark, f.Question, f.Answer)
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}
