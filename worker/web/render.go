package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/text"
	"invoicelink/worker/batch"
	"invoicelink/worker/ledger"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// view is what every page is drawn from.
type view struct {
	User        string // "" where nobody is logged in
	CanLogOut   bool
	Environment string
	Seller      string
	Version     string
	Section     string // the entry of the menu that is lit
	Here        string // path and query of this page, for the change of language
	Languages   []*texts
	Refresh     int // seconds after which a page without scripts loads again; 0 for never
	D           any // the page's own
}

// readPages parses the templates once for each language, so that the words are
// at hand inside them.
func (d *Desk) readPages() error {
	d.pages = map[*texts]*template.Template{}
	for _, t := range d.library.all {
		set, err := template.New("").Funcs(d.funcs(t)).ParseFS(templateFiles, "templates/*.html")
		if err != nil {
			return fmt.Errorf("read templates: %w", err)
		}
		d.pages[t] = set
	}
	return nil
}

func (d *Desk) funcs(t *texts) template.FuncMap {
	zone := d.config.Seller.Location()
	return template.FuncMap{
		"t": t.say, "n": t.count, "whole": t.whole, "money": t.money, "decimal": func(s any) string { return t.decimal(fmt.Sprint(s)) },
		"day":     t.day,
		"moment":  func(at time.Time) string { return t.moment(at, zone) },
		"iso":     func(at time.Time) string { return at.UTC().Format(time.RFC3339) },
		"lang":    func() string { return t.tag.String() },
		"state":   func(s any) string { return t.say(fmt.Sprint("state.", s)) },
		"finding": t.finding, "place": t.place, "sentence": t.sentence, "field": t.field, "trouble": t.trouble, "note": t.note, "remark": t.remark,
		"review": func(v ledger.Review, r ledger.Record) string { return t.review(v, &r) },
		"hint":   func(c batch.ColumnUse) string { return t.sentence(batch.Sentence{Code: c.HintCode}, c.Hint) },
		"asset":  d.asset, "key": invoice.Key, "short": text.Truncate,
		"percent": func(a, b int) int {
			if b == 0 {
				return 100
			}
			return a * 100 / b
		},
		"cond": func(so bool, yes, no string) string {
			if so {
				return yes
			}
			return no
		},
		"dict": func(pairs ...any) map[string]any {
			m := map[string]any{}
			for i := 0; i+1 < len(pairs); i += 2 {
				m[pairs[i].(string)] = pairs[i+1]
			}
			return m
		},
	}
}

// page draws a page whole before a byte of it is sent: half a page with a
// status of 200 would look like success.
func (d *Desk) page(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	d.draw(w, r, status, name, view{D: data})
}

func (d *Desk) draw(w http.ResponseWriter, r *http.Request, status int, name string, v view) {
	t := d.texts(r)
	if v.User = who(r.Context()); v.User == "" && name != "login" {
		v.User, _ = d.identify(r)
	}
	if v.User == localUser && d.config.Access.open() {
		v.User = ""
	}
	v.CanLogOut = d.config.Access.Users != nil && d.config.Access.token(r) != ""
	v.Environment, v.Seller = d.config.Environment, d.config.Seller.Name
	v.Version, v.Languages = d.config.Version, d.library.all
	if v.Here = "/"; r.Method == http.MethodGet {
		v.Here = r.URL.RequestURI()
	}
	if v.Section == "" {
		v.Section = name
	}
	var out bytes.Buffer
	if err := d.pages[t].ExecuteTemplate(&out, name, v); err != nil {
		d.config.Log.Error("draw page", "page", name, "error", err)
		http.Error(w, "The page could not be drawn; the log says why.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", t.tag.String())
	w.Header().Add("Vary", "Accept-Language, Cookie")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // a reader who left needs no answer
}

// problem is what an error page says.
type problem struct {
	Status int
	Text   string
}

// refuse answers with a page that says what is wrong, by the key of its text.
func (d *Desk) refuse(w http.ResponseWriter, r *http.Request, status int, key string) {
	d.page(w, r, status, "error", problem{status, d.texts(r).say(key)})
}

// trouble answers for an error that is not the user's fault.
func (d *Desk) trouble(w http.ResponseWriter, r *http.Request, what string, err error) {
	if r.Context().Err() != nil {
		return // nobody is there any more
	}
	d.config.Log.Error(what, "path", r.URL.Path, "error", err)
	if errors.Is(err, batch.ErrDamaged) {
		d.refuse(w, r, http.StatusInternalServerError, "error.damaged")
		return
	}
	d.refuse(w, r, http.StatusInternalServerError, "error.trouble")
}

func (d *Desk) texts(r *http.Request) *texts { return d.library.match(r) }

// chooseLanguage keeps the language that a person wants, for a year.
func (d *Desk) chooseLanguage(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	if tag := r.PostFormValue("language"); d.library.named(tag) != nil {
		http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: tag, Path: "/", MaxAge: 365 * 24 * 3600,
			HttpOnly: true, Secure: d.config.Access.secure(), SameSite: http.SameSiteLaxMode})
	}
	http.Redirect(w, r, pagePath(r.PostFormValue("to")), http.StatusSeeOther)
}

// readAssets names each file after its content, so that browsers may keep it
// permanently and a new version is a new name.
func (d *Desk) readAssets() error {
	d.assets, d.assetNames = map[string]asset{}, map[string]string{}
	return fs.WalkDir(staticFiles, "static", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := staticFiles.ReadFile(file)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		name := path.Base(file)
		ext := path.Ext(name)
		hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		d.assets[hashed] = asset{data, map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}[ext]}
		d.assetNames[name] = "/static/" + hashed
		return nil
	})
}

type asset struct {
	data []byte
	kind string
}

func (d *Desk) asset(name string) (string, error) {
	if at, ok := d.assetNames[name]; ok {
		return at, nil
	}
	return "", fmt.Errorf("no file %q among the page's own", name)
}

// serveIcon answers browsers that ask for an icon without having read a page.
func (d *Desk) serveIcon(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, d.assetNames["icon.svg"], http.StatusFound)
}

func (d *Desk) serveAsset(w http.ResponseWriter, r *http.Request) {
	a, ok := d.assets[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.data))
}
