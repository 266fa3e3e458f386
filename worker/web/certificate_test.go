package web_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"invoicelink/worker/testkit"
	"invoicelink/worker/web"
)

// writeCertificate writes a self-signed certificate with a serial number.
func writeCertificate(t *testing.T, certFile, keyFile string, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	testkit.Must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: []string{"desk.example.com"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	testkit.Must(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	testkit.Must(t, err)
	testkit.Must(t, os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	testkit.Must(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), 0o600))
}

func TestCertificateIsReadAgain(t *testing.T) {
	t.Parallel()
	certFile, keyFile := filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	if _, err := web.OpenCertificate(certFile, keyFile, slog.New(slog.DiscardHandler)); err == nil {
		t.Fatal("a certificate that is not there is opened")
	}
	writeCertificate(t, certFile, keyFile, 1)
	c, err := web.OpenCertificate(certFile, keyFile, slog.New(slog.DiscardHandler))
	testkit.Must(t, err)
	serial := func() int64 {
		t.Helper()
		pair, err := c.GetCertificate(&tls.ClientHelloInfo{})
		testkit.Must(t, err)
		return pair.Leaf.SerialNumber.Int64()
	}
	if got := serial(); got != 1 {
		t.Errorf("serial: got %d, want 1", got)
	}
	testkit.Must(t, os.WriteFile(keyFile, []byte("half written"), 0o600))
	if err := c.Reload(); err == nil {
		t.Error("half a pair is read")
	}
	if got := serial(); got != 1 {
		t.Errorf("serial with a broken key: got %d, want 1", got)
	}
	writeCertificate(t, certFile, keyFile, 2)
	testkit.Must(t, c.Reload())
	if got := serial(); got != 2 {
		t.Errorf("serial after renewal: got %d, want 2", got)
	}
}
