package embedded

import (
	"github.com/nats-io/nats-server/v2/server"
	"golang.org/x/crypto/bcrypt"
)

// gate decides who may connect and with what rights.
type gate struct {
	users  map[string][]byte // name → bcrypt hash
	nobody []byte            // compared with where the name is unknown
	rights *server.Permissions
	busy   chan struct{} // bounds the cores that logins take
}

func newGate(c Config) *gate {
	g := &gate{users: map[string][]byte{}, rights: rights(c.Access), busy: make(chan struct{}, 2)}
	for _, u := range c.Users {
		g.users[u.Name] = []byte(u.PasswordHash)
		g.nobody = []byte(u.PasswordHash)
	}
	return g
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
		if !g.login(o.Username, o.Password) {
			return false
		}
		name = o.Username
	}
	c.RegisterUser(&server.User{Username: name, Permissions: g.rights})
	return true
}

func (g *gate) login(name, password string) bool {
	g.busy <- struct{}{}
	defer func() { <-g.busy }()
	hash, known := g.users[name]
	if !known {
		hash = g.nobody // a wrong name takes as long as a wrong password
	}
	return bcrypt.CompareHashAndPassword(hash, []byte(password)) == nil && known
}
