package worker

import (
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

// CallbackConfig is what the notification handler needs.
type CallbackConfig struct {
	Settler *Settler
	Ledger  *ledger.Ledger
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

type callback struct{ CallbackConfig }

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
	if err := checkout.VerifySignature(h.Secrets, r.Header.Get(checkout.SignatureHeader), body, h.Now(), h.Tolerance); err != nil {
		h.Log.Warn("callback refused", "remote", r.RemoteAddr, "error", err)
		http.Error(w, "signature does not match", http.StatusUnauthorized)
		return
	}
	note, err := checkout.ParseCallback(r.Header.Get("Content-Type"), body)
	if err != nil {
		h.Log.Error("callback is signed and cannot be read", "error", err)
		http.Error(w, "notification cannot be read", http.StatusBadRequest)
		return
	}
	switch err := h.take(r, note); {
	case err == nil:
		w.WriteHeader(http.StatusOK)
	case isRefused(err): // told and noted in the ledger; again would not help
		h.Log.Error("callback not followed", "order", note.OrderID, "error", err)
		w.WriteHeader(http.StatusOK)
	default:
		h.Log.Error("callback not taken; the gateway is asked to try again", "order", note.OrderID, "error", err)
		http.Error(w, "try again later", http.StatusServiceUnavailable)
	}
}

func isRefused(err error) bool {
	var refused *RefusedError
	return errors.As(err, &refused)
}

// take follows a notification. What is rejected or new says nothing; a failure
// after a success changes nothing, since nothing is done about failures.
func (h *callback) take(r *http.Request, note checkout.Callback) error {
	number, err := numberOf(note)
	if err != nil {
		return err
	}
	log := h.Log.With("invoice", number, "transaction", note.TransactionID, "status", note.Status)
	if note.Outcome() != checkout.OutcomePaid {
		log.Info("callback says nothing of a payment", "outcome", note.Outcome())
		return nil
	}
	// Anybody may have paid a session that was never ours: the ledger knows.
	if _, err := h.Ledger.Read(r.Context(), number); errors.Is(err, ledger.ErrUnknown) {
		return &RefusedError{fmt.Sprintf("callback is about invoice %q, which is not in this ledger", number)}
	} else if err != nil {
		return err
	}
	amount := note.Paid()
	out, err := h.Settler.Paid(r.Context(), Word{
		Number: number, By: "callback", Amount: amount.Fixed(), Currency: amount.Currency, Reference: note.TransactionID,
	})
	if err == nil {
		log.Info("callback settled the invoice", "repeated", out.Repeated)
	}
	return err
}

// numberOf finds the invoice: from the order id, which is reversible unless it
// was cut, or from the transaction info, which must then fit the order id.
func numberOf(note checkout.Callback) (string, error) {
	if number, err := invoice.NumberOfOrderID(note.OrderID); err == nil {
		return number, nil
	}
	number := note.Info[infoNumber]
	if number == "" || invoice.OrderID(number) != note.OrderID {
		return "", &RefusedError{fmt.Sprintf("callback is about the order %q, which is no invoice of ours", text.Line(note.OrderID, 100))}
	}
	return number, nil
}
