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
}

// frame is where a page's body may stand.
type frame struct{ top, bottom length }

// sheet is one page.
type sheet struct {
	boxes []box
	y     length // where the body ends
}

// paginate lets the parts flow over pages: the first page has one frame, all
// others another. Parts that are held together move to the next page
// together, unless a whole page is too low for them; then they are cut
// between the parts.
func paginate(parts []part, first, next frame) []sheet {
	f := flow{frame: first, next: next}
	f.sheets = []sheet{{y: first.top}}
	for start := 0; start < len(parts); {
		end := start + 1
		for end < len(parts) && parts[end-1].keep {
			end++
		}
		group := parts[start:end]
		if !f.fits(group) && !f.atTop() {
			f.turn()
		}
		for i := range group {
			if !f.fits(group[i:i+1]) && !f.atTop() {
				f.turn()
			}
			f.put(&group[i])
		}
		start = end
	}
	return f.sheets
}

type flow struct {
	sheets  []sheet
	frame   frame
	next    frame
	heading *block // of the last part on this page
}

func (f *flow) page() *sheet { return &f.sheets[len(f.sheets)-1] }

// atTop reports whether the page is still empty and as high as any other, so
// that turning it gains nothing. The first page may hold no body at all.
func (f *flow) atTop() bool {
	return f.page().y == f.frame.top && (len(f.sheets) > 1 || f.frame.top <= f.next.top)
}

func (f *flow) turn() {
	f.frame, f.heading = f.next, nil
	f.sheets = append(f.sheets, sheet{y: f.next.top})
}

func (f *flow) fits(group []part) bool {
	y, heading := f.page().y, f.heading
	for i := range group {
		p := &group[i]
		y += f.above(p, y, heading) + p.h
		heading = p.heading
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
	}
	return room
}

func (f *flow) put(p *part) {
	page := f.page()
	if page.y > f.frame.top {
		page.y += p.gap
	}
	if p.heading != nil && p.heading != f.heading {
		page.place(0, page.y, *p.heading)
	}
	f.heading = p.heading
	page.place(0, page.y, p.block)
}

// place puts a block on the sheet and moves the end of the body below it.
func (s *sheet) place(x, y length, b block) {
	for _, o := range b.boxes {
		o.x, o.y = o.x+x, o.y+y
		s.boxes = append(s.boxes, o)
	}
	s.y = max(s.y, y+b.h)
}
