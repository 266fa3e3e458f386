package broker

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// Replicas says how well one stream is replicated.
type Replicas struct {
	// Stream is its name; a bucket's begins with KV_ or OBJ_.
	Stream string
	// Wanted is how many servers shall hold it, Current how many do and are up to
	// date.
	Wanted, Current int
	// Lag is the most operations that a replica is behind.
	Lag uint64
}

// Replicas tells how well each stream and bucket of the program is replicated,
// by its leader's word. Without a cluster one of one is current.
func (b *Broker) Replicas(ctx context.Context) ([]Replicas, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var all []Replicas
	l := b.js.ListStreams(ctx)
	for info := range l.Info() {
		name := info.Config.Name
		if !strings.Contains(name, "INVOICELINK_") && !strings.HasPrefix(name, "OBJ_") {
			continue // another program's
		}
		all = append(all, replicasOf(info))
	}
	if err := l.Err(); err != nil {
		return nil, fmt.Errorf("look at the replicas: %w", err)
	}
	return all, nil
}

func replicasOf(info *jetstream.StreamInfo) Replicas {
	r := Replicas{Stream: info.Config.Name, Wanted: info.Config.Replicas, Current: 1}
	if info.Cluster == nil {
		return r
	}
	if info.Cluster.Leader == "" {
		r.Current = 0
	}
	for _, peer := range info.Cluster.Replicas {
		if peer.Current && !peer.Offline {
			r.Current++
		}
		r.Lag = max(r.Lag, peer.Lag)
	}
	return r
}

// InProgress tells how many requests are handed out to workers, those in delay
// included. At 1,024 the server hands out no more until one ends.
func (b *Broker) InProgress(ctx context.Context) (int, error) {
	cons, err := b.requests.Consumer(ctx, workerConsumer)
	if errors.Is(err, jetstream.ErrConsumerNotFound) { // no worker has begun
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("count requests in progress: %w", err)
	}
	return cons.CachedInfo().NumAckPending, nil
}
