package embedded

import (
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"golang.org/x/crypto/bcrypt"
)

// gate decides who may connect and with what rights.
type gate struct {
	users   map[string]User
	nobody  []byte // compared with where the name is unknown
	rights  *server.Permissions
	opened  chan struct{} // closed when the account below is there
	outside *server.Account
	busy    chan struct{} // bounds the cores that logins take
}

func newGate(c Config) *gate {
	g := &gate{users: map[string]User{}, rights: rights(c.Access), busy: make(chan struct{}, 2), opened: make(chan struct{})}
	for _, u := range c.Users {
		g.users[u.Name] = u
		g.nobody = []byte(u.PasswordHash)
	}
	return g
}

// openWait is shorter than the client library's own wait for an answer, 2 s.
const openWait = time.Second

// open lets outside clients in, into that account.
func (g *gate) open(outside *server.Account) {
	g.outside = outside
	close(g.opened)
}

// Check lets a connection in and gives it its rights. Only a connection of
// this process, or of its socket, is a pipe; it may do everything.
func (g *gate) Check(c server.ClientAuthentication) bool {
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
	if len(g.users) > 0 {
		o := c.GetOpts()
		user, ok := g.login(o.Username, o.Password)
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
	case <-g.opened:
	case <-time.After(openWait):
		return false
	}
	c.RegisterUser(&server.User{Username: name, Permissions: g.rights, Account: g.outside})
	return true
}

func (g *gate) login(name, password string) (User, bool) {
	g.busy <- struct{}{}
	defer func() { <-g.busy }()
	user, known := g.users[name]
	hash := []byte(user.PasswordHash)
	if !known {
		hash = g.nobody // a wrong name takes as long as a wrong password
	}
	return user, bcrypt.CompareHashAndPassword(hash, []byte(password)) == nil && known
}
