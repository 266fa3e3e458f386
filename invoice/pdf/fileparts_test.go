package pdf_test

import "slices"

// files are the specifications of the embedded files.
func (f *file) files() []any {
	var files []any
	names := f.list(f.catalog(), "Names", "EmbeddedFiles", "Names")
	for i := 1; i < len(names); i += 2 {
		files = append(files, names[i])
	}
	return files
}

func (f *file) streams() map[ref]*stream {
	all := map[ref]*stream{}
	for n, v := range f.objects {
		if s, is := v.(*stream); is {
			all[n] = s
		}
	}
	return all
}

func (f *file) images() []*stream {
	var images []*stream
	for _, s := range f.streams() {
		if isImage(s.dict) {
			images = append(images, s)
		}
	}
	return images
}

// each visits every value of the file.
func (f *file) each(visit func(any)) {
	var walk func(any)
	walk = func(v any) {
		visit(v)
		switch v := v.(type) {
		case *stream:
			walk(v.dict)
		case dict:
			for key, e := range v {
				visit(key)
				walk(e)
			}
		case array:
			for _, e := range v {
				walk(e)
			}
		}
	}
	for _, v := range f.objects {
		walk(v)
	}
}

func (f *file) eachDict(visit func(dict)) {
	f.each(func(v any) {
		if d, is := v.(dict); is {
			visit(d)
		}
	})
}

// contents are those of all pages, read once.
func (f *file) contents() []*content {
	if f.read == nil {
		for _, p := range f.pages() {
			f.read = append(f.read, f.content(p))
		}
	}
	return f.read
}

// uses reports whether a page has one of the operators.
func (f *file) uses(ops ...operator) bool {
	return slices.ContainsFunc(f.contents(), func(c *content) bool {
		return slices.ContainsFunc(ops, func(op operator) bool { return c.operators[op] })
	})
}

func (f *file) intent() any {
	if l := f.list(f.catalog(), "OutputIntents"); len(l) > 0 {
		return l[0]
	}
	return nil
}
