package web

import (
	"net/http"
	"net/url"
	"strings"
)

// downloadHead sets the headers of a file: its type, which no browser may
// guess anew, and its name in the two forms of RFC 6266, section 4.3 and
// appendix D: plain for old browsers, percent-encoded UTF-8 for the others.
func (d *Desk) downloadHead(w http.ResponseWriter, name, kind string, show bool) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", disposition(name, show))
	// A file is no page: where a browser shows it, it may do nothing.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox")
	if kind == "application/pdf" {
		// A viewer inside the browser is a script of its own, which sandbox
		// would stop.
		h.Set("Content-Security-Policy", "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	}
}

func disposition(name string, show bool) string {
	how := "attachment"
	if show {
		how = "inline"
	}
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\/%;`, r) {
			return '_'
		}
		return r
	}, name)
	return how + `; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}
