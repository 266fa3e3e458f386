package web

import (
	"net/http"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
	"invoicelink/worker/batch"
)

// maxPreviewLines bounds the preview; the PDF next to it holds all.
const maxPreviewLines = 12

// preview is an invoice as it will be printed, for the page.
type preview struct {
	*invoice.Invoice
	Lines []previewLine
	VAT   []previewVAT
	Net   string
	Total string
	Due   string
	Less  string // prepaid; "" for none
	Row   int    // of the upload, from 1
}

type previewLine struct {
	Description, Quantity, Unit, Price, Rate, Net string
}

type previewVAT struct{ Rate, Net, VAT string }

// previewOf computes what a page of HTML shows of an invoice: it can be read on
// a telephone and by a screen reader, which an embedded PDF cannot. What a
// credit note gives back is negative, as in the lists.
func previewOf(inv *invoice.Invoice, t *texts) (*preview, error) {
	if inv == nil {
		return nil, nil
	}
	inv = inv.Canonical()
	totals, err := inv.Totals()
	if err != nil {
		return nil, err
	}
	number := func(a invoice.Amount) string { return signed(a.Number(), inv.Kind) }
	money := func(amount string) string { return t.money(amount, inv.Currency) }
	p := &preview{Invoice: inv, Net: money(number(totals.Net)), Total: money(number(totals.Total)), Due: money(number(totals.Payable))}
	if totals.Prepaid.IsPositive() {
		p.Less = money(signed("-"+totals.Prepaid.Number(), inv.Kind))
	}
	for i, line := range inv.Lines {
		if i == maxPreviewLines {
			break
		}
		p.Lines = append(p.Lines, previewLine{
			Description: line.Description, Quantity: t.decimal(string(line.Quantity)), Unit: line.Unit,
			Price: t.price(string(line.UnitPrice)), Rate: t.decimal(string(line.VATRate)), Net: t.decimal(number(totals.Lines[i])),
		})
	}
	for _, group := range totals.VAT {
		p.VAT = append(p.VAT, previewVAT{Rate: t.decimal(string(group.Rate)), Net: t.decimal(number(group.Net)), VAT: money(number(group.VAT))})
	}
	return p, nil
}

// MoreLines is how many lines the preview leaves out.
func (p *preview) MoreLines() int { return len(p.Invoice.Lines) - len(p.Lines) }

// previewPDF draws an invoice as it will be issued, with the e-invoice in it and
// without the box that a payment link will fill: there is no link before
// somebody issues it. It is drawn here and stored nowhere.
func (d *Desk) previewPDF(w http.ResponseWriter, r *http.Request, m batch.Info) {
	l, err := d.load(r.Context(), m.ID)
	if err != nil {
		d.trouble(w, r, "preview invoice", err)
		return
	}
	row, _ := rowOf(l.upload, r.URL.Query().Get("row"))
	if row == nil {
		d.refuse(w, r, http.StatusNotFound, "error.missing")
		return
	}
	inv, err := row.Invoice()
	if err != nil {
		d.trouble(w, r, "preview invoice", err)
		return
	}
	page := pdf.Page{Invoice: inv.Canonical(), Seller: d.config.Seller, Mark: markOf(d.config.Environment)}
	var data []byte
	if page.XML, err = pdf.EInvoice(page); err == nil {
		data, err = pdf.Render(page)
	}
	if err != nil {
		d.trouble(w, r, "preview invoice", err)
		return
	}
	d.sendPDF(w, r, "preview.pdf", true, data)
}

func markOf(environment string) pdf.Mark {
	switch environment {
	case "sandbox":
		return pdf.MarkSandbox
	case "test":
		return pdf.MarkTest
	}
	return pdf.MarkNone
}

// sendPDF answers with a PDF, shown or to be saved.
func (d *Desk) sendPDF(w http.ResponseWriter, r *http.Request, name string, show bool, data []byte) {
	d.downloadHead(w, name, "application/pdf", show)
	if _, err := w.Write(data); err != nil {
		d.config.Log.Debug("download cut", "path", r.URL.Path, "error", err)
	}
}

// downloadWithin is how long one file of a download may take.
const downloadWithin = 2 * time.Minute
