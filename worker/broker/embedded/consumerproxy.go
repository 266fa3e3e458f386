package embedded

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

const (
	// maxCreate is the most bytes of a request to create a consumer; a usual
	// one is about 300.
	maxCreate = 32 << 10
	// maxIdle ends an outside consumer that nobody has used for so long, a
	// durable one too: an ERP's may rest over a fortnight.
	maxIdle = 31 * 24 * time.Hour
	// proxyTimeout is how long the server may take to create one.
	proxyTimeout = 5 * time.Second
)

// proxyConsumers answers the requests of outside clients to create consumers: it reads
// each the way the server would, makes sure that deliveries can go to the
// client's own account only, and hands on what it has read, never the bytes
// that came.
func proxyConsumers(nc *nats.Conn, log *slog.Logger) error {
	_, err := nc.Subscribe(proxyPrefix+">", func(m *nats.Msg) {
		answer, err := createConsumer(nc, m)
		if err != nil {
			log.Warn("refuse a consumer to an outside client", "error", err)
			answer = refusal(err)
		}
		if err := m.Respond(answer); err != nil && !errors.Is(err, nats.ErrConnectionClosed) {
			log.Debug("answer an outside client", "error", err)
		}
	})
	if err != nil {
		return fmt.Errorf("listen for outside consumers: %w", err)
	}
	if err := nc.FlushTimeout(proxyTimeout); err != nil {
		return fmt.Errorf("listen for outside consumers: %w", err)
	}
	return nil
}

func createConsumer(nc *nats.Conn, m *nats.Msg) ([]byte, error) {
	tail := strings.TrimPrefix(m.Subject, proxyPrefix)
	stream, _, _ := strings.Cut(tail, ".")
	body, err := checkedRequest(stream, m.Data)
	if err != nil {
		return nil, err
	}
	reply, err := nc.Request(createPrefix+tail, body, proxyTimeout)
	if err != nil {
		return nil, fmt.Errorf("create a consumer of %.80q: %w", stream, err)
	}
	return unmapDeliver(reply.Data), nil
}

// checkedRequest rewrites a request to create a consumer of the stream.
func checkedRequest(stream string, data []byte) ([]byte, error) {
	if len(data) > maxCreate {
		return nil, fmt.Errorf("the request has %d bytes: at most %d", len(data), maxCreate)
	}
	var req server.CreateConsumerRequest
	if err := json.Unmarshal(data, &req); err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	if req.Stream != stream {
		return nil, fmt.Errorf("the request names stream %.80q on the subject of %.80q", req.Stream, stream)
	}
	if d := req.Config.DeliverSubject; d != "" {
		if !strings.HasPrefix(d, inboxPrefix) || !server.IsValidLiteralSubject(d) {
			return nil, fmt.Errorf("deliver subject %.80q is not an inbox: it must begin with %s", d, inboxPrefix)
		}
		req.Config.DeliverSubject = deliverPrefix + d
	}
	if i := req.Config.InactiveThreshold; i > maxIdle || (i <= 0 && req.Config.Durable != "") {
		req.Config.InactiveThreshold = maxIdle
	}
	return json.Marshal(req)
}

// unmapDeliver shows the client the deliver subject that it had asked for. An
// answer that is not read goes through as it is.
func unmapDeliver(answer []byte) []byte {
	var all map[string]json.RawMessage
	var config map[string]json.RawMessage
	var subject string
	if json.Unmarshal(answer, &all) != nil || json.Unmarshal(all["config"], &config) != nil ||
		json.Unmarshal(config["deliver_subject"], &subject) != nil {
		return answer
	}
	own, err := json.Marshal(strings.TrimPrefix(subject, deliverPrefix))
	if err != nil {
		return answer
	}
	config["deliver_subject"] = own
	if all["config"], err = json.Marshal(config); err != nil {
		return answer
	}
	if out, err := json.Marshal(all); err == nil {
		return out
	}
	return answer
}

// refusal is an answer of the JetStream API with code 403.
func refusal(err error) []byte {
	answer, _ := json.Marshal(map[string]any{
		"type":  "io.nats.jetstream.api.v1.consumer_create_response",
		"error": server.ApiError{Code: 403, Description: err.Error()},
	})
	return answer
}
