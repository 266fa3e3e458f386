package web_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"invoicelink/worker/archive"
	"invoicelink/worker/testkit"
	"invoicelink/worker/web"
)

func TestDanishBrowserGetsDanish(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	p := r.person()
	p.header.Set("Accept-Language", "da-DK,da;q=0.9,en;q=0.5")
	home := p.get("/")
	home.has(t, `<html lang="da">`, "Slip et regneark her", "Udsted fakturaer")
	if home.Header.Get("Content-Language") != "da" || !strings.Contains(home.Header.Get("Vary"), "Accept-Language") {
		t.Errorf("headers: %v", home.Header)
	}
	p.upload("list.csv", list("A", 2)).has(t, "Udsted 2 nye bilag", "252,50\u00a0EUR", "20.\u00a0nov.\u00a02026")
}

func TestCloseEndsLiveConnections(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	p := r.person()
	checked := p.upload("list.csv", list("A", 2))
	p.issue(checked)
	stream, err := p.Get(r.server.URL + checked.Request.URL.Path + "/progress")
	testkit.Must(t, err)
	defer stream.Body.Close()
	in := bufio.NewReader(stream.Body)
	for line := ""; !strings.HasPrefix(line, "data: "); {
		line, err = in.ReadString('\n')
		testkit.Must(t, err)
	}
	r.desk.Close()
	if _, err := io.Copy(io.Discard, in); err != nil {
		t.Errorf("the stream was cut, not ended: %v", err)
	}
}

// A file that was damaged after its upload is not issued from, and the page and
// the log say so.
func TestDamagedUploadIsRefused(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	p := r.person()
	checked := p.upload("list.csv", list("A", 2))
	path := checked.Request.URL.Path
	r.close()
	source := filepath.Join(r.config.Dir, filepath.Base(path), "source.csv")
	data, err := os.ReadFile(source)
	testkit.Must(t, err)
	testkit.Must(t, os.WriteFile(source, bytes.Replace(data, []byte("A-0001"), []byte("A-0003"), 1), 0o600))
	r.open()
	p.get(path).has(t, "A file of this upload is damaged")
	if n, err := r.Broker.Waiting(t.Context()); err != nil || n != 0 {
		t.Errorf("%d requests (%v), want none", n, err)
	}
	if said := r.log.String(); !strings.Contains(said, source) {
		t.Errorf("the log does not name %s:\n%s", source, said)
	}
}

func TestRefusedRenewalIsTold(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	stop := r.Start()
	p := r.person()
	p.issues("list.csv", list("A", 1))
	stop()
	p.post("/invoices/A-0001/renew", url.Values{"reason": {"opened"}}).status(t, 200)
	testkit.Must(t, r.config.Actions.Cancel(t.Context(), "A-0001", "sent twice", "bob")) // before a worker takes it up
	r.Start()
	eventually(t, "refusal", func() bool { return strings.Contains(p.get("/invoices/A-0001").text, "is cancelled") })
}

func TestActionThatFailsIsTold(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *web.Config) {
		c.Actions.Paid = func(context.Context, web.Payment, string) ([]string, error) {
			return nil, errors.New("the ledger is away")
		}
	})
	r.Start()
	p := r.person()
	p.issues("list.csv", list("A", 1))
	answer := p.post("/invoices/A-0001/paid", nil)
	answer.status(t, 409)
	answer.has(t, "the ledger is away", `role="alert"`)
	if log := r.log.String(); !strings.Contains(log, `what="paid refused"`) || !strings.Contains(log, "invoice=A-0001") {
		t.Errorf("log:\n%s", log)
	}
}

func TestZIPTellsWhatIsMissingAndBreaksOnTrouble(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, err := archive.Dir(dir)
	testkit.Must(t, err)
	var broken atomic.Bool
	r := newHarness(t, func(c *web.Config) {
		c.Archive = func(string) (archive.Archive, error) {
			if broken.Load() {
				return nil, errors.New("the archive is away")
			}
			return store, nil
		}
	})
	r.Config.Archive = func(string) (archive.Archive, error) { return store, nil }
	r.Start()
	p := r.person()
	checked := p.issues("list.csv", list("A", 3))
	testkit.Must(t, os.Remove(filepath.Join(dir, "A-0002.pdf")))
	got := p.get(checked.Request.URL.Path + "/pdfs.zip")
	z, err := zip.NewReader(bytes.NewReader([]byte(got.text)), int64(len(got.text)))
	testkit.Must(t, err)
	note, err := z.Open("missing.txt")
	testkit.Must(t, err)
	text, err := io.ReadAll(note)
	testkit.Must(t, err)
	if len(z.File) != 3 || !strings.Contains(string(text), "A-0002") {
		t.Errorf("%d files, note %q", len(z.File), text)
	}
	p.get("/invoices/A-0002/pdf").status(t, http.StatusNotFound)

	broken.Store(true)
	answer, err := p.Get(r.server.URL + checked.Request.URL.Path + "/pdfs.zip")
	if err == nil {
		_, err = io.ReadAll(answer.Body)
		answer.Body.Close()
	}
	if err == nil {
		t.Error("half a ZIP looks whole")
	}
}

func TestConfigurationThatIsIncomplete(t *testing.T) {
	t.Parallel()
	_, err := web.New(web.Config{})
	for _, want := range []string{"Broker", "Ledger", "Requests", "Archive", "Seller", "Dir", "Actions"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not tell of %s", err, want)
		}
	}
}

func TestMarkupInAFileStaysText(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	p := r.person()
	evil := bytes.ReplaceAll(list("A", 1), []byte("Example Customer 0"), []byte(`"<script>alert(1)</script>"`))
	evil = bytes.ReplaceAll(evil, []byte("Consulting"), []byte(`<img src=x onerror=alert(1)>`))
	checked := p.upload(`"><svg onload=alert(1)>.csv`, evil)
	checked.has(t, "&lt;script&gt;alert(1)", "&lt;img src=x")
	for _, bad := range []string{"<script>alert", "<img", "<svg onload"} {
		if strings.Contains(checked.text, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

func TestLanguageIsChosenOnThePage(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *web.Config) { c.Version = "invoicelink v1.2.3" })
	p := r.person()
	p.get("/invoices").has(t, `<html lang="en">`, "invoicelink v1.2.3", ">Uploads<")
	for _, c := range []struct{ tag, word string }{{"de", "Rechnungen"}, {"da", "Fakturaer"}, {"en", "Invoices"}} {
		t.Run(c.tag, func(t *testing.T) {
			at := p.post("/language", url.Values{"language": {c.tag}, "to": {"/invoices?q=x"}})
			at.has(t, `<html lang="`+c.tag+`">`, c.word)
			if got, want := at.Request.URL.RequestURI(), "/invoices?q=x"; got != want {
				t.Errorf("page after the choice: got %s, want %s", got, want)
			}
		})
	}
	p.post("/language", url.Values{"language": {"xx"}, "to": {"//evil.example"}}).has(t, `<html lang="en">`)
}
