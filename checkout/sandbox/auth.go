package sandbox

import (
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

const defaultTokenLife = time.Hour // as documented

// authenticate accepts any body, since clients were seen to send nothing, {}
// or a form.
func (s *Server) authenticate(r *http.Request, _ *Fault) *reply {
	if _, refused := readBody(r); refused != nil {
		return refused
	}
	if !s.basic(r) {
		return unauthorized("Basic")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now, life := s.now(), s.switches.TokenLife
	if life == 0 {
		life = defaultTokenLife
	}
	token := s.mint(now.Add(s.switches.TokenSkew), life)
	for old, end := range s.tokens {
		if !now.Before(end) {
			delete(s.tokens, old)
		}
	}
	s.tokens[token] = now.Add(life)
	s.stats.Tokens++
	return jsonReply(s.success(), map[string]string{"token": token})
}

// mint writes a token as the switches say. It is found in a table when it
// comes back, so its signature is for the look alone.
func (s *Server) mint(issued time.Time, life time.Duration) string {
	if s.switches.TokenForm == "opaque" {
		return "opaque-" + rand.Text()
	}
	claims := map[string]any{"sub": s.cfg.Username, "jti": rand.Text(), "environment": "test"}
	if s.switches.TokenForm != "no-iat" {
		claims["iat"] = issued.Unix()
	}
	if s.switches.TokenForm != "no-exp" {
		claims["exp"] = issued.Add(life).Unix()
	}
	payload, _ := json.Marshal(claims) // a map of texts and numbers always can be written
	enc := base64.RawURLEncoding
	text := enc.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + enc.EncodeToString(payload)
	mac := hmac.New(sha256.New, []byte(s.cfg.Password))
	mac.Write([]byte(text))
	return text + "." + enc.EncodeToString(mac.Sum(nil))
}

func (s *Server) basic(r *http.Request) bool {
	user, password, ok := r.BasicAuth()
	same := subtle.ConstantTimeCompare([]byte(user), []byte(s.cfg.Username)) &
		subtle.ConstantTimeCompare([]byte(password), []byte(s.cfg.Password))
	return ok && same == 1
}

// bearer returns a refusal unless the call carries a living token.
func (s *Server) bearer(r *http.Request) *reply {
	token, ok := bearerOf(r)
	if !ok {
		return unauthorized("Bearer")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if end, known := s.tokens[token]; !known || !s.now().Before(end) {
		return unauthorized("Bearer")
	}
	return nil
}

func bearerOf(r *http.Request) (string, bool) {
	return strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
}

// revoke forgets the token of a call.
func (s *Server) revoke(r *http.Request) {
	token, _ := bearerOf(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, token)
}

func unauthorized(scheme string) *reply {
	return refusal(http.StatusUnauthorized, "unauthorized").with("WWW-Authenticate", scheme+` realm="sandbox"`)
}

// success needs the lock.
func (s *Server) success() int { return cmp.Or(s.switches.SuccessStatus, http.StatusOK) }
