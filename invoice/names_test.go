package invoice_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"invoicelink/invoice"
)

// The rules are published: ERPs compute keys, scripts look for files.
func TestNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ number, key, orderID, file string }{
		{"2026-0042", "2026-0042", "2026-0042", "2026-0042"},
		{"2026/0042", "2026=2F0042", "2026--2F0042", "2026=2F0042"},
		{"2026_0042", "2026_0042", "2026--5F0042", "2026_0042"},
		{"INV-1", "INV-1", "INV-1", "INV-1"},
		{"Inv-1", "Inv-1", "Inv-1", "Inv-1~3"},
		{"inv-1", "inv-1", "inv-1", "inv-1~7"},
		{"iNV-1", "iNV-1", "iNV-1", "iNV-1~4"},
		{"a.b", "a=2Eb", "a--2Eb", "a.b~3"},
		{".a", "=2Ea", "--2Ea", "=2Ea~1"},
		{"A.", "A=2E", "A--2E", "A=2E"},
		{"..", "=2E=2E", "--2E--2E", "=2E=2E"},
		{"../../etc/passwd", "=2E=2E=2F=2E=2E=2Fetc=2Fpasswd", "--2E--2E--2F--2E--2E--2Fetc--2Fpasswd", "=2E.=2F..=2Fetc=2Fpasswd~1ff"},
		{"-rf", "-rf", "-rf", "=2Drf~3"},
		{"A--1", "A--1", "A--2D-1", "A--1"},
		{"A-/1", "A-=2F1", "A--2D--2F1", "A-=2F1"},
		{"A-", "A-", "A-", "A-"},
		{"-", "-", "-", "=2D"},
		{"A=1", "A=3D1", "A--3D1", "A=3D1"},
		{"A~1", "A=7E1", "A--7E1", "A=7E1"},
		{"CON", "CON", "CON", "=43ON"},
		{"con.txt", "con=2Etxt", "con--2Etxt", "=63on.txt~1f"},
		{"COM1", "COM1", "COM1", "=43OM1"},
		{"COM10", "COM10", "COM10", "COM10"},
		{"CONTRACT", "CONTRACT", "CONTRACT", "CONTRACT"},
		{"Ж", "=D0=96", "--D0--96", "=D0=96"},
		{"A 1", "A=201", "A--201", "A=201"},
		{"A*>1", "A=2A=3E1", "A--2A--3E1", "A=2A=3E1"},
	} {
		if k, o, f := invoice.Key(c.number), invoice.OrderID(c.number), invoice.FileName(c.number); k != c.key || o != c.orderID || f != c.file {
			t.Errorf("%q: key %s, order id %s, file %s; want %s, %s, %s", c.number, k, o, f, c.key, c.orderID, c.file)
		}
	}
}

// The longest numbers become other names than their first half would.
func TestLongNames(t *testing.T) {
	t.Parallel()
	a := strings.Repeat("Ж", invoice.MaxNumberRunes)
	b := strings.Repeat("Ж", invoice.MaxNumberRunes-1) + "З"
	distinct(t, a, b)
	for _, number := range []string{a, b} {
		named(t, number)
		if id := invoice.OrderID(number); !cutOrder.MatchString(id) {
			t.Errorf("%s does not end in a digest", id)
		} else if back, err := invoice.NumberOfOrderID(id); err == nil {
			t.Errorf("%s reads back as %q, though it is cut", id, back)
		}
		if name := invoice.FileName(number); !regexp.MustCompile(`~~[0-9a-f]{64}$`).MatchString(name) {
			t.Errorf("%s does not end in a digest", name)
		}
	}
	if id := invoice.OrderID(strings.Repeat("A", 100)); id != strings.Repeat("A", 100) {
		t.Errorf("a hundred letters fit, but became %s", id)
	}
	if id := invoice.OrderID(strings.Repeat("A", 39) + strings.Repeat("/", 25)); !strings.HasPrefix(id, strings.Repeat("A", 39)+"--h") {
		t.Errorf("%s keeps half an escape before its digest", id)
	}
	for n := range 130 { // whatever is cut, and wherever
		named(t, strings.Repeat("-", n+1))
		named(t, strings.Repeat("A-/", n)+"b")
		named(t, strings.Repeat("a", n)+strings.Repeat("Ж", 40))
	}
}

func TestReadingBackRefuses(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", "=", "=2", "=2f", "=2F=", "A/1", "A.1", "=41", "A=2D1", "=5F", "=GG", "=+1", "A 1", "Ж", "a=2F1\n", "=0x"} {
		if number, err := invoice.NumberOfKey(key); err == nil || number != "" {
			t.Errorf("key %q reads as %q, %v", key, number, err)
		}
	}
	for _, id := range []string{"", "--", "--2", "--2f", "A/1", "A_1", "--41", "A--2D1", "A--2D", "--GG", "A--", "A---2F", "Ж", "--h" + strings.Repeat("0", 40)} {
		if number, err := invoice.NumberOfOrderID(id); err == nil || number != "" {
			t.Errorf("order id %q reads as %q, %v", id, number, err)
		}
	}
	if _, err := invoice.NumberOfKey(strings.Repeat("\x1b", 100_000)); err == nil || len(err.Error()) > 400 || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("a hostile key is carried on: %v", err)
	}
}

// Numbers that some rule of some system would take for each other.
var lookAlikes = [][]string{
	{"A/1", "A_1", "A-1", "A=1", "A=2F1", "A--2F1", "A.1", "A 1", "A~1", "A~2F1", "A\\1", "A:1", "a/1", "A//1", "A1"},
	{"inv", "INV", "Inv", "iNV", "inV", "INv", "inv~7", "INV~7", "inv~", "~7", "INV=7E7", "INV~~7"},
	{"CON", "con", "Con", "=43ON", "=63on", "con.txt", "CON.txt", "CON.", "CON ", "=43ON~0", "NUL", "nul", "COM1", "com1", "LPT9"},
	{"A", "A.", "A..", ".A", "..A", "-A", "--A", "A-", "A--", "=2DA", "--2DA", ".", "..", "...", "-", "--", "---", "----"},
	{"../../etc/passwd", "..=2F..=2Fetc=2Fpasswd", "/etc/passwd", "etc/passwd", "etcpasswd", "..\\..\\etc\\passwd"},
	{"A-/1", "A--2F1", "A-2F1", "A--2D2F1", "A--2D--2F1", "A---2F1", "A/-1", "A-/-1"},
	{"é", "e\u0301", "e", "E\u0301", "É", "E"},
	{"K", "k", "\u212a", "S", "s", "\u017f", "ß", "SS", "ss", "I", "i", "İ", "ı"},
	{strings.Repeat("Ж", 64), strings.Repeat("Ж", 63), strings.Repeat("Ж", 63) + "ж", strings.Repeat("ж", 64), strings.Repeat("З", 64)},
	{strings.Repeat("/", 64), strings.Repeat("/", 63), strings.Repeat("/", 63) + "A", strings.Repeat("/", 63) + "a"},
	{strings.Repeat("a", 64), strings.Repeat("A", 64), strings.Repeat("a", 63) + "A", "A" + strings.Repeat("a", 63)},
	{"1", "01", "1.0", "1.00", "+1", "１"},
}

func TestNamesOfLookAlikes(t *testing.T) {
	t.Parallel()
	var all []string
	for _, group := range lookAlikes {
		all = append(all, group...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	for i, a := range all {
		named(t, a)
		for _, b := range all[:i] {
			distinct(t, a, b)
		}
	}
}

// Twenty thousand numbers of few characters, so that near misses are many.
func TestNamesOfRandomNumbers(t *testing.T) {
	t.Parallel()
	r := random(1)
	seen := map[string]bool{}
	keys, ids, files := map[string]string{}, map[string]string{}, map[string]string{}
	for range 20_000 {
		number := randomNumber(r)
		if seen[number] {
			continue
		}
		seen[number] = true
		named(t, number)
		for _, c := range []struct {
			taken map[string]string
			name  string
		}{{keys, invoice.Key(number)}, {ids, invoice.OrderID(number)}, {files, strings.ToLower(invoice.FileName(number))}} {
			if other, taken := c.taken[c.name]; taken {
				t.Fatalf("%q and %q share the name %q", number, other, c.name)
			}
			c.taken[c.name] = number
		}
	}
	if len(seen) < 10_000 {
		t.Errorf("only %d different numbers: this test sees too little", len(seen))
	}
}

func randomNumber(r *rand.Rand) string {
	alphabet := []string{"a", "A", "b", "B", "2", "F", "D", "h", "-", "-", "_", ".", "=", "~", "/", " ", "Ж", "ж", "con", "NUL", "=2F", "--2F"}
	var b strings.Builder
	for range 1 + r.IntN(8) {
		b.WriteString(alphabet[r.IntN(len(alphabet))])
	}
	if r.IntN(50) == 0 {
		return strings.Repeat(b.String(), 12)
	}
	return b.String()
}

var (
	keyForm   = regexp.MustCompile(`\A[-_=a-zA-Z0-9]+\z`)
	orderForm = regexp.MustCompile(`\A[a-zA-Z0-9-]{1,100}\z`)
	cutOrder  = regexp.MustCompile(`--h[0-9a-f]{40}\z`)
	fileForm  = regexp.MustCompile(`\A[_=a-zA-Z0-9]([-_=.~a-zA-Z0-9]{0,198}[-_=~a-zA-Z0-9])?\z`)
	device    = regexp.MustCompile(`(?i)\A(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\.|\z)`)
)

// named checks what is promised of one number's names: alphabets, lengths, and
// that they can be read back.
func named(t *testing.T, number string) {
	t.Helper()
	key := invoice.Key(number)
	if back, err := invoice.NumberOfKey(key); !keyForm.MatchString(key) || err != nil || back != number {
		t.Errorf("%q has key %q, which reads back as %q, %v", number, key, back, err)
	}
	id := invoice.OrderID(number)
	cut := cutOrder.MatchString(id)
	if back, err := invoice.NumberOfOrderID(id); !orderForm.MatchString(id) || !cut && (err != nil || back != number) {
		t.Errorf("%q has order id %q, which reads back as %q, %v", number, id, back, err)
	}
	if whole := escapedOrderID(number); cut != (len(whole) > 100) || !cut && id != whole {
		t.Errorf("%q has the order id %q, want %q or, over 100 bytes, a digest", number, id, whole)
	}
	if name := invoice.FileName(number); !fileForm.MatchString(name) || device.MatchString(name) || device.MatchString(name+".pdf") {
		t.Errorf("%q has the file name %q", number, name)
	}
}

// escapedOrderID writes the published rule once more, from the front and
// without a limit: a hyphen stands for itself before a letter, a digit and the
// end.
func escapedOrderID(number string) string {
	plain := func(i int) bool {
		return strings.IndexByte("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", number[i]) >= 0
	}
	var b strings.Builder
	for i := range len(number) {
		if plain(i) || number[i] == '-' && (i+1 == len(number) || plain(i+1)) {
			b.WriteByte(number[i])
		} else {
			fmt.Fprintf(&b, "--%02X", number[i])
		}
	}
	return b.String()
}

// distinct checks that two numbers share no name, also where case is folded.
func distinct(t *testing.T, a, b string) {
	t.Helper()
	if invoice.Key(a) == invoice.Key(b) {
		t.Errorf("%q and %q share the key %s", a, b, invoice.Key(a))
	}
	if invoice.OrderID(a) == invoice.OrderID(b) {
		t.Errorf("%q and %q share the order id %s", a, b, invoice.OrderID(a))
	}
	if fa, fb := invoice.FileName(a), invoice.FileName(b); strings.EqualFold(fa, fb) {
		t.Errorf("%q and %q share the file name %s, %s", a, b, fa, fb)
	}
}

func FuzzNames(f *testing.F) {
	for _, group := range lookAlikes {
		for i := range len(group) - 1 {
			f.Add(group[i], group[i+1])
		}
	}
	f.Add("\x00", "\xff")
	f.Fuzz(func(t *testing.T, a, b string) {
		if a == "" || b == "" || len(a) > 1000 || len(b) > 1000 {
			return // no number is empty, and Validate has refused the longer ones
		}
		named(t, a)
		if a != b {
			distinct(t, a, b)
		}
		// What is not a name of ours is refused; what is, is the name of what
		// it reads as.
		if number, err := invoice.NumberOfKey(a); err == nil && invoice.Key(number) != a {
			t.Errorf("key %q reads as %q, whose key is %q", a, number, invoice.Key(number))
		}
		if number, err := invoice.NumberOfOrderID(a); err == nil && invoice.OrderID(number) != a {
			t.Errorf("order id %q reads as %q, whose order id is %q", a, number, invoice.OrderID(number))
		}
	})
}
