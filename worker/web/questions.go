package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"invoicelink/worker/batch"
)

// maxAnswers bounds what a form may answer.
const maxAnswers = 1000

// questionsPage asks what only the sender of a file knows. Nothing is
// preselected: what nobody touches changes nothing.
type questionsPage struct {
	batch.Info
	Text      string // why the file cannot be read yet; "" if it can
	Flash     string
	Missing   []batch.Finding // what is wrong besides the questions
	Questions []batch.Question
	Accept    []batch.Finding // notes to accept
	Columns   []batch.ColumnUse
	Fields    []string
	Applied   string // the profile that the file was read with
}

func questionsOf(m batch.Info, u *batch.Upload) questionsPage {
	p := questionsPage{Info: m, Questions: u.Questions(), Columns: u.Columns(), Fields: batch.ColumnFields(), Applied: u.Applied()}
	waiting := u.Waiting()
	for _, note := range u.Notes() {
		if i := slices.Index(waiting, note.Problem.Code); i >= 0 {
			p.Accept, waiting = append(p.Accept, note), slices.Delete(waiting, i, i+1)
		}
	}
	return p
}

// askable reports whether somebody can say more about a file: which of its
// sheets is meant, or what its columns are.
func askable(u *batch.Upload) bool {
	return u != nil && len(u.Columns())+len(u.Questions()) > 0
}

// showQuestions asks about a file that cannot be read before.
func (d *Desk) showQuestions(w http.ResponseWriter, r *http.Request, status int, m batch.Info, flash string) {
	file, err := d.uploads.File(m)
	if err != nil {
		d.trouble(w, r, "show questions", err)
		return
	}
	u, err := d.readFile(r.Context(), &m, file, d.config.Seller, true)
	if err == nil { // somebody taught the desk this layout meanwhile
		m.Stage, m.Overview = batch.StageChecked, u.Overview()
		if err := d.uploads.Save(m); err != nil {
			d.trouble(w, r, "show questions", err)
			return
		}
		http.Redirect(w, r, "/batches/"+m.ID, http.StatusSeeOther)
		return
	}
	whole, ok := d.texts(r).unreadable(m.Name, err)
	if !ok {
		d.trouble(w, r, "show questions", err)
		return
	}
	p := questionsOf(m, u)
	p.Text, p.Flash = whole, flash
	if len(p.Questions) == 0 {
		p.Missing = batch.Missing(err)
	}
	d.draw(w, r, status, "questions", view{D: p, Section: "home"})
}

// answerQuestions reads the file again with what somebody answered, and keeps
// it for the next file with the same headers.
func (d *Desk) answerQuestions(w http.ResponseWriter, r *http.Request, m batch.Info) {
	if m.Stage != batch.StageColumns && m.Stage != batch.StageChecked {
		http.Redirect(w, r, "/batches/"+m.ID, http.StatusSeeOther)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 512<<10)
	if err := r.ParseForm(); err != nil || len(r.PostForm) > maxAnswers {
		d.refuse(w, r, http.StatusBadRequest, "error.form")
		return
	}
	file, err := d.uploads.File(m)
	if err != nil {
		d.trouble(w, r, "answer questions", err)
		return
	}
	before, err := d.readFile(r.Context(), &m, file, d.config.Seller, true)
	if !askable(before) {
		d.trouble(w, r, "answer questions", err)
		return
	}
	learned, err := answered(r.PostForm, m, before)
	if err != nil {
		d.batchAgain(w, r, m, d.texts(r).say("layouts.wrong")+" "+err.Error())
		return
	}
	text, err := learned.YAML()
	if err != nil {
		d.trouble(w, r, "answer questions", err)
		return
	}
	m.Profile, m.AcceptRounding = string(text), r.PostForm.Has("rounding")
	d.loaded.drop(m.ID)
	if err := d.take(r.Context(), m, file); err != nil {
		if whole, ok := d.texts(r).unreadable(m.Name, err); ok {
			d.batchAgain(w, r, m, whole)
			return
		}
		d.trouble(w, r, "answer questions", err)
		return
	}
	if now, ok := d.uploads.Info(m.ID); ok && now.Stage == batch.StageChecked && r.PostForm.Has("remember") {
		d.remember(learned, before)
	}
	d.audit(r, "answer questions", "batch", m.ID)
	http.Redirect(w, r, "/batches/"+m.ID, http.StatusSeeOther)
}

func (d *Desk) batchAgain(w http.ResponseWriter, r *http.Request, m batch.Info, flash string) {
	if m, ok := d.uploads.Info(m.ID); ok && m.Stage == batch.StageColumns {
		d.showQuestions(w, r, http.StatusUnprocessableEntity, m, flash)
		return
	}
	d.batch(w, r, http.StatusUnprocessableEntity, m, flash)
}

// answered completes what is known of the file by what a form says. An answer
// is a line of a profile; a line that somebody wrote goes before a chosen one.
func answered(form url.Values, m batch.Info, u *batch.Upload) (*batch.Profile, error) {
	known := &batch.Profile{Name: "upload"}
	if m.Profile != "" {
		var err error
		if known, err = batch.ParseProfile("upload", m.Profile); err != nil {
			return nil, err
		}
	} else if slices.ContainsFunc(batch.ShippedProfiles(), func(p *batch.Profile) bool { return p.Name == u.Applied() }) {
		known.Extends = u.Applied()
	}
	var answers []*batch.Profile
	for i := range u.Questions() {
		n := strconv.Itoa(i)
		line := strings.TrimSpace(form.Get("line" + n))
		if line == "" {
			line = form.Get("answer" + n)
		}
		if line == "" {
			continue
		}
		p, err := batch.ParseProfile("upload", line)
		if err != nil {
			return nil, err
		}
		answers = append(answers, p)
	}
	said := &batch.Profile{Columns: map[string]string{}, Sheet: strings.TrimSpace(form.Get("sheet")), Accept: form["accept"]}
	fields := batch.ColumnFields()
	for _, c := range u.Columns() {
		if f := form.Get("column" + c.Letter); f == "ignore" || slices.Contains(fields, f) {
			key := c.Header
			if same := func(o batch.ColumnUse) bool { return o.Header == key && o.Letter != c.Letter }; key == "" || slices.ContainsFunc(u.Columns(), same) {
				key = c.Letter
			}
			said.Columns[key] = f
		}
	}
	return batch.Complete(known, append(answers, said)...)
}
