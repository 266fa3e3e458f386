package web

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"invoicelink/worker/atomicfile"
	"invoicelink/worker/batch"
)

// columnsFile remembers which column is what, for the next file with those
// headers.
const columnsFile = "columns.json"

// maxColumns bounds what a form may name and what is remembered.
const maxColumns = 500

type columnsPage struct {
	batch.Info
	Text    string
	Missing []batch.Finding
	Columns []columnChoice
	Fields  []string
	Flash   string
}

type columnChoice struct {
	batch.ColumnUse
	Chosen string // a field, or "-" for leaving it alone
}

// showColumns asks which column is what.
func (d *Desk) showColumns(w http.ResponseWriter, r *http.Request, status int, m batch.Info) {
	file, err := d.uploads.File(m)
	if err != nil {
		d.trouble(w, r, "show columns", err)
		return
	}
	u, err := d.readFile(r.Context(), m, file, d.config.Seller)
	if err == nil { // a stricter program, or another seller, had asked
		m.Stage, m.Overview = batch.StageChecked, u.Overview()
		if err := d.uploads.Save(m); err != nil {
			d.trouble(w, r, "show columns", err)
			return
		}
		http.Redirect(w, r, "/batches/"+m.ID, http.StatusSeeOther)
		return
	}
	whole, ok := batch.Unreadable(err)
	if !ok {
		d.trouble(w, r, "show columns", err)
		return
	}
	p := columnsPage{Info: m, Text: whole, Missing: batch.Missing(err), Fields: batch.Fields()}
	for _, c := range u.Columns() {
		choice := columnChoice{ColumnUse: c, Chosen: c.Field}
		if to, said := m.Columns[c.Header]; said {
			choice.Chosen = to
		}
		p.Columns = append(p.Columns, choice)
	}
	d.draw(w, r, status, "columns", view{D: p, Section: "home"})
}

// nameColumns reads the file again with the columns that somebody named, and
// remembers them.
func (d *Desk) nameColumns(w http.ResponseWriter, r *http.Request, m batch.Info) {
	if m.Stage != batch.StageColumns && m.Stage != batch.StageChecked {
		http.Redirect(w, r, "/batches/"+m.ID, http.StatusSeeOther)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 512<<10)
	if err := r.ParseForm(); err != nil {
		d.refuse(w, r, http.StatusBadRequest, "error.form")
		return
	}
	headers, fields := r.PostForm["header"], r.PostForm["field"]
	if len(headers) != len(fields) || len(headers) > maxColumns {
		d.refuse(w, r, http.StatusBadRequest, "error.form")
		return
	}
	known := batch.Fields()
	m.Columns = map[string]string{}
	for i, header := range headers {
		if fields[i] == "-" || slices.Contains(known, fields[i]) {
			m.Columns[header] = fields[i]
		}
	}
	file, err := d.uploads.File(m)
	if err != nil {
		d.trouble(w, r, "name columns", err)
		return
	}
	d.live.drop(m.ID)
	if err := d.take(r.Context(), m, file); err != nil {
		d.trouble(w, r, "name columns", err)
		return
	}
	if now, ok := d.uploads.Info(m.ID); ok && now.Stage == batch.StageChecked {
		if err := d.remember(m.Columns); err != nil {
			d.config.Log.Warn("columns are not remembered", "error", err)
		}
	}
	d.audit(r, "name columns", "batch", m.ID)
	http.Redirect(w, r, "/batches/"+m.ID, http.StatusSeeOther)
}

// remembered returns what was said about columns before. A header that the
// next file does not have changes nothing there.
func (d *Desk) remembered() map[string]string {
	data, err := os.ReadFile(filepath.Join(d.config.Dir, columnsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var out map[string]string
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		d.config.Log.Warn("columns that were named before are not known", "error", err)
		return nil
	}
	return out
}

// remember adds to it. What was only confirmed is not kept: a file that names
// its columns well needs no memory.
func (d *Desk) remember(columns map[string]string) error {
	d.columns.Lock()
	defer d.columns.Unlock()
	all := d.remembered()
	if all == nil {
		all = map[string]string{}
	}
	for header, field := range columns {
		if field != header {
			all[header] = field
		}
	}
	for len(all) > maxColumns {
		delete(all, slices.Sorted(maps.Keys(all))[0])
	}
	data, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(d.config.Dir, columnsFile), data, 0o600)
}
