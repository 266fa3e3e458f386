package paypage

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf/lang"
	"invoicelink/worker"
	"invoicelink/worker/archive"
	"invoicelink/worker/ledger"
)

// fact is something that is printed on the invoice and does not stand on the
// page: whoever knows it has the paper.
type fact struct {
	Name  string
	value string
}

// factsOf are those that an invoice has; none for one that names neither.
func factsOf(doc *invoice.Document, t *texts, l *lang.Texts) []fact {
	var all []fact
	for _, f := range []fact{{t.Postcode, doc.Invoice.Buyer.Address.Zip}, {l.CustomerNo, doc.Invoice.Buyer.ID}} {
		if len(folded(f.value)) >= 3 {
			all = append(all, f)
		}
	}
	return all
}

// folded is a text without what people write differently.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
}

// matches compares without telling by its time how much was right.
func (f fact) matches(text string) bool {
	a, b := sha256.Sum256([]byte(folded(f.value))), sha256.Sum256([]byte(folded(text)))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// sendPDF gives the newest PDF, or the receipt once there is one, to whoever
// states a second fact.
func (p *Page) sendPDF(w http.ResponseWriter, r *http.Request, v visit, e *ledger.Entry) {
	doc, err := p.document(r.Context(), &e.Record)
	if err != nil {
		p.config.Log.Error("PDF not sent", "invoice", e.Number, "error", err)
		p.plain(w, r, v, http.StatusServiceUnavailable, "busy")
		return
	}
	t := chosen(v.lang, e.Language, r.Header.Get("Accept-Language"))
	l, _ := lang.Find(t.Tag)
	facts := factsOf(doc, t, l)
	if p.config.Archive == nil || e.PDF == "" || len(facts) == 0 {
		p.render(w, r, v, e, http.StatusNotFound, shown{})
		return
	}
	if !p.guesses.take(v.token) || !p.guesses.take("from "+rangeOf(p.client(r))) {
		w.Header().Set("Retry-After", "360")
		p.render(w, r, v, e, http.StatusTooManyRequests, shown{wrong: t.PDFOften})
		return
	}
	right := false
	for _, f := range facts {
		right = f.matches(r.PostFormValue("fact")) || right
	}
	if !right {
		p.render(w, r, v, e, http.StatusForbidden, shown{wrong: t.PDFWrong})
		return
	}
	name, data := invoice.FileName(e.Number)+".pdf", []byte(nil)
	if r.PostFormValue("receipt") != "" && worker.CanReceipt(&e.Record) == nil {
		name = worker.ReceiptName(e.Number)
		data, err = worker.Receipt(r.Context(), p.config.Ledger, &e.Record)
	} else {
		data, err = p.readPDF(r, e)
	}
	if err != nil {
		p.config.Log.Error("PDF not sent", "invoice", e.Number, "error", err)
		p.plain(w, r, v, http.StatusServiceUnavailable, "busy")
		return
	}
	p.config.OnVisit(Visit{Action: v.action, State: e.PayState(p.config.Now()), Outcome: "pdf"})
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Length", strconv.Itoa(len(data)))
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`) // ASCII letters, digits, - and _
	_, _ = w.Write(data)                                            // a client that went away hears nothing
}

func (p *Page) readPDF(r *http.Request, e *ledger.Entry) ([]byte, error) {
	file, _, err := p.config.Archive.Open(r.Context(), e.Number, 0)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, archive.MaxBytes+1))
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	if len(data) > archive.MaxBytes {
		return nil, errors.New("PDF is larger than any that was made")
	}
	return data, nil
}
