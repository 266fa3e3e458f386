package web

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"invoicelink/worker/archive"
	"invoicelink/worker/batch"
	"invoicelink/worker/broker"
)

// sendTemplate is the empty workbook to fill in.
func (d *Desk) sendTemplate(w http.ResponseWriter, r *http.Request) {
	d.downloadHead(w, "invoices.xlsx", typeXLSX, false)
	if err := batch.WriteTemplate(w); err != nil {
		d.config.Log.Error("write template", "error", err)
	}
}

const typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// sendResults is the sender's own workbook with what became of each row. For
// an upload that is only checked it says what is wrong with it.
func (d *Desk) sendResults(w http.ResponseWriter, r *http.Request, m batch.Info) {
	l, err := d.load(r.Context(), m.ID)
	if err != nil {
		d.trouble(w, r, "write results", err)
		return
	}
	if err := l.upload.Refresh(r.Context(), d.config.Ledger); err != nil {
		d.trouble(w, r, "write results", err)
		return
	}
	select {
	case d.reading <- struct{}{}:
	case <-r.Context().Done():
		return
	}
	path, name, err := d.uploads.WriteResults(r.Context(), l.upload, m.Stage != batch.StageChecked)
	<-d.reading
	if err != nil {
		d.trouble(w, r, "write results", err)
		return
	}
	defer os.Remove(path) // a leftover is only untidy
	f, err := os.Open(path)
	if err != nil {
		d.trouble(w, r, "write results", err)
		return
	}
	defer f.Close()
	kind := typeXLSX
	if strings.EqualFold(filepath.Ext(name), ".csv") {
		kind = "text/csv"
	}
	d.audit(r, "take results", "batch", m.ID)
	d.downloadHead(w, name, kind, false)
	d.extendDeadline(w)
	http.ServeContent(w, r, "", time.Time{}, f)
}

// sendZIP streams the newest PDF of every good invoice of an upload; it holds
// one of them at a time. PDFs are compressed already, so they are stored. What
// cannot be read is named in a text file at the end; a broken connection or
// archive breaks the download, so that half a ZIP never looks whole.
func (d *Desk) sendZIP(w http.ResponseWriter, r *http.Request, m batch.Info) {
	l, err := d.load(r.Context(), m.ID)
	if err != nil {
		d.trouble(w, r, "take PDFs", err)
		return
	}
	d.audit(r, "take PDFs", "batch", m.ID)
	d.downloadHead(w, strings.TrimSuffix(m.Name, filepath.Ext(m.Name))+".zip", "application/zip", false)
	out := zip.NewWriter(w)
	var missing []string
	for _, row := range l.upload.Rows() {
		if !row.Printed {
			continue
		}
		d.extendDeadline(w)
		switch err := d.zipOne(r.Context(), out, row.Number); {
		case err == nil:
		case errors.Is(err, fs.ErrNotExist):
			missing = append(missing, row.Number)
		default:
			d.config.Log.Warn("download of PDFs cut", "batch", m.ID, "invoice", row.Number, "error", err)
			panic(http.ErrAbortHandler)
		}
	}
	if len(missing) > 0 {
		note, err := out.Create("missing.txt")
		if err == nil {
			_, err = fmt.Fprintf(note, "%s\r\n\r\n%s\r\n", d.texts(r).say("zip.missing"), strings.Join(missing, "\r\n"))
		}
		if err != nil {
			panic(http.ErrAbortHandler)
		}
	}
	if err := out.Close(); err != nil {
		panic(http.ErrAbortHandler)
	}
}

func (d *Desk) zipOne(ctx context.Context, out *zip.Writer, number string) error {
	file, stored, at, err := d.openPDF(ctx, number, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	head := &zip.FileHeader{Name: filepath.Base(stored.Name), Method: zip.Store, Modified: at.UTC()}
	into, err := out.CreateHeader(head)
	if err != nil {
		return err
	}
	_, err = io.Copy(into, file)
	return err
}

// openPDF opens an invoice's PDF where its upload wanted it; revision 0 is the
// newest. The moment is when the invoice was last changed.
func (d *Desk) openPDF(ctx context.Context, number string, revision int) (io.ReadCloser, archive.Stored, time.Time, error) {
	e, err := d.config.Ledger.Read(ctx, number)
	if err != nil {
		return nil, archive.Stored{}, time.Time{}, err
	}
	out := ""
	if e.Batch != "" {
		spec, err := d.config.Ledger.BatchSpec(ctx, e.Batch)
		if err != nil && !errors.Is(err, broker.ErrNoDocument) { // a sender's own correlation id
			return nil, archive.Stored{}, time.Time{}, err
		}
		out = spec.Out
	}
	store, err := d.config.Archive(out)
	if err != nil {
		return nil, archive.Stored{}, time.Time{}, err
	}
	if revision == e.Printed {
		revision = 0
	}
	file, stored, err := store.Open(ctx, number, revision)
	return file, stored, e.UpdatedAt, err
}

// extendDeadline gives the browser time for the next file.
func (d *Desk) extendDeadline(w http.ResponseWriter) {
	// A server that cannot set deadlines still serves.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(downloadWithin))
}
