package embedded

import (
	"fmt"

	"github.com/nats-io/nats-server/v2/server"
)

// Each user of the listener lives in an account of its own, so that the server
// itself keeps what is sent to one user from all others. Events and deliveries
// reach it by stream imports; everything else that it sends is taken by its
// gate, a connection of this process to the same account. Permissions on
// subjects would not be enough: the server sends its answers, a stream's
// confirmations and a consumer's deliveries wherever the client asks, with
// rights of its own, so that a client which may publish to one subject or read
// one stream could have any subject written, the ledger's buckets too
// (reproduced on 2.15.2 with a reply subject and with a push consumer's deliver
// subject). And no permission holds the beginning of a consumer's name.
const (
	outsideAccount = "OUTSIDE."
	gateUser       = "_GATE." // of the gate's connection, followed by the user's token

	// Subjects in the worker's account that belong to the listener, each
	// followed by the user's token and the subject in the user's account.
	deliverPrefix = "_OUTSIDE.deliver." // what is imported there
	answerPrefix  = "_OUTSIDE.answer."  // confirmations of what it published

	apiPrefix  = "$JS.API."
	ackPrefix  = "$JS.ACK."
	flowPrefix = "$JS.FC."
)

// outsider is one user of the listener, with the account that it lives in.
type outsider struct {
	User
	token   string // the name as one token of a subject, and as the beginning of a consumer's name
	account *server.Account
}

// anonymous is the user of a listener without users.
const anonymous = "anonymous"

// outsiders are the users of the configuration that are no administrators.
func outsiders(c Config) []*outsider {
	if c.Listen == "" {
		return nil
	}
	if len(c.Users) == 0 {
		return []*outsider{{User: User{Name: anonymous, Access: c.Access}, token: anonymous}}
	}
	var all []*outsider
	for _, u := range c.Users {
		if !u.Admin {
			all = append(all, &outsider{User: u, token: token(u.Name)})
		}
	}
	return all
}

// token replaces what a consumer's name, and so a token of a subject, may not
// hold, and the separator behind it.
func token(name string) string {
	b := []byte(name)
	for i, c := range b {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-') {
			b[i] = '-'
		}
	}
	return string(b)
}

// inboxes are the subjects, without the last token, on which a user may have
// consumers deliver.
func (o *outsider) inboxes() []string { return []string{"_INBOX.", "_INBOX_" + o.token + "."} }

// permissions are a user's within its account. It publishes to what the gate
// takes alone, so that a mistake is reported; it may subscribe to anything,
// since nothing reaches the account that is not the user's.
func (o *outsider) permissions() *server.Permissions {
	allow := append([]string{apiPrefix + ">", ackPrefix + ">", flowPrefix + ">"}, o.Access.Publish...)
	return &server.Permissions{Publish: &server.SubjectPermission{Allow: allow}}
}

// open makes the user's account on a server that runs.
func (o *outsider) open(ns *server.Server) error {
	fail := func(what string, err error) error {
		return fmt.Errorf("open %s to the outside client %s: %w", what, o.Name, err)
	}
	worker := ns.GlobalAccount()
	account, err := ns.RegisterAccount(outsideAccount + o.token)
	if err != nil {
		return fail("an account", err)
	}
	hear := func(from, to string) error {
		if err := worker.AddStreamExport(from, nil); err != nil {
			return fail(to, err)
		}
		if err := account.AddMappedStreamImport(worker, from, to); err != nil {
			return fail(to, err)
		}
		return nil
	}
	for _, s := range o.Access.Hear {
		if err := hear(s, s); err != nil {
			return err
		}
	}
	for _, inbox := range o.inboxes() {
		if err := hear(deliverPrefix+o.token+"."+inbox+">", inbox+">"); err != nil {
			return err
		}
	}
	o.account = account
	return nil
}
