package web

import (
	"encoding/csv"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/text"
	"invoicelink/worker/batch"
)

// export is a CSV file as the reader's spreadsheet opens it by a click: where
// the decimal sign is a comma, the separator is a semicolon. Moments are in the
// seller's time zone, as on the page.
type export struct {
	out  *csv.Writer
	t    *texts
	zone *time.Location
}

// exportColumns are the keys of the headings.
var exportColumns = []string{"col.number", "col.customer", "export.email", "export.language", "col.reference", "col.issued", "col.due", "export.currency",
	"col.payable", "export.open", "col.state", "export.paidAt", "export.link", "col.until"}

func newExport(w io.Writer, t *texts, zone *time.Location) (*export, error) {
	x := &export{csv.NewWriter(w), t, zone}
	x.out.UseCRLF = true // RFC 4180
	if t.words["format.point"] == "," {
		x.out.Comma = ';'
	}
	head := make([]string, len(exportColumns))
	for i, key := range exportColumns {
		head[i] = t.say(key)
	}
	head[0] = "\ufeff" + head[0]
	return x, x.out.Write(head)
}

// row writes an invoice. A link that nobody should pay is left out.
func (x *export) row(e *entry, today invoice.Date) error {
	link, until := "", ""
	if e.open > 0 {
		if link = e.PaymentLink; link != "" {
			until = x.moment(e.ExpiresAt)
		}
	}
	open := ""
	if e.open > 0 {
		open = e.open.in(e.Currency)
	}
	return x.out.Write([]string{
		text.EscapeFormula(e.Number), text.EscapeFormula(e.Buyer), text.EscapeFormula(e.Email), e.Language, text.EscapeFormula(e.Reference),
		string(e.IssueDate), string(e.DueDate), e.Currency, x.amount(e.Payable), x.amount(open),
		x.t.say("state." + e.shown(today)), x.moment(e.PaidAt), link, until,
	})
}

// amount has no signs between thousands, which a spreadsheet may take for text.
func (x *export) amount(s string) string {
	return strings.Replace(s, ".", x.t.words["format.point"], 1)
}

func (x *export) moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(x.zone).Format("2006-01-02 15:04")
}

// sendExport sends rows as a CSV file.
func (d *Desk) sendExport(w http.ResponseWriter, r *http.Request, name string, rows []entry) {
	d.downloadHead(w, name, "text/csv; charset=utf-8", false)
	d.extendDeadline(w)
	c := d.clock()
	x, err := newExport(w, d.texts(r), c.zone)
	for i := range rows {
		if err == nil {
			err = x.row(&rows[i], c.today)
		}
	}
	if err == nil {
		x.out.Flush()
		err = x.out.Error()
	}
	if err != nil {
		panic(http.ErrAbortHandler)
	}
}

// sendList is the list of invoices as it is filtered on the page.
func (d *Desk) sendList(w http.ResponseWriter, r *http.Request) {
	q := questionOf(r.URL.Query())
	q.Page, q.Size = 1, maxExport
	d.awaitIndex(r.Context())
	d.audit(r, "take list", "query", r.URL.RawQuery)
	d.sendExport(w, r, "invoices.csv", d.index.find(q, d.clock()).Rows)
}

// maxExport is how many rows a list has at most when it is downloaded: as many
// as a worksheet.
const maxExport = 1 << 20

// sendLinks is a list of the upload's payment links, for a mail merge: whoever
// owes nothing, because of a payment or a cancellation, is left out.
func (d *Desk) sendLinks(w http.ResponseWriter, r *http.Request, m batch.Info) {
	l, err := d.load(r.Context(), m.ID)
	if err != nil {
		d.trouble(w, r, "take links", err)
		return
	}
	var rows []entry
	for _, row := range l.upload.Rows() {
		if row.Answer != batch.Issued && row.Answer != batch.Repeated {
			continue
		}
		record, err := d.config.Ledger.Read(r.Context(), row.Number)
		if err != nil {
			d.trouble(w, r, "take links", err)
			return
		}
		if e := entryOf(&record.Record); e.open > 0 && e.PaymentLink != "" {
			rows = append(rows, e)
		}
	}
	d.audit(r, "take links", "batch", m.ID)
	d.sendExport(w, r, strings.TrimSuffix(m.Name, filepath.Ext(m.Name))+"-links.csv", slices.Clip(rows))
}
