package sheet

import (
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/profile"
)

// constant is a value of an import profile for a field of the invoice that has
// no column, or an empty cell. It may name columns of the row.
type constant struct {
	f    field
	text string
}

// constants are those of the profile, apart from the ones with rules of their
// own: the number, due date, currency and what belongs to lines.
func (t *table) constants() []constant {
	var out []constant
	for _, d := range t.p.Defaults.Texts() {
		f := byName[d.Field]
		if f != fNumber && f != fDueDate && f != fCurrency && (invoiceSlots[f] != nil || specs[f].read == readYes) {
			out = append(out, constant{f, string(d.Text)})
		}
	}
	return out
}

// expandConstants puts the cells of an invoice's row into the constants that
// name columns.
func (x *builder) expandConstants(r *grid.Row) {
	w := x.current.work()
	for _, c := range x.constants {
		if !strings.Contains(c.text, "{") || w.constants[c.f] != "" {
			continue
		}
		if s := x.clean(x.expand(c.text, r, x.current)); s != "" {
			if w.constants == nil {
				w.constants = map[field]string{}
			}
			w.constants[c.f] = s
		}
	}
}

// fillIn completes the fields of an invoice that its rows lack: by what is known
// of the customer, then by the profile's constants.
func (x *builder) fillIn(e *Entry) {
	set := func(f field, s string) {
		slot := e.slot(f, -1)
		if *slot != "" || s == "" || e.bad[badKey{f, -1}] {
			return
		}
		if specs[f].read == readCountry {
			s = countryOf(s)
		}
		if specs[f].read == readYes {
			word, ok := yesAndNo[profile.Fold(s)]
			if !ok {
				e.fail(f, -1, e.spot(f, -1), s, say("yes-or-no", clip(s)))
				return
			}
			s = word
		}
		*slot = s
	}
	if who := x.customerOf(e); who != nil {
		for f, s := range who.fields {
			set(f, s)
		}
	}
	for _, c := range x.constants {
		s := c.text
		if strings.Contains(s, "{") {
			s = e.work().constants[c.f]
		}
		set(c.f, s)
	}
}

// customer is what an import profile, or a sheet of customers, says about one.
type customer struct {
	fields map[field]string
	twice  bool // two rows say different things
}

// customerOf finds what is known of an invoice's customer: by the customer's
// number, or else by the name.
func (x *builder) customerOf(e *Entry) *customer {
	if len(x.customers) == 0 {
		return nil
	}
	for _, f := range []field{fCustomerNo, fCustomer} {
		key := customerKey(*e.slot(f, -1))
		who := x.customers[key]
		if key == "" || who == nil {
			continue
		}
		if who.twice {
			e.fail(f, -1, e.spot(f, -1), *e.slot(f, -1), say("customer-twice", clip(*e.slot(f, -1))))
			return nil
		}
		return who
	}
	return nil
}

// customerKey is what a number or name of a customer is compared by.
func customerKey(s string) string {
	if h := profile.Fold(s); h != "" {
		return h
	}
	return grid.Trim(s)
}

// namedCustomers are the customers of the profile.
func namedCustomers(p *profile.Profile) map[string]*customer {
	out := map[string]*customer{}
	for key, fields := range p.Customers {
		who := &customer{fields: map[field]string{}}
		for name, text := range fields {
			if f, ok := profile.ParseField(name); ok {
				who.fields[byName[f]] = string(text)
			}
		}
		out[customerKey(key)] = who
	}
	return out
}

// addCustomer takes a row of the sheet of customers.
func (x *builder) addCustomer(t *table, r *grid.Row) {
	found := Entry{Invoice: &invoice.Invoice{}, Claims: &invoice.Claims{}, book: x.b, draft: draft{table: t}}
	who := &customer{fields: map[field]string{}}
	for i := range r.Cells {
		c := &r.Cells[i]
		if c.Col >= len(t.l.roles) {
			break
		}
		f := t.l.roles[c.Col].f
		if f == noField || invoiceSlots[f] == nil {
			continue
		}
		v, err := t.v.read(c, specs[f].read, false)
		if err != nil {
			found.failed(f, -1, spot{r.Num, c.Col}, c.Text, err)
			continue
		}
		if s := x.cleanField(f, v.text); s != "" {
			if before := who.fields[f]; before != "" {
				s = before + x.join(f) + s
			}
			who.fields[f] = s
		}
	}
	x.b.Problems = append(x.b.Problems, found.Problems...)
	for _, f := range []field{fCustomerNo, fCustomer} {
		key := customerKey(who.fields[f])
		if key == "" {
			continue
		}
		if before := x.customers[key]; before != nil && !before.same(who) {
			x.customers[key] = &customer{twice: true}
			continue
		}
		x.customers[key] = who
	}
}

func (c *customer) same(o *customer) bool {
	if len(c.fields) != len(o.fields) {
		return false
	}
	for f, s := range c.fields {
		if o.fields[f] != s {
			return false
		}
	}
	return true
}
