package sheet

import (
	"fmt"
	"slices"
	"strings"

	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/profile"
)

// resolveProfiles completes the profiles that extend others.
func (b *Book) resolveProfiles() error {
	resolved := func(profiles []*profile.Profile) ([]*profile.Profile, error) {
		out := slices.Clone(profiles)
		for i, p := range out {
			var err error
			if out[i], err = profile.Resolve(p, b.limits.Library); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	named, err := resolved(b.limits.Profiles)
	if err != nil {
		return err
	}
	b.limits.Profiles = named
	if b.limits.Library == nil {
		b.limits.Library = profile.Shipped()
		return nil
	}
	library, err := resolved(b.limits.Library)
	if err != nil {
		return err
	}
	b.limits.Library = library
	return nil
}

// chooseProfile finds the profile for the file: one that was named, or the one
// of the library that matches with the most headers.
func (b *Book) chooseProfile(all []*candidate) (*profile.Profile, error) {
	fits := func(p *profile.Profile) bool {
		return slices.ContainsFunc(all, func(c *candidate) bool { return c.match(p) >= 0 })
	}
	for _, p := range b.limits.Profiles {
		if len(p.Match) > 0 && fits(p) {
			return p, nil
		}
	}
	for _, p := range b.limits.Profiles {
		if len(p.Match) == 0 && len(b.limits.Profiles) == 1 {
			return p, nil
		}
	}
	if len(b.limits.Profiles) > 0 {
		return nil, b.noProfile(all)
	}
	var best []*profile.Profile
	for _, p := range b.limits.Library {
		if len(p.Match) == 0 || !fits(p) || len(best) > 0 && len(p.Match) < len(best[0].Match) {
			continue
		}
		if len(best) > 0 && len(p.Match) > len(best[0].Match) {
			best = best[:0]
		}
		best = append(best, p)
	}
	switch len(best) {
	case 0:
		return nil, nil
	case 1:
		return best[0], nil
	}
	q := question(say("ask-profile")).as("profile")
	for _, p := range best {
		q.Answers = append(q.Answers, answer("the-profile", "", "# the profile "+p.Name, "--profile "+p.Name, p.Name))
	}
	b.ask(q)
	return nil, errAsked
}

// noProfile says why none of the named profiles fits.
func (b *Book) noProfile(all []*candidate) error {
	var parts []string
	for _, p := range b.limits.Profiles {
		missing := p.Match
		for _, c := range all {
			for i := range c.rows {
				if m := p.Missing(c.headerList(i, p)); len(m) < len(missing) {
					missing = m
				}
			}
		}
		if len(missing) == 0 && len(p.Match) > 0 {
			missing = []string{"the sheet or header row that it names"}
		}
		if len(p.Match) == 0 {
			missing = []string{"its member match, which several profiles need"}
		}
		parts = append(parts, fmt.Sprintf("%s lacks %s", p.Name, quoted(missing)))
	}
	return wrong("file-layout", strings.Join(parts, "; "))
}

// chooseSheet finds the sheet that has the list.
func (b *Book) chooseSheet(all []*candidate, p *profile.Profile) (*candidate, error) {
	var fit, visible []*candidate
	for _, c := range all {
		if c.hidden && b.limits.Sheet == "" && (p == nil || !strings.EqualFold(p.Sheet, c.sheet)) {
			continue
		}
		visible = append(visible, c)
		switch {
		case p != nil && c.match(p) >= 0:
			c.best = c.match(p)
			fit = append(fit, c)
		case (p == nil || len(p.Match) == 0 && p.HeaderRow == 0 && (p.Sheet == "" || strings.EqualFold(p.Sheet, c.sheet))) && c.best >= 0:
			fit = append(fit, c)
		}
	}
	if len(fit) == 0 {
		return nil, b.noHeader(all, visible, p)
	}
	fit = slices.DeleteFunc(fit, func(c *candidate) bool { return len(fit) > 1 && isSide(p, c.sheet) })
	chosen := fit[0]
	numbered := slices.DeleteFunc(slices.Clone(fit), func(c *candidate) bool { return !c.hasNumber(p) })
	if len(numbered) > 0 {
		chosen = numbered[0]
	}
	if p == nil || p.Sheet == "" && len(p.Sheets) == 0 && p.Lines == nil && p.CustomerSheet == nil {
		if err := b.askSheet(chosen, numbered); err != nil {
			return nil, err
		}
	}
	b.noteSheets(all, chosen, p)
	return chosen, nil
}

// askSheet asks which sheets are meant if several have lists of invoices.
func (b *Book) askSheet(chosen *candidate, numbered []*candidate) error {
	if b.limits.Sheet != "" || len(numbered) < 2 {
		return nil
	}
	same := true
	q := question(say("ask-sheet")).as("sheet")
	for _, c := range numbered {
		same = same && sameHeaders(c, chosen)
		q.Samples = append(q.Samples, Sample{Value: c.sheet, Cell: grid.Name(0, c.rows[c.best].Num)})
		q.Answers = append(q.Answers, answer("only-this-sheet", "", "sheet: "+yamlText(c.sheet), "--sheet "+shellText(c.sheet)))
	}
	if same {
		samples := q.Samples
		q = question(say("ask-sheets"), append([]Answer{answer("all-sheets", "", "sheets: all", "")}, q.Answers...)...).as("sheet")
		q.Samples = samples
	} else {
		for _, c := range numbered {
			if c != chosen {
				q.Answers = append(q.Answers, answer("lines-sheet", "lines", "sheet: "+yamlText(c.sheet), ""))
			}
		}
	}
	b.ask(q)
	return errAsked
}

func quoted(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = clip(s)
	}
	return strings.Join(out, ", ")
}
