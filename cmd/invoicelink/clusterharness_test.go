package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/checkout/sandbox"
	"invoicelink/worker/broker"
	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit/powercut"
)

// asNode is the variable that turns the test binary into a NATS server of a
// cluster; its value is a nodeConfig in JSON.
const asNode = "INVOICELINK_TEST_AS_NODE"

type nodeConfig struct {
	Name   string
	Client int   // port for clients
	Peer   int   // port for the other nodes
	Peers  []int // theirs
	Dir    string
	Lazy   bool   // synced every two minutes, the server's default, not with each write
	File   string // configuration of the server, which reads the others from variables; "" for none
}

// runNode is a nats-server process: it ends by a signal, or when its parent
// has gone.
func runNode(text string) {
	var c nodeConfig
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		panic(err)
	}
	o := &server.Options{
		ServerName: c.Name, Host: "127.0.0.1", Port: c.Client, JetStream: true, StoreDir: c.Dir, SyncAlways: !c.Lazy, NoLog: true,
		Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: c.Peer},
	}
	for _, port := range c.Peers {
		o.Routes = append(o.Routes, &url.URL{Scheme: "nats", Host: fmt.Sprintf("127.0.0.1:%d", port)})
	}
	if c.File != "" {
		o = c.read()
	}
	s, err := server.NewServer(o)
	if err != nil {
		panic(err)
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	s.Start()
	s.WaitForShutdown()
}

// read reads the configuration file as a node of this cluster. The password of
// each user is its name.
func (c *nodeConfig) read() *server.Options {
	var routes []string
	for _, port := range c.Peers {
		routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", port))
	}
	for name, value := range map[string]string{
		"NATS_NAME": c.Name, "NATS_STORE": c.Dir, "NATS_ROUTES": "[" + strings.Join(routes, ", ") + "]",
		"NATS_LISTEN": fmt.Sprintf("127.0.0.1:%d", c.Client), "NATS_PEER": fmt.Sprintf("127.0.0.1:%d", c.Peer),
		"SYS_PASSWORD": "sys", "INVOICELINK_PASSWORD": "invoicelink", "ERP_COPY_PASSWORD": "erp-copy", "ERP_PASSWORD": "erp",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	o, err := server.ProcessConfigFile(c.File)
	if err != nil {
		panic(err)
	}
	o.NoLog, o.SyncAlways = true, o.SyncAlways && !c.Lazy
	return o
}

// cluster is three nats-server processes, an imitation of the checkout API and
// workers, which are processes too.
type cluster struct {
	t       *testing.T
	nodes   []nodeConfig
	running []*process
	workers []*process
	sandbox *sandbox.Server
	api     string
	seller  string
	urls    string
	nc      *nats.Conn
	broker  *broker.Broker
	ledger  *ledger.Ledger
	strace  string                // traces the nodes, so that their power can be cut; "" does not
	traces  []*powercut.Recording // of the running nodes
}

// process is a program that was started.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{}
	stdin io.Closer
	addr  string
}

func (c *process) signal(s os.Signal) {
	_ = c.cmd.Process.Signal(s) // it may have ended already
	<-c.ended
}

func freePorts(t *testing.T, n int) []int {
	t.Helper()
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

func startCluster(t *testing.T) *cluster {
	t.Helper()
	return startClusterOf(t, clusterOptions{})
}

type clusterOptions struct {
	file, user string // the servers' configuration, and who logs in
	lazy       []bool // by node: nodeConfig.Lazy
	strace     string // see cluster
}

func startClusterOf(t *testing.T, o clusterOptions) *cluster {
	t.Helper()
	login := ""
	if o.user != "" {
		login = o.user + ":" + o.user + "@"
	}
	c := &cluster{t: t, running: make([]*process, 3), strace: o.strace, traces: make([]*powercut.Recording, 3)}
	ports := freePorts(t, 6)
	var urls []string
	for i := range 3 {
		c.nodes = append(c.nodes, nodeConfig{Name: fmt.Sprintf("n%d", i), Client: ports[i], Peer: ports[3+i], Peers: ports[3:],
			Dir: filepath.Join(t.TempDir(), "store"), File: o.file, Lazy: i < len(o.lazy) && o.lazy[i]})
		urls = append(urls, fmt.Sprintf("nats://%s127.0.0.1:%d", login, ports[i]))
	}
	c.urls = strings.Join(urls, ",")
	for i := range c.nodes {
		c.startNode(i)
	}
	var err error
	if c.sandbox, err = sandbox.Open(sandbox.Config{}); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(c.sandbox)
	t.Cleanup(func() {
		if err := c.sandbox.Close(); err != nil {
			t.Error(err)
		}
		web.Close()
	})
	c.api = web.URL
	c.seller = filepath.Join(t.TempDir(), "seller.yaml")
	if err := os.WriteFile(c.seller, []byte("name: Sample Seller ApS\nvat_id: DK12345674\naddress: {country: DK}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.join()
	return c
}

// join connects this process, and makes the streams as the first worker would.
func (c *cluster) join() {
	c.t.Helper()
	var err error
	if c.nc, err = nats.Connect(c.urls, nats.MaxReconnects(-1), nats.ReconnectWait(200*time.Millisecond), nats.RetryOnFailedConnect(true),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(c.nc.Close)
	c.until("the cluster has a leader", time.Minute, func(ctx context.Context) error {
		c.broker, err = broker.Open(ctx, c.nc, broker.Options{Replicas: 3})
		return err
	})
	c.ledger = ledger.Open(c.broker.LedgerBucket(), c.broker.Documents(), c.broker.Owners(), nil)
}

// start runs the test binary as another program.
func (c *cluster) start(env string, args ...string) *process {
	c.t.Helper()
	return c.startBy((*exec.Cmd).Start, env, args...)
}

// startBy is start with another way to start a command.
func (c *cluster) startBy(start func(*exec.Cmd) error, env string, args ...string) *process {
	c.t.Helper()
	self, err := os.Executable()
	if err != nil {
		c.t.Fatal(err)
	}
	p := &process{cmd: exec.Command(self, args...), ended: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env, "INVOICELINK_LEGAL=warn", "INVOICELINK_CHECKOUT_PASSWORD="+sandbox.DefaultPassword, "HOME="+c.t.TempDir())
	if testing.Verbose() {
		p.cmd.Stderr = os.Stderr
	}
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		c.t.Fatal(err)
	}
	if err := start(p.cmd); err != nil {
		c.t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is looked at where it matters
		close(p.ended)
	}()
	c.t.Cleanup(func() { p.signal(syscall.SIGKILL) })
	return p
}

func (c *cluster) startNode(i int) {
	c.t.Helper()
	config, err := json.Marshal(c.nodes[i])
	if err != nil {
		c.t.Fatal(err)
	}
	start := (*exec.Cmd).Start
	if c.strace != "" {
		if err := os.MkdirAll(c.nodes[i].Dir, 0o700); err != nil {
			c.t.Fatal(err)
		}
		start = func(cmd *exec.Cmd) (err error) {
			c.traces[i], err = powercut.Start(c.strace, cmd, c.nodes[i].Dir)
			return err
		}
	}
	c.running[i] = c.startBy(start, asNode+"="+string(config))
}

// cutPower ends nodes at the same moment, and starts them again on what their
// disks hold of what no sync had covered.
func (c *cluster) cutPower(mode powercut.Mode, r *rand.Rand, nodes ...int) {
	c.t.Helper()
	for _, i := range nodes {
		_ = c.running[i].cmd.Process.Kill() // it may have ended already
	}
	for _, i := range nodes {
		c.running[i].signal(syscall.SIGKILL)
		trace, err := c.traces[i].Trace()
		if err != nil {
			c.t.Fatal(err)
		}
		dir := filepath.Join(c.t.TempDir(), "store")
		if err := trace.Cut(trace.End(), mode, r, dir); err != nil {
			c.t.Fatal(err)
		}
		c.nodes[i].Dir = dir
	}
	for _, i := range nodes {
		c.startNode(i)
	}
}

// startWorker adds a worker to the fleet; all of them are started alike.
func (c *cluster) startWorker() *process {
	c.t.Helper()
	addr := fmt.Sprintf("127.0.0.1:%d", freePorts(c.t, 1)[0])
	p := c.start("INVOICELINK_TEST_AS_PROGRAM=1", "serve", "--nats", c.urls, "--replicas", "3", "--checkout-url", c.api,
		"--checkout-username", sandbox.DefaultUsername, "--seller", c.seller, "--data", c.t.TempDir(), "--listen", addr, "--log-level", "error")
	p.addr = addr
	c.workers = append(c.workers, p)
	return p
}

func (c *cluster) awaitReady(p *process) {
	c.t.Helper()
	c.until("worker is ready", time.Minute, func(ctx context.Context) error {
		select {
		case <-p.ended:
			c.t.Fatalf("worker ended: %v", p.cmd.ProcessState)
		default:
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.addr+"/readyz", nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("%s", res.Status)
		}
		return nil
	})
}

// leaders are the indexes of the nodes that lead the requests' stream and its
// consumer.
func (c *cluster) leaders() (stream, consumer int) {
	c.t.Helper()
	c.until("the requests have a leader", time.Minute, func(ctx context.Context) error {
		s, err := c.broker.JetStream().Stream(ctx, broker.StreamRequests)
		if err != nil {
			return err
		}
		worker, err := s.Consumer(ctx, "worker")
		if err != nil {
			return err
		}
		if stream, err = c.node(s.CachedInfo().Cluster); err != nil {
			return err
		}
		consumer, err = c.node(worker.CachedInfo().Cluster)
		return err
	})
	return stream, consumer
}

// node is the index of the leader.
func (c *cluster) node(info *jetstream.ClusterInfo) (int, error) {
	for i, n := range c.nodes {
		if info != nil && info.Leader == n.Name {
			return i, nil
		}
	}
	return 0, fmt.Errorf("no leader")
}

// whole waits until every replica of every stream is there and up to date.
func (c *cluster) whole() {
	c.t.Helper()
	c.until("all replicas are current", 90*time.Second, func(ctx context.Context) error {
		for s := range c.eachStream(ctx) {
			if s.Cluster == nil || s.Cluster.Leader == "" || len(s.Cluster.Replicas) != 2 {
				return fmt.Errorf("%s has no leader or not all replicas", s.Config.Name)
			}
			for _, r := range s.Cluster.Replicas {
				if !r.Current || r.Offline {
					return fmt.Errorf("%s: replica %s is behind", s.Config.Name, r.Name)
				}
			}
		}
		return nil
	})
}

func (c *cluster) eachStream(ctx context.Context) func(func(*jetstream.StreamInfo) bool) {
	return func(yield func(*jetstream.StreamInfo) bool) {
		for info := range c.broker.JetStream().ListStreams(ctx).Info() {
			if !yield(info) {
				return
			}
		}
	}
}

// until tries again and again until it succeeds.
func (c *cluster) until(what string, patience time.Duration, try func(context.Context) error) {
	c.t.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		ctx, cancel := context.WithTimeout(c.t.Context(), 10*time.Second)
		err := try(ctx)
		cancel()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("%s: not within %v: %v", what, patience, err)
		}
		<-tick.C
	}
}
