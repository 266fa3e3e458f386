package ledger

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/invoice"
)

// PayPage is the payment page of an invoice: an address of the seller's own
// that is printed instead of a link of the checkout API, and does not expire. A
// link is made when somebody wants to pay.
type PayPage struct {
	// Token is the secret in the address: 160 random bits in 32 base-32
	// capitals (RFC 4648), the same for all revisions.
	Token string `json:"token"`
	// Base is what the address begins with, such as https://pay.example.com,
	// without a slash at the end. It stays what it was when it was printed.
	Base string `json:"base"`
	// Since is the revision of the page from which on the address is printed.
	Since int `json:"since"`
	// Pages are the revisions that showed it, also before links were printed
	// again.
	Pages []int `json:"pages"`
	// At is when that was decided, Request the request that asked for it.
	At      time.Time `json:"at"`
	Request string    `json:"request,omitempty"`

	// Returned is a link that the checkout API made for our address and that
	// leads there: it is printed instead. Empty prints the address itself.
	Returned string `json:"returned,omitempty"`
	// QR, Size, QRSource and Note are as in Link.
	QR       []byte `json:"qr,omitempty"`
	Size     int    `json:"size,omitempty"`
	QRSource string `json:"qrSource,omitempty"`
	Note     string `json:"note,omitempty"`

	// Attempt is the newest attempt to pay; nil where nobody has tried.
	Attempt *Attempt `json:"attempt,omitempty"`
	// Made counts the attempts, Today those of Day (UTC).
	Made  int          `json:"made,omitempty"`
	Today int          `json:"today,omitempty"`
	Day   invoice.Date `json:"day,omitempty"`

	// Session is the newest session that was opened for an attempt, and Amount
	// what it asks for.
	Session string        `json:"session,omitempty"`
	Amount  invoice.Money `json:"amount,omitzero"`
	// Rotated counts the tokens before this one.
	Rotated int `json:"rotated,omitempty"`
}

// Attempt is one attempt to pay on the payment page. It is written before the
// link is made, so that nobody else makes one.
type Attempt struct {
	ID string    `json:"id"`
	At time.Time `json:"at"`
	// Until is when its link has surely expired. As long as no link is known,
	// it is the latest end that a link can have which was made and not recorded.
	Until  time.Time     `json:"until"`
	Amount invoice.Money `json:"amount"` // that the link asks for
	// Link is the link's URL, LinkID its name and Session its session at the
	// checkout API; empty as long as it is not made.
	Link    string `json:"link,omitempty"`
	LinkID  string `json:"linkId,omitempty"`
	Session string `json:"session,omitempty"`
	// Lost means that a link may exist and nobody knows it: the API's answer did
	// not arrive. No other is made before its end.
	Lost bool `json:"lost,omitempty"`
	// ValidUntil is until when the link can surely be opened.
	ValidUntil time.Time `json:"validUntil,omitzero"`
}

const (
	// AttemptGrace is how long after the end of a link no other is made: a
	// payment that began on it, such as with 3-D Secure, may still arrive.
	AttemptGrace = 15 * time.Minute
	// AttemptsADay bounds the links that visitors can cause in a day (UTC).
	AttemptsADay = 5
	// AttemptsInAll bounds the links that visitors can cause at all.
	AttemptsInAll = 30
)

// BlockedUntil is the moment from which on another link may be made.
func (a *Attempt) BlockedUntil() time.Time {
	if a.Link == "" { // nobody can have opened it
		return a.Until
	}
	return a.Until.Add(AttemptGrace)
}

// Alive reports whether the attempt has a link that can be opened.
func (a *Attempt) Alive(now time.Time) bool { return a.Link != "" && now.Before(a.ValidUntil) }

// NewToken returns a token for an address.
func NewToken() string { return (rand.Text() + rand.Text())[:tokenLength] }

// tokenLength is the number of characters of a token, 5 bits each.
const tokenLength = 32

// ReadToken returns the token that a part of an address means: readers of QR
// codes and people change its case.
func ReadToken(text string) (token string, ok bool) {
	token = strings.ToUpper(text)
	if len(text) != tokenLength || strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
		return "", false
	}
	return token, true
}

// TokenMark names a token in logs without showing it: six hex digits of its
// SHA-256.
func TokenMark(token string) string { return tokenDigest(token)[:6] }

func tokenDigest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:16])
}

// Address is where the payment page is: Base, "/I/" and the token.
func (p *PayPage) Address() string { return p.Base + "/I/" + p.Token }

// Shown is what is printed: the address, or the returned link that leads there.
func (p *PayPage) Shown() string { return firstOf(p.Returned, p.Address()) }

// PageCode is the text of the address for a QR code. Where the base has no path
// it is in capitals, which need a smaller code: 29 modules on a side instead of
// 33 (ISO/IEC 18004, alphanumeric mode). Scheme and host have no case.
func (p *PayPage) PageCode() string {
	if _, rest, ok := strings.Cut(p.Base, "://"); ok && !strings.Contains(rest, "/") {
		return strings.ToUpper(p.Address())
	}
	return p.Address()
}

// OnPayPage reports whether the next printed page shows the payment page, and
// not a link.
func (r *Record) OnPayPage() bool { return r.PayPage != nil && r.PayPage.Since > r.LinkRevision() }

// TakeToken makes a token the invoice's permanently. It is written before the
// record refers to it; tokens that were replaced still name their invoice. The
// key is a digest: keys show in reports about damage, tokens must not.
func (l *Ledger) TakeToken(ctx context.Context, token, number string) error {
	return l.own(ctx, tokenPrefix+tokenDigest(token), number, TakenError{What: "token", Value: TokenMark(token), Number: fmt.Sprintf("%q", number)})
}

// ReadByToken returns the record of the invoice that a token was given to. The
// token may have been replaced since: compare it with the record's. An error
// wraps ErrUnknown if nobody has it, and never shows the token.
func (l *Ledger) ReadByToken(ctx context.Context, token string) (*Entry, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	value, err := l.get(ctx, tokenPrefix+tokenDigest(token))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, fmt.Errorf("read token %s: %w", TokenMark(token), ErrUnknown)
	}
	if err != nil {
		return nil, fmt.Errorf("read token %s: %w", TokenMark(token), err)
	}
	return l.Read(ctx, string(value.Value()))
}

// OpenPayPage has the next page show the payment page. An invoice that had one
// before keeps its token.
func (r Record) OpenPayPage(p PayPage) (Record, error) {
	switch {
	case r.State == "" || r.Settled() || r.State == Rejected || r.State == Failed:
		return r, r.impossible("get a payment page")
	case r.OnPayPage():
		return r, ErrRepeated
	}
	if had := r.PayPage; had != nil {
		p.Token, p.Rotated, p.Pages = had.Token, had.Rotated, had.Pages
		p.Attempt, p.Made, p.Today, p.Day, p.Session, p.Amount = had.Attempt, had.Made, had.Today, had.Day, had.Session, had.Amount
	}
	p.Since = max(r.LinkRevision(), r.Printed) + 1
	p.Pages = append(slices.Clone(p.Pages), p.Since)
	r.PayPage = &p
	return r, nil
}

// BeginAttempt reserves the one attempt that may make a link. The refusal says
// why that cannot be: "not-payable" as the record stands, "other-amount" where
// the amount due has changed, "paying" while another attempt holds, and
// "too-many" beyond the limits.
func (r Record) BeginAttempt(a Attempt) (Record, error) {
	p := copied(r.PayPage)
	day := invoice.DateOf(a.At.UTC())
	switch {
	case p == nil:
		return r, r.impossible("be paid on a payment page")
	case r.settledPayState() != "":
		return r, refuse("not-payable", "invoice %q cannot be paid: %s", r.Number, r.settledPayState())
	case a.Amount.Cmp(r.AmountDue()) != 0:
		return r, refuse("other-amount", "%s is due on invoice %q, not %s", r.AmountDue(), r.Number, a.Amount)
	case p.Attempt != nil && a.At.Before(p.Attempt.BlockedUntil()):
		return r, refuse("paying", "invoice %q is being paid until %s", r.Number, p.Attempt.BlockedUntil().Format(time.RFC3339))
	case r.liveLink(a.At) != nil:
		return r, refuse("paying", "the printed link of invoice %q lives until %s", r.Number, r.Link.ExpiredBy.Format(time.RFC3339))
	}
	if p.Day != day {
		p.Day, p.Today = day, 0
	}
	if p.Made >= AttemptsInAll || p.Today >= AttemptsADay {
		return r, refuse("too-many", "invoice %q had %d attempts to pay, %d of them today; at most %d and %d are allowed", r.Number, p.Made, p.Today, AttemptsInAll, AttemptsADay)
	}
	p.Made, p.Today = p.Made+1, p.Today+1
	a.Link, a.LinkID, a.Session, a.ValidUntil = "", "", "", time.Time{}
	p.Attempt = &a
	r.PayPage = p
	return r, nil
}

// AttachLink records the link of an attempt, with the session that it is on. An
// attempt that is not the newest any more gives a "attempt-over" refusal: its
// link must not be handed out.
func (r Record) AttachLink(made Attempt) (Record, error) {
	p := copied(r.PayPage)
	if p == nil || p.Attempt == nil || p.Attempt.ID != made.ID {
		return r, refuse("attempt-over", "attempt %s to pay invoice %q is not the newest", made.ID, r.Number)
	}
	if p.Attempt.Link == made.Link {
		return r, ErrRepeated
	}
	a := *p.Attempt
	a.Link, a.LinkID, a.Session, a.ValidUntil, a.Until = made.Link, made.LinkID, made.Session, made.ValidUntil, made.Until
	p.Attempt, p.Session, p.Amount = &a, made.Session, a.Amount
	r.PayPage = p
	return r, nil
}

// LoseAttempt says that the link of an attempt may exist and nobody knows it.
func (r Record) LoseAttempt(id string) (Record, error) {
	p := copied(r.PayPage)
	if p == nil || p.Attempt == nil || p.Attempt.ID != id || p.Attempt.Link != "" || p.Attempt.Lost {
		return r, ErrRepeated
	}
	a := *p.Attempt
	a.Lost = true
	p.Attempt, r.PayPage = &a, p
	return r, nil
}

// ReleaseAttempt takes an attempt back that surely made no link: it costs
// nothing. The session that it may have opened serves the next one.
func (r Record) ReleaseAttempt(id, session string) (Record, error) {
	p := copied(r.PayPage)
	if p == nil || p.Attempt == nil || p.Attempt.ID != id || p.Attempt.Link != "" {
		return r, ErrRepeated
	}
	if session != "" {
		p.Session, p.Amount = session, p.Attempt.Amount
	}
	p.Attempt, p.Made, p.Today = nil, max(p.Made-1, 0), max(p.Today-1, 0)
	r.PayPage = p
	return r, nil
}

// RotateToken gives the payment page a new address, which is printed with the
// next revision. The old one names nobody's invoice any more.
func (r Record) RotateToken(token string, at time.Time) (Record, error) {
	p := copied(r.PayPage)
	switch {
	case p == nil:
		return r, refuse("no-pay-page", "invoice %q has no payment page", r.Number)
	case p.Token == token:
		return r, ErrRepeated
	}
	p.Token, p.Rotated, p.Returned, p.QR, p.Size, p.QRSource, p.Note = token, p.Rotated+1, "", nil, 0, "", ""
	if r.OnPayPage() && r.Printed > 0 && !r.Settled() {
		p.Since, p.At, p.Request = r.Printed+1, at, ""
		p.Pages = append(slices.Clone(p.Pages), p.Since)
	}
	r.PayPage = p
	return r, nil
}

// DrawPayPage records the code of the address, where a rotation left none.
func (r Record) DrawPayPage(code PayPage) (Record, error) {
	p := copied(r.PayPage)
	if p == nil || p.Token != code.Token {
		return r, r.impossible("get the code of its payment page")
	}
	p.QR, p.Size, p.QRSource, p.Note, p.Returned, p.Request = code.QR, code.Size, code.QRSource, code.Note, code.Returned, code.Request
	r.PayPage = p
	return r, nil
}
