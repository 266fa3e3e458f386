package embedded

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"net"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"
)

const (
	// hashers bounds the cores that passwords take.
	hashers = 2
	// mostWaiting bounds the logins that wait for a hash; the oldest give way.
	mostWaiting = 256
	// A refusal is given that long after the attempt began, so that its time
	// does not tell whether the name exists. An address with many failures waits
	// for maxRefusalWait: connections that try one password after the other
	// then bring about as many as are hashed.
	refusalWait    = time.Second
	maxRefusalWait = 5 * time.Second
	// manyFailures is how many an address may have within failureAge before it
	// waits longer, and behind other addresses.
	manyFailures = 10
	failureAge   = time.Minute
)

// logins verifies passwords. A bcrypt hash is compared until the first login
// of a name that is right; from then on a keyed hash of its password, kept in
// memory alone, tells right and wrong ones apart for nothing. Where attempts
// wait for a hash, the newest goes first, of an address with few failures: so a
// right password gets through a crowd of wrong ones that came before it.
type logins struct {
	hashes map[string][]byte // by name
	key    []byte

	mu       sync.Mutex
	right    map[string][]byte // keyed hash of the right password, by name
	free     int               // hashers without work
	waiting  []*login          // oldest first
	failures map[string]*failed
}

type login struct {
	address, name, password string
	open                    func() bool // reports whether the client still waits
	turn                    chan bool   // gets true with a hasher, false if it gave way
}

type failed struct {
	count int
	since time.Time
}

func newLogins(users []User) *logins {
	l := &logins{hashes: map[string][]byte{}, key: make([]byte, 32), right: map[string][]byte{}, free: hashers, failures: map[string]*failed{}}
	_, _ = rand.Read(l.key) // never fails
	for _, u := range users {
		l.hashes[u.Name] = []byte(u.PasswordHash)
	}
	return l
}

// verify reports whether the password is the name's. It waits before it says
// no.
func (l *logins) verify(address, name, password string, open func() bool) bool {
	begun := time.Now()
	if l.correct(&login{address: address, name: name, password: password, open: open, turn: make(chan bool, 1)}) {
		return true
	}
	time.Sleep(time.Until(begun.Add(l.failure(address))))
	return false
}

func (l *logins) correct(a *login) bool {
	hash, known := l.hashes[a.name]
	if !known {
		return false
	}
	sum := l.sum(a.name, a.password)
	l.mu.Lock()
	if right := l.right[a.name]; right != nil {
		l.mu.Unlock()
		return hmac.Equal(right, sum)
	}
	l.enqueue(a)
	l.mu.Unlock()
	if !<-a.turn {
		return false
	}
	// Another attempt may have been right meanwhile.
	l.mu.Lock()
	right := l.right[a.name]
	l.mu.Unlock()
	ok := hmac.Equal(right, sum)
	if right == nil && a.open() {
		ok = bcrypt.CompareHashAndPassword(hash, []byte(a.password)) == nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if ok {
		l.right[a.name] = sum
	}
	l.free++
	l.assign()
	return ok
}

// sum is the keyed hash of a password.
func (l *logins) sum(name, password string) []byte {
	mac := hmac.New(sha256.New, l.key)
	mac.Write([]byte(name))
	mac.Write([]byte{0})
	mac.Write([]byte(password))
	return mac.Sum(nil)
}

func (l *logins) enqueue(a *login) {
	l.waiting = append(l.waiting, a)
	l.assign()
	if len(l.waiting) > mostWaiting {
		l.waiting[0].turn <- false
		l.waiting = l.waiting[1:]
	}
}

// assign gives free hashers to waiting attempts: the newest of an address with
// few failures, or else the newest.
func (l *logins) assign() {
	for l.free > 0 && len(l.waiting) > 0 {
		next := len(l.waiting) - 1
		for i := next; i >= 0; i-- {
			if !l.many(l.waiting[i].address) {
				next = i
				break
			}
		}
		a := l.waiting[next]
		l.waiting = append(l.waiting[:next], l.waiting[next+1:]...)
		l.free--
		a.turn <- true
	}
}

// failure counts one against the address and returns how long its refusal
// takes.
func (l *logins) failure(address string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.failures[address]
	if f == nil || time.Since(f.since) > failureAge {
		if len(l.failures) >= 10_000 { // addresses of a whole botnet
			clear(l.failures)
		}
		f = &failed{since: time.Now()}
		l.failures[address] = f
	}
	f.count++
	if f.count > manyFailures {
		return maxRefusalWait
	}
	return refusalWait
}

func (l *logins) many(address string) bool {
	f := l.failures[address]
	return f != nil && f.count > manyFailures && time.Since(f.since) <= failureAge
}

// host is the address without its port.
func host(a net.Addr) string {
	h, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return h
}
