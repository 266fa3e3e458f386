package web

import "net/http"

// routes is the table of what the desk answers. Everything but the login and
// the page's own files is guarded.
func (d *Desk) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /static/{name}", d.serveAsset)
	mux.HandleFunc("GET /login", d.showLogin)
	mux.HandleFunc("POST /login", d.login)
	mux.HandleFunc("POST /language", d.chooseLanguage)
	mux.HandleFunc("GET /favicon.ico", d.serveIcon)

	inside := http.NewServeMux()
	inside.HandleFunc("POST /logout", d.logout)
	inside.HandleFunc("GET /{$}", d.showHome)
	inside.HandleFunc("GET /template.xlsx", d.sendTemplate)

	inside.HandleFunc("POST /batches", d.upload)
	inside.HandleFunc("GET /batches/{id}", d.withBatch(d.showBatch))
	inside.HandleFunc("POST /batches/{id}/answers", d.withBatch(d.answerQuestions))
	inside.HandleFunc("POST /batches/{id}/issue", d.withBatch(d.issueBatch))
	inside.HandleFunc("POST /batches/{id}/discard", d.withBatch(d.discardBatch))
	inside.HandleFunc("GET /batches/{id}/progress", d.withBatch(d.streamProgress))
	inside.HandleFunc("GET /batches/{id}/rows", d.withBatch(d.showRows))
	inside.HandleFunc("GET /batches/{id}/preview.pdf", d.withBatch(d.previewPDF))
	inside.HandleFunc("GET /batches/{id}/results", d.withBatch(d.sendResults))
	inside.HandleFunc("GET /batches/{id}/pdfs.zip", d.withBatch(d.sendZIP))
	inside.HandleFunc("GET /batches/{id}/links.csv", d.withBatch(d.sendLinks))

	inside.HandleFunc("GET /reviews", d.showReviews)
	inside.HandleFunc("POST /reviews/{id}", d.resolveReview)

	inside.HandleFunc("GET /profiles", d.showLayouts)
	inside.HandleFunc("POST /profiles/{name}", d.changeLayout)
	inside.HandleFunc("GET /invoices", d.showInvoices)
	inside.HandleFunc("GET /invoices.csv", d.sendList)
	inside.HandleFunc("GET /invoices/{key}", d.withInvoice(d.showInvoice))
	inside.HandleFunc("GET /invoices/{key}/pdf", d.withInvoice(d.sendNewestPDF))
	inside.HandleFunc("GET /invoices/{key}/pdf/{revision}", d.withInvoice(d.sendNewestPDF))
	inside.HandleFunc("GET /invoices/{key}/factur-x", d.withInvoice(d.sendEInvoice))
	inside.HandleFunc("GET /invoices/{key}/ubl", d.withInvoice(d.sendUBL))
	inside.HandleFunc("GET /invoices/{key}/receipt", d.withInvoice(d.sendReceipt))
	inside.HandleFunc("GET /invoices/{key}/{action}", d.withInvoice(d.confirmAction))
	inside.HandleFunc("POST /invoices/{key}/{action}", d.withInvoice(d.doAction))
	inside.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) { d.refuse(w, r, http.StatusNotFound, "error.missing") })
	mux.Handle("/", d.guarded(inside))

	cross := http.NewCrossOriginProtection()
	if u := d.config.Access.public(); u != nil {
		// A proxy may pass another Host than the one in the address bar.
		if err := cross.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			d.config.Log.Warn("public URL is no origin", "url", u.Redacted(), "error", err)
		}
	}
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.config.Log.Warn("request refused: it comes from another site", "path", r.URL.Path, "from", d.config.Access.clientOf(r))
		http.Error(w, d.texts(r).say("error.otherSite"), http.StatusForbidden)
	}))
	return securityHeaders(d.config.Access.secure(), d.hostCheck(cross.Handler(mux)))
}
