package profile

import (
	"embed"
	"fmt"
	"path"
	"reflect"
	"strings"
	"sync"
)

//go:embed shipped/*.yaml
var shippedFiles embed.FS

// Shipped returns the profiles of well-known programs and of plain lists in
// several languages that come with this one, by name. The result is shared and
// must not be changed.
func Shipped() []*Profile { return shipped() }

var shipped = sync.OnceValue(func() []*Profile {
	entries, err := shippedFiles.ReadDir("shipped")
	if err != nil {
		panic(fmt.Sprintf("read the shipped profiles: %v", err)) // they are part of the program
	}
	var out []*Profile
	for _, e := range entries {
		data, err := shippedFiles.ReadFile("shipped/" + e.Name())
		if err != nil {
			panic(fmt.Sprintf("read the shipped profile %s: %v", e.Name(), err))
		}
		p, err := Parse(strings.TrimSuffix(e.Name(), path.Ext(e.Name())), data)
		if err != nil {
			panic(err)
		}
		out = append(out, p)
	}
	return out
})

// Resolve completes a profile by the one that it extends: what it does not say
// itself is taken from there, and what it says of a column, tax or value comes
// on top. The profiles of the library and the shipped ones can be extended.
func Resolve(p *Profile, library []*Profile) (*Profile, error) {
	if p.Extends == "" {
		return p, nil
	}
	for _, base := range append(append([]*Profile(nil), library...), Shipped()...) {
		if base.Name != p.Extends || base == p || base.Extends != "" {
			continue
		}
		out := *p
		out.Extends = ""
		merge(reflect.ValueOf(&out).Elem(), reflect.ValueOf(base).Elem())
		return &out, nil
	}
	return nil, fmt.Errorf("profile %s: extends %q, which is no profile that is known, or one that extends another itself", p.Name, p.Extends)
}

// merge fills in what is zero, and the keys that a mapping lacks.
func merge(to, from reflect.Value) {
	switch {
	case to.Kind() == reflect.Struct:
		for i := range to.NumField() {
			merge(to.Field(i), from.Field(i))
		}
	case to.Kind() == reflect.Map && !to.IsNil() && !from.IsNil():
		all := reflect.MakeMap(to.Type())
		for _, m := range []reflect.Value{from, to} {
			for _, key := range m.MapKeys() {
				all.SetMapIndex(key, m.MapIndex(key))
			}
		}
		to.Set(all)
	case to.IsZero():
		to.Set(from)
	}
}
