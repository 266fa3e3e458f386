package web

import (
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"sync"
	"time"
)

const (
	// sessionLife ends a login, however busy; sessionIdle one that nobody
	// uses (OWASP Session Management Cheat Sheet: hours for low-risk, under
	// one for high-risk applications; a working day is between).
	sessionLife = 12 * time.Hour
	sessionIdle = 2 * time.Hour
	maxSessions = 10_000
)

// sessions are the logins that stand. They live in memory: a restart ends
// them, which asks people to log in again and makes a logout final.
type sessions struct {
	now func() time.Time

	mu  sync.Mutex
	all map[[sha256.Size]byte]*session // by the digest of the token
}

type session struct {
	user       string
	begun, use time.Time
}

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, all: map[[sha256.Size]byte]*session{}}
}

// begin logs a person in and returns the token, which is kept nowhere here.
func (s *sessions) begin(user string) string {
	token := rand.Text() + rand.Text()[:6] // 160 bits
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	var oldest [sha256.Size]byte
	at := now
	for key, one := range s.all {
		if one.over(now) {
			delete(s.all, key)
		} else if one.use.Before(at) {
			oldest, at = key, one.use
		}
	}
	if len(s.all) >= maxSessions {
		delete(s.all, oldest)
	}
	s.all[sha256.Sum256([]byte(token))] = &session{user: user, begun: now, use: now}
	return token
}

// user returns who the token belongs to.
func (s *sessions) user(token string) (string, bool) {
	key, now := sha256.Sum256([]byte(token)), s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.all[key]
	if one == nil || one.over(now) {
		delete(s.all, key)
		return "", false
	}
	one.use = now
	return one.user, true
}

func (s *sessions) end(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, sha256.Sum256([]byte(token)))
}

func (s *session) over(now time.Time) bool {
	return now.Sub(s.begun) >= sessionLife || now.Sub(s.use) >= sessionIdle
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
