package sheet

import (
	"slices"
	"strings"

	"github.com/bojanz/currency"

	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/profile"
)

// hypothesis is what a column of numbers may be.
type hypothesis int

const (
	isLineNet hypothesis = iota
	isLineGross
	isLineVAT
	isLineBefore
	isLineDiscount
	isUnitPrice
	isUnitGross
	isQuantity
	isRate
	isDiscountPercent
	isNet
	isTotal
	isVAT
	isPayable
	isPrepaid
	isCounter
	hypotheses
)

// evidence is a column of numbers that is not read: what its values equal.
type evidence struct {
	col     int
	allowed []hypothesis
	found   [hypotheses]tally
	cells   []evidenceCell // values other than zero
	values  int
	text    bool // texts count as well: the header says that it changes what is owed
	last    fixed
}

// hypothesisCode names them in the codes of sentences; most are fields.
var hypothesisCode = [hypotheses]string{
	isLineNet: "line-net", isLineGross: "line-gross", isLineVAT: "line-vat", isLineBefore: "line-before-discount", isLineDiscount: "discount",
	isUnitPrice: "unit-price", isUnitGross: "unit-gross", isQuantity: "quantity", isRate: "vat-rate", isDiscountPercent: "discount-percent",
	isNet: "net", isTotal: "total", isVAT: "vat", isPayable: "payable", isPrepaid: "prepaid", isCounter: "counter",
}

// tally counts how often a hypothesis holds.
type tally struct {
	hits   int
	misses []evidenceMiss
	dead   bool
}

type evidenceCell struct {
	e   *Entry
	row int32
}

type evidenceMiss struct {
	evidenceCell
	value, want fixed
}

// evidenceValue is a value of such a column that waits for its invoice.
type evidenceValue struct {
	ev   *evidence
	row  int32
	line int32 // -1 if the row has no line
	v    fixed
	raw  string // of a text
}

// findEvidence chooses the columns that must be explained: those with numbers,
// and those whose header says that they change what is owed.
func (t *table) findEvidence() {
	l := t.l
	t.evidence = make([]*evidence, len(l.roles))
	for _, c := range l.columns {
		f := t.factsOf(c.Index)
		if c.Role != RoleCarried || l.roles[c.Index].answered || f == nil {
			continue
		}
		h := profile.Fold(c.Header)
		fields, changes := owed[h]
		switch {
		case t.status(c.Index) != 0:
		case changes && (f.nonzero > 0 || f.texts > 0):
			t.evidence[c.Index] = &evidence{col: c.Index, allowed: allowedFor(fields), text: true}
		case f.numeric() && f.nonzero > 0 && !isHarmless(c.Header, f):
			t.evidence[c.Index] = &evidence{col: c.Index, allowed: allowedFor(maybe[h].fields)}
		}
	}
}

// allowedFor are the hypotheses that fit what a header may mean: a column
// "Paid" that equals the total is no total.
func allowedFor(fields []field) []hypothesis {
	if fields == nil {
		all := make([]hypothesis, hypotheses)
		for i := range all {
			all[i] = hypothesis(i)
		}
		return all
	}
	out := []hypothesis{}
	for _, f := range fields {
		switch f {
		case fDiscountPercent:
			out = append(out, isDiscountPercent)
		case fDiscount:
			out = append(out, isLineDiscount)
		case fPrepaid:
			out = append(out, isPrepaid)
		case fQuantity:
			out = append(out, isQuantity)
		case fLineGross, fTotal, fLineTotal, fNet:
			out = append(out, isLineNet, isLineGross, isLineBefore, isNet, isTotal, isPayable)
		case fLineVAT, fVATTotal:
			out = append(out, isLineVAT, isVAT)
		case fVATRate, fTax:
			out = append(out, isRate)
		case fUnitPrice:
			out = append(out, isUnitPrice, isUnitGross)
		case fPayable, fBalance:
			out = append(out, isTotal, isPayable)
		case fNumber:
			out = append(out, isCounter)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// isHarmless reports whether numbers below a header are no amounts: by the
// header, or because whole numbers under a word such as "id" identify
// something.
func isHarmless(header string, f *facts) bool {
	h := profile.Fold(header)
	if h != "" && harmless[h] {
		return true
	}
	if f == nil || f.whole < f.numbers || f.percents > 0 || len(f.currencies) > 0 {
		return false
	}
	w := profile.Words(header)
	return len(w) > 0 && (identifiers[w[len(w)-1]] || strings.HasSuffix(header, "ID") || strings.HasSuffix(header, "Id"))
}

var identifiers = words("id|no|nr|number|num|code|ref|reference|phone|fax|zip|postcode|year|month|day|account|barcode|sku|key|uuid|index|nummer|numer|numero|kode|kod")

// take remembers a value of a column until the invoice's amounts are known.
func (x *builder) take(t *table, ev *evidence, c *grid.Cell, r *grid.Row) {
	if c.Kind == grid.Text && !ev.text {
		if _, ok := t.v.quickNumber(c.Text); !ok {
			return
		}
	}
	v := evidenceValue{ev: ev, row: int32(r.Num), line: int32(len(x.current.Invoice.Lines) - 1)}
	if n := len(x.current.lineRows); n == 0 || int(x.current.lineRows[n-1]) != r.Num {
		v.line = -1
	}
	got, err := t.v.read(c, readPercent, false)
	if err != nil {
		got, err = t.v.read(c, readNumber, c.Kind == grid.Number)
	}
	n, ok := fixedOf(got.text)
	if err != nil || !ok {
		if !ev.text {
			return
		}
		v.raw = c.Text
	}
	v.v = n
	x.current.work().numbers = append(x.current.work().numbers, v)
}

// observeAmounts compares the values of a finished invoice with its amounts.
func (x *builder) observeAmounts(e *Entry) {
	w := e.work()
	if len(w.numbers) == 0 {
		return
	}
	t, err := e.Invoice.Totals()
	sound := err == nil && !slices.ContainsFunc(e.Problems, func(p Problem) bool { return p.Question == "" && p.Field != "" })
	digits, _ := currency.GetDigits(e.Invoice.Currency)
	var line []lineFacts
	var inv lineFacts
	if sound {
		line = make([]lineFacts, len(t.Lines))
		for i := range t.Lines {
			line[i] = factsOfLine(&e.Invoice.Lines[i], t.Lines[i], int(digits))
		}
		inv.net, _ = fixedOf(t.Net.Number())
		inv.gross, _ = fixedOf(t.Total.Number())
		inv.vat, _ = fixedOf(t.VATTotal.Number())
		inv.due, _ = fixedOf(t.Payable.Number())
		inv.prepaid, _ = fixedOf(t.Prepaid.Number())
	}
	for _, n := range w.numbers {
		cell := evidenceCell{e, n.row}
		ev := n.ev
		ev.values++
		if n.v != 0 || n.raw != "" && strings.Trim(n.raw, "0.,-% ") != "" {
			ev.cells = append(ev.cells, cell)
		}
		if w.turned {
			n.v = -n.v
		}
		if sound && n.raw == "" {
			ev.test(cell, n, line, inv, int(digits))
		}
		ev.last = n.v
	}
}
