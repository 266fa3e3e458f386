package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
)

// ErrNotHeld is wrapped by Dial when no process serves the directory: then
// Start may take it. Between the two another process may have done so, which
// Start reports with ErrInUse; then Dial again.
var ErrNotHeld = errors.New("no process holds the data directory")

// dialTimeout covers a holder that is still reading its store after a crash.
const dialTimeout = 30 * time.Second

// Dial connects to the process that holds dir, with all rights, through the
// socket in dir, which only the same user can open. It waits up to 30 s for a
// holder that is just starting. It reconnects over a restart of the holder's
// broker and gives up about 15 s after the holder is gone; opts may change
// that.
func Dial(dir string, opts ...nats.Option) (*nats.Conn, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find the data directory %s: %w", dir, err)
	}
	dial := provider(func() (net.Conn, error) { return dialSocket(abs) })
	// Asked once beforehand, since nats.go does not always hand the cause on.
	first, err := dial()
	if err != nil {
		return nil, fmt.Errorf("connect to the process that holds %s: %w", abs, err)
	}
	_ = first.Close()
	all := append([]nats.Option{
		nats.Name("invoicelink"),
		nats.InProcessServer(dial),
		nats.MaxReconnects(60),
		nats.ReconnectWait(200 * time.Millisecond),
		nats.ReconnectJitter(100*time.Millisecond, 100*time.Millisecond),
		nats.Timeout(dialTimeout),
	}, opts...)
	nc, err := nats.Connect("", all...)
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return nil, fmt.Errorf("the process that holds %s does not answer within %v; it is stopped, or still reads its store: %w", abs, dialTimeout, err)
	}
	if err != nil {
		return nil, fmt.Errorf("connect to the process that holds %s: %w", abs, err)
	}
	return nc, nil
}

func dialSocket(dir string) (net.Conn, error) {
	path := filepath.Join(dir, socketName)
	fi, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, ErrNotHeld
	case err != nil:
		return nil, err
	case fi.Mode().IsRegular() || fi.IsDir() || fi.Mode()&fs.ModeSymlink != 0:
		return nil, fmt.Errorf("%s is not a socket; remove it", path)
	}
	var c net.Conn
	err = withShortPath(dir, func(short string) (err error) {
		c, err = net.DialTimeout("unix", filepath.Join(short, socketName), dialTimeout)
		return err
	})
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, fs.ErrNotExist):
		return nil, ErrNotHeld // left by a process that was killed
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("%w: the directory belongs to another user", err)
	}
	return c, err
}
