package event

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"invoicelink/invoice"
)

// reader moves JSON values into Go values and reports everything that does not
// fit instead of stopping at the first.
type reader struct {
	strict   bool
	problems Problems
	unknown  []string
}

var (
	decimalType = reflect.TypeFor[invoice.Decimal]()
	timeType    = reflect.TypeFor[time.Time]()
)

// value reads n into v. Null is the same as a missing member.
func (r *reader) value(path string, n node, v reflect.Value) {
	if n.kind == isNull {
		return
	}
	switch {
	case v.Type() == decimalType:
		r.decimal(path, n, v)
	case v.Type() == timeType:
		if t, ok := r.moment(path, n); ok {
			v.Set(reflect.ValueOf(t))
		}
	case v.Kind() == reflect.String:
		if r.want(path, n, isText) {
			v.SetString(n.text)
		}
	case v.Kind() == reflect.Bool:
		if r.want(path, n, isBool) {
			v.SetBool(n.text == "true")
		}
	case v.Kind() == reflect.Int:
		r.integer(path, n, v)
	case v.Kind() == reflect.Slice:
		r.list(path, n, v)
	default:
		r.object(path, n, v)
	}
}

func (r *reader) list(path string, n node, v reflect.Value) {
	if !r.want(path, n, isList) {
		return
	}
	// More than this is refused by invoice.Validate; the claims have no rule
	// of their own.
	if len(n.items) > invoice.MaxLines {
		r.problems.addf("too-many-lines", path, "", "has %d entries; at most %d fit in one invoice", len(n.items), invoice.MaxLines)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.items), len(n.items)))
	for i, item := range n.items {
		if item.kind == isNull && v.Type().Elem().Kind() == reflect.Struct {
			r.problems.add("wrong-type", index(path, i), "null", "is null; leave it out or give an object")
			continue
		}
		r.value(index(path, i), item, v.Index(i))
	}
}

func (r *reader) object(path string, n node, v reflect.Value) {
	if !r.want(path, n, isObject) {
		return
	}
	fields := fieldsOf(v.Type())
	for _, m := range n.members {
		at, known := fields[m.name]
		if !known {
			r.unknownMember(path, m, fields)
			continue
		}
		r.value(child(path, m.name), m.value, v.FieldByIndex(at))
	}
}

func (r *reader) unknownMember(path string, m member, fields map[string][]int) {
	at := child(path, m.name)
	if !r.strict {
		if len(r.unknown) > MaxProblems {
			return
		}
		if r.unknown = append(r.unknown, at); len(r.unknown) == MaxProblems+1 {
			r.problems.addf("too-many-members", at, "", "is one of more than %d members that are not known here; take them out", MaxProblems)
		}
		return
	}
	if len(r.problems) > MaxProblems {
		return // and spare a hostile message the search below
	}
	hint := "take it out"
	if near := nearest(m.name, fields); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	r.problems.addf("unknown-member", at, "", "is not known here; %s", hint)
}

func (r *reader) decimal(path string, n node, v reflect.Value) {
	switch {
	case n.kind != isText && n.kind != isNumber:
		r.problems.addf("wrong-type", path, literal(n), "is %s; give a number such as 1234.50", describe(n))
		return
	case n.text == "":
		return // as invoice.Decimal reads it: no number
	}
	d, err := invoice.ParseDecimal(n.text)
	switch {
	case err == nil:
		v.SetString(string(d))
	case n.kind == isNumber && strings.ContainsAny(n.text, "eE"):
		r.problems.addf("number-invalid", path, n.text, "is written with an exponent, %s; write all its digits", clip(n.text, 40))
	default:
		r.problems.addf("number-invalid", path, n.text, "%s; write digits and at most one decimal point, such as 1234.50", err)
	}
}

func (r *reader) integer(path string, n node, v reflect.Value) {
	i, err := strconv.Atoi(n.text)
	if n.kind != isNumber || err != nil {
		r.problems.addf("wrong-type", path, literal(n), "is %s; give a whole number without quotes", describe(n))
		return
	}
	v.SetInt(int64(i))
}

func (r *reader) moment(path string, n node) (time.Time, bool) {
	if !r.want(path, n, isText) || n.text == "" {
		return time.Time{}, false
	}
	t, err := parseTime(n.text)
	if err != nil {
		r.problems.add("moment-invalid", path, n.text, err.Error())
	}
	return t, err == nil
}

// parseTime reads an RFC 3339 moment into UTC. Years that RFC 3339 could not
// write again are refused.
func parseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return t, fmt.Errorf("%q is not a moment such as 2026-11-22T09:30:00Z (RFC 3339, with its zone)", clip(s, 40))
	}
	if t = t.UTC(); t.Year() < 1900 || t.Year() > 9999 {
		return t, fmt.Errorf("%q is not between the years 1900 and 9999", clip(s, 40))
	}
	return t, nil
}

// want reports whether n is of the kind, and tells the sender if not.
func (r *reader) want(path string, n node, k kind) bool {
	if n.kind == k {
		return true
	}
	wanted := map[kind]string{
		isText: "give text in quotes", isBool: "give true or false, without quotes",
		isList: "give a list in [ ]", isObject: "give an object in { }",
	}[k]
	r.problems.addf("wrong-type", path, literal(n), "is %s; %s", describe(n), wanted)
	return false
}

func describe(n node) string {
	switch n.kind {
	case isNull:
		return "null"
	case isBool:
		return n.text
	case isNumber:
		return "the number " + clip(n.text, 40)
	case isText:
		return fmt.Sprintf("the text %q", clip(n.text, 40))
	case isList:
		return "a list"
	}
	return "an object"
}

// literal is the value for a Problem; objects and lists are too long for it.
func literal(n node) string { return n.text }

// fieldCache holds fieldsOf by type: an invoice of 1,000 lines asks as often.
var fieldCache sync.Map

// fieldsOf returns the members of a struct type by their JSON names, those of
// embedded structs among them, as encoding/json sees them.
func fieldsOf(t reflect.Type) map[string][]int {
	if cached, ok := fieldCache.Load(t); ok {
		return cached.(map[string][]int)
	}
	fields := map[string][]int{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.Anonymous && name != "" && name != "-" {
			fields[name] = f.Index
		}
	}
	fieldCache.Store(t, fields)
	return fields
}
