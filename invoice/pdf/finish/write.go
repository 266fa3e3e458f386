package finish

import (
	"bytes"
	"fmt"
	"strconv"
	"time"
)

// Document is what the finished file says about itself, and what goes into it.
type Document struct {
	Title, Author, Subject string
	// Language is the BCP 47 tag of the text.
	Language string
	// Created is the date of the document and of its last change.
	Created time.Time
	Tree    *Tree
	// ToUnicode holds the CMap of each font by its BaseFont name, as a stream of
	// [Deflate].
	ToUnicode map[string][]byte
	// FacturX is an invoice in CII by EN 16931, embedded as factur-x.xml and
	// named in the metadata; nil embeds none.
	FacturX []byte
}

// Producer stands in the file as the program that made it.
const Producer = "invoicelink"

// Write returns the finished file. drawn is what fpdf v0.9.0 wrote without
// compression, links and attachments.
func Write(drawn []byte, d *Document) ([]byte, error) {
	s, err := read(drawn)
	if err != nil {
		return nil, fmt.Errorf("finish the document: %w", err)
	}
	f := &file{Document: d, source: s, objects: newObjects(len(s.objects), len(drawn)/2+16<<10)}
	f.number()
	for i, body := range s.objects {
		f.object(i+1, body)
	}
	if f.page != len(d.Tree.pages) {
		return nil, fmt.Errorf("finish the document: %d pages are drawn and %d marked", f.page, len(d.Tree.pages))
	}
	f.structure()
	f.catalog(f.intent(), f.metadata(), f.attachment())
	f.plain(s.info, f.info)
	return f.close(s.catalog, s.info), nil
}

type file struct {
	*Document
	*objects
	source *source
	pages  []int // their object numbers
	page   int   // of them written

	treeRoot, parentTree int
}

// number gives out the numbers of the structure, which pages refer to.
func (f *file) number() {
	for i, body := range f.source.objects {
		if isPage(body) {
			f.pages = append(f.pages, i+1)
		}
	}
	f.treeRoot, f.parentTree = f.reserve(), f.reserve()
	f.reserveUpTo(f.Tree.root.number(f.next))
	key := len(f.Tree.pages) // of the parent tree: pages first, then annotations
	for _, p := range f.Tree.pages {
		for _, l := range p.links {
			l.parent = key
			key++
		}
	}
}

func isPage(body []byte) bool { return bytes.HasPrefix(body, []byte("<</Type /Page\n")) }

// object writes one of fpdf's objects, changed where the standards want it.
func (f *file) object(n int, body []byte) {
	switch bare, content, stream := bytes.Cut(body, []byte(">>\nstream\n")); {
	case n == f.source.catalog, n == f.source.info: // written anew
	case isPage(body):
		f.plain(n, func(b []byte) []byte { return f.appendPage(b, n) })
	case bytes.HasPrefix(body, []byte("<</Type /Font\n")):
		f.font(n, body)
	case stream:
		// Page contents come without any filter.
		length, plain := bytes.CutPrefix(bare, []byte("<</Length "))
		if size, err := strconv.Atoi(string(length)); plain && err == nil && size <= len(content) {
			f.stream(n, "/Filter/FlateDecode", Deflate(content[:size]))
			return
		}
		f.copied(n, body)
	default:
		f.plain(n, func(b []byte) []byte { return append(b, body...) })
	}
}

// appendPage writes the page with its number in the parent tree, its order of
// tabs, and its annotations. Pages inherit their size; the trimmed size is the
// same (ISO 32000-1, 14.11.2).
func (f *file) appendPage(b []byte, n int) []byte {
	b = fmt.Appendf(b, "<</Type/Page/Parent 1 0 R/Resources 2 0 R/Contents %d 0 R/StructParents %d/Tabs/S", n+1, f.page)
	if f.page < len(f.Tree.pages) && len(f.Tree.pages[f.page].links) > 0 {
		b = append(b, "/Annots["...)
		for _, l := range f.Tree.pages[f.page].links {
			b = append(appendRef(b, l.object), ' ')
		}
		b = append(b, ']')
	}
	f.page++
	return append(b, ">>"...)
}

// font puts the map to Unicode in the place of an encoding, which a symbolic
// font must not have (ISO 19005-3, 6.2.11.6).
func (f *file) font(n int, body []byte) {
	before, rest, _ := bytes.Cut(body, []byte("/BaseFont /"))
	name, rest, _ := bytes.Cut(rest, []byte("\n"))
	f.plain(n, func(b []byte) []byte {
		b = append(append(append(b, before...), "/BaseFont /"...), name...)
		b = append(append(b, '\n'), bytes.ReplaceAll(rest, []byte("/Encoding /WinAnsiEncoding\n"), nil)...)
		b = bytes.TrimSuffix(b, []byte(">>"))
		if cmap, known := f.ToUnicode[string(name)]; known {
			at := f.reserve()
			f.stream(at, "/Filter/FlateDecode", cmap)
			b = appendRef(append(b, "/ToUnicode "...), at)
		}
		return append(b, ">>"...)
	})
}

// structure writes the tree, the annotations and the parent tree.
func (f *file) structure() {
	f.plain(f.treeRoot, func(b []byte) []byte {
		return fmt.Appendf(b, "<</Type/StructTreeRoot/K %d 0 R/ParentTree %d 0 R/ParentTreeNextKey %d>>",
			f.Tree.root.object, f.parentTree, len(f.Tree.pages)+f.Tree.links)
	})
	f.element(&f.Tree.root, f.treeRoot)
	f.plain(f.parentTree, func(b []byte) []byte {
		b = append(b, "<</Nums["...)
		for i, p := range f.Tree.pages {
			b = append(strconv.AppendInt(b, int64(i), 10), '[')
			for _, n := range p.marked {
				b = append(appendRef(b, n.object), ' ')
			}
			b = append(b, ']')
		}
		for _, p := range f.Tree.pages {
			for _, l := range p.links {
				b = append(strconv.AppendInt(append(b, ' '), int64(l.parent), 10), ' ')
				b = appendRef(b, l.node.object)
			}
		}
		return append(b, "]>>"...)
	})
}

func (f *file) element(n *Node, parent int) {
	f.plain(n.object, func(b []byte) []byte { return n.write(b, parent, f.pages) })
	for _, k := range n.kids {
		switch {
		case k.node != nil:
			f.element(k.node, n.object)
		case k.link != nil:
			f.plain(k.link.object, k.link.write)
		}
	}
}

// write appends the annotation: printed (/F 4, ISO 19005-3, 6.3.2), described
// in words (ISO 14289-1, 7.18.5).
func (l *link) write(b []byte) []byte {
	b = fmt.Appendf(b, "<</Type/Annot/Subtype/Link/F 4/Border[0 0 0]/Rect[%.2f %.2f %.2f %.2f]/StructParent %d/Contents",
		l.x, l.y, l.x+l.w, l.y+l.h, l.parent)
	b = appendText(b, l.contents)
	b = append(b, "/A<</S/URI/URI"...)
	return append(appendLiteral(b, l.uri), ">>>>"...)
}

func (f *file) catalog(intent, metadata, attachment int) {
	f.plain(f.source.catalog, func(b []byte) []byte {
		b = append(b, "<</Type/Catalog/Pages 1 0 R/Lang"...)
		b = appendText(b, f.Language)
		b = fmt.Appendf(b, "/MarkInfo<</Marked true>>/StructTreeRoot %d 0 R/Metadata %d 0 R/OutputIntents[%d 0 R]"+
			"/ViewerPreferences<</DisplayDocTitle true>>", f.treeRoot, metadata, intent)
		if attachment > 0 {
			b = fmt.Appendf(b, "/AF[%d 0 R]/Names<</EmbeddedFiles<</Names[(%s) %d 0 R]>>>>", attachment, facturXName, attachment)
		}
		return append(b, ">>"...)
	})
}

func (f *file) info(b []byte) []byte {
	for i, entry := range [...][2]string{
		{"/Title", f.Title}, {"/Author", f.Author}, {"/Subject", f.Subject}, {"/Creator", Producer}, {"/Producer", Producer},
		{"/CreationDate", pdfDate(f.Created)}, {"/ModDate", pdfDate(f.Created)},
	} {
		if i == 0 {
			b = append(b, "<<"...)
		}
		if entry[1] != "" {
			b = appendText(append(b, entry[0]...), entry[1])
		}
	}
	return append(b, ">>"...)
}

func pdfDate(t time.Time) string { return t.UTC().Format("D:20060102150405Z") }

const facturXName = "factur-x.xml"

// attachment embeds the invoice (ISO 19005-3, 6.8; Factur-X 1.0) and returns
// the number of its file specification, 0 without one.
func (f *file) attachment() int {
	if len(f.FacturX) == 0 {
		return 0
	}
	content, spec := f.reserve(), f.reserve()
	f.stream(content, fmt.Sprintf("/Type/EmbeddedFile/Subtype/text#2Fxml/Params<</ModDate(%s)/Size %d>>/Filter/FlateDecode",
		pdfDate(f.Created), len(f.FacturX)), Deflate(f.FacturX))
	f.plain(spec, func(b []byte) []byte {
		return fmt.Appendf(b, "<</Type/Filespec/F(%s)/UF(%s)/Desc(Factur-X invoice)/AFRelationship/Alternative/EF<</F %d 0 R/UF %d 0 R>>>>",
			facturXName, facturXName, content, content)
	})
	return spec
}
