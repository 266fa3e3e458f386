package embedded_test

import (
	"crypto/tls"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"invoicelink/worker/broker/embedded"
)

func TestConfigTellsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	_, err := embedded.Start(t.Context(), embedded.Config{
		MaxStore: -1,
		Listen:   "0.0.0.0:4222",
		Access: embedded.Access{
			Publish: []string{">", "$KV.ledger.>", "_INBOX.x", "a b", "*.x", "", "a..b"},
			Read:    []string{"", "A.B", "*", "../x"},
			Hear:    []string{"$JS.>"},
		},
	})
	if err == nil {
		t.Fatal("it started")
	}
	for _, want := range []string{
		"Dir is empty", "MaxStore is -1", "needs Users", "needs TLS",
		"Publish[0]", "Publish[1]", "Publish[2]", "Publish[3]", "Publish[4]", "Publish[5]", "Publish[6]",
		"Read[0]", "Read[1]", "Read[2]", "Read[3]", "Hear[0]",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not reported in: %v", want, err)
		}
	}
}

func TestConfigListener(t *testing.T) {
	t.Parallel()
	hash, err := bcrypt.GenerateFromPassword([]byte("secret"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	good := embedded.User{Name: "erp", PasswordHash: string(hash)}
	costly := embedded.User{Name: "slow", PasswordHash: "$2a$15$" + string(hash[7:])}
	for name, c := range map[string]struct {
		config embedded.Config
		want   string
	}{
		"users alone":     {embedded.Config{Users: []embedded.User{good}}, "without Listen"},
		"TLS alone":       {embedded.Config{TLS: &tls.Config{}}, "without Listen"},
		"no port":         {embedded.Config{Listen: "127.0.0.1"}, "host:port"},
		"port":            {embedded.Config{Listen: "127.0.0.1:99999"}, "0 to 65535"},
		"all addresses":   {embedded.Config{Listen: ":4222"}, "other machines"},
		"a name":          {embedded.Config{Listen: "example.org:4222"}, "other machines"},
		"no certificate":  {embedded.Config{Listen: "127.0.0.1:0", TLS: &tls.Config{}}, "no certificate"},
		"alike":           {embedded.Config{Listen: "127.0.0.1:0", Users: []embedded.User{{Name: "a.b", PasswordHash: string(hash)}, {Name: "a-b", PasswordHash: string(hash)}}}, "told apart"},
		"a header":        {embedded.Config{Listen: "127.0.0.1:0", Users: []embedded.User{{Name: "a", PasswordHash: string(hash), Header: map[string]string{"ce-id": "x"}}}}, "Invoicelink-"},
		"a user's access": {embedded.Config{Listen: "127.0.0.1:0", Users: []embedded.User{{Name: "a", PasswordHash: string(hash), Access: embedded.Access{Read: []string{"*"}}}}}, "Users[0].Access.Read[0]"},
		"twice":           {embedded.Config{Listen: "127.0.0.1:0", Users: []embedded.User{good, good}}, "twice"},
		"no name":         {embedded.Config{Listen: "127.0.0.1:0", Users: []embedded.User{{PasswordHash: string(hash)}}}, "printable"},
		"plain password":  {embedded.Config{Listen: "127.0.0.1:0", Users: []embedded.User{{Name: "a", PasswordHash: "hunter2"}}}, "not a bcrypt hash"},
		"a costly hash":   {embedded.Config{Listen: "127.0.0.1:0", Users: []embedded.User{costly}}, "cost 15"},
		"zero byte in it": {embedded.Config{Dir: "a\x00b"}, "zero byte"},
	} {
		if c.config.Dir == "" {
			c.config.Dir = t.TempDir()
		}
		_, err := embedded.Start(t.Context(), c.config)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err != nil && (strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), string(hash[7:]))) {
			t.Errorf("%s: a secret is in the error: %v", name, err)
		}
	}
}
