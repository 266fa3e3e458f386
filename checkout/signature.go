package checkout

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// SignatureHeader carries the signature of a callback.
const SignatureHeader = "AltaPay-Signature"

// ErrSignature means that a callback is not signed with a secret of ours and
// must change nothing.
var ErrSignature = errors.New("callback signature does not match")

const (
	maxSignature  = 4096 // bytes of the header
	maxSignatures = 16   // of one callback
)

// VerifySignature checks the signature of a callback: the header is
// t=<timestamp>;s0=<hex>;s1=<hex>…, each s the HMAC-SHA256 of the raw body, a
// dot and the timestamp. Any signature by any of the secrets is good, so that
// a secret can be replaced without a gap. body must be the bytes as they came.
//
// With a tolerance above zero the timestamp, in seconds or milliseconds since
// 1970 UTC, must be within it of now; with zero its age does not matter. Every
// refusal wraps [ErrSignature] and says nothing of the secrets.
func VerifySignature(secrets [][]byte, header string, body []byte, now time.Time, tolerance time.Duration) error {
	if len(header) > maxSignature {
		return fmt.Errorf("%w: the header %s is longer than %d bytes", ErrSignature, SignatureHeader, maxSignature)
	}
	stamp, given := "", [][]byte(nil)
	for part := range strings.SplitSeq(header, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch {
		case name == "t" && stamp == "":
			stamp = value
		case name == "t":
			return fmt.Errorf("%w: two timestamps", ErrSignature)
		case len(name) > 1 && name[0] == 's' && strings.Trim(name[1:], "0123456789") == "":
			if mac, err := hex.DecodeString(value); err == nil && len(mac) == sha256.Size {
				given = append(given, mac)
			}
		}
	}
	if stamp == "" || len(given) == 0 || len(given) > maxSignatures {
		return fmt.Errorf("%w: the header %s is missing or not of the form t=…;s0=…", ErrSignature, SignatureHeader)
	}
	usable, good := 0, 0
	for _, secret := range secrets {
		if len(secret) == 0 {
			continue // an empty key would make anyone's signature good
		}
		usable++
		mac := hmac.New(sha256.New, secret)
		mac.Write(body)
		mac.Write([]byte("." + stamp))
		want := mac.Sum(nil)
		for _, g := range given {
			if hmac.Equal(want, g) {
				good++
			}
		}
	}
	switch {
	case usable == 0:
		return fmt.Errorf("%w: no secret is configured", ErrSignature)
	case good == 0:
		return ErrSignature
	}
	if tolerance > 0 {
		return checkStamp(stamp, now, tolerance)
	}
	return nil
}

// checkStamp is asked after the signature, which covers the timestamp.
func checkStamp(stamp string, now time.Time, tolerance time.Duration) error {
	n, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || n < 0 {
		return fmt.Errorf("%w: its timestamp %q is not a number", ErrSignature, excerpt(stamp, 40))
	}
	at := time.Unix(n, 0)
	if n > 1e11 { // as seconds that would be the year 5138
		at = time.UnixMilli(n)
	}
	if age := now.Sub(at).Abs(); age > tolerance {
		return fmt.Errorf("%w: its timestamp is %v away from now, %v is allowed", ErrSignature, age.Round(time.Second), tolerance)
	}
	return nil
}
