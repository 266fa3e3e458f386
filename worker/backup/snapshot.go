package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/nats-io/nats.go"

	"invoicelink/worker/ctxtime"
)

const (
	// apiTimeout bounds one question to the server.
	apiTimeout = 20 * time.Second
	// chunkTimeout is how long the next part of a snapshot may take.
	chunkTimeout = 30 * time.Second
	chunkSize    = 512 << 10
)

// apiError is what the JetStream API answers instead.
type apiError struct {
	Code        int    `json:"code"`
	ErrCode     int    `json:"err_code"`
	Description string `json:"description"`
}

func (e *apiError) Error() string { return fmt.Sprintf("%s (%d)", e.Description, e.ErrCode) }

// ask sends a request to the JetStream API and reads the answer.
func ask(ctx context.Context, nc *nats.Conn, subject string, request, answer any) error {
	data, err := json.Marshal(request)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, apiTimeout)
	defer cancel()
	m, err := nc.RequestWithContext(ctx, subject, data)
	if err != nil {
		return err
	}
	return readAnswer(m.Data, answer)
}

func readAnswer(data []byte, answer any) error {
	var failed struct {
		Error *apiError `json:"error"`
	}
	if err := json.Unmarshal(data, &failed); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	if failed.Error != nil {
		return failed.Error
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(data, answer); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	return nil
}

// snapshot writes a stream's snapshot, with its consumers if they are wanted.
func snapshot(ctx context.Context, nc *nats.Conn, name string, consumers bool, w io.Writer) (Stream, error) {
	inbox := nats.NewInbox()
	parts, err := nc.SubscribeSync(inbox)
	if err != nil {
		return Stream{}, fmt.Errorf("snapshot stream %s: %w", name, err)
	}
	defer func() { _ = parts.Unsubscribe() }() // it ends with the connection at the latest
	if err := parts.SetPendingLimits(-1, -1); err != nil {
		return Stream{}, fmt.Errorf("snapshot stream %s: %w", name, err)
	}
	request := map[string]any{"deliver_subject": inbox, "no_consumers": !consumers, "chunk_size": chunkSize, "jsck": true}
	s := Stream{Name: name}
	if err := ask(ctx, nc, "$JS.API.STREAM.SNAPSHOT."+name, request, &s); err != nil {
		return Stream{}, fmt.Errorf("snapshot stream %s: %w", name, err)
	}
	if err := s.readState(); err != nil {
		return Stream{}, err
	}
	for {
		m, err := nextPart(ctx, parts)
		if err != nil {
			return Stream{}, fmt.Errorf("snapshot stream %s: %w", name, err)
		}
		if len(m.Data) == 0 { // the end, with a status
			if status := m.Header.Get("Status"); status != "" && status != "204" {
				return Stream{}, fmt.Errorf("snapshot stream %s: server says %s %s", name, status, m.Header.Get("Description"))
			}
			return s, nil
		}
		if _, err := w.Write(m.Data); err != nil {
			return Stream{}, fmt.Errorf("snapshot stream %s: %w", name, err)
		}
		if m.Reply != "" {
			if err := m.Respond(nil); err != nil {
				return Stream{}, fmt.Errorf("snapshot stream %s: %w", name, err)
			}
		}
	}
}

func nextPart(ctx context.Context, parts *nats.Subscription) (*nats.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, chunkTimeout)
	defer cancel()
	m, err := parts.NextMsgWithContext(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("the server has sent nothing for %v: %w", chunkTimeout, err)
	}
	return m, err
}

// readState takes the counts out of the server's words.
func (s *Stream) readState() error {
	var state struct {
		Messages uint64 `json:"messages"`
		LastSeq  uint64 `json:"last_seq"`
	}
	if err := json.Unmarshal(s.State, &state); err != nil {
		return fmt.Errorf("read the state of stream %s: %w", s.Name, err)
	}
	s.Messages, s.LastSeq = state.Messages, state.LastSeq
	return nil
}

// restore makes the stream from its snapshot, with so many replicas where the
// number is not 0.
func (s *Stream) restore(ctx context.Context, nc *nats.Conn, replicas int, r io.Reader) error {
	config := s.Config
	if replicas > 0 {
		var all map[string]json.RawMessage
		err := json.Unmarshal(config, &all)
		if err == nil {
			all["num_replicas"] = json.RawMessage(fmt.Sprint(replicas))
			config, err = json.Marshal(all)
		}
		if err != nil {
			return fmt.Errorf("restore stream %s: read its configuration: %w", s.Name, err)
		}
	}
	var begin struct {
		DeliverSubject string `json:"deliver_subject"`
	}
	request := map[string]any{"config": config, "state": s.State}
	if err := ask(ctx, nc, "$JS.API.STREAM.RESTORE."+s.Name, request, &begin); err != nil {
		return fmt.Errorf("restore stream %s: %w", s.Name, err)
	}
	buf := make([]byte, chunkSize)
	for {
		n, err := io.ReadFull(r, buf)
		if n > 0 {
			if err := s.send(ctx, nc, begin.DeliverSubject, buf[:n], nil); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("restore stream %s: %w", s.Name, err)
		}
	}
	var made struct {
		State json.RawMessage `json:"state"`
	}
	if err := s.send(ctx, nc, begin.DeliverSubject, nil, &made); err != nil {
		return err
	}
	got := Stream{Name: s.Name, State: made.State}
	if err := got.readState(); err != nil {
		return err
	}
	if got.Messages != s.Messages || got.LastSeq != s.LastSeq {
		return fmt.Errorf("restore stream %s: it has %d messages up to %d, the backup says %d up to %d", s.Name, got.Messages, got.LastSeq, s.Messages, s.LastSeq)
	}
	return nil
}

// In a cluster it takes a moment until every server knows who takes the parts.
// Until then a part reaches nobody, so it can be sent again.
const (
	knownAfter = 250 * time.Millisecond
	knownTries = 60
)

// send gives the server a part of a snapshot, and at the end reads what was
// made of it.
func (s *Stream) send(ctx context.Context, nc *nats.Conn, subject string, part []byte, made any) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute) // the end is answered when the stream is up
	defer cancel()
	m, err := nc.RequestWithContext(ctx, subject, part)
	for try := 1; errors.Is(err, nats.ErrNoResponders) && try < knownTries; try++ {
		if err := ctxtime.Sleep(ctx, knownAfter); err != nil {
			return fmt.Errorf("restore stream %s: %w", s.Name, err)
		}
		m, err = nc.RequestWithContext(ctx, subject, part)
	}
	if err == nil && made != nil {
		err = readAnswer(m.Data, made)
	}
	if err != nil {
		return fmt.Errorf("restore stream %s: %w", s.Name, err)
	}
	return nil
}
