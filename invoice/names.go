package invoice

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// An invoice number goes to places with alphabets of their own. Each name
// here is injective: two numbers never share one, and Key and the escaped
// OrderID can be read back.

const upperHex = "0123456789ABCDEF"

// NoKey stands in the place of a Key if there is no invoice number; no number
// has it as its key.
const NoKey = "unknown"

// Key is the number as a NATS subject token and key-value key: letters, digits,
// "-" and "_" of ASCII stand for themselves, every other byte of the UTF-8 text
// is "=" and two upper-case hex digits. "2026/0042" is "2026=2F0042". The number
// "unknown" is "=75nknown", since NoKey stands for a missing number.
func Key(number string) string {
	var b strings.Builder
	for i := range len(number) {
		c := number[i]
		plain := alphanumeric(c) || c == '-' || c == '_'
		if plain && (i > 0 || number != NoKey) {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'=', upperHex[c>>4], upperHex[c&15]})
		}
	}
	return b.String()
}

// NumberOfKey reads a Key back. It refuses a text that Key does not write.
func NumberOfKey(key string) (string, error) {
	number, ok := unescape(key, "=")
	if !ok || Key(number) != key || number == "" {
		return "", fmt.Errorf("%s is not an invoice key", clip(key))
	}
	return number, nil
}

// maxOrderID is the length that the gateway's older API allows for the same
// value under the name shop_orderid, as its alphabet [a-zA-Z0-9-].
const maxOrderID = 100

// OrderID is the number as the checkout API's order.orderId, inside
// [a-zA-Z0-9-]{1,100}. ASCII letters and digits stand for themselves, and so
// does a hyphen; every other byte is "--" and two upper-case hex digits, and a
// hyphen that would stand directly before another one is written so too.
// "2026/0042" is "2026--2F0042". A number that becomes too long is cut and
// ends in "--h" and 40 hex digits of its SHA-256; then NumberOfOrderID cannot
// read it back.
func OrderID(number string) string {
	escaped := make([]string, len(number))
	for i := len(number) - 1; i >= 0; i-- {
		c := number[i]
		beforeHyphen := i+1 < len(number) && strings.HasPrefix(escaped[i+1], "-")
		if alphanumeric(c) || (c == '-' && !beforeHyphen) {
			escaped[i] = string(c)
		} else {
			escaped[i] = string([]byte{'-', '-', upperHex[c>>4], upperHex[c&15]})
		}
	}
	id := strings.Join(escaped, "")
	if len(id) <= maxOrderID {
		return id
	}
	sum := sha256.Sum256([]byte(number))
	return strings.TrimRight(id[:40], "-") + "--h" + hex.EncodeToString(sum[:20])
}

// NumberOfOrderID reads an OrderID back. It fails on a cut one and on a text
// that OrderID does not write.
func NumberOfOrderID(id string) (string, error) {
	number, ok := unescape(id, "--")
	if !ok || OrderID(number) != id || number == "" {
		return "", fmt.Errorf("%s is not the order id of an invoice number", clip(id))
	}
	return number, nil
}

// FileName is the number as the name of a file, without an extension, also
// where the file system folds case or reserves names. Letters, digits, "-",
// "_" and inner points of ASCII stand for themselves, other bytes are "=" and
// two hex digits. Lower-case letters are told apart from upper-case ones by a
// suffix: "~" and a hex number whose bits, the first letter's highest, mark
// the lower-case ones; without any there is no suffix. Names over 200 bytes
// are cut and end in "~~" and the SHA-256 of the number.
//
//	INV-1 → INV-1    2026/1 → 2026=2F1    Inv-1 → Inv-1~3    CON → =43ON
func FileName(number string) string {
	var b strings.Builder
	var mask []byte // one bit a letter, as '0' and '1'
	for i := range len(number) {
		c := number[i]
		plain := alphanumeric(c) || c == '-' || c == '_' || (c == '.' && i > 0 && i < len(number)-1)
		if i == 0 && (c == '-' || reserved(number)) {
			plain = false // neither an option of a command nor a device of Windows
		}
		if !plain {
			b.Write([]byte{'=', upperHex[c>>4], upperHex[c&15]})
			continue
		}
		b.WriteByte(c)
		switch {
		case c >= 'a' && c <= 'z':
			mask = append(mask, '1')
		case c >= 'A' && c <= 'Z':
			mask = append(mask, '0')
		}
	}
	name := b.String()
	if suffix := hexOfBits(mask); suffix != "" {
		name += "~" + suffix
	}
	if len(name) <= 200 {
		return name
	}
	sum := sha256.Sum256([]byte(number))
	return name[:100] + "~~" + hex.EncodeToString(sum[:])
}

// reserved reports whether the name, up to its first point, is a device of
// Windows, which no extension makes a file.
func reserved(number string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(number), ".")
	switch stem {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "COM") || strings.HasPrefix(stem, "LPT")) &&
		stem[3] >= '0' && stem[3] <= '9'
}

// hexOfBits writes a bit string as a hex number without leading zeros; "" for
// zero.
func hexOfBits(bits []byte) string {
	for len(bits)%4 != 0 {
		bits = append([]byte{'0'}, bits...)
	}
	var b strings.Builder
	for i := 0; i < len(bits); i += 4 {
		v := (bits[i]-'0')<<3 | (bits[i+1]-'0')<<2 | (bits[i+2]-'0')<<1 | (bits[i+3] - '0')
		b.WriteByte("0123456789abcdef"[v])
	}
	return strings.TrimLeft(b.String(), "0")
}

// unescape reads mark + two hex digits as a byte.
func unescape(s, mark string) (string, bool) {
	var b strings.Builder
	for len(s) > 0 {
		rest, escaped := strings.CutPrefix(s, mark)
		if !escaped {
			b.WriteByte(s[0])
			s = s[1:]
			continue
		}
		if len(rest) < 2 {
			return "", false
		}
		raw, err := hex.DecodeString(rest[:2])
		if err != nil {
			return "", false
		}
		b.Write(raw)
		s = rest[2:]
	}
	return b.String(), true
}

func alphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
