package web

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
	"invoicelink/worker/archive"
	"invoicelink/worker/batch"
	"invoicelink/worker/broker"
	"invoicelink/worker/ledger"
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
	store, err := d.archiveOf(ctx, e)
	if err != nil {
		return nil, archive.Stored{}, time.Time{}, err
	}
	if revision == e.Printed {
		revision = 0
	}
	file, stored, err := store.Open(ctx, number, revision)
	return file, stored, e.UpdatedAt, err
}

// archiveOf is where the invoice's upload wanted its files.
func (d *Desk) archiveOf(ctx context.Context, e *ledger.Entry) (archive.Archive, error) {
	out := ""
	if e.Batch != "" {
		spec, err := d.config.Ledger.BatchSpec(ctx, e.Batch)
		if err != nil && !errors.Is(err, broker.ErrNoDocument) { // a sender's own correlation id
			return nil, err
		}
		out = spec.Out
	}
	return d.config.Archive(out)
}

// sendEInvoice sends the invoice as an accounting program reads it: the
// factur-x.xml of the newest PDF.
func (d *Desk) sendEInvoice(w http.ResponseWriter, r *http.Request, e *ledger.Entry) {
	d.sendXML(w, r, e, "factur-x", e.EInvoice, func(store archive.Archive) ([]byte, error) {
		file, _, err := store.Open(r.Context(), e.Number, 0)
		if err != nil {
			return nil, err
		}
		page, err := readWhole(file)
		if err != nil {
			return nil, err
		}
		return pdf.Embedded(page)
	})
}

// sendUBL sends the Peppol e-invoice next to the PDF.
func (d *Desk) sendUBL(w http.ResponseWriter, r *http.Request, e *ledger.Entry) {
	d.sendXML(w, r, e, "ubl", e.UBL, func(store archive.Archive) ([]byte, error) {
		file, _, err := store.OpenXML(r.Context(), e.Number)
		if err != nil {
			return nil, err
		}
		return readWhole(file)
	})
}

// sendXML sends an e-invoice that has the digest; another one was never issued.
func (d *Desk) sendXML(w http.ResponseWriter, r *http.Request, e *ledger.Entry, kind, sha256hex string, read func(archive.Archive) ([]byte, error)) {
	store, err := d.archiveOf(r.Context(), e)
	if err != nil {
		d.trouble(w, r, "read e-invoice", err)
		return
	}
	var data []byte
	if sha256hex != "" {
		if data, err = read(store); err == nil && fmt.Sprintf("%x", sha256.Sum256(data)) != sha256hex {
			err = errors.New("it is not the one that was issued")
		}
	}
	if err != nil || data == nil {
		d.config.Log.Warn("e-invoice is not there", "invoice", e.Number, "kind", kind, "error", err)
		d.refuse(w, r, http.StatusNotFound, "error.noXML")
		return
	}
	d.audit(r, "take e-invoice", "invoice", e.Number, "kind", kind)
	d.downloadHead(w, invoice.FileName(e.Number)+"-"+kind+".xml", "application/xml", false)
	if _, err := w.Write(data); err != nil {
		d.config.Log.Debug("download cut", "path", r.URL.Path, "error", err)
	}
}

// readWhole reads and closes a file of an archive.
func readWhole(file io.ReadCloser) ([]byte, error) {
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, archive.MaxBytes+1))
	if err == nil && len(data) > archive.MaxBytes {
		err = errors.New("it is larger than any file of an invoice")
	}
	return data, err
}

// extendDeadline gives the browser time for the next file.
func (d *Desk) extendDeadline(w http.ResponseWriter) {
	// A server that cannot set deadlines still serves.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(downloadWithin))
}
