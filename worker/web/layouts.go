package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"invoicelink/worker/batch"
)

// remember keeps what was learned for files with the same headers.
func (d *Desk) remember(learned *batch.Profile, u *batch.Upload) {
	kept := *learned
	kept.Match = nil
	for _, c := range u.Columns() {
		if c.Header != "" && c.Use != "result" && !slices.Contains(kept.Match, c.Header) {
			kept.Match = append(kept.Match, c.Header)
		}
	}
	kept.Name = batch.NameOf(kept.Match)
	if err := d.layouts.Save(&kept); err != nil {
		d.config.Log.Warn("import profile is not remembered", "error", err)
	}
}

// profiles are those that a new file may match: those that people made
// here, and those that come with the program.
func (d *Desk) profiles() []*batch.Profile {
	own, err := d.layouts.All()
	if err != nil {
		d.config.Log.Warn("an import profile is left out", "error", err)
	}
	return append(own, batch.ShippedProfiles()...)
}

// frozen keeps the remembered profile that a file was read with in its own
// info, so that a later change of the profile changes no upload.
func (d *Desk) frozen(m *batch.Info, u *batch.Upload) error {
	if m.Profile != "" || u == nil || !strings.HasPrefix(u.Applied(), "layout-") {
		return nil
	}
	for _, p := range d.profiles() {
		if p.Name == u.Applied() {
			text, err := p.YAML()
			m.Profile = string(text)
			return err
		}
	}
	return fmt.Errorf("import profile %s is gone", u.Applied())
}

// layoutsPage lists the remembered profiles.
type layoutsPage struct {
	Flash, Trouble string
	Own            []layout
	Shipped        []*batch.Profile
}

type layout struct {
	Name, Text string
	Match      []string
}

func (d *Desk) showLayouts(w http.ResponseWriter, r *http.Request) {
	d.showLayoutsWith(w, r, http.StatusOK, "")
}

func (d *Desk) showLayoutsWith(w http.ResponseWriter, r *http.Request, status int, trouble string) {
	p := layoutsPage{Trouble: trouble, Shipped: batch.ShippedProfiles()}
	own, err := d.layouts.All()
	if err != nil {
		d.config.Log.Warn("an import profile is left out", "error", err)
	}
	for _, one := range own {
		text, err := one.YAML()
		if err != nil {
			d.trouble(w, r, "show import profiles", err)
			return
		}
		p.Own = append(p.Own, layout{one.Name, string(text), one.Match})
	}
	d.draw(w, r, status, "layouts", view{D: p, Section: "layouts"})
}

// changeLayout stores or forgets a remembered profile.
func (d *Desk) changeLayout(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 512<<10)
	name := r.PathValue("name")
	if r.PostFormValue("forget") != "" {
		if err := d.layouts.Forget(name); err != nil {
			d.refuse(w, r, http.StatusNotFound, "error.missing")
			return
		}
		d.audit(r, "forget import profile", "profile", name)
		http.Redirect(w, r, "/profiles", http.StatusSeeOther)
		return
	}
	p, err := batch.ParseProfile(name, r.PostFormValue("text"))
	if err == nil {
		p.Name = name
		err = d.layouts.Save(p)
	}
	if err != nil {
		d.showLayoutsWith(w, r, http.StatusUnprocessableEntity, d.texts(r).say("layouts.wrong")+" "+err.Error())
		return
	}
	d.audit(r, "save import profile", "profile", name)
	http.Redirect(w, r, "/profiles", http.StatusSeeOther)
}

// profilesFor are the profiles that a file is read with: only a new one is
// compared with the remembered ones.
func (d *Desk) profilesFor(m *batch.Info, fresh bool) (named, library []*batch.Profile, err error) {
	switch {
	case m.Profile != "":
		p, err := batch.ParseProfile("upload", m.Profile)
		return []*batch.Profile{p}, batch.ShippedProfiles(), err
	case fresh:
		return nil, d.profiles(), nil
	}
	return nil, batch.ShippedProfiles(), nil
}
