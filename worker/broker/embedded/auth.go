package embedded

import (
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// auth decides who may connect and with what rights.
type auth struct {
	users  map[string]User
	logins *logins
	opened chan struct{} // closed when the accounts of the users are there
	inside map[string]*outsider
	limits Limits
}

func newAuth(c Config, l *logins) *auth {
	a := &auth{users: map[string]User{}, logins: l, limits: c.limits(), inside: map[string]*outsider{}, opened: make(chan struct{})}
	for _, u := range c.Users {
		a.users[u.Name] = u
	}
	return a
}

// openWait is shorter than the client library's own wait for an answer, 2 s.
const openWait = time.Second

// open lets these outside clients in, each into its account.
func (a *auth) open(users []*outsider) {
	for _, o := range users {
		a.inside[o.Name] = o
	}
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
	o := c.GetOpts()
	name, isGate := strings.CutPrefix(o.Username, gateUser)
	switch {
	case addr.Network() == "pipe" && !isGate:
		return true
	case addr.Network() == "pipe":
	case len(a.users) == 0:
		name, isGate = anonymous, false
	default:
		name, isGate = o.Username, false
		open := func() bool { return c.RemoteAddress() != nil }
		if !a.logins.verify(host(addr), name, o.Password, open) {
			return false
		}
		if a.users[name].Admin {
			return true
		}
	}
	// The listener is open a moment before the accounts are made.
	select {
	case <-a.opened:
	case <-time.After(openWait):
		return false
	}
	user := a.inside[name]
	if isGate {
		c.RegisterUser(&server.User{Username: o.Username, Account: user.account})
		return true
	}
	if user.account.NumLocalConnections() > a.limits.Connections { // the gate is one
		return false
	}
	c.RegisterUser(&server.User{Username: name, Permissions: user.permissions(), Account: user.account})
	return true
}
