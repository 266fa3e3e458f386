package embedded

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	socketName = "broker.sock"
	nestName   = ".broker.sock.new"
	// maxSocketConns bounds the processes that are connected at a time.
	maxSocketConns = 128
)

// socket takes connections of other processes of the same user and passes each
// to the server in this process.
type socket struct {
	l    *net.UnixListener
	path string
	log  *slog.Logger
	work sync.WaitGroup
}

// bindSocket binds <dir>/broker.sock with mode 0600; nobody is answered before
// serve. The caller holds the directory's lock, so a socket that is there
// belongs to a process that is dead. The new one is bound in a directory of
// mode 0700 and renamed when its mode is set: at no time can another user
// connect.
func bindSocket(dir string, log *slog.Logger) (*socket, error) {
	nest := filepath.Join(dir, nestName)
	path := filepath.Join(dir, socketName)
	fail := func(err error) (*socket, error) {
		_ = os.RemoveAll(nest)
		return nil, fmt.Errorf("open %s for other processes: %w", path, err)
	}
	if err := os.RemoveAll(nest); err != nil {
		return fail(err)
	}
	if err := os.Mkdir(nest, 0o700); err != nil {
		return fail(err)
	}
	if fi, err := os.Lstat(path); err == nil && fi.IsDir() {
		return fail(errors.New("a directory of that name is in the way; remove it"))
	}
	var l *net.UnixListener
	err := withShortPath(nest, func(short string) (err error) {
		l, err = net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(short, socketName), Net: "unix"})
		return err
	})
	if err != nil {
		return fail(err)
	}
	l.SetUnlinkOnClose(false) // its name changes below
	bound := filepath.Join(nest, socketName)
	err = errors.Join(os.Chmod(bound, 0o600), os.Rename(bound, path), os.Remove(nest))
	if err != nil {
		_ = l.Close()
		return fail(err)
	}
	return &socket{l: l, path: path, log: log}, nil
}

// serve takes connections until close.
func (s *socket) serve(inProcess func() (net.Conn, error)) {
	slots := make(chan struct{}, maxSocketConns)
	s.work.Go(func() {
		for {
			c, err := s.l.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil { // out of file descriptors, say
				s.log.Warn("take a connection of another process", "socket", s.path, "error", err)
				time.Sleep(100 * time.Millisecond)
				continue
			}
			select {
			case slots <- struct{}{}:
			default:
				s.log.Warn("too many processes are connected", "socket", s.path, "limit", maxSocketConns)
				_ = c.Close()
				continue
			}
			s.work.Go(func() {
				defer func() { <-slots }()
				s.join(c, inProcess)
			})
		}
	})
}

// join copies both ways until one side ends. The server's shutdown ends its
// side, so close need not know the connections.
func (s *socket) join(c net.Conn, inProcess func() (net.Conn, error)) {
	defer c.Close()
	in, err := inProcess()
	if err != nil {
		s.log.Debug("refuse a connection of another process", "socket", s.path, "error", err)
		return
	}
	defer in.Close()
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(c, in)
		_ = c.Close()
	})
	_, _ = io.Copy(in, c)
	_ = in.Close()
	back.Wait()
}

// close removes the socket and waits for its connections, which the server's
// shutdown has ended.
func (s *socket) close() error {
	// The name goes first: whoever looks then finds no server, instead of one
	// that does not answer.
	err := os.Remove(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if e := s.l.Close(); e != nil && !errors.Is(e, net.ErrClosed) {
		err = errors.Join(err, e)
	}
	s.work.Wait()
	if err != nil {
		return fmt.Errorf("close %s: %w", s.path, err)
	}
	return nil
}
