package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/invoice"
)

// TakenError says that a session or link belongs to another invoice, or a link
// to another revision.
type TakenError struct {
	What   string // "session", "link" or "link URL"
	Value  string // the id or URL
	Owner  string // who has it: the number, and for a link its revision
	Number string // who asked for it, likewise
}

func (e *TakenError) Error() string {
	if e.What == "session" {
		return fmt.Sprintf("session %s belongs to invoice %s already, so invoice %s cannot use it; give it a session of its own or leave the session id out",
			e.Value, e.Owner, e.Number)
	}
	return fmt.Sprintf("%s %s belongs to invoice %s already, so invoice %s cannot use it", e.What, e.Value, e.Owner, e.Number)
}

// TakeSession makes a session id the invoice's permanently. Taking what one has
// is fine; what another invoice has gives a *TakenError.
func (l *Ledger) TakeSession(ctx context.Context, sessionID, number string) error {
	return l.own(ctx, sessionPrefix+invoice.Key(sessionID), number, TakenError{What: "session", Value: sessionID, Number: strconv.Quote(number)})
}

// TakeLink makes a link's id and URL those of one revision of the invoice
// permanently. A link that was given before, to whomever, gives a *TakenError.
func (l *Ledger) TakeLink(ctx context.Context, link Link, number string) error {
	return l.takeLink(ctx, link.URL, link.ID, strconv.Itoa(link.Revision), number)
}

// TakeAttemptLink is TakeLink for the link of an attempt.
func (l *Ledger) TakeAttemptLink(ctx context.Context, a Attempt, number string) error {
	return l.takeLink(ctx, a.Link, a.LinkID, a.ID, number)
}

func (l *Ledger) takeLink(ctx context.Context, link, id, of, number string) error {
	owner := of + " " + number
	asker := fmt.Sprintf("%q (link %s)", number, of)
	sum := sha256.Sum256([]byte(link))
	url := linkPrefix + "u." + hex.EncodeToString(sum[:16])
	if err := l.own(ctx, url, owner, TakenError{What: "link URL", Value: link, Number: asker}); err != nil || id == "" {
		return err
	}
	sum = sha256.Sum256([]byte(id))
	return l.own(ctx, linkPrefix+"i."+hex.EncodeToString(sum[:16]), owner, TakenError{What: "link", Value: id, Number: asker})
}

// own writes the owner under a key that nobody has, or finds that it is there.
func (l *Ledger) own(ctx context.Context, key, owner string, taken TakenError) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := l.write(ctx, key, []byte(owner), 0)
	if err == nil {
		return nil
	}
	if !errors.Is(err, jetstream.ErrKeyExists) {
		return fmt.Errorf("take %s %s: %w", taken.What, taken.Value, err)
	}
	value, err := l.get(ctx, key)
	if err != nil {
		return fmt.Errorf("take %s %s: %w", taken.What, taken.Value, err)
	}
	have := string(value.Value())
	if have == owner {
		return nil
	}
	taken.Owner = strconv.Quote(have)
	if revision, number, ok := strings.Cut(have, " "); ok && taken.What != "session" {
		taken.Owner = fmt.Sprintf("%q (link %s)", number, revision)
	}
	return &taken
}
