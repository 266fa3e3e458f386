package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/broker"
	"invoicelink/worker/testkit/powercut"
	"invoicelink/worker/testkit/tool"
)

// TestClusterPowerCut cuts the power of all servers of a cluster at once, and of
// one while the other two go on: what was reported before is there afterwards,
// and each invoice is issued once.
func TestClusterPowerCut(t *testing.T) {
	t.Parallel()
	cuts, each := 4, 24
	if tool.IsLong() {
		cuts = 20
	}
	c := startClusterOf(t, clusterOptions{strace: tool.Path(t, "strace")})
	c.awaitReady(c.startWorker())
	r := rand.New(rand.NewPCG(5, 6))
	f := c.flow(cuts * each)
	for i := range cuts {
		f.publish(i*each, (i+1)*each)
		f.awaitIssued(i*each + r.IntN(each*2/3))
		nodes := []int{0, 1, 2}
		if i%2 == 1 {
			nodes = []int{r.IntN(3)}
		}
		if tool.IsLong() && i%5 == 4 { // the worker is on one of the machines
			c.workers[0].signal(syscall.SIGKILL)
			c.workers = c.workers[1:]
			c.startWorker()
		}
		c.cutPower(powercut.Journaled, r, nodes...)
		f.logStep(fmt.Sprintf("power of %v cut", nodes))
		c.whole()
		f.logStep("whole again")
	}
	f.awaitIssued(cuts * each)
	f.logStep("all issued")
	f.check()
}

// TestClusterPowerCutUnsynced shows what the warning about sync_interval is for:
// with the servers' default of two minutes, three copies of a request that was
// acknowledged are three copies in memory.
func TestClusterPowerCutUnsynced(t *testing.T) {
	t.Parallel()
	c := startClusterOf(t, clusterOptions{strace: tool.Path(t, "strace"), lazy: []bool{true, true, true}})
	const n = 20
	f := c.flow(n)
	f.publish(0, n)
	f.publishing.Wait()
	c.cutPower(powercut.Journaled, rand.New(rand.NewPCG(5, 6)), 0, 1, 2)
	left := uint64(n)
	c.until("the cluster has a leader", time.Minute, func(ctx context.Context) error {
		s, err := c.broker.JetStream().Stream(ctx, broker.StreamRequests)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			left = 0
			return nil
		}
		if err == nil {
			left = s.CachedInfo().State.Msgs
		}
		return err
	})
	t.Logf("%d of %d acknowledged requests are left", left, n)
	if left == n {
		t.Error("nothing was lost: the servers sync by default, so neither warning nor setting is needed")
	}
}
