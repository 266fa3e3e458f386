package embedded

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"
)

const (
	// maxCreate is the most bytes of a request to create a consumer; a usual
	// one is about 300.
	maxCreate = 32 << 10
	// usualIdle ends a durable consumer of an outside client that nobody has
	// used for so long, unless it states an inactive threshold of its own: a
	// weekend and a day.
	usualIdle = 72 * time.Hour
	// maxIdle bounds the inactive threshold that a consumer may state.
	maxIdle = 31 * 24 * time.Hour
)

// call carries out a call of the JetStream API, or refuses it.
func (g *gate) call(m *nats.Msg) {
	call := strings.TrimPrefix(m.Subject, apiPrefix)
	verb, args := splitCall(call)
	stream, consumer, _ := strings.Cut(args, ".")
	readable := slices.Contains(g.Access.Read, stream)
	var err error
	switch {
	case call == "INFO", verb == "STREAM.INFO" && args == stream && g.visible(stream), verb == "STREAM.MSG.GET" && readable:
		err = g.relay(m, call, m.Data)
	case verb == "DIRECT.GET" && readable: // answers with several messages
		g.forward(m.Subject, m)
	case verb == "STREAM.NAMES", verb == "STREAM.LIST":
		err = g.list(m, verb, g.visible)
	case verb == "CONSUMER.NAMES" && readable, verb == "CONSUMER.LIST" && readable:
		err = g.list(m, call, func(name string) bool { return g.own(name) == name })
	case verb == "CONSUMER.CREATE" && readable, verb == "CONSUMER.DURABLE.CREATE" && readable:
		err = g.create(m, stream, consumer)
	case verb == "CONSUMER.INFO" && readable, verb == "CONSUMER.DELETE" && readable:
		err = g.relay(m, verb+"."+stream+"."+g.own(consumer), m.Data)
	case verb == "CONSUMER.MSG.NEXT" && readable:
		err = g.next(m, stream, g.own(consumer))
	default:
		err = &server.ApiError{Code: http.StatusForbidden, Description: fmt.Sprintf("%s may not call %.120s", g.Name, m.Subject)}
	}
	if err != nil {
		g.refuse(m, err)
	}
}

// splitCall splits the subject of a call, without its prefix, into the verb and
// its arguments.
func splitCall(call string) (verb, args string) {
	for _, v := range []string{
		"STREAM.NAMES", "STREAM.LIST", "STREAM.INFO", "STREAM.MSG.GET", "DIRECT.GET",
		"CONSUMER.DURABLE.CREATE", "CONSUMER.CREATE", "CONSUMER.NAMES", "CONSUMER.LIST",
		"CONSUMER.INFO", "CONSUMER.DELETE", "CONSUMER.MSG.NEXT",
	} {
		if call == v {
			return v, ""
		}
		if rest, ok := strings.CutPrefix(call, v+"."); ok {
			return v, rest
		}
	}
	return "", ""
}

// answerType is the schema of the answer to a call, such as
// "io.nats.jetstream.api.v1.stream_list_response" for "STREAM.LIST"; the nats
// command line takes no answer without it.
func answerType(call string) string {
	t := strings.Split(strings.ToLower(strings.Replace(call, ".DURABLE.", ".", 1)), ".")
	return "io.nats.jetstream.api.v1." + strings.Join(t[:min(2, len(t))], "_") + "_response"
}

func (g *gate) visible(stream string) bool {
	return slices.Contains(g.Access.Read, stream) || slices.Contains(g.Access.Inspect, stream)
}

// ask makes a call in the worker's account.
func (g *gate) ask(call string, body []byte) ([]byte, error) {
	m, err := g.ours.Request(apiPrefix+call, body, callTimeout)
	if err != nil {
		return nil, &server.ApiError{Code: http.StatusServiceUnavailable, Description: fmt.Sprintf("call %.120s: %v", call, err)}
	}
	return m.Data, nil
}

// relay makes a call for the user and answers it.
func (g *gate) relay(m *nats.Msg, call string, body []byte) error {
	answer, err := g.ask(call, body)
	if err != nil {
		return err
	}
	return g.respond(m, answer)
}

// respond answers with the deliver subjects that the user knows.
func (g *gate) respond(m *nats.Msg, answer []byte) error {
	return m.Respond(bytes.ReplaceAll(answer, []byte(`"`+g.deliver("")), []byte(`"`)))
}

// next passes on a pull. The server has nothing that listens for the pulls of a
// consumer that has ended, so that the user would wait for its own timeout.
func (g *gate) next(m *nats.Msg, stream, consumer string) error {
	answer, err := g.ask("CONSUMER.INFO."+stream+"."+consumer, nil)
	if err != nil {
		return err
	}
	var info struct {
		Error *server.ApiError `json:"error"`
	}
	if json.Unmarshal(answer, &info) == nil && info.Error != nil {
		return m.RespondMsg(&nats.Msg{Header: nats.Header{"Status": {"409"}, "Description": {"Consumer Deleted"}}})
	}
	g.forward(apiPrefix+"CONSUMER.MSG.NEXT."+stream+"."+consumer, m)
	return nil
}

// create makes a consumer: it reads the request the way the server would, makes
// sure that name and deliveries are the user's own, and passes on what it has
// read, never the bytes that came.
func (g *gate) create(m *nats.Msg, stream, tail string) error {
	req, err := g.consumerRequest(stream, tail, m.Data)
	if err != nil {
		return err
	}
	if err := g.room(stream, req.Config.Name); err != nil {
		return err
	}
	body, err := json.Marshal(req)
	if err != nil {
		return err
	}
	call := "CONSUMER.CREATE." + stream + "." + req.Config.Name
	if _, filter, ok := strings.Cut(tail, "."); ok {
		call += "." + filter
	}
	return g.relay(m, call, body)
}

// consumerRequest rewrites a request to create a consumer of the stream.
func (g *gate) consumerRequest(stream, tail string, data []byte) (*server.CreateConsumerRequest, error) {
	if len(data) > maxCreate {
		return nil, fmt.Errorf("the request has %d bytes: at most %d", len(data), maxCreate)
	}
	req := &server.CreateConsumerRequest{}
	if err := json.Unmarshal(data, req); err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	c := &req.Config
	if req.Stream != stream {
		return nil, fmt.Errorf("the request names stream %.80q on the subject of %.80q", req.Stream, stream)
	}
	name, _, _ := strings.Cut(tail, ".")
	for _, stated := range []string{c.Name, c.Durable} {
		if name == "" {
			name = stated
		}
		if stated != "" && stated != name {
			return nil, fmt.Errorf("the request names consumer %.80q and %.80q", name, stated)
		}
	}
	if name == "" {
		name = nuid.Next()
	}
	c.Name = g.own(name)
	if c.Durable != "" {
		c.Durable = c.Name
	}
	if d := c.DeliverSubject; d != "" {
		if !slices.ContainsFunc(g.inboxes(), func(inbox string) bool { return strings.HasPrefix(d, inbox) }) || !server.IsValidLiteralSubject(d) {
			return nil, fmt.Errorf("deliver subject %.80q is not an inbox: it must begin with %s", d, strings.Join(g.inboxes(), " or "))
		}
		c.DeliverSubject = g.deliver(d)
	}
	switch i := c.InactiveThreshold; {
	case i > maxIdle:
		c.InactiveThreshold = maxIdle
	case i <= 0 && c.Durable != "":
		c.InactiveThreshold = usualIdle
	}
	return req, nil
}

// room refuses a new consumer where the user, or all users together, have as
// many as they may: without a bound one user could use up the server's limit
// for everybody, the program included.
func (g *gate) room(stream, name string) error {
	names, _, err := g.pages("CONSUMER.NAMES."+stream, "")
	if err != nil {
		return err
	}
	mine := 0
	for _, n := range names {
		switch {
		case n == name:
			return nil // an update
		case g.own(n) == n:
			mine++
		}
	}
	switch {
	case mine >= g.limits.Consumers:
		return &server.ApiError{Code: http.StatusTooManyRequests, Description: fmt.Sprintf(
			"%s has %d consumers of %s and may have no more: delete one, or wait until an idle one ends", g.Name, mine, stream)}
	case len(names) >= mostConsumers:
		return &server.ApiError{Code: http.StatusTooManyRequests, Description: fmt.Sprintf("%s has %d consumers and takes no more", stream, len(names))}
	}
	return nil
}

// list answers a call for a list with what of it the user may see, in one page.
func (g *gate) list(m *nats.Msg, call string, keep func(name string) bool) error {
	var asked listRequest
	_ = json.Unmarshal(m.Data, &asked)
	names, entries, err := g.pages(call, asked.Subject)
	if err != nil {
		return err
	}
	kept := []json.RawMessage{}
	for i, name := range names {
		if keep(name) && asked.Offset == 0 {
			kept = append(kept, entries[i])
		}
	}
	member := strings.ToLower(call[:strings.IndexByte(call, '.')]) + "s"
	total := len(kept) + asked.Offset
	answer, err := json.Marshal(map[string]any{"type": answerType(call), member: kept, "total": total, "offset": asked.Offset, "limit": max(1, total)})
	if err != nil {
		return err
	}
	return g.respond(m, answer)
}

type listRequest struct {
	Offset  int    `json:"offset"`
	Subject string `json:"subject,omitempty"` // streams only
}

// pages asks for all pages of a list of streams or consumers.
func (g *gate) pages(call, subject string) (names []string, entries []json.RawMessage, err error) {
	for {
		body, err := json.Marshal(listRequest{Offset: len(entries), Subject: subject})
		if err != nil {
			return nil, nil, err
		}
		answer, err := g.ask(call, body)
		if err != nil {
			return nil, nil, err
		}
		var page struct {
			Error     *server.ApiError  `json:"error"`
			Total     int               `json:"total"`
			Streams   []json.RawMessage `json:"streams"`
			Consumers []json.RawMessage `json:"consumers"`
		}
		if err := json.Unmarshal(answer, &page); err != nil {
			return nil, nil, fmt.Errorf("read the answer to %s: %w", call, err)
		}
		if page.Error != nil {
			return nil, nil, page.Error
		}
		part := append(page.Streams, page.Consumers...)
		for _, e := range part {
			names = append(names, nameOf(e))
		}
		entries = append(entries, part...)
		if len(part) == 0 || len(entries) >= page.Total {
			return names, entries, nil
		}
	}
}

// nameOf reads an entry of a list: a name, or an object that has one.
func nameOf(entry json.RawMessage) string {
	var name string
	if json.Unmarshal(entry, &name) == nil {
		return name
	}
	var info struct {
		Name   string `json:"name"`
		Config struct {
			Name string `json:"name"`
		} `json:"config"`
	}
	_ = json.Unmarshal(entry, &info)
	if info.Name == "" {
		return info.Config.Name
	}
	return info.Name
}
