package broker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
)

// ErrNotVisible is wrapped where the connection's account may not ask the
// servers for their configuration.
var ErrNotVisible = errors.New("the servers do not tell this account their configuration")

const (
	// configSubject asks every server for the figures of its JetStream, its
	// configuration among them. It belongs to the system account; another account
	// has to import it, as the one in fixtures/nats does.
	configSubject = "$SYS.REQ.SERVER.PING.JSZ"
	// configWait is how long a first answer, and configQuiet how long a further
	// one, is waited for.
	configWait  = 2 * time.Second
	configQuiet = 200 * time.Millisecond
)

// Unsynced names the servers that answer before a write is on disk, since their
// sync_interval is not "always": with all servers losing power at once they
// lose what they have acknowledged.
func (b *Broker) Unsynced(ctx context.Context) (servers []string, err error) {
	nc := b.js.Conn()
	inbox := nc.NewInbox()
	sub, err := nc.SubscribeSync(inbox)
	if err != nil {
		return nil, fmt.Errorf("ask the servers for their configuration: %w", err)
	}
	defer func() { _ = sub.Unsubscribe() }() // a connection that is closed has none
	if err := nc.PublishRequest(configSubject, inbox, nil); err != nil {
		return nil, fmt.Errorf("ask the servers for their configuration: %w", err)
	}
	for wait, answers := configWait, 0; ; wait, answers = configQuiet, answers+1 {
		m, err := next(ctx, sub, wait)
		switch {
		case err == nil:
		case answers > 0 && errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
			slices.Sort(servers)
			return servers, nil
		case errors.Is(err, nats.ErrNoResponders), errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
			return nil, fmt.Errorf("ask the servers for their configuration: %w", ErrNotVisible)
		default:
			return nil, fmt.Errorf("ask the servers for their configuration: %w", err)
		}
		var answer struct {
			Server struct {
				Name string `json:"name"`
			} `json:"server"`
			Data struct {
				Disabled bool `json:"disabled"`
				Config   struct {
					SyncAlways bool `json:"sync_always"`
				} `json:"config"`
			} `json:"data"`
		}
		if err := json.Unmarshal(m.Data, &answer); err != nil {
			return nil, fmt.Errorf("read a server's configuration: %w", err)
		}
		if !answer.Data.Disabled && !answer.Data.Config.SyncAlways {
			servers = append(servers, answer.Server.Name)
		}
	}
}

func next(ctx context.Context, sub *nats.Subscription, wait time.Duration) (*nats.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	return sub.NextMsgWithContext(ctx)
}
