package pdf_test

import (
	"regexp"
	"slices"
	"strings"
)

// accessClauses are the rules of PDF/UA-1 (ISO 14289-1) that the writer could
// break, and those of PDF/A-3a that ask for the same.
var accessClauses = []clause{
	{"UA 5-1, 5-2", func(f *file, r *report) {
		r.wrong(f.property(nsUA, "part") != "1", "part %q", f.property(nsUA, "part"))
	}},
	{"UA 5-3", func(f *file, r *report) {
		r.wrong(!strings.Contains(string(f.packet()), "<pdfuaid:part>"), "other prefix than pdfuaid")
	}},
	{"UA 6.2-1, A 6.7.2.2-1", func(f *file, r *report) {
		r.wrong(f.get(f.catalog(), "MarkInfo", "Marked") != true, "the file is not marked")
	}},
	{"UA 7.1-1", func(f *file, r *report) {
		for i, c := range f.contents() {
			r.wrong(c.artifactInside > 0, "page %d: an artifact inside of tagged content", i+1)
		}
	}},
	{"UA 7.1-2", func(f *file, r *report) {
		for i, c := range f.contents() {
			r.wrong(c.taggedInside > 0, "page %d: tagged content inside of an artifact", i+1)
		}
	}},
	{"UA 7.1-3", func(f *file, r *report) {
		owner := f.owners()
		for i, c := range f.contents() {
			r.wrong(len(c.outside) > 0, "page %d: outside of marked content is %v", i+1, c.outside)
			r.wrong(c.open != 0, "page %d: marked content is open at the end", i+1)
			r.wrong(c.artifacts == 0, "page %d has no artifact", i+1)
			for _, p := range c.pieces {
				r.wrong(owner[f.place(i, p.mcid)] == nil, "page %d: content %d belongs to no element", i+1, p.mcid)
			}
		}
	}},
	{"UA 7.1-4", func(f *file, r *report) {
		r.wrong(f.get(f.catalog(), "MarkInfo", "Suspects") == true, "the tags are suspect")
	}},
	{"UA 7.1-5, A 6.7.3.4-1", func(f *file, r *report) {
		for _, e := range f.structure().elements() {
			r.wrong(!standard[e.role], "element %d is %s", e.ref, e.role)
		}
	}},
	{"UA 7.1-6, 7.1-7, A 6.7.3.4-2, 6.7.3.4-3", func(f *file, r *report) {
		r.wrong(f.get(f.catalog(), "StructTreeRoot", "RoleMap") != nil, "types are mapped")
	}},
	{"UA 7.1-9", func(f *file, r *report) { r.wrong(f.property(nsDC, "title") == "", "no title") }},
	{"UA 7.1-10", func(f *file, r *report) {
		r.wrong(f.get(f.catalog(), "ViewerPreferences", "DisplayDocTitle") != true, "the title is not displayed")
	}},
	{"UA 7.1-11, A 6.7.3.3-1", func(f *file, r *report) {
		root := f.structure()
		r.wrong(root == nil || f.name(f.catalog(), "StructTreeRoot", "Type") != "StructTreeRoot" || root.role != "Document", "no structure below a document")
	}},
	{"UA 7.1-12", func(f *file, r *report) {
		for _, e := range f.structure().elements() {
			if e.above != nil {
				r.wrong(e.parent != e.above.ref, "element %d has the parent %d, want %d", e.ref, e.parent, e.above.ref)
			} else {
				r.wrong(e.parent != f.catalog()["StructTreeRoot"], "the root's parent is %d", e.parent)
			}
		}
	}},
	{"UA 7.2-3, 7.2-11, 7.2-12, 7.2-13, 7.2-14, 7.2-16, 7.2-39", kids("Table", `^(TR )+$`)}, {"UA 7.2-4", below("TR", "Table")},
	{"UA 7.2-8", below("TH", "TR")}, {"UA 7.2-9", below("TD", "TR")}, {"UA 7.2-10", kids("TR", `^(TH |TD )+$`)},
	{"UA 7.2-15, 7.2-41, 7.2-42, 7.2-43", func(f *file, r *report) {
		for _, table := range f.all("Table") {
			for _, row := range table.kids {
				r.wrong(len(f.cells(row)) != len(f.cells(table.kids[0])), "row %d has %d columns, the first row of its table %d", row.ref, len(f.cells(row)), len(f.cells(table.kids[0])))
				for _, cell := range row.kids {
					r.wrong(f.get(cell.dict, "A", "RowSpan") != nil, "cell %d spans rows", cell.ref)
				}
			}
		}
	}},
	{"UA 7.2-17", below("LI", "L")}, {"UA 7.2-18", below("LBody", "LI")}, {"UA 7.2-19, 7.2-40", kids("L", `^(LI )+$`)}, {"UA 7.2-20", kids("LI", `^Lbl LBody $`)},
	{"UA 7.2-21, 7.2-22, 7.2-23, 7.2-24, 7.2-30, 7.2-31, 7.2-32, 7.2-33, 7.2-34", func(f *file, r *report) { r.wrong(f.text(f.catalog(), "Lang") == "", "the document has no language") }},
	{"UA 7.2-29, A 6.7.4-1", func(f *file, r *report) {
		f.eachDict(func(d dict) {
			if lang, is := d["Lang"].(string); is {
				r.wrong(!regexp.MustCompile(`^[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*$`).MatchString(decodeText(lang)), "language %q", lang)
			}
		})
	}},
	{"UA 7.2, metadata", func(f *file, r *report) {
		r.wrong(f.property(nsDC, "language") != f.text(f.catalog(), "Lang"), "the metadata is in %q", f.property(nsDC, "language"))
	}},
	{"UA 7.3-1", func(f *file, r *report) {
		for _, e := range f.all("Figure") {
			r.wrong(e.alt == "", "figure %d has no alternative text", e.ref)
		}
	}},
	{"UA 7.3, bounds", func(f *file, r *report) { // ISO 32000-1, 14.8.5.4.3
		for _, e := range f.all("Figure") {
			r.wrong(len(f.list(e.dict, "A", "BBox")) != 4, "figure %d does not say where it stands", e.ref)
		}
	}},
	{"UA 7.4.2-1", func(f *file, r *report) {
		last := 0
		for _, e := range f.structure().elements() {
			if level := strings.TrimPrefix(string(e.role), "H"); len(level) == 1 && len(e.role) == 2 {
				n := int(level[0] - '0')
				r.wrong(n > last+1, "heading %d is %s after level %d", e.ref, e.role, last)
				last = n
			}
		}
		r.wrong(last == 0, "no heading")
	}},
	{"UA 7.4.4-1, 7.4.4-2, 7.4.4-3", func(f *file, r *report) { r.wrong(len(f.all("H")) > 0, "headings without a level") }},
	{"UA 7.5-1, 7.5-2", func(f *file, r *report) {
		for _, table := range f.all("Table") {
			columns := map[int]bool{} // that have a header
			for _, row := range table.kids {
				cells := f.cells(row)
				own := slices.ContainsFunc(cells, func(e *element) bool { return e.role == "TH" && f.name(e.dict, "A", "Scope") == "Row" })
				for i, cell := range cells {
					if cell.role == "TH" && f.name(cell.dict, "A", "Scope") == "Column" {
						columns[i] = true
					}
					r.wrong(cell.role == "TD" && !own && !columns[i], "cell %d has no header", cell.ref)
					r.wrong(f.get(cell.dict, "A", "Headers") != nil, "cell %d names its headers", cell.ref)
				}
			}
		}
	}},
	{"UA 7.7-1, 7.9-1", func(f *file, r *report) { r.wrong(len(f.all("Formula"))+len(f.all("Note")) > 0, "formulas or notes") }},
	{"UA 7.18.1-2", eachAnnotation(func(f *file, d dict, r *report) {
		e := f.dict(f.parents()[f.number(d, "StructParent")])
		r.wrong(f.text(d, "Contents") == "" && f.text(e, "Alt") == "", "nothing says where it leads")
	})},
	{"UA 7.18.3-1", func(f *file, r *report) {
		for i, p := range f.pages() {
			r.wrong(f.name(p, "Tabs") != "S", "page %d has the tab order %q", i+1, f.name(p, "Tabs"))
		}
	}},
	{"UA 7.18.5-1", eachAnnotation(func(f *file, d dict, r *report) {
		e := f.dict(f.parents()[f.number(d, "StructParent")])
		r.wrong(f.name(e, "S") != "Link", "belongs to %q, want a Link", f.name(e, "S"))
	})},
	{"UA 7.18.5-2", eachAnnotation(func(f *file, d dict, r *report) { r.wrong(f.text(d, "Contents") == "", "no contents") })},
	{"ISO 32000-1 14.7.4.3", func(f *file, r *report) { // from the element to the annotation, and back
		found := map[ref]*element{}
		for _, e := range f.structure().elements() {
			for _, a := range e.annotations {
				found[a] = e
			}
		}
		links := 0
		for i, p := range f.pages() {
			for _, a := range f.list(p, "Annots") {
				links++
				a, _ := a.(ref)
				e := found[a]
				r.wrong(e == nil || f.parents()[f.number(a, "StructParent")] != e.ref, "page %d: annotation %d is not of the element that has it", i+1, a)
			}
		}
		r.wrong(links != len(found), "%d annotations, %d in the structure", links, len(found))
	}},
	{"ISO 32000-1 14.7.4.4", func(f *file, r *report) { // from the content to the element
		owner, parents, seen := f.owners(), f.parents(), 0
		for i, c := range f.contents() {
			list := f.list(parents[f.number(f.pages()[i], "StructParents")])
			for _, p := range c.pieces {
				seen++
				e := owner[f.place(i, p.mcid)]
				r.wrong(e != nil && e.role != p.tag, "page %d: content %d is marked %s", i+1, p.mcid, p.tag)
				r.wrong(e != nil && (p.mcid >= len(list) || list[p.mcid] != e.ref), "page %d: the parent tree does not lead from content %d to its element", i+1, p.mcid)
			}
		}
		r.wrong(seen != len(owner), "%d pieces of content are marked, %d belong to elements", seen, len(owner))
		next := f.number(f.catalog(), "StructTreeRoot", "ParentTreeNextKey")
		for key := range parents {
			r.wrong(key >= next, "key %d of the parent tree is not below %d", key, next)
		}
	}},
}

// standard are the types that the page uses (ISO 32000-1, 14.8.4).
var standard = map[name]bool{"Document": true, "P": true, "H1": true, "H2": true, "L": true, "LI": true, "Lbl": true, "LBody": true,
	"Table": true, "TR": true, "TH": true, "TD": true, "Figure": true, "Link": true}

// kids holds that elements of a type have those below them.
func kids(role name, pattern string) func(*file, *report) {
	return func(f *file, r *report) {
		for _, e := range f.all(role) {
			have := ""
			for _, k := range e.roles() {
				have += string(k) + " "
			}
			r.wrong(!regexp.MustCompile(pattern).MatchString(have), "%s %d has %q", role, e.ref, have)
		}
	}
}

// below holds that elements of a type stand in those of another.
func below(role, above name) func(*file, *report) {
	return func(f *file, r *report) {
		for _, e := range f.all(role) {
			r.wrong(e.above == nil || e.above.role != above, "%s %d does not stand in %s", role, e.ref, above)
		}
	}
}

// all are the elements of a type.
func (f *file) all(role name) []*element {
	return slices.DeleteFunc(f.structure().elements(), func(e *element) bool { return e.role != role })
}

// cells are those of a row, one for each column that they span.
func (f *file) cells(row *element) []*element {
	var cells []*element
	for _, cell := range row.kids {
		for range max(1, f.number(cell.dict, "A", "ColSpan")) {
			cells = append(cells, cell)
		}
	}
	return cells
}

// owners are the elements by the content that they have.
func (f *file) owners() map[place]*element {
	owners := map[place]*element{}
	for _, e := range f.structure().elements() {
		for _, c := range e.content {
			owners[c] = e
		}
	}
	return owners
}

func (f *file) place(page, mcid int) place {
	p, _ := f.pages()[page].(ref)
	return place{p, mcid}
}
