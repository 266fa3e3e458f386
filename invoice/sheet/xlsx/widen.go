package xlsx

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"invoicelink/invoice/sheet/grid"
)

// last is the last column that is written.
func (e *Edit) last() int {
	last := 0
	for _, c := range e.Columns {
		last = max(last, c.Col)
	}
	return last
}

// widened extends a range over the new columns, if it begins at the headers;
// the sheet's dimension in any case.
func (s *sheetWriter) widened(ref string, always bool) string {
	return widen(ref, s.e, always)
}

func widen(ref string, e *Edit, always bool) string {
	if !e.Fresh && !always {
		return ref
	}
	from, to, found := strings.Cut(ref, ":")
	if !found {
		to = from
	}
	first, last := grid.Column(from), grid.Column(to)
	top, err := strconv.Atoi(strings.TrimLeft(from, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	bottom, err2 := strconv.Atoi(strings.TrimLeft(to, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	if err != nil || err2 != nil || first < 0 || last < 0 || last >= e.last() {
		return ref
	}
	if !always && (top != e.HeaderRow || last+1 < e.Columns[0].Col) {
		return ref
	}
	if always {
		bottom = max(bottom, e.LastRow)
	}
	return grid.Name(first, top) + ":" + grid.Name(e.last(), max(bottom, e.HeaderRow))
}

// widenTable extends a table over the new columns, if they follow it.
func (r *rewriter) widenTable(name string, e *Edit) error {
	content, err := r.readAll(name)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	s := newScanner(bytes.NewReader(content))
	widened, id := false, 0
	for {
		t, err := s.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("is damaged in %s: %w", path.Base(name), err)
		}
		switch {
		case t.is("table"):
			ref := t.attr("ref")
			wide := widen(ref, e, false)
			widened = wide != ref
			out.Write(setAttr(t.raw, "ref", wide))
		case t.is("autoFilter"):
			out.Write(setAttr(t.raw, "ref", widen(t.attr("ref"), e, false)))
		case t.is("tableColumns") && widened:
			n, _ := strconv.Atoi(t.attr("count")) // is written anew
			out.Write(setAttr(t.raw, "count", strconv.Itoa(n+len(e.Columns))))
		case t.is("tableColumn"):
			n, _ := strconv.Atoi(t.attr("id")) // ids need only differ
			id = max(id, n)
			out.Write(t.raw)
		case t.ends("tableColumns") && widened:
			for i, c := range e.Columns {
				fmt.Fprintf(&out, `<%stableColumn id="%d" name="%s"/>`, prefixOf(t.raw), id+1+i, escape(c.Header))
			}
			out.Write(t.raw)
		default:
			out.Write(t.raw)
		}
	}
	if widened {
		r.set(name, out.Bytes())
	}
	return nil
}

// widenNames extends the hidden name of the sheet's filter.
func (r *rewriter) widenNames(sheet Sheet, e *Edit) error {
	content, err := r.readAll(r.w.main)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	s := newScanner(bytes.NewReader(content))
	filter, changed := false, false
	for {
		t, err := s.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("is damaged in %s: %w", path.Base(r.w.main), err)
		}
		switch {
		case t.is("definedName"):
			filter = t.kind == start && t.attr("name") == "_xlnm._FilterDatabase"
		case t.kind == end:
			filter = false
		case t.kind == chars && filter:
			of, ref, ok := strings.Cut(unentity(t.raw), "!")
			if ok && strings.Trim(of, "'") == strings.ReplaceAll(sheet.Name, "'", "''") {
				if wide := widen(strings.ReplaceAll(ref, "$", ""), e, false); wide != strings.ReplaceAll(ref, "$", "") {
					out.WriteString(escape(of) + "!" + absolute(wide))
					changed = true
					continue
				}
			}
		}
		out.Write(t.raw)
	}
	if changed {
		r.set(r.w.main, out.Bytes())
	}
	return nil
}

// absolute writes A1:K41 as $A$1:$K$41.
func absolute(ref string) string {
	parts := strings.Split(ref, ":")
	for i, p := range parts {
		letters := strings.TrimRight(p, "0123456789")
		parts[i] = "$" + letters + "$" + p[len(letters):]
	}
	return strings.Join(parts, ":")
}
