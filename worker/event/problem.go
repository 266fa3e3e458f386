package event

import (
	"fmt"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/text"
)

// Problem is one thing that is wrong with an event.
type Problem struct {
	// Path is the JSON path (RFC 9535) of the member in the payload, such as
	// "$.lines[2].quantity"; "$" is the payload, which in structured mode is
	// the member data. An attribute of the envelope is named as its binary
	// header is, such as "ce-id", in every mode; "content-type" is that header
	// and "subject" the NATS subject.
	Path string `json:"path"`
	// Value is what stood there, shortened to 80 characters; missing where
	// nothing did.
	Value string `json:"value,omitempty"`
	// Code names the rule that was broken: lower-case words joined by hyphens.
	// It stays the same while the sentence may change; missing if the rule has
	// none.
	Code string `json:"code,omitempty"`
	// Message says what is wrong and what would be right.
	Message string `json:"message"`
}

// Problems is everything that is wrong with an event, in the order of the
// payload as far as possible.
type Problems []Problem

// String lists every problem as "path: message", separated by semicolons.
func (p Problems) String() string {
	parts := make([]string, len(p))
	for i, problem := range p {
		parts[i] = problem.Path + ": " + problem.Message
	}
	return strings.Join(parts, "; ")
}

// FromInvoice gives the problems of invoice.Validate their paths in the
// payload of a request. It lists MaxProblems of them and says if there are more.
func FromInvoice(p invoice.Problems) Problems { return under("$.", p) }

// FromClaims gives the problems of invoice.CheckClaims their paths in the
// payload of a request: "lines[2].net" is "$.claims.lines[2]".
func FromClaims(p invoice.Problems) Problems {
	out := under("$.claims.", p)
	for i := range out {
		if strings.HasPrefix(out[i].Path, "$.claims.lines[") {
			out[i].Path = strings.TrimSuffix(out[i].Path, ".net")
		}
	}
	return out
}

func under(root string, p invoice.Problems) Problems {
	var out Problems
	for _, problem := range p {
		out.append(Problem{Path: root + problem.Field, Value: problem.Value, Code: problem.Code, Message: problem.Message})
	}
	return out
}

func (p *Problems) add(code, path, value, message string) {
	p.append(Problem{Path: path, Value: value, Code: code, Message: message})
}

// append appends a problem, shortened, while there is room, and counts the others.
func (p *Problems) append(problem Problem) {
	switch n := len(*p); {
	case n < MaxProblems:
		problem.Path, problem.Value = clip(problem.Path, maxPathRunes), clip(problem.Value, maxValueRunes)
		problem.Message = clip(problem.Message, maxMessageRunes)
		*p = append(*p, problem)
	case n == MaxProblems:
		*p = append(*p, Problem{Path: "$", Code: "more-problems", Message: "has further problems that are not listed; fix these first"})
	}
}

func (p *Problems) addf(code, path, value, format string, args ...any) {
	p.add(code, path, value, fmt.Sprintf(format, args...))
}

// about reports whether a problem stands at the path, above or below it.
func (p Problems) about(path string) bool {
	for _, q := range p {
		if q.Path == path || q.Path == "$" || within(q.Path, path) || within(path, q.Path) {
			return true
		}
	}
	return false
}

func within(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && rest != "" && (rest[0] == '.' || rest[0] == '[')
}

const (
	maxPathRunes    = 200
	maxValueRunes   = 80
	maxMessageRunes = 500
)

func clip(s string, most int) string { return text.Truncate(s, most) }

// DecodeError says why a message was refused. It is permanent: the same
// message will be refused again.
type DecodeError struct {
	// Subject is the NATS subject of the message.
	Subject string
	// Number is the invoice number as far as it could be read, "" where it
	// could not; it fits OutSubject and need not be a valid number.
	Number string
	// Problems holds at least one problem and at most MaxProblems+1.
	Problems Problems
}

// Error names the subject, the number and every problem.
func (e *DecodeError) Error() string {
	about := ""
	if e.Number != "" {
		about = " about " + fmt.Sprintf("%q", e.Number)
	}
	return fmt.Sprintf("decode event on %q%s: %s", clip(e.Subject, maxValueRunes), about, e.Problems)
}
