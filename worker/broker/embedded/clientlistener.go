package embedded

import (
	"fmt"

	"github.com/nats-io/nats-server/v2/server"
)

// Clients of the listener live in an account of their own, and the account
// imports from the worker's account what Config.Access names. Permissions on
// subjects would not be enough: the server sends its answers, a stream's
// confirmations and a consumer's deliveries wherever the client asks, with
// rights of its own, so that a client which may publish to one subject or read
// one stream could have any subject written, the ledger's buckets too
// (reproduced on 2.15.2 with a reply subject and with a push consumer's
// deliver subject). Across accounts a reply is only ever a reply, and deliver
// subjects go through the consumer proxy.
const (
	outsideAccount = "OUTSIDE"

	// Subjects in the worker's account that belong to the listener.
	proxyPrefix   = "_OUTSIDE.create."  // requests to create a consumer
	deliverPrefix = "_OUTSIDE.deliver." // what push consumers deliver, followed by the client's inbox

	inboxPrefix  = "_INBOX."
	createPrefix = "$JS.API.CONSUMER.CREATE."
)

// inlets are the subjects on which the outside account reaches the worker's,
// as pairs of its own subject and the one it becomes.
func inlets(a Access) [][2]string {
	var in [][2]string
	same := func(subject string) { in = append(in, [2]string{subject, subject}) }
	for _, s := range a.Publish {
		in = append(in, [2]string{s, publishPrefix + s})
	}
	if len(a.Publish)+len(a.Read) > 0 {
		same("$JS.API.INFO") // what the client library asks first
	}
	for _, s := range a.Read {
		same("$JS.API.STREAM.INFO." + s)
		same("$JS.API.STREAM.MSG.GET." + s)
		same("$JS.API.DIRECT.GET." + s)
		same("$JS.API.DIRECT.GET." + s + ".>")
		same("$JS.API.CONSUMER.INFO." + s + ".*")
		same("$JS.API.CONSUMER.DELETE." + s + ".*") // ordered consumers tidy up after themselves
		same("$JS.API.CONSUMER.MSG.NEXT." + s + ".*")
		same("$JS.ACK." + s + ".>")
		same("$JS.FC." + s + ".>")
		in = append(in,
			[2]string{createPrefix + s, proxyPrefix + s},
			[2]string{createPrefix + s + ".>", proxyPrefix + s + ".>"})
	}
	return in
}

// rights are the permissions of an outside client within its account: it
// publishes to the inlets alone, so that clients do not talk to each other
// here, and listens to its inbox and to what it may hear.
func rights(a Access) *server.Permissions {
	allow := []string{}
	for _, in := range inlets(a) {
		allow = append(allow, in[0])
	}
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: allow},
		Subscribe: &server.SubjectPermission{Allow: append([]string{inboxPrefix + ">"}, a.Hear...)},
	}
}

// openOutside makes the outside account on a server that runs.
func openOutside(ns *server.Server, a Access) (*server.Account, error) {
	worker := ns.GlobalAccount()
	outside, err := ns.RegisterAccount(outsideAccount)
	if err != nil {
		return nil, fmt.Errorf("make the account for outside clients: %w", err)
	}
	for _, in := range inlets(a) {
		// A pull and a direct get answer with several messages.
		if err := worker.AddServiceExportWithResponse(in[1], server.Streamed, []*server.Account{outside}); err != nil {
			return nil, fmt.Errorf("open %s to outside clients: %w", in[0], err)
		}
		if err := outside.AddServiceImport(worker, in[0], in[1]); err != nil {
			return nil, fmt.Errorf("open %s to outside clients: %w", in[0], err)
		}
	}
	for _, s := range a.Hear {
		if err := worker.AddStreamExport(s, []*server.Account{outside}); err != nil {
			return nil, fmt.Errorf("let outside clients hear %s: %w", s, err)
		}
		if err := outside.AddStreamImport(worker, s, ""); err != nil {
			return nil, fmt.Errorf("let outside clients hear %s: %w", s, err)
		}
	}
	if len(a.Read) == 0 {
		return outside, nil
	}
	from := deliverPrefix + inboxPrefix + ">"
	if err := worker.AddStreamExport(from, []*server.Account{outside}); err != nil {
		return nil, fmt.Errorf("open deliveries to outside clients: %w", err)
	}
	if err := outside.AddMappedStreamImport(worker, from, inboxPrefix+">"); err != nil {
		return nil, fmt.Errorf("open deliveries to outside clients: %w", err)
	}
	return outside, nil
}
