package invoice

import (
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// eachText calls visit with every free text below v, which must be a struct or
// a pointer to one: with its JSON path, its member's name and its place. Fields
// of types of their own, such as Decimal, Date and VATCategory, are no texts.
// Walking the type instead of naming the fields means that none is forgotten.
func eachText(v reflect.Value, path string, visit func(path, name string, s *string)) {
	v = reflect.Indirect(v)
	for _, f := range membersOf(v.Type()) {
		field := v.Field(f.index)
		switch {
		case f.embedded:
			eachText(field, path, visit)
		case f.kind == reflect.String:
			visit(path, f.name, field.Addr().Interface().(*string))
		case f.kind == reflect.Struct:
			eachText(field, path+f.name+".", visit)
		case f.kind == reflect.Slice:
			for i := range min(field.Len(), MaxLines) {
				eachText(field.Index(i), path+f.name+"["+strconv.Itoa(i)+"].", visit)
			}
		}
	}
}

// copySlices gives every slice of structs below v an array of its own, and nil
// to an empty one, so that v can be changed without changing what it is a copy
// of.
func copySlices(v reflect.Value) {
	for _, f := range membersOf(v.Type()) {
		field := v.Field(f.index)
		switch f.kind {
		case reflect.Struct:
			copySlices(field)
		case reflect.Slice:
			if field.Len() == 0 {
				field.SetZero()
				continue
			}
			c := reflect.MakeSlice(field.Type(), field.Len(), field.Len())
			reflect.Copy(c, field)
			field.Set(c)
			for i := range c.Len() {
				copySlices(c.Index(i))
			}
		}
	}
}

// member is a field of a struct that may hold texts.
type member struct {
	index    int
	name     string // in JSON
	kind     reflect.Kind
	embedded bool
}

// memberCache holds membersOf by type: an invoice of 1,000 lines asks as often.
var memberCache sync.Map

func membersOf(t reflect.Type) []member {
	if cached, ok := memberCache.Load(t); ok {
		return cached.([]member)
	}
	var out []member
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		text := f.Type == reflect.TypeFor[string]()
		structs := f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct
		if text || structs || f.Type.Kind() == reflect.Struct {
			out = append(out, member{index: i, name: name, kind: f.Type.Kind(), embedded: f.Anonymous})
		}
	}
	memberCache.Store(t, out)
	return out
}

// EachText calls visit with every free text of the invoice, by its JSON path.
func (inv *Invoice) EachText(visit func(path, text string)) {
	eachText(reflect.ValueOf(inv), "", func(path, name string, s *string) {
		if *s != "" {
			visit(path+name, *s)
		}
	})
}

// EachText calls visit with every free text of the profile, by its JSON path
// from "seller." on.
func (s *Seller) EachText(visit func(path, text string)) {
	eachText(reflect.ValueOf(s), "seller.", func(path, name string, text *string) {
		if *text != "" {
			visit(path+name, *text)
		}
	})
}

// Percent returns that many percent of an amount, rounded half up to the
// currency's digits.
func Percent(a Amount, rate Decimal) (Amount, error) {
	part, err := percentOf(a, rate)
	if err != nil {
		return a, err
	}
	return part.Round(), nil
}
