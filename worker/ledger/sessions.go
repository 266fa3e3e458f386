package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/invoice"
)

// SessionTakenError tells that a session id belongs to another invoice.
type SessionTakenError struct {
	SessionID string
	Owner     string // the number of the invoice that has it
	Number    string // the number that asked for it
}

func (e *SessionTakenError) Error() string {
	return fmt.Sprintf("session %s belongs to invoice %q already, so invoice %q cannot use it; give it a session of its own or leave the session id out",
		e.SessionID, e.Owner, e.Number)
}

// TakeSession makes a session id the invoice's for ever. Taking what one has
// is fine; what another invoice has gives a *SessionTakenError.
func (l *Ledger) TakeSession(ctx context.Context, sessionID, number string) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	key := sessionPrefix + invoice.Key(sessionID)
	_, err := l.write(ctx, key, []byte(number), 0)
	if err == nil {
		return nil
	}
	if !errors.Is(err, jetstream.ErrKeyExists) {
		return fmt.Errorf("take session %s: %w", sessionID, err)
	}
	owner, err := l.kv.Get(ctx, key)
	if err != nil {
		return fmt.Errorf("take session %s: %w", sessionID, err)
	}
	if string(owner.Value()) != number {
		return &SessionTakenError{SessionID: sessionID, Owner: string(owner.Value()), Number: number}
	}
	return nil
}
