package embedded_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"golang.org/x/crypto/bcrypt"

	"invoicelink/worker/broker/embedded"
)

// A hundred wrong passwords at a time keep the right one out neither at its
// first login nor afterwards, and leave a line in the log, not a hundred.
func TestWrongPasswordsCostLittle(t *testing.T) {
	t.Parallel()
	var hash []byte
	var took time.Duration                                           // of one hash, on this machine with what else it does
	for cost := bcrypt.MinCost; took < 50*time.Millisecond; cost++ { // the race detector takes ten times as long
		begun := time.Now()
		var err error
		if hash, err = bcrypt.GenerateFromPassword([]byte("right"), cost); err != nil {
			t.Fatal(err)
		}
		took = time.Since(begun)
	}
	log := &logged{}
	s := start(t, embedded.Config{
		Listen: "127.0.0.1:0", Users: []embedded.User{{Name: "erp", PasswordHash: string(hash), Access: access}},
		Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	login := func(password string, dialed func()) (time.Duration, error) {
		begun := time.Now()
		nc, err := nats.Connect("nats://"+s.ListenAddr(), nats.UserInfo("erp", password), nats.Timeout(10*time.Second), nats.SetCustomDialer(dialer(dialed)))
		if err == nil {
			nc.Close()
		}
		return time.Since(begun), err
	}
	for round, within := range []time.Duration{40 * took, 20 * took} {
		var crowd, dialed sync.WaitGroup
		dialed.Add(100)
		for i := range 100 {
			crowd.Go(func() {
				if _, err := login(fmt.Sprint("wrong ", i), dialed.Done); !errors.Is(err, nats.ErrAuthorization) {
					t.Errorf("a wrong password: %v", err)
				}
			})
		}
		dialed.Wait() // the crowd is first
		if took, err := login("right", func() {}); err != nil || took > within {
			t.Errorf("round %d: the right password: %v after %s, want at most %s", round, err, took, within)
		}
		crowd.Wait()
	}
	if n := len(log.refusals()); n != 1 {
		t.Errorf("%d lines of log, want one: %s", n, log.refusals())
	}
}

// dialer says when it is connected, before anything is sent.
type dialer func()

func (d dialer) Dial(network, address string) (net.Conn, error) {
	conn, err := net.Dial(network, address)
	d()
	return conn, err
}
