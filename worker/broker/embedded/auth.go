package embedded

import (
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"golang.org/x/crypto/bcrypt"
)

// auth decides who may connect and with what rights.
type auth struct {
	users   map[string]User
	nobody  []byte // compared with where the name is unknown
	rights  *server.Permissions
	opened  chan struct{} // closed when the account below is there
	outside *server.Account
	busy    chan struct{} // bounds the cores that logins take
}

func newAuth(c Config) *auth {
	a := &auth{users: map[string]User{}, rights: rights(c.Access), busy: make(chan struct{}, 2), opened: make(chan struct{})}
	for _, u := range c.Users {
		a.users[u.Name] = u
		a.nobody = []byte(u.PasswordHash)
	}
	return a
}

// openWait is shorter than the client library's own wait for an answer, 2 s.
const openWait = time.Second

// open lets outside clients in, into that account.
func (a *auth) open(outside *server.Account) {
	a.outside = outside
	close(a.opened)
}

// Check lets a connection in and gives it its rights. Only a connection of
// this process, or of its socket, is a pipe; it may do everything.
func (a *auth) Check(c server.ClientAuthentication) bool {
	if c.Kind() != server.CLIENT {
		return false
	}
	addr := c.RemoteAddress()
	if addr == nil {
		return false // closed meanwhile
	}
	if addr.Network() == "pipe" {
		return true
	}
	name := "anonymous"
	if len(a.users) > 0 {
		o := c.GetOpts()
		user, ok := a.login(o.Username, o.Password)
		if !ok {
			return false
		}
		if user.Admin {
			return true
		}
		name = user.Name
	}
	// The listener is open a moment before the account is made.
	select {
	case <-a.opened:
	case <-time.After(openWait):
		return false
	}
	c.RegisterUser(&server.User{Username: name, Permissions: a.rights, Account: a.outside})
	return true
}

func (a *auth) login(name, password string) (User, bool) {
	a.busy <- struct{}{}
	defer func() { <-a.busy }()
	user, known := a.users[name]
	hash := []byte(user.PasswordHash)
	if !known {
		hash = a.nobody // a wrong name takes as long as a wrong password
	}
	return user, bcrypt.CompareHashAndPassword(hash, []byte(password)) == nil && known
}
