package pdf

// part is a piece of the body that is never cut. The parts of a document
// flow down its pages one after the other.
type part struct {
	block
	// gap is kept above the part, except at the top of a page.
	gap length
	// keep holds the part together with the next one.
	keep bool
	// heading, if not nil, stands above the first part that has it on each
	// page: the column titles of a table.
	heading *block
	// fresh begins a page.
	fresh bool
	// row is the invoice line that the part belongs to, counted from 1.
	row int
}

// frame is where a page's body may stand.
type frame struct{ top, bottom length }

// sheet is one page.
type sheet struct {
	boxes []box
	y     length // where the body ends
}

// carrier sets the sums that are carried from page to page.
type carrier interface {
	// carryHeight is the room that the sums at the end of a page need, and
	// broughtHeight that at the beginning of the next.
	carryHeight() length
	broughtHeight() length
	// carried are the sums below the rows from and to, the first and last of
	// a page; brought is the sum of the rows up to to.
	carried(from, to int) block
	brought(to int) block
}

// paginate lets the parts flow over pages: the first page has one frame, all
// others another. Parts that are held together move to the next page
// together, unless a whole page is too low for them; then they are cut
// between the parts.
func paginate(parts []part, first, next frame, sums carrier) []sheet {
	f := flow{frame: first, next: next, sums: sums, used: map[*block]bool{}}
	f.sheets = []sheet{{y: first.top}}
	for start := 0; start < len(parts); {
		end := start + 1
		for end < len(parts) && parts[end-1].keep {
			end++
		}
		group := parts[start:end]
		more := end < len(parts) && parts[end].row > 0
		if (group[0].fresh || !f.fits(group, more)) && !f.atTop() {
			f.turn(group[0].row > 0)
		}
		for i := range group {
			if more := more || i+1 < len(group) && group[i+1].row > 0; !f.fits(group[i:i+1], more) && !f.atTop() {
				f.turn(group[i].row > 0)
			}
			f.put(&group[i])
		}
		start = end
	}
	return f.sheets
}

func (c *composer) paginate(parts []part, first, next frame) []sheet {
	return paginate(parts, first, next, c)
}

type flow struct {
	sheets  []sheet
	frame   frame
	next    frame
	sums    carrier
	heading *block          // of the last part on this page
	used    map[*block]bool // headings that were read already
	from    int             // first row on this page, 0 for none
	to      int             // last row so far
}

func (f *flow) page() *sheet { return &f.sheets[len(f.sheets)-1] }

// atTop reports whether the page is still empty and as high as any other, so
// that turning it gains nothing. The first page may hold no body at all.
func (f *flow) atTop() bool {
	return f.page().y == f.frame.top && (len(f.sheets) > 1 || f.frame.top <= f.next.top)
}

// turn begins a page. If the rows go on there, their sums end this one.
func (f *flow) turn(rows bool) {
	if rows && f.from > 0 && f.sums != nil {
		page := f.page()
		page.place(0, page.y, f.sums.carried(f.from, f.to))
	}
	f.frame, f.heading, f.from = f.next, nil, 0
	like := len(f.page().boxes) * 9 / 8 // pages of a long table are much alike
	f.sheets = append(f.sheets, sheet{y: f.next.top, boxes: make([]box, 0, like)})
}

// fits reports whether the parts have room on the page; more says that rows
// follow, so that the sums of the page may have to stand below.
func (f *flow) fits(group []part, more bool) bool {
	y, heading := f.page().y, f.heading
	for i := range group {
		p := &group[i]
		y += f.above(p, y, heading) + p.h
		heading = p.heading
	}
	if more && f.sums != nil && group[len(group)-1].row > 0 {
		y += f.sums.carryHeight()
	}
	return y <= f.frame.bottom
}

// above is the room that a part needs over itself.
func (f *flow) above(p *part, y length, heading *block) length {
	var room length
	if y > f.frame.top {
		room = p.gap
	}
	if p.heading != nil && p.heading != heading {
		room += p.heading.h
		if f.bringsOn(p, y) {
			room += f.sums.broughtHeight()
		}
	}
	return room
}

// bringsOn reports whether a row at the top of a page follows others.
func (f *flow) bringsOn(p *part, y length) bool {
	return f.sums != nil && p.row > 0 && f.to > 0 && y == f.frame.top
}

func (f *flow) put(p *part) {
	page := f.page()
	brings := f.bringsOn(p, page.y)
	if page.y > f.frame.top {
		page.y += p.gap
	}
	if p.heading != nil && p.heading != f.heading {
		heading := *p.heading
		if f.used[p.heading] {
			heading = artifact(heading)
		}
		f.used[p.heading] = true
		page.place(0, page.y, heading)
		if brings {
			page.place(0, page.y, f.sums.brought(f.to))
		}
	}
	f.heading = p.heading
	page.place(0, page.y, p.block)
	if p.row > 0 {
		if f.from == 0 {
			f.from = p.row
		}
		f.to = p.row
	}
}

// place puts a block on the sheet and moves the end of the body below it.
func (s *sheet) place(x, y length, b block) {
	for _, o := range b.boxes {
		o.x, o.y = o.x+x, o.y+y
		s.boxes = append(s.boxes, o)
	}
	s.y = max(s.y, y+b.h)
}
