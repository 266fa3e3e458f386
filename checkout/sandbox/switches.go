package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Switches choose among the forms that the real API's documentation leaves
// open. The zero value is the plainest form of each. In JSON durations are
// texts such as "30m" and the names begin with a small letter.
type Switches struct {
	// QRForm is how the image is written: "base64" (default), "data-uri",
	// "base64url", "unpadded" or "wrapped" (lines of 76 characters).
	QRForm string `json:"qrForm,omitempty"`
	// QRImage is what the image is: "png" (default, 1 bit with a palette),
	// "png-gray", "png-gray16", "png-palette" (8 bit), "png-rgb", "png-rgba",
	// "png-transparent" (dark modules on nothing), "png-color" (dark blue on
	// light yellow) or "jpeg".
	QRImage string `json:"qrImage,omitempty"`
	// QRMargin is the quiet zone in modules; 0 means 4, -1 none.
	QRMargin int `json:"qrMargin,omitempty"`
	// SuccessStatus answers successful calls: 0 means 200; 200 to 299 but 204
	// and 205, which have no body.
	SuccessStatus int `json:"successStatus,omitempty"`
	// IDShape of sessions and links: "uuid" (default), "number" (a JSON
	// number) or "short".
	IDShape string `json:"idShape,omitempty"`
	// LinkShape is "path" (default, /pay/…), "query" (/pay?link=…) or "long"
	// (a path of 600 more characters).
	LinkShape string `json:"linkShape,omitempty"`
	// LinkTarget is where a link leads if its request named a url: "provider"
	// (default, the pay page as without one) or "page" (that url, with the
	// link's id as its query parameter id).
	LinkTarget string `json:"linkTarget,omitempty"`
	// LinkBase replaces [Config.PublicURL] in links.
	LinkBase string `json:"linkBase,omitempty"`
	// Latency is how long each call of the API waits before it does anything.
	Latency time.Duration `json:"-"`
	// TokenLife is how long a token is accepted; 0 means one hour.
	TokenLife time.Duration `json:"-"`
	// TokenForm is "jwt" (default), "no-iat", "no-exp" or "opaque" (no JWT).
	TokenForm string `json:"tokenForm,omitempty"`
	// TokenSkew is how far the clock of the token's issuer is ahead.
	TokenSkew time.Duration `json:"-"`
	// SessionLife is how long a session can be used; 0 means that it never ends. After
	// it links answer 410.
	SessionLife time.Duration `json:"-"`
	// AdoptSessions makes links on sessions that were not opened here, as a
	// shop's own server opens them at the real API, if the id is a UUID. Their
	// amount is not known: they show as 0.00 XXX.
	AdoptSessions bool `json:"adoptSessions,omitempty"`
	// NewLinkEndsOld ends a session's earlier links with each new one.
	NewLinkEndsOld bool `json:"newLinkEndsOld,omitempty"`
	// ReopenRestarts starts the activation anew with each opening.
	ReopenRestarts bool `json:"reopenRestarts,omitempty"`
	// PayAgain lets a session that was paid be paid again, by any of its links
	// that still lives: another transaction, more money than was asked for.
	PayAgain bool `json:"payAgain,omitempty"`
	// CallbackForm is "full" (default), "no-xml" (amount and currency, but not
	// what was reserved and captured) or "no-amount" (neither).
	CallbackForm string `json:"callbackForm,omitempty"`
	// PollStatus, if 404 or 501, is all that the payments poll answers.
	PollStatus int `json:"pollStatus,omitempty"`
}

type switchesJSON struct {
	*switchesAlias
	Latency     string `json:"latency,omitempty"`
	TokenLife   string `json:"tokenLife,omitempty"`
	TokenSkew   string `json:"tokenSkew,omitempty"`
	SessionLife string `json:"sessionLife,omitempty"`
}

type switchesAlias Switches

// MarshalJSON writes durations as text.
func (s Switches) MarshalJSON() ([]byte, error) {
	return json.Marshal(switchesJSON{(*switchesAlias)(&s), durationText(s.Latency), durationText(s.TokenLife), durationText(s.TokenSkew), durationText(s.SessionLife)})
}

// UnmarshalJSON reads what MarshalJSON writes and refuses unknown names.
func (s *Switches) UnmarshalJSON(raw []byte) error {
	var got Switches
	w := switchesJSON{switchesAlias: (*switchesAlias)(&got)}
	if err := strictJSON(raw, &w); err != nil {
		return err
	}
	if err := errors.Join(readDuration("latency", w.Latency, &got.Latency),
		readDuration("tokenLife", w.TokenLife, &got.TokenLife),
		readDuration("tokenSkew", w.TokenSkew, &got.TokenSkew),
		readDuration("sessionLife", w.SessionLife, &got.SessionLife)); err != nil {
		return err
	}
	*s = got
	return nil
}

func durationText(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func readDuration(name, text string, into *time.Duration) error {
	if text == "" {
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	*into = d
	return nil
}

// check reports everything that is wrong at once.
func (s *Switches) check() error {
	var problems []error
	for _, c := range []struct {
		name, value string
		allowed     []string
	}{
		{"qrForm", s.QRForm, []string{"base64", "data-uri", "base64url", "unpadded", "wrapped"}},
		{"qrImage", s.QRImage, imageForms()},
		{"idShape", s.IDShape, []string{"uuid", "number", "short"}},
		{"linkShape", s.LinkShape, []string{"path", "query", "long"}},
		{"linkTarget", s.LinkTarget, []string{"provider", "page"}},
		{"callbackForm", s.CallbackForm, []string{"full", "no-xml", "no-amount"}},
		{"tokenForm", s.TokenForm, []string{"jwt", "no-iat", "no-exp", "opaque"}},
	} {
		if c.value != "" && !slices.Contains(c.allowed, c.value) {
			problems = append(problems, fmt.Errorf("switch %s is %q; it can be %q", c.name, c.value, c.allowed))
		}
	}
	if n := s.SuccessStatus; n != 0 && (n < 200 || n > 299 || n == http.StatusNoContent || n == http.StatusResetContent) {
		problems = append(problems, fmt.Errorf("switch successStatus is %d; it can be 200 to 299 but 204 and 205", n))
	}
	if n := s.PollStatus; n != 0 && n != http.StatusNotFound && n != http.StatusNotImplemented {
		problems = append(problems, fmt.Errorf("switch pollStatus is %d; it can be 404 or 501", n))
	}
	if s.QRMargin < -1 || s.QRMargin > 40 {
		problems = append(problems, fmt.Errorf("switch qrMargin is %d; it can be -1 to 40", s.QRMargin))
	}
	if s.TokenLife < 0 || s.SessionLife < 0 || s.Latency < 0 || s.Latency > time.Minute {
		problems = append(problems, errors.New("switches tokenLife, sessionLife and latency cannot be negative, nor latency above a minute"))
	}
	if s.LinkBase != "" {
		if err := checkWebURL(s.LinkBase); err != nil {
			problems = append(problems, fmt.Errorf("switch linkBase: %w", err))
		}
	}
	return errors.Join(problems...)
}
