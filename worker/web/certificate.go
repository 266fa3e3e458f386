package web

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Certificate is a server's TLS certificate that follows its files: a renewed
// one is used by the next handshake after at most a second. Files that no
// longer fit together change nothing until they do; the error is logged.
type Certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	stamp   string    // of the files that were read
	checked time.Time // when they were last looked at
	pair    *tls.Certificate
}

// OpenCertificate reads a certificate chain and its key (PEM). Later errors go
// to log.
func OpenCertificate(certFile, keyFile string, log *slog.Logger) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, log: log}
	if err := c.Reload(); err != nil {
		return nil, err
	}
	return c, nil
}

// Reload reads the files again. After an error the certificate is the one of
// before.
func (c *Certificate) Reload() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reload(c.stampNow())
}

func (c *Certificate) reload(stamp string) error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	c.stamp, c.checked = stamp, time.Now()
	if err != nil {
		return fmt.Errorf("read TLS certificate: %w", err)
	}
	c.pair = &pair
	return nil
}

// GetCertificate is for tls.Config.
func (c *Certificate) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.checked) < lookAgain {
		return c.pair, nil
	}
	c.checked = time.Now()
	if stamp := c.stampNow(); stamp != c.stamp {
		if err := c.reload(stamp); err != nil {
			c.log.Error("TLS certificate cannot be read; the one of before stays", "error", err)
		} else {
			c.log.Info("TLS certificate read again")
		}
	}
	return c.pair, nil
}

// stampNow tells one state of the files from another.
func (c *Certificate) stampNow() string {
	stamp := ""
	for _, path := range []string{c.certFile, c.keyFile} {
		if info, err := os.Stat(path); err == nil {
			stamp += fmt.Sprintf("%d/%d ", info.ModTime().UnixNano(), info.Size())
		}
	}
	return stamp
}
