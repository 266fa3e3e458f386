package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/ctxtime"
)

// Owner is whose ledger it is. A sandbox link must never end on a real
// invoice, nor one seller's money in another's account.
type Owner struct {
	// Seller is the VAT id of the seller.
	Seller string `json:"seller"`
	// Account is the checkout account: the base URL and the user, or
	// "sandbox".
	Account string `json:"account"`
}

// OwnerError says that the ledger belongs to somebody else.
type OwnerError struct{ Have, Want Owner }

func (e *OwnerError) Error() string {
	if e.Have.Seller != e.Want.Seller {
		return fmt.Sprintf("ledger belongs to the seller with VAT id %s, not %s; name another data directory or server for this seller",
			e.Have.Seller, e.Want.Seller)
	}
	return fmt.Sprintf("ledger belongs to the checkout account %s, not %s; name another data directory or server for this account",
		e.Have.Account, e.Want.Account)
}

const ownerKey = "owner"

// BindOwner makes the ledger the owner's, if it is nobody's yet, and refuses another
// with an *OwnerError.
func (l *Ledger) BindOwner(ctx context.Context, want Owner) error {
	data, err := json.Marshal(want)
	if err != nil {
		return fmt.Errorf("bind ledger to its owner: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if _, err = l.kv.Create(ctx, ownerKey, data); err == nil {
		return nil
	}
	if !errors.Is(err, jetstream.ErrKeyExists) {
		return fmt.Errorf("bind ledger to its owner: %w", err)
	}
	have, err := l.Owner(ctx)
	for err == nil && have == (Owner{}) { // it is there, but not yet on the replica that was asked
		if err = ctxtime.Sleep(ctx, 50*time.Millisecond); err == nil {
			have, err = l.Owner(ctx)
		}
	}
	if err != nil {
		return fmt.Errorf("bind ledger to its owner: %w", err)
	}
	if have != want {
		return &OwnerError{Have: have, Want: want}
	}
	return nil
}

// Owner returns whose ledger it is; the zero Owner where it is nobody's yet.
func (l *Ledger) Owner(ctx context.Context) (Owner, error) {
	var o Owner
	value, err := l.kv.Get(ctx, ownerKey)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return o, nil
	}
	if err != nil {
		return o, fmt.Errorf("read owner of ledger: %w", err)
	}
	if err := json.Unmarshal(value.Value(), &o); err != nil {
		return o, fmt.Errorf("read owner of ledger: %w", err)
	}
	return o, nil
}
