package settlement

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"invoicelink/checkout"
	"invoicelink/invoice"
	"invoicelink/invoice/text"
	"invoicelink/worker/ledger"
)

// InfoNumber is the key of the invoice number in a session's transaction info,
// which comes back in callbacks.
const InfoNumber = "invoiceNumber"

// askWithin is how long a callback waits for the gateway's answer about an
// amount: the gateway itself waits 5 seconds for ours.
const askWithin = 3 * time.Second

// CallbackConfig is what the notification handler needs.
type CallbackConfig struct {
	Recorder *Recorder
	// Capture is what the sessions ask for. A notification that does not say
	// captured from authorised money is about captured money, unless capture is
	// manual.
	Capture checkout.Capture
	// Secrets sign the notifications; two while one replaces the other. None
	// refuses every call.
	Secrets [][]byte
	// Tolerance bounds the age of a signature; 0 does not look at it, since
	// the API says nothing of how late a notification may come.
	Tolerance time.Duration
	Now       func() time.Time // nil means time.Now
	Log       *slog.Logger     // nil logs nothing
}

// NewCallback returns the handler of the gateway's payment notifications. A
// call that is not signed with one of the secrets changes nothing and gets 401.
// A payment is taken into the ledger before the answer 200; where that fails
// the answer is 503, so that the gateway tries again. The gateway waits 5
// seconds for an answer.
func NewCallback(c CallbackConfig) http.Handler {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &callback{c}
}

type callback struct{ config CallbackConfig }

func (h *callback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "a notification is a POST", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, checkout.MaxCallback))
	if err != nil {
		http.Error(w, "body is too large or broken", http.StatusRequestEntityTooLarge)
		return
	}
	c := &h.config
	if err := checkout.VerifySignature(c.Secrets, r.Header.Get(checkout.SignatureHeader), body, c.Now(), c.Tolerance); err != nil {
		c.Log.Warn("callback refused", "remote", r.RemoteAddr, "error", err)
		http.Error(w, "signature does not match", http.StatusUnauthorized)
		return
	}
	note, err := checkout.ParseCallback(r.Header.Get("Content-Type"), body)
	if err != nil {
		c.Log.Error("callback is signed and cannot be read", "error", err)
		http.Error(w, "notification cannot be read", http.StatusBadRequest)
		return
	}
	err = h.follow(r.Context(), note)
	_, refused := errors.AsType[*ledger.RefusedError](err)
	switch {
	case err == nil:
		w.WriteHeader(http.StatusOK)
	case refused: // the same notification again would not help
		c.Log.Error("callback not followed", "order", note.OrderID, "error", err)
		w.WriteHeader(http.StatusOK)
	default:
		c.Log.Error("callback not recorded; the gateway is asked to try again", "order", note.OrderID, "error", err)
		http.Error(w, "try again later", http.StatusServiceUnavailable)
	}
}

// follow records what a notification says. What is rejected or new says
// nothing; a failure after a success changes nothing, since nothing is done
// about failures.
func (h *callback) follow(ctx context.Context, note checkout.Callback) error {
	number, err := numberOf(note)
	if err != nil {
		return err
	}
	c := &h.config
	log := c.Log.With("invoice", number, "transaction", note.TransactionID, "status", note.Status)
	if note.Outcome() != checkout.OutcomePaid {
		log.Info("callback says nothing of a payment", "outcome", note.Outcome())
		return nil
	}
	// Anybody may have paid a session that was never ours: the ledger knows.
	if _, err := c.Recorder.Ledger.Read(ctx, number); errors.Is(err, ledger.ErrUnknown) {
		return &ledger.RefusedError{Code: "unknown-invoice", Message: fmt.Sprintf("callback is about invoice %q, which is not in this ledger", number)}
	} else if err != nil {
		return err
	}
	n := Notice{Number: number, Source: ledger.SourceCallback, Money: note.Amount, Reference: note.TransactionID,
		Authorised: note.Stage() == checkout.StageAuthorised || note.Stage() == checkout.StageNone && c.Capture == checkout.CaptureManual}
	switch note.Stage() {
	case checkout.StageCaptured:
		n.Money = note.Captured
	case checkout.StageAuthorised:
		n.Money = note.Reserved
	case checkout.StageNone:
	}
	if n.Money.IsZero() { // it settles nothing: the gateway is asked
		if n.Reference == "" {
			n.Reference = "payment " + note.PaymentID
		}
		n.Unverified, n.Authorised = true, false
		if h.answered(ctx, number, n.Reference, log) {
			return nil
		}
	}
	out, err := c.Recorder.Paid(ctx, n)
	if err == nil {
		log.Info("callback recorded", "state", out.Record.State, "payment_status", out.Record.PaymentStatus(), "repeated", out.Repeated)
	}
	return err
}

// answered asks the gateway what was paid and reports whether it named the
// transaction.
func (h *callback) answered(ctx context.Context, number, transaction string, log *slog.Logger) bool {
	if h.config.Recorder.Ask == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	report, _, err := h.config.Recorder.FromGateway(ctx, Notice{Number: number})
	if err != nil {
		log.Warn("callback names no amount, and the gateway does not say what was paid; it is asked again", "error", err)
		return false
	}
	for _, t := range report.Transactions {
		if t.ID == transaction && t.Stage() != checkout.StageNone {
			return true
		}
	}
	return false
}

// numberOf finds the invoice: from the order id, which is reversible unless it
// was cut, or from the transaction info, which must then fit the order id.
func numberOf(note checkout.Callback) (string, error) {
	if number, err := invoice.NumberOfOrderID(note.OrderID); err == nil {
		return number, nil
	}
	number := note.Info[InfoNumber]
	if number == "" || invoice.OrderID(number) != note.OrderID {
		return "", &ledger.RefusedError{Code: "unknown-invoice", Message: fmt.Sprintf("callback is about the order %q, which is no invoice of ours", text.Line(note.OrderID, 100))}
	}
	return number, nil
}
