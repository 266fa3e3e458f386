package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"invoicelink/worker/atomicfile"
)

const (
	// sessionLife ends a login, however busy; sessionIdle one that nobody
	// uses (OWASP Session Management Cheat Sheet: hours for low-risk, under
	// one for high-risk applications; a working day is between).
	sessionLife = 12 * time.Hour
	sessionIdle = 2 * time.Hour
	maxSessions = 10_000
)

// sessions are the logins that are in force. They are kept in a file as well,
// so that a restart logs nobody out; it holds digests of the tokens only, and
// nobody can log in with it.
type sessions struct {
	now  func() time.Time
	path string
	log  *slog.Logger

	mu    sync.Mutex
	all   map[string]*session // by the digest of the token
	saved time.Time
}

// session is one login.
type session struct {
	User string `json:"user"`
	// Mark is the user's when the login began (Users.mark).
	Mark  string    `json:"mark"`
	Begun time.Time `json:"begun"`
	Used  time.Time `json:"used"`
}

// saveUse is how stale the kept moment of last use may be.
const saveUse = time.Minute

// openSessions reads the logins that were in force when the desk last ended. A
// file that cannot be read is as none: people log in again.
func openSessions(path string, now func() time.Time, log *slog.Logger) *sessions {
	s := &sessions{now: now, path: path, log: log, all: map[string]*session{}}
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &s.all)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Warn("logins of before are not known; people log in again", "error", err)
	}
	for key, one := range s.all {
		if one == nil || one.expired(now()) {
			delete(s.all, key)
		}
	}
	return s
}

// begin logs a person in and returns the token, which is kept nowhere here.
func (s *sessions) begin(user, mark string) string {
	token := rand.Text() + rand.Text()[:6] // 160 bits
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	oldest, at := "", now
	for key, one := range s.all {
		if one.expired(now) {
			delete(s.all, key)
		} else if one.Used.Before(at) {
			oldest, at = key, one.Used
		}
	}
	if len(s.all) >= maxSessions {
		delete(s.all, oldest)
	}
	s.all[digestOf(token)] = &session{User: user, Mark: mark, Begun: now, Used: now}
	s.save(now)
	return token
}

// user returns who the token belongs to, and the mark of that login.
func (s *sessions) user(token string) (name, mark string, ok bool) {
	key, now := digestOf(token), s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.all[key]
	if one == nil || one.expired(now) {
		delete(s.all, key)
		return "", "", false
	}
	one.Used = now
	if now.Sub(s.saved) >= saveUse {
		s.save(now)
	}
	return one.User, one.Mark, true
}

func (s *sessions) end(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if key := digestOf(token); s.all[key] != nil {
		delete(s.all, key)
		s.save(s.now())
	}
}

// save keeps the logins. The caller holds the lock.
func (s *sessions) save(now time.Time) {
	s.saved = now
	data, err := json.Marshal(s.all)
	if err == nil {
		err = atomicfile.Write(s.path, data, 0o600)
	}
	if err != nil {
		s.log.Warn("logins are not kept; a restart logs people out", "error", err)
	}
}

func (s *session) expired(now time.Time) bool {
	return now.Sub(s.Begun) >= sessionLife || now.Sub(s.Used) >= sessionIdle
}

func digestOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// cookieName has the prefix that binds a cookie to its host (RFC 6265bis,
// section 4.1.3.2), which browsers accept over TLS only.
func (a *Access) cookieName() string {
	if a.secure() {
		return "__Host-invoicelink"
	}
	return "invoicelink"
}

func (a *Access) cookie(token string, age int) *http.Cookie {
	return &http.Cookie{
		Name: a.cookieName(), Value: token, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: a.secure(), SameSite: http.SameSiteLaxMode,
	}
}

// token is the session's in a request; "" for none.
func (a *Access) token(r *http.Request) string {
	c, err := r.Cookie(a.cookieName())
	if err != nil || len(c.Value) > 64 {
		return ""
	}
	return c.Value
}
