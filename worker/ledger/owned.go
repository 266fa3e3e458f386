package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go/jetstream"
)

// TakenError says that a session, link or token belongs to another invoice, or a
// link to another revision.
type TakenError struct {
	What   string // "session", "link", "link URL" or "token"
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

// Ownership is an entry of the owners' log: an invoice asks for a session, or
// for the id and URL of a link. Of all entries about one of these the first
// counts; the others are without effect, for everybody.
type Ownership struct {
	Number  string `json:"number"`
	Session string `json:"session,omitempty"` // id
	URL     string `json:"url,omitempty"`     // of a link
	Link    string `json:"link,omitempty"`    // id; "" where the API gave none
	Of      string `json:"of,omitempty"`      // a link's revision, or the id of the attempt to pay that it is for
}

// Owned is something that has one owner.
type Owned struct {
	What  string // as in TakenError
	Value string
}

// Names are what the entry asks for.
func (o Ownership) Names() (names []Owned) {
	for _, n := range []Owned{{"session", o.Session}, {"link URL", o.URL}, {"link", o.Link}} {
		if n.Value != "" {
			names = append(names, n)
		}
	}
	return names
}

// owner is who asks, as errors say it.
func (o Ownership) owner() string {
	if o.Of == "" {
		return strconv.Quote(o.Number)
	}
	return fmt.Sprintf("%q (link %s)", o.Number, o.Of)
}

// SameOwner reports whether both entries are of one invoice, and of one link of
// it if they are about links.
func (o Ownership) SameOwner(other Ownership) bool {
	return o.Number == other.Number && o.Of == other.Of
}

// Ownerships are the entries that the owners' log holds of a record at least.
func (r *Record) Ownerships() (all []Ownership) {
	if r.SessionID != "" {
		all = append(all, Ownership{Number: r.Number, Session: r.SessionID})
	}
	links := r.Older
	if r.Link != nil {
		links = append(links[:len(links):len(links)], *r.Link)
	}
	for _, l := range links {
		all = append(all, l.ownership(r.Number))
	}
	if r.PayPage != nil && r.PayPage.Attempt != nil && r.PayPage.Attempt.Link != "" {
		all = append(all, r.PayPage.Attempt.ownership(r.Number))
	}
	return all
}

func (l Link) ownership(number string) Ownership {
	return Ownership{Number: number, URL: l.URL, Link: l.ID, Of: strconv.Itoa(l.Revision)}
}

func (a Attempt) ownership(number string) Ownership {
	return Ownership{Number: number, URL: a.Link, Link: a.LinkID, Of: a.ID}
}

// TakeSession makes a session id the invoice's permanently. Taking what one has
// is fine; what another invoice has gives a *TakenError.
func (l *Ledger) TakeSession(ctx context.Context, sessionID, number string) error {
	return l.Take(ctx, Ownership{Number: number, Session: sessionID})
}

// TakeLink makes a link's id and URL those of one revision of the invoice
// permanently. A link that was given before, to whomever, gives a *TakenError.
func (l *Ledger) TakeLink(ctx context.Context, link Link, number string) error {
	return l.Take(ctx, link.ownership(number))
}

// TakeAttemptLink is TakeLink for the link of an attempt.
func (l *Ledger) TakeAttemptLink(ctx context.Context, a Attempt, number string) error {
	return l.Take(ctx, a.ownership(number))
}

// Take asks for what an entry names. It returns when everybody who asks from
// then on gets a *TakenError, or with one.
func (l *Ledger) Take(ctx context.Context, o Ownership) error {
	owners, err := l.owners.take(ctx, o)
	if err != nil {
		return fmt.Errorf("take what is invoice %q's: %w", o.Number, err)
	}
	for i, n := range o.Names() {
		if !owners[i].SameOwner(o) {
			return &TakenError{What: n.What, Value: n.Value, Owner: owners[i].owner(), Number: o.owner()}
		}
	}
	return nil
}

// own writes the number of an invoice under a key that nobody has, or finds that
// it is there.
func (l *Ledger) own(ctx context.Context, key, number string, taken TakenError) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := l.write(ctx, key, []byte(number), 0)
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
	if have := string(value.Value()); have != number {
		taken.Owner = strconv.Quote(have)
		return &taken
	}
	return nil
}

// OwnershipOf reads an entry of the log.
func OwnershipOf(data []byte) (o Ownership, err error) {
	if err = json.Unmarshal(data, &o); err == nil && len(o.Names()) == 0 {
		err = errors.New("it names nothing")
	}
	return o, err
}
