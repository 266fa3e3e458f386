package broker

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Documents keeps one message a name in a stream, the newest only.
type Documents struct{ b *Broker }

// Documents returns the store of documents.
func (b *Broker) Documents() Documents { return Documents{b} }

// ErrNoDocument is returned for a name under which nothing was stored.
var ErrNoDocument = errors.New("document does not exist")

// Put stores data under a name made of subject tokens. An older document of
// that name is removed with a tombstone (roll-up), so that it cannot come back
// after an unclean stop.
func (d Documents) Put(ctx context.Context, name string, data []byte) error {
	m := &nats.Msg{Subject: documentsPrefix + name, Data: data, Header: nats.Header{}}
	m.Header.Set(jetstream.MsgRollup, jetstream.MsgRollupSubject)
	err := repeat(ctx, func(ctx context.Context) error {
		_, err := d.b.js.PublishMsg(ctx, m)
		return err
	})
	if err != nil {
		return fmt.Errorf("store document %s: %w", name, WrapStoreFull(err))
	}
	return nil
}

// Get returns the newest document of a name, or ErrNoDocument.
func (d Documents) Get(ctx context.Context, name string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	m, err := d.b.documents.GetLastMsgForSubject(ctx, documentsPrefix+name)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, fmt.Errorf("read document %s: %w", name, ErrNoDocument)
	}
	if err != nil {
		return nil, fmt.Errorf("read document %s: %w", name, err)
	}
	return m.Data, nil
}
