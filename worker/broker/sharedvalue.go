package broker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// SharedValue is one small value that all workers of a fleet read and change,
// in the leases' bucket. It is never deleted.
type SharedValue struct {
	b    *Broker
	name string
}

// SharedValue returns the value of a name.
func (b *Broker) SharedValue(name string) *SharedValue { return &SharedValue{b, name} }

// Load returns the value with its revision; nothing with revision 0 if it was
// never stored. The stream's leader answers, never a replica: one that has
// stopped following answers from the past without knowing it.
func (s *SharedValue) Load(ctx context.Context) (data []byte, revision uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	ask, err := json.Marshal(map[string]string{"last_by_subj": "$KV." + BucketLeases + "." + s.name})
	if err != nil {
		return nil, 0, fmt.Errorf("read %s: %w", s.name, err)
	}
	reply, err := s.b.nc.RequestWithContext(ctx, "$JS.API.STREAM.MSG.GET.KV_"+BucketLeases, ask)
	if err != nil {
		return nil, 0, fmt.Errorf("read %s: %w", s.name, err)
	}
	var answer struct {
		Error   *jetstream.APIError `json:"error"`
		Message struct {
			Sequence uint64 `json:"seq"`
			Data     []byte `json:"data"`
		} `json:"message"`
	}
	if err := json.Unmarshal(reply.Data, &answer); err != nil {
		return nil, 0, fmt.Errorf("read %s: %w", s.name, err)
	}
	switch e := answer.Error; {
	case e == nil:
		return answer.Message.Data, answer.Message.Sequence, nil
	case e.ErrorCode == jetstream.JSErrCodeMessageNotFound:
		return nil, 0, nil
	default:
		return nil, 0, fmt.Errorf("read %s: %w", s.name, e)
	}
}

// CompareAndSwap stores the value if nobody has stored another one since the
// revision was loaded, and reports whether it did. After an error nobody knows.
func (s *SharedValue) CompareAndSwap(ctx context.Context, data []byte, revision uint64) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := s.b.leases.Update(ctx, s.name, data, revision)
	if errors.Is(err, jetstream.ErrKeyExists) { // also the client's word for a stale revision
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("store %s: %w", s.name, WrapStoreFull(err))
	}
	return true, nil
}
