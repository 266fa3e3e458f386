package xlsx

import (
	"fmt"
	"slices"

	"invoicelink/invoice/sheet/grid"
)

// maxLinks is the number of links that a sheet can have (Excel's
// specifications and limits: 65,530); further ones are plain texts.
const maxLinks = 65_000

type link struct{ ref, id, url string }

// addLinks writes the links of the new cells, if the sheet had none.
func (s *sheetWriter) addLinks() {
	if s.done.links {
		return
	}
	s.done.links = true
	if len(s.p.links) == 0 {
		return
	}
	s.out.text("<" + s.prefix + "hyperlinks>")
	s.writeLinks()
	s.out.text("</" + s.prefix + "hyperlinks>")
}

func (s *sheetWriter) writeLinks() {
	for _, l := range s.p.links {
		s.out.text(fmt.Sprintf(`<%shyperlink xmlns:r="%s" ref="%s" r:id="%s"/>`, s.prefix, s.relNS, l.ref, l.id))
		if len(s.out.buf) > 64<<10 {
			s.out.flush()
		}
	}
}

// hyperlinks copies the links of the sheet, without those of cells that are
// written, and adds the new ones.
func (s *sheetWriter) hyperlinks(begin []byte) error {
	s.done.links = true
	open := false
	for {
		t, err := s.part.inside()
		if err != nil {
			return err
		}
		if t.ends("hyperlinks") {
			if !open && len(s.p.links) == 0 {
				return nil // the element may not be empty
			}
			if !open {
				s.out.add(begin)
			}
			s.writeLinks()
			s.out.add(t.raw)
			return nil
		}
		col := grid.Column(t.attr("ref"))
		if t.ends("hyperlink") {
			continue // written with its beginning
		}
		if t.is("hyperlink") && slices.ContainsFunc(s.e.Columns, func(c NewColumn) bool { return c.Col == col }) {
			continue
		}
		if !open {
			s.out.add(begin)
			open = true
		}
		s.out.add(closed(t))
	}
}
