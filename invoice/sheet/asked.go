package sheet

import (
	"fmt"
	"slices"
	"strings"

	"invoicelink/invoice/sheet/profile"
)

// ProfileSoFar is an import profile for files of this layout, to be completed:
// what was recognised, and for each open question its answers as comments. Its
// text is YAML that profile.Parse reads.
func (b *Book) ProfileSoFar() string {
	var out strings.Builder
	fmt.Fprintf(&out, "# Import profile for files like %s. Lines that begin with # are comments:\n# take the # off the answers that are right, and save the file.\n", b.Name)
	if len(b.tables) == 0 {
		b.section(&out, "", nil)
		return out.String()
	}
	t := b.tables[0]
	var match []string
	for _, c := range t.l.columns {
		if c.Header != "" && c.Role != RoleResult && !slices.Contains(match, yamlText(c.Header)) && t.headers[c.Index] != "" {
			match = append(match, yamlText(t.headers[c.Index]))
		}
	}
	said := membersOf(t.p)
	fmt.Fprintf(&out, "match: [%s]\n", strings.Join(match, ", "))
	if t.p.HeaderRow == 0 && (t.guessed || t.headerRow > headerWithin) {
		fmt.Fprintf(&out, "header_row: %d\n", t.headerRow)
	}
	var columns []string
	for _, c := range t.l.columns {
		key := c.Header
		if key == "" {
			key = c.Letter
		}
		f := t.l.roles[c.Index].f
		switch {
		case f != noField:
			columns = append(columns, fmt.Sprintf("  %s: %s", yamlText(key), specs[f].name))
		case t.l.roles[c.Index].rowLine:
		case t.l.roles[c.Index].answered:
			columns = append(columns, fmt.Sprintf("  %s: ignore", yamlText(key)))
		case c.Role == RoleProven:
			columns = append(columns, fmt.Sprintf("  # %s is the %s, as the amounts show", yamlText(key), c.Hint))
		}
	}
	b.section(&out, "columns", columns)
	defaults := said["defaults"]
	if code := firstOf(t.p.Defaults.Currency, b.limits.Currency, t.signCurrency()); code != "" && t.l.first[fCurrency] < 0 && t.p.Defaults.Currency == "" {
		defaults = append(defaults, "  currency: "+code)
	}
	b.section(&out, "defaults", defaults)
	for _, section := range []string{"taxes", "terms", "kinds", "skip", "issue", "customers", "lines"} {
		b.section(&out, section, said[section])
	}
	b.section(&out, "", said[""])
	return out.String()
}

// membersOf are the lines of what a profile says already, by the sections that
// are written one by one; the others are under "".
func membersOf(p *profile.Profile) map[string][]string {
	known := *p
	known.Name, known.Extends, known.Match, known.Columns = "", "", nil, nil
	text, err := known.YAML()
	if err != nil {
		return nil // it was read from YAML
	}
	out := map[string][]string{}
	section := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if line == "{}" {
			continue
		}
		if name, rest, ok := strings.Cut(line, ":"); ok && line[0] != ' ' && line[0] != '-' {
			section = ""
			if rest == "" && slices.Contains([]string{"defaults", "taxes", "terms", "kinds", "skip", "issue", "customers", "lines"}, name) {
				section = name
				continue
			}
		}
		out[section] = append(out[section], line)
	}
	return out
}

// section writes what is known in a section of the profile, and the questions
// with an answer in it.
func (b *Book) section(out *strings.Builder, name string, known []string) {
	var asked strings.Builder
	indent := ""
	if name != "" {
		indent = "  "
	}
	for _, q := range b.Questions {
		first := true
		for _, a := range q.Answers {
			if a.Section != name {
				continue
			}
			if first {
				fmt.Fprintf(&asked, "%s# %s: %s\n", indent, q.Key, q.Text)
				if s := samplesText(q.Samples); s != "" {
					fmt.Fprintf(&asked, "%s#   for example %s\n", indent, s)
				}
				first = false
			}
			line := a.Line
			if strings.HasPrefix(line, "#") {
				line = strings.TrimPrefix(line, "# ")
			}
			fmt.Fprintf(&asked, "%s# %s   # %s\n", indent, line, a.Text)
		}
	}
	if len(known) == 0 && asked.Len() == 0 {
		return
	}
	if name != "" {
		if len(known) == 0 || !slices.ContainsFunc(known, func(s string) bool { return !strings.HasPrefix(strings.TrimSpace(s), "#") }) {
			// Without an answer the section would be empty.
			fmt.Fprintf(out, "# %s:\n", name)
		} else {
			fmt.Fprintf(out, "%s:\n", name)
		}
	}
	for _, line := range known {
		out.WriteString(line + "\n")
	}
	out.WriteString(asked.String())
}

// samplesText shows values behind a question.
func samplesText(samples []Sample) string {
	var parts []string
	for _, s := range samples {
		text := s.Value
		if s.Cell != "" {
			text = s.Cell + " " + text
		}
		if s.Count > 1 {
			text += fmt.Sprintf(" (%d×)", s.Count)
		}
		parts = append(parts, strings.ReplaceAll(text, "\n", " "))
	}
	return strings.Join(parts, ", ")
}

// String writes the question with its samples and answers, as a command prints
// it.
func (q Question) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s: %s", q.Key, q.Text)
	if q.Invoices > 0 {
		fmt.Fprintf(&out, " It stops %d of the invoices.", q.Invoices)
	}
	if s := samplesText(q.Samples); s != "" {
		fmt.Fprintf(&out, "\n    values: %s", s)
	}
	for _, a := range q.Answers {
		fmt.Fprintf(&out, "\n    %-50s # %s", a.YAML(), a.Text)
		if a.Flag != "" {
			fmt.Fprintf(&out, ", or %s", a.Flag)
		}
	}
	return out.String()
}

// Headers are the headers of the file, by which import profiles match it.
func (b *Book) Headers() []string {
	var out []string
	for _, c := range b.Columns {
		if c.Header != "" && c.Role != RoleResult {
			out = append(out, c.Header)
		}
	}
	return out
}
