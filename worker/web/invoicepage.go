package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker"
	"invoicelink/worker/ledger"
)

// invoicePage is one invoice with everything that is known of it.
type invoicePage struct {
	ledger.Record
	Flash, Trouble string
	Amount, Gross  string // payable, and with VAT; negative for a credit note
	Shown          string // the state, as the page calls it
	Links          []linkLine
	Lines          *preview    // nil where its content is not known
	Pay            *payAddress // nil where nobody can pay with a link
	File           string      // the batch's name, "" where it came otherwise
	Open           []ledger.Review
	CanRenew       bool
	CanPaid        bool
	CanCancel      bool
	CanReceipt     bool
	Waiting        bool // a renewal is under way
	Now            time.Time
}

// payAddress is where the invoice is paid: a link, or a page that does not
// expire.
type payAddress struct {
	URL     string
	QR      *qrPicture
	Until   time.Time
	Once    int // minutes that a link lives once it is opened; 0 for no limit
	Over    bool
	Lasting bool
}

func payAddressOf(r *ledger.Record, now time.Time) *payAddress {
	switch l := r.Link; {
	case r.OnPayPage():
		return &payAddress{URL: r.PayPage.Shown(), QR: pictureOf(r.PayPage.QR, r.PayPage.Size), Lasting: true}
	case l != nil:
		return &payAddress{URL: l.URL, QR: pictureOf(l.QR, l.Size), Until: l.ValidUntil, Once: l.ActivationMinutes, Over: l.Expired(now)}
	}
	return nil
}

type linkLine struct {
	ledger.Link
	Newest bool
	Over   bool
	PDF    bool
}

// withInvoice finds the invoice that a path names by its key.
func (d *Desk) withInvoice(next func(http.ResponseWriter, *http.Request, *ledger.Entry)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		number, err := invoice.NumberOfKey(r.PathValue("key"))
		if err != nil {
			d.refuse(w, r, http.StatusNotFound, "error.noInvoice")
			return
		}
		e, err := d.config.Ledger.Read(r.Context(), number)
		if errors.Is(err, ledger.ErrUnknown) {
			d.refuse(w, r, http.StatusNotFound, "error.noInvoice")
			return
		}
		if err != nil {
			d.trouble(w, r, "read invoice", err)
			return
		}
		next(w, r, e)
	}
}

// flashes are the keys of what a page may say after an action. Nothing else
// from the address is ever shown.
var flashes = map[string]string{"paid": "invoice.donePaid", "cancel": "invoice.doneCancel", "renew": "invoice.doneRenew"}

func (d *Desk) showInvoice(w http.ResponseWriter, r *http.Request, e *ledger.Entry) {
	t, now := d.texts(r), d.config.Now()
	p := invoicePage{Record: e.Record, Now: now}
	row := entryOf(&e.Record)
	p.Shown, p.Amount, p.Gross = row.shown(d.clock().today), row.Payable, signed(e.Total.Fixed(), e.Kind)
	if key, ok := flashes[r.URL.Query().Get("done")]; ok {
		p.Flash = t.say(key)
	}
	p.CanRenew, p.CanPaid, p.CanCancel = can(&e.Record, actRenew), can(&e.Record, actPaid), can(&e.Record, actCancel)
	p.CanReceipt = worker.CanReceipt(&e.Record) == nil
	p.Open = e.OpenReviews()
	links, err := d.config.Ledger.Links(r.Context(), &e.Record)
	if err != nil {
		d.config.Log.Warn("history of links is not complete", "invoice", e.Number, "error", err)
	}
	for i, l := range links {
		p.Links = append(p.Links, linkLine{Link: l, Newest: i == 0, Over: l.Expired(now), PDF: l.SHA256 != ""})
	}
	p.Pay = payAddressOf(&e.Record, now)
	if e.Digest != "" {
		if inv, err := d.config.Ledger.Invoice(r.Context(), &e.Record); err != nil {
			d.config.Log.Warn("content of invoice is not shown", "invoice", e.Number, "error", err)
		} else if p.Lines, err = previewOf(inv, t); err != nil {
			d.config.Log.Warn("content of invoice is not shown", "invoice", e.Number, "error", err)
		}
	}
	if m, ok := d.uploads.Info(e.Batch); ok {
		p.File = m.Name
	}
	v := view{D: &p, Section: "invoices"}
	if renewing, trouble, ok := d.renewals.of(e.Number, now); ok {
		p.Waiting = renewing
		if renewing {
			v.Refresh = 1
		} else if trouble != nil {
			p.Flash, p.Trouble = "", t.failure(trouble)
		}
	}
	if p.Waiting {
		p.Flash = "" // the waiting line says it
	}
	d.draw(w, r, http.StatusOK, "invoice", v)
}

// sendNewestPDF shows one PDF, or saves it with ?save.
func (d *Desk) sendNewestPDF(w http.ResponseWriter, r *http.Request, e *ledger.Entry) {
	revision := 0
	if text := r.PathValue("revision"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 100_000 {
			d.refuse(w, r, http.StatusNotFound, "error.noPDF")
			return
		}
		revision = n
	}
	file, stored, _, err := d.openPDF(r.Context(), e.Number, revision)
	if err != nil {
		d.config.Log.Warn("PDF is not there", "invoice", e.Number, "revision", revision, "error", err)
		d.refuse(w, r, http.StatusNotFound, "error.noPDF")
		return
	}
	data, err := readWhole(file)
	if err != nil {
		d.trouble(w, r, "read PDF", err)
		return
	}
	d.audit(r, "take PDF", "invoice", e.Number, "revision", revision)
	d.extendDeadline(w)
	d.sendPDF(w, r, baseOf(stored.Name), !r.URL.Query().Has("save"), data)
}

// sendReceipt draws the receipt of a paid invoice.
func (d *Desk) sendReceipt(w http.ResponseWriter, r *http.Request, e *ledger.Entry) {
	data, err := worker.Receipt(r.Context(), d.config.Ledger, &e.Record)
	if _, refused := errors.AsType[*ledger.RefusedError](err); refused {
		d.config.Log.Info("no receipt", "invoice", e.Number, "error", err)
		d.refuse(w, r, http.StatusConflict, "error.noReceipt")
		return
	}
	if err != nil {
		d.trouble(w, r, "draw receipt", err)
		return
	}
	d.audit(r, "take receipt", "invoice", e.Number)
	d.sendPDF(w, r, worker.ReceiptName(e.Number), false, data)
}

func baseOf(name string) string {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			return name[i+1:]
		}
	}
	return name
}
